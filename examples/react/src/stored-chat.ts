import type {DocentMessage} from './docent.ts'

const key = 'docent-chat'

export interface StoredChat {
  readonly id: string
  readonly messages: DocentMessage[]
}

/** The chat of this tab; a new one has a random id, by which only this visitor can resume it. */
export function loadChat(): StoredChat {
  try {
    const stored = JSON.parse(sessionStorage.getItem(key) ?? '') as StoredChat
    if (typeof stored.id === 'string' && Array.isArray(stored.messages)) return stored
  } catch {
    // Nothing was stored, or not by this version.
  }
  return {id: crypto.randomUUID(), messages: []}
}

/** Leaves out an answer that is not whole yet: after a reload it is read from the server, from its beginning. */
export function saveChat({id, messages}: StoredChat): void {
  const whole = messages.filter(({role, metadata}) => role === 'user' || metadata?.ending !== undefined)
  sessionStorage.setItem(key, JSON.stringify({id, messages: whole}))
}

export function forgetChat(): void {
  sessionStorage.removeItem(key)
}
