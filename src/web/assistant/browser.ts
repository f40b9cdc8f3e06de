import {type KeyValueStore, memoryStorage} from '../session/conversation-store.ts'

/** Copies text to the clipboard, also where the clipboard API is not available. */
export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
  } catch {
    // Not allowed, or not HTTPS: fall back to the old way, which needs a selection.
    const area = document.createElement('textarea')
    area.value = text
    document.body.append(area)
    area.select()
    document.execCommand('copy')
    area.remove()
  }
}

/** A storage of the browser, or one in memory where merely accessing it throws. */
export function storageOf(name: 'localStorage' | 'sessionStorage'): KeyValueStore {
  try {
    const storage = window[name]
    storage.getItem('docent')
    return storage
  } catch {
    return memoryStorage()
  }
}
