/** One earlier turn of a conversation, oldest first in a history. */
export interface Turn {
  readonly role: 'user' | 'assistant'
  readonly content: string
}

/** A valid question. */
export interface Question {
  readonly question: string
  /** The key of the conversation to join, as the client sent it; null, or an unknown key, begins a new one. */
  readonly conversationId: string | null
  /** Earlier turns, oldest first. */
  readonly history: readonly Turn[]
  /** Only pages of this version of the docs; null for the one that the question names, or the current one. */
  readonly version: string | null
  /** The language of who asks, BCP 47; null or absent for that of the question. */
  readonly lang?: string | null
  /** Keeps answering for a grace period when the last reader leaves, so that it can reconnect. */
  readonly resumable: boolean
}
