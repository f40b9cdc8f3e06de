import {
  type AbstentionReason,
  type CitationEvent,
  type Ending,
  type ErrorCode,
  type FinishReason,
  isPartialFinish,
  isTerminal,
  noUsage,
  type PageLink,
  type SequencedEvent,
  type Source,
  type TerminalEvent,
  type Timings,
  type Usage,
} from '../domain/index.ts'
import {GrowingText} from '../lib/growing-text.ts'

/** What the events of an answer add up to, so far. */
export interface AnswerFold {
  /** Takes the next event, in order of `seq`. */
  add(event: SequencedEvent): void
  /** All deltas joined. */
  readonly text: string
  readonly textLength: number
  readonly sources: readonly Source[]
  readonly citations: readonly Omit<CitationEvent, 'type'>[]
  readonly terminal: TerminalEvent | null
  readonly ending: Ending | null
  readonly abstained: boolean
  readonly reason: AbstentionReason | null
  readonly nearest: readonly PageLink[]
  readonly finishReason: FinishReason | null
  /** Ended `complete`, and is not whole. */
  readonly partial: boolean
  readonly error: {readonly code: ErrorCode; readonly message: string; readonly retryable: boolean} | null
  readonly usage: Usage
  /** What the `done` event said where there is one, else taken from the events' times, up to `at` when given. */
  timings(at?: number): Timings
}

/**
 * Adds up the events of one answer. The run, the journal and everything read from it use this one fold, so a
 * snapshot, a transcript and what a reader saw agree by construction.
 */
export function createAnswerFold(startedAt: number): AnswerFold {
  return new Fold(startedAt)
}

/** A class, since there are two for each answer under way and each closure of each would have its own memory. */
class Fold implements AnswerFold {
  readonly sources: Source[] = []
  readonly citations: Omit<CitationEvent, 'type'>[] = []
  readonly #startedAt: number
  readonly #text = new GrowingText()
  #terminal: TerminalEvent | null = null
  #sourcesMs: number | null = null
  #firstTokenMs: number | null = null
  #longestStallMs = 0
  #lastAt: number

  constructor(startedAt: number) {
    this.#startedAt = startedAt
    this.#lastAt = startedAt
  }

  add({at, event}: SequencedEvent): void {
    if (this.#firstTokenMs !== null) this.#longestStallMs = Math.max(this.#longestStallMs, at - this.#lastAt)
    this.#lastAt = Math.max(this.#lastAt, at)
    if (event.type === 'delta') {
      this.#text.append(event.text)
      this.#firstTokenMs ??= Math.max(0, at - this.#startedAt)
    } else if (event.type === 'sources') {
      this.sources.push(...event.sources)
      this.#sourcesMs ??= Math.max(0, at - this.#startedAt)
    } else if (event.type === 'citation') {
      const {type: _, ...citation} = event
      this.citations.push(citation)
    } else if (isTerminal(event)) {
      this.#terminal = event
    }
  }

  get text(): string {
    return this.#text.toString()
  }

  get textLength(): number {
    return this.#text.length
  }

  get terminal(): TerminalEvent | null {
    return this.#terminal
  }

  get ending(): Ending | null {
    return this.#terminal?.ending ?? null
  }

  get abstained(): boolean {
    return this.#terminal?.type === 'done' && this.#terminal.abstained
  }

  get reason(): AbstentionReason | null {
    return (this.#terminal?.type === 'done' && this.#terminal.reason) || null
  }

  get nearest(): readonly PageLink[] {
    return (this.#terminal?.type === 'done' && this.#terminal.nearest) || []
  }

  get finishReason(): FinishReason | null {
    return (this.#terminal?.type === 'done' && this.#terminal.finishReason) || null
  }

  get partial(): boolean {
    return isPartialFinish(this.finishReason)
  }

  get error(): AnswerFold['error'] {
    if (this.#terminal?.type !== 'error') return null
    const {code, message, retryable} = this.#terminal
    return {code, message, retryable}
  }

  get usage(): Usage {
    return this.#terminal?.usage ?? noUsage
  }

  timings(at = this.#lastAt): Timings {
    if (this.#terminal?.type === 'done') return this.#terminal.timings
    const silenceMs = this.#firstTokenMs === null ? 0 : at - this.#lastAt
    return {
      sourcesMs: this.#sourcesMs,
      firstTokenMs: this.#firstTokenMs,
      longestStallMs: Math.max(this.#longestStallMs, silenceMs),
      totalMs: Math.max(0, at - this.#startedAt),
    }
  }
}

/** The fold of a whole list of events. */
export function foldOf(events: Iterable<SequencedEvent>, startedAt: number): AnswerFold {
  const fold = createAnswerFold(startedAt)
  for (const event of events) fold.add(event)
  return fold
}
