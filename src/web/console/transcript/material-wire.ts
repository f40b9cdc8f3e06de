/** A source as it was shown, and as the docs have it now. */
export interface SourceNow {
  readonly n: number
  readonly title: string
  readonly headings: readonly string[]
  readonly state: 'same' | 'changed' | 'moved' | 'gone' | 'unknown'
  /** Markdown; null where it was not kept. */
  readonly shown: string | null
  readonly now: {
    readonly title: string
    readonly headings: readonly string[]
    readonly url: string | null
    readonly anchor: string
  } | null
  readonly difference: readonly DifferentLines[] | null
}

export interface DifferentLines {
  readonly kind: 'same' | 'removed' | 'added'
  readonly lines: readonly string[]
}

/** A request that was sent to the model. */
export interface SentRequest {
  readonly n: number
  readonly at: number
  readonly body: RequestBody
}

export interface RequestBody {
  readonly model?: string
  readonly max_tokens?: number
  readonly system?: string | readonly Block[]
  readonly messages?: readonly {readonly role: string; readonly content: string | readonly Block[]}[]
}

/** A block of a message; which fields it has depends on its type. */
export interface Block {
  readonly type: string
  readonly text?: string
  readonly thinking?: string
  readonly title?: string
  readonly name?: string
  readonly input?: unknown
  readonly content?: string | readonly Block[]
}
