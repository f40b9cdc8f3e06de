import {
  type AbstentionReason,
  type Answerability,
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

/** The state that the events of an answer add up to so far. */
export interface AnswerState {
  /** All deltas joined. */
  readonly text: string
  readonly textLength: number
  readonly sources: readonly Source[]
  /** `sources` events so far. */
  readonly rounds: number
  readonly citations: readonly Citation[]
  readonly terminal: TerminalEvent | null
  readonly ending: Ending | null
  readonly abstained: boolean
  readonly reason: AbstentionReason | null
  readonly nearest: readonly PageLink[]
  /** That of the first `sources` event that says it; null before, and on abstention. */
  readonly answerability: Answerability | null
  /** Words of the question that the docs never use, as the asker wrote them. */
  readonly unknownWords: readonly string[]
  readonly finishReason: FinishReason | null
  /** Ended as `complete`, but the text is cut or declined. */
  readonly partial: boolean
  readonly error: {readonly code: ErrorCode; readonly message: string; readonly retryable: boolean} | null
  readonly usage: Usage
  /** The timings of the `done` event if there is one, else computed from the times of the events, up to `at` if given. */
  timings(at?: number): Timings
}

/** The state of an answer that is still being written. Only the writer of its events adds to it; everyone else reads. */
export interface WritableAnswerState extends AnswerState {
  /** Adds the next event, in order of `seq`. */
  add(event: SequencedEvent): void
}

export type Citation = Omit<CitationEvent, 'type'>

/**
 * The empty state of an answer that began at `startedAt`, in milliseconds since the epoch. The run and the journal
 * share one, and events read from storage are added up by the same code, so a snapshot, a transcript and what a
 * reader saw agree by construction.
 */
export function createAnswerState(startedAt: number): WritableAnswerState {
  return new AnswerStateAccumulator(startedAt)
}

/** A class rather than a closure: there is one for each running answer, and methods on a prototype are shared. */
class AnswerStateAccumulator implements WritableAnswerState {
  answerability: Answerability | null = null
  unknownWords: readonly string[] = []
  readonly sources: Source[] = []
  readonly citations: Citation[] = []
  readonly #startedAt: number
  readonly #text = new GrowingText()
  #rounds = 0
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
      this.#rounds += 1
      this.answerability ??= event.answerability ?? null
      this.unknownWords = event.unknownWords ?? this.unknownWords
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

  get rounds(): number {
    return this.#rounds
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

  get error(): AnswerState['error'] {
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

/** The state that a list of events adds up to. */
export function answerStateOf(events: Iterable<SequencedEvent>, startedAt: number): WritableAnswerState {
  const state = createAnswerState(startedAt)
  for (const event of events) state.add(event)
  return state
}
