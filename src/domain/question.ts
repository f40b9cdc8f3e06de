/** One earlier turn of a conversation, oldest first in a history. */
export interface Turn {
  readonly role: 'user' | 'assistant'
  readonly content: string
}

/** A question, checked. */
export interface Question {
  readonly question: string
  /** The key of the conversation to join, as the client sent it; null, or one that opens none, begins a new one. */
  readonly conversationId: string | null
  /** What was said before, oldest first. */
  readonly history: readonly Turn[]
  /** Only pages of this version of the docs; null for all. */
  readonly version: string | null
  /** Keep answering for a grace time when the last reader leaves, so that it can come back. */
  readonly resumable: boolean
}
