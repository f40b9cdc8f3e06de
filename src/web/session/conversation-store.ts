import {type AnswerState, isEnded, upgradeStored} from './answer-state.ts'

/** A conversation as stored in the browser. */
export interface Conversation {
  /** Its id in the browser. */
  readonly key: string
  /** Its id on the server; null until the first answer has started. */
  readonly conversationId: string | null
  readonly updatedAt: number
  readonly answers: readonly AnswerState[]
}

/** The used part of `Storage`. */
export type KeyValueStore = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>

export interface ConversationStore {
  /** Newest first. */
  list(): Conversation[]
  get(key: string): Conversation | null
  /** Writes one conversation; keeps the answers that other tabs have added to it. */
  save(conversation: Conversation): void
  remove(key: string): void
  clear(): void
}

/** Maximum number of stored conversations; the oldest are removed first. */
const maxConversations = 60
const version = 1

/**
 * Conversations in the browser, one entry each, so that tabs do not overwrite each other's.
 * A full or unavailable storage is not an error: what cannot be stored is lost with the tab.
 */
export function createConversationStore(storage: KeyValueStore, scope: string): ConversationStore {
  const prefix = `docent:${scope}:conversation:`

  function keys(): string[] {
    const found: string[] = []
    for (let i = 0; i < storage.length; i++) {
      const key = storage.key(i)
      if (key?.startsWith(prefix)) found.push(key)
    }
    return found
  }

  /** The list is shown with every change, and parsing many long conversations would block the page. */
  const parsed = new Map<string, {readonly text: string; readonly conversation: Conversation | null}>()

  function read(entry: string): Conversation | null {
    const text = storage.getItem(entry)
    if (text === null) {
      parsed.delete(entry)
      return null
    }
    let known = parsed.get(entry)
    // Another tab may have written it in the meantime.
    if (known?.text !== text) {
      known = {text, conversation: conversationIn(text)}
      parsed.set(entry, known)
    }
    return known.conversation
  }

  function list(): Conversation[] {
    return keys()
      .map(read)
      .filter((conversation) => conversation !== null)
      .sort((a, b) => b.updatedAt - a.updatedAt)
  }

  return {
    list,
    get: (key) => read(prefix + key),
    save(conversation) {
      const stored = read(prefix + conversation.key)
      const entry = JSON.stringify({v: version, conversation: merge(stored, conversation)})
      // Reads all conversations only when one is added, not with every save.
      if (stored === null) {
        for (const old of list().slice(maxConversations - 1)) storage.removeItem(prefix + old.key)
      }
      try {
        storage.setItem(prefix + conversation.key, entry)
      } catch {
        // Full: remove the oldest other conversation and try once more.
        const oldest = list().findLast((old) => old.key !== conversation.key)
        if (oldest === undefined) return
        storage.removeItem(prefix + oldest.key)
        try {
          storage.setItem(prefix + conversation.key, entry)
        } catch {
          // Still full, or not allowed: the conversation is lost with the tab.
        }
      }
    },
    remove: (key) => storage.removeItem(prefix + key),
    clear() {
      for (const key of keys()) storage.removeItem(key)
    },
  }
}

function conversationIn(text: string): Conversation | null {
  try {
    const value = JSON.parse(text) as {v: number; conversation: Conversation} | null
    if (value?.v !== version || !Array.isArray(value.conversation.answers)) return null
    return {...value.conversation, answers: value.conversation.answers.map(upgradeStored)}
  } catch {
    return null
  }
}

/** Both tabs' answers in the order they were asked; of each answer the copy that is further along. */
function merge(stored: Conversation | null, mine: Conversation): Conversation {
  if (stored === null) return mine
  const known = new Set(mine.answers.map((answer) => answer.key))
  const others = stored.answers.filter((answer) => !known.has(answer.key))
  const answers = mine.answers.map((answer) => {
    const theirs = stored.answers.find((other) => other.key === answer.key)
    return theirs !== undefined && !isEnded(answer) && isEnded(theirs) ? theirs : answer
  })
  return {
    ...mine,
    conversationId: mine.conversationId ?? stored.conversationId,
    answers: [...others, ...answers].sort((a, b) => a.askedAt - b.askedAt),
  }
}

/** All its ids on the server, which assigns a new one when the old conversation is gone. */
export function conversationIdsOf(conversation: Conversation | null): ReadonlySet<string> {
  const ids = conversation?.answers.map((answer) => answer.conversationId) ?? []
  return new Set([...ids, conversation?.conversationId].filter((id) => id != null))
}

/** A storage in memory, for browsers that do not allow one. */
export function memoryStorage(): KeyValueStore {
  const entries = new Map<string, string>()
  return {
    get length() {
      return entries.size
    },
    key: (index) => [...entries.keys()][index] ?? null,
    getItem: (key) => entries.get(key) ?? null,
    setItem: (key, value) => void entries.set(key, value),
    removeItem: (key) => void entries.delete(key),
  }
}
