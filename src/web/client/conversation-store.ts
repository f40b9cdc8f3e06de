import {type AnswerState, isEnded, keptBefore} from './answer-state.ts'

/** A conversation as the browser keeps it. */
export interface Conversation {
  /** The browser's own name for it. */
  readonly key: string
  /** The server's name for it; null until the first answer has started. */
  readonly conversationId: string | null
  readonly updatedAt: number
  readonly answers: readonly AnswerState[]
}

/** The part of `Storage` that is used. */
export type KeyValueStore = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>

export interface ConversationStore {
  /** Newest first. */
  list(): Conversation[]
  get(key: string): Conversation | null
  /** Writes one conversation; answers another tab has added to it are kept. */
  save(conversation: Conversation): void
  remove(key: string): void
  clear(): void
}

/** So many conversations are kept; the oldest go first. */
const maxConversations = 60
const version = 1

/**
 * Conversations in the browser, one entry each, so that tabs do not overwrite each other's.
 * A full or forbidden storage is not an error: what cannot be kept is forgotten with the tab.
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

  /** The list is shown with every change, and parsing many long conversations holds up the page. */
  const parsed = new Map<string, {readonly text: string; readonly conversation: Conversation | null}>()

  function read(entry: string): Conversation | null {
    const text = storage.getItem(entry)
    if (text === null) {
      parsed.delete(entry)
      return null
    }
    let known = parsed.get(entry)
    // Another tab may have written meanwhile.
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
      const entry = JSON.stringify({v: version, conversation: mergedWith(stored, conversation)})
      // Reading them all is for when one more is added, not for every word that is kept.
      if (stored === null) {
        for (const old of list().slice(maxConversations - 1)) storage.removeItem(prefix + old.key)
      }
      try {
        storage.setItem(prefix + conversation.key, entry)
      } catch {
        // Full: the oldest other conversation makes room, once.
        const oldest = list().findLast((old) => old.key !== conversation.key)
        if (oldest === undefined) return
        storage.removeItem(prefix + oldest.key)
        try {
          storage.setItem(prefix + conversation.key, entry)
        } catch {
          // Still full, or forbidden: it lives as long as the tab.
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
    return {...value.conversation, answers: value.conversation.answers.map(keptBefore)}
  } catch {
    return null
  }
}

/** Both tabs' answers in the order they were asked; of one answer, the copy that is further on. */
function mergedWith(stored: Conversation | null, mine: Conversation): Conversation {
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

/** All that the server ever called it: it begins a new one where the one before is gone. */
export function conversationIdsOf(conversation: Conversation | null): ReadonlySet<string> {
  const ids = conversation?.answers.map((answer) => answer.conversationId) ?? []
  return new Set([...ids, conversation?.conversationId].filter((id) => id != null))
}

/** A store for where the browser forbids one. */
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
