import {
  type AbstentionReason,
  type CitationEvent,
  type Ending,
  type ErrorCode,
  type FinishReason,
  isTerminal,
  noUsage,
  type PageLink,
  type SequencedEvent,
  type Source,
  type TerminalEvent,
  type Timings,
  type Usage,
} from '../domain/index.ts'
import {flat} from '../text/flat.ts'

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
  readonly error: {readonly code: ErrorCode; readonly message: string; readonly retryable: boolean} | null
  readonly usage: Usage
  /** What the `done` event said where there is one, else taken from the events' times, up to `at` when given. */
  timings(at?: number): Timings
}

/** Appended parts after which the text is made one piece; more for long texts, so that copying stays cheap. */
const minLooseParts = 64

/**
 * Adds up the events of one answer. The run, the journal and everything read from it use this one fold, so a
 * snapshot, a transcript and what a reader saw agree by construction.
 */
export function createAnswerFold(startedAt: number): AnswerFold {
  let text = ''
  let looseParts = 0
  const sources: Source[] = []
  const citations: Omit<CitationEvent, 'type'>[] = []
  let terminal: TerminalEvent | null = null
  let sourcesMs: number | null = null
  let firstTokenMs: number | null = null
  let longestStallMs = 0
  let lastAt = startedAt

  return {
    add(sequenced) {
      const {at, event} = sequenced
      if (firstTokenMs !== null) longestStallMs = Math.max(longestStallMs, at - lastAt)
      lastAt = Math.max(lastAt, at)
      if (event.type === 'delta') {
        text += event.text
        looseParts += 1
        if (looseParts >= Math.max(minLooseParts, text.length >> 8)) {
          flat(text)
          looseParts = 0
        }
        firstTokenMs ??= Math.max(0, at - startedAt)
      } else if (event.type === 'sources') {
        sources.push(...event.sources)
        sourcesMs ??= Math.max(0, at - startedAt)
      } else if (event.type === 'citation') {
        const {type: _, ...citation} = event
        citations.push(citation)
      } else if (isTerminal(event)) {
        terminal = event
      }
    },
    get text() {
      return text
    },
    get textLength() {
      return text.length
    },
    sources,
    citations,
    get terminal() {
      return terminal
    },
    get ending() {
      return terminal?.ending ?? null
    },
    get abstained() {
      return terminal?.type === 'done' && terminal.abstained
    },
    get reason() {
      return (terminal?.type === 'done' && terminal.reason) || null
    },
    get nearest() {
      return (terminal?.type === 'done' && terminal.nearest) || []
    },
    get finishReason() {
      return (terminal?.type === 'done' && terminal.finishReason) || null
    },
    get error() {
      if (terminal?.type !== 'error') return null
      const {code, message, retryable} = terminal
      return {code, message, retryable}
    },
    get usage() {
      return terminal?.usage ?? noUsage
    },
    timings(at = lastAt) {
      if (terminal?.type === 'done') return terminal.timings
      const silenceMs = firstTokenMs === null ? 0 : at - lastAt
      return {
        sourcesMs,
        firstTokenMs,
        longestStallMs: Math.max(longestStallMs, silenceMs),
        totalMs: Math.max(0, at - startedAt),
      }
    },
  }
}

/** The fold of a whole list of events. */
export function foldOf(events: Iterable<SequencedEvent>, startedAt: number): AnswerFold {
  const fold = createAnswerFold(startedAt)
  for (const event of events) fold.add(event)
  return fold
}
