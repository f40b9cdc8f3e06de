/** One earlier turn of a conversation, oldest first in a history. */
export interface Turn {
  readonly role: 'user' | 'assistant'
  readonly content: string
}

/** Where a visitor is while asking, as the visitor's browser says: a hint, never trusted. One of them at least is set. */
export interface VisitorPage {
  /** `http(s)://…` or a path, without query; at most 2,000 UTF-16 units. */
  readonly url: string | null
  /** One line of at most 200 UTF-16 units. */
  readonly title: string | null
  /** The id or the text of the heading in view; one line of at most 200 UTF-16 units. */
  readonly section: string | null
}

/** A page as a reader would name it. */
export interface PageNames {
  readonly title: string
  /** The heading in view; null where that is not known. */
  readonly section: string | null
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
  /** Null or absent where it is not known. */
  readonly page?: VisitorPage | null
  /** Keeps answering for a grace period when the last reader leaves, so that it can reconnect. */
  readonly resumable: boolean
}
