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

/** Whether a key press matches a shortcut such as `mod+k`; `mod` is Cmd on a Mac and Ctrl elsewhere. */
export function isShortcut(event: KeyboardEvent, shortcut: string): boolean {
  const keys = shortcut.toLowerCase().split('+')
  const key = keys.pop()
  if (key === undefined || key === 'none' || event.key.toLowerCase() !== key) return false
  const isMac = /mac|iphone|ipad/i.test(navigator.platform)
  const wants = (name: string): boolean =>
    keys.includes(name) || (keys.includes('mod') && name === (isMac ? 'meta' : 'ctrl'))
  return (
    event.ctrlKey === wants('ctrl') &&
    event.metaKey === wants('meta') &&
    event.altKey === wants('alt') &&
    // Some keyboard layouts need Shift for these.
    (key === '/' || key === '?' || event.shiftKey === wants('shift'))
  )
}
