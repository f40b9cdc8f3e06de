import type {Conversation, ConversationStore, KeyValueStore} from './conversation-store.ts'
import type {OpenConversation} from './open-conversation.ts'

const tabEntry = 'docent:open-conversation'
/** Words are written to the browser's storage this often at most. */
const saveEveryMs = 1_000

/** Keeps the open conversation in the browser, and which one it is in the tab. */
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

  /** One without answers is not kept. */
  save({key, conversationId, answers}: OpenConversation): void {
    this.#savedAt = this.#now()
    const last = answers.at(-1)
    if (last !== undefined) this.#store.save({key, conversationId, updatedAt: last.askedAt, answers})
  }

  /** Saves unless it was saved a moment ago. */
  saveNowAndThen(conversation: OpenConversation): void {
    if (this.#now() - this.#savedAt > saveEveryMs) this.save(conversation)
  }

  /** A reload of the tab opens this conversation again. */
  rememberOpen(key: string): void {
    try {
      this.#tab.setItem(tabEntry, key)
    } catch {
      // Forbidden: a reload begins anew.
    }
  }

  /** What was open in this tab before it was loaded; null where nothing was. */
  openBefore(): Conversation | null {
    let key: string | null = null
    try {
      key = this.#tab.getItem(tabEntry)
    } catch {
      // Forbidden: begin anew.
    }
    return key === null ? null : this.#store.get(key)
  }
}
