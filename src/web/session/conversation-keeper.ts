import type {Conversation, ConversationStore, KeyValueStore} from './conversation-store.ts'
import type {OpenConversation} from './open-conversation.ts'

const tabEntry = 'docent:open-conversation'
/** Minimum time between two writes of growing text to the browser's storage. */
const saveEveryMs = 1_000

/** Stores the open conversation in the browser, and in the tab's storage which one is open. */
export class ConversationKeeper {
  readonly #store: ConversationStore
  readonly #tab: KeyValueStore
  readonly #now: () => number
  #savedAt = 0

  constructor(store: ConversationStore, tab: KeyValueStore, now: () => number) {
    this.#store = store
    this.#tab = tab
    this.#now = now
  }

  /** A conversation without answers is not stored. */
  save({key, conversationId, answers}: OpenConversation): void {
    this.#savedAt = this.#now()
    const last = answers.at(-1)
    if (last !== undefined) this.#store.save({key, conversationId, updatedAt: last.askedAt, answers})
  }

  /** Saves unless the last save was less than a second ago. */
  saveThrottled(conversation: OpenConversation): void {
    if (this.#now() - this.#savedAt > saveEveryMs) this.save(conversation)
  }

  /** A reload of the tab opens this conversation again. */
  rememberOpen(key: string): void {
    try {
      this.#tab.setItem(tabEntry, key)
    } catch {
      // Storage is not allowed: a reload starts a new conversation.
    }
  }

  /** The conversation that was open in this tab before it was reloaded, or null. */
  lastOpen(): Conversation | null {
    let key: string | null = null
    try {
      key = this.#tab.getItem(tabEntry)
    } catch {
      // Storage is not allowed: start a new conversation.
    }
    return key === null ? null : this.#store.get(key)
  }
}
