import type {Rating, StreamUpdate} from '../../../packages/client/src/index.ts'
import {
  type AbstentionReason,
  type Answerability,
  type AnswerEvent,
  type DoneEvent,
  type ErrorCode,
  type FinishReason,
  isPartialFinish,
  type PageLink,
  type Source,
  type Timings,
  type ToolEvent,
} from '../../domain/index.ts'

/**
 * The state of an answer as shown to the reader.
 *
 *     searching → sources → (thinking) → writing → complete | quoted | declined | cut
 *         └──────────┴──────────┴───────────┴────→ abstained | stopped | broke-off | refused
 */
export type Phase =
  | 'searching'
  | 'sources'
  | 'thinking'
  | 'writing'
  | 'complete'
  | 'quoted'
  /** By the model, before its first word or later. */
  | 'declined'
  /** By a limit: of the answer's length, or of the model's context. */
  | 'cut'
  | 'abstained'
  | 'stopped'
  | 'broke-off'
  | 'refused'

export interface Citation {
  readonly n: number
  readonly start: number
  readonly end: number
  readonly quote?: string
}

/** Something done for an answer besides writing it, such as another search or a change of model. */
export interface Step {
  readonly id: string
  readonly status: 'started' | 'done' | 'failed'
  /** The event's name, input and output, from which the sentence is made; absent from what an earlier version stored. */
  readonly name?: string
  readonly input?: unknown
  readonly output?: unknown
  /** What was done, in one sentence of the server's. */
  readonly words: string
  /** Length of the text when it began. */
  readonly at: number
}

/** The text of an answer that is tried again, shown until the new text has caught up. */
export interface PreviousAttempt {
  readonly answerId: string | null
  readonly sources: readonly Source[]
  readonly text: string
  readonly citations: readonly Citation[]
  readonly linkHosts?: readonly string[] | null
}

export interface Problem {
  /** Null when the connection, not the server, ended the answer. */
  readonly code: ErrorCode | null
  /** The server's message for the reader; empty when it sent none. */
  readonly message: string
  readonly retryable: boolean
  readonly retryAfterMs: number | null
  /** When a refused question may be asked again, in milliseconds since the epoch; absent when not known. */
  readonly retryAt?: number | null
  /** Which of the server's limits was exceeded; absent when the server did not say. */
  readonly limit?: string | null
}

/** One answer as the browser shows and stores it: fields keep their names, since stored conversations have them. */
export interface AnswerState {
  /** Created by the browser before the server knows of the answer. */
  readonly key: string
  /** Identifies its requests; unlike `key`, not exposed to the page. Absent from what an earlier version stored. */
  readonly requestKey?: string
  /** 1 for the first try; each further try is a request of its own. */
  readonly attempt: number
  readonly question: string
  /** Text of the page that the question is about; empty for none. */
  readonly about: string
  readonly askedAt: number
  readonly answerId: string | null
  /** An id of the answer for the page's analytics that gives no access to it. Null from an old server. */
  readonly ref?: string | null
  readonly conversationId: string | null
  /** Number of the last event received. */
  readonly seq: number
  readonly phase: Phase
  readonly connection: 'open' | 'reconnecting' | 'offline'
  readonly generator: string | null
  readonly sources: readonly Source[]
  /** Whether they were found before the question was asked; its own replace them. Absent otherwise. */
  readonly areExpected?: boolean
  /** Hosts that the sources link to; null when the server did not send them, absent from what an earlier version stored. */
  readonly linkHosts?: readonly string[] | null
  readonly text: string
  readonly citations: readonly Citation[]
  readonly steps: readonly Step[]
  /** Null when there was no earlier text, or the new text has caught up with it. */
  readonly carried: PreviousAttempt | null
  readonly problem: Problem | null
  readonly reason: AbstentionReason | null
  readonly nearest: readonly PageLink[]
  /** How much of the question the docs may answer; absent from what an earlier version stored. */
  readonly answerability?: Answerability | null
  /** Words of the question that the docs never use; absent from what an earlier version stored. */
  readonly unknownWords?: readonly string[]
  /** Whether the reader told the docs team that the docs lack this; absent from what an earlier version stored. */
  readonly missing?: boolean
  readonly finishReason: FinishReason | null
  readonly timings: Timings | null
  readonly rating: Rating | null
  /** Id of the incomplete answer that this one continues; its text is sent again first. */
  readonly continues: string | null
}

export function newAnswer(
  key: string,
  question: string,
  options: {
    readonly askedAt: number
    readonly requestKey?: string
    readonly about?: string
    readonly conversationId?: string | null
  },
): AnswerState {
  return {
    key,
    requestKey: options.requestKey ?? key,
    attempt: 1,
    question,
    about: options.about ?? '',
    askedAt: options.askedAt,
    answerId: null,
    conversationId: options.conversationId ?? null,
    seq: 0,
    phase: 'searching',
    connection: 'open',
    generator: null,
    sources: [],
    linkHosts: null,
    text: '',
    citations: [],
    steps: [],
    carried: null,
    problem: null,
    reason: null,
    nearest: [],
    finishReason: null,
    timings: null,
    rating: null,
    continues: null,
  }
}

/** The phases of an answer that has not ended, in order. */
const openPhases: readonly Phase[] = ['searching', 'sources', 'thinking', 'writing']

export function isEnded(answer: AnswerState): boolean {
  return !openPhases.includes(answer.phase)
}

/** The answer as shown: the text of an earlier try stays until this one has as much. */
export function shownOf(answer: AnswerState): AnswerState {
  const {carried} = answer
  // Absent from conversations that an earlier version stored.
  if (carried == null) return answer
  const {text, citations, linkHosts = null} = carried
  const sources = citesSameSources(answer.sources, carried) ? answer.sources : carried.sources
  return {...answer, sources, linkHosts, text, citations}
}

/** Whether the numbers in the earlier try's text refer to the same sources in this one, and none is missing. */
function citesSameSources(sources: readonly Source[], carried: PreviousAttempt): boolean {
  const idOf = (all: readonly Source[], n: number): string | undefined =>
    all.find((source) => source.n === n)?.id
  return (
    sources.length >= carried.sources.length &&
    carried.citations.every(({n}) => idOf(sources, n) === idOf(carried.sources, n))
  )
}

/** Whether a model that declined had already written text: in this try, or in the one that it should continue. */
export function declinedToGoOn({text, carried, continues}: AnswerState): boolean {
  return carried == null ? text !== '' : continues !== null
}

/** What is being done besides writing; null for nothing. */
export function currentStepOf(answer: AnswerState): Step | null {
  const last = answer.steps?.at(-1)
  return last?.status === 'started' && !isEnded(answer) ? last : null
}

/** Numbers of the sources that the text cites. */
export function usedSources(answer: Pick<AnswerState, 'citations'>): ReadonlySet<number> {
  return new Set(answer.citations.map((citation) => citation.n))
}

/** The answer for another try: from the start, or continuing the text there is. */
export function retried(answer: AnswerState, askedAt: number, goesOn: boolean): AnswerState {
  const fresh = newAnswer(answer.key, answer.question, {...answer, askedAt})
  const {sources, linkHosts = null, text, citations} = shownOf(answer)
  // After a try without new text, the one before it can be continued.
  const answerId = answer.carried?.answerId ?? answer.answerId
  return {
    ...fresh,
    attempt: answer.attempt + 1,
    continues: goesOn ? answerId : null,
    carried: text === '' ? null : {answerId, sources, text, citations, linkHosts},
  }
}

/** The idempotency key of a try: the same each time its request is sent. */
export function idempotencyKeyOf(answer: AnswerState): string {
  return `${answer.requestKey ?? answer.key}-${answer.attempt}`
}

/** The answer with the sources that were found before it was asked, if any and while it has none. */
export function withExpected(answer: AnswerState, sources: readonly Source[]): AnswerState {
  return sources.length === 0 || answer.sources.length > 0 || answer.carried !== null
    ? answer
    : {...answer, sources, areExpected: true, phase: 'sources'}
}

/** An answer that ended without sources of its own must not show those that were expected. */
function withoutExpected(answer: AnswerState): AnswerState {
  return answer.areExpected === true ? {...answer, sources: [], areExpected: false} : answer
}

/** The answer after an update. After its end, only its timings change. */
export function withUpdate(answer: AnswerState, update: StreamUpdate): AnswerState {
  switch (update.type) {
    case 'connection':
      return {...answer, connection: update.status}
    case 'broke-off':
      return isEnded(answer) ? answer : withBreakOff(answer, null, '', true, null)
    case 'event':
      return withEvent({...answer, seq: update.seq}, update.event)
  }
}

function withEvent(answer: AnswerState, event: AnswerEvent): AnswerState {
  switch (event.type) {
    case 'start':
      return {
        ...answer,
        answerId: event.answerId,
        ref: event.ref ?? null,
        // Sent only to the client that asked; a resumed stream does not repeat it.
        conversationId: event.conversationId ?? answer.conversationId,
        generator: event.generator,
      }
    case 'sources': {
      const known = answer.areExpected === true ? [] : answer.sources
      return {
        ...answer,
        sources: [...known, ...event.sources.filter(isNewTo(known))],
        areExpected: false,
        linkHosts:
          event.linkHosts === undefined
            ? (answer.linkHosts ?? null)
            : [...(answer.linkHosts ?? []), ...event.linkHosts],
        answerability: event.answerability ?? answer.answerability ?? null,
        unknownWords: event.unknownWords ?? answer.unknownWords ?? [],
        phase: advance(answer, 'sources'),
      }
    }
    case 'reasoning':
      return {...answer, phase: advance(answer, 'thinking')}
    case 'tool':
      return {...answer, steps: withStep(answer, event), generator: writerOf(event) ?? answer.generator}
    case 'delta': {
      // Words under way when the reader stopped it would push what is shown below.
      if (answer.phase === 'stopped') return answer
      const text = answer.text + event.text
      return {...answer, text, phase: advance(answer, 'writing'), carried: carriedAfter(answer, text.length)}
    }
    case 'citation':
      // The number of a source that was not sent could not be checked by anyone.
      if (!answer.sources.some((source) => source.n === event.n)) return answer
      if (answer.phase === 'stopped' && event.end > answer.text.length) return answer
      return {...answer, citations: [...answer.citations, citationOf(event)]}
    case 'error':
      return {
        ...(answer.phase === 'stopped'
          ? answer
          : withBreakOff(answer, event.code, event.message, event.retryable, event.retryAfterMs ?? null)),
      }
    case 'done':
      return {
        // What the reader stopped stays as it was.
        ...(answer.phase === 'stopped' ? answer : withoutExpected(answer)),
        // A complete answer replaces the earlier text; an incomplete one only if it is longer.
        carried: isWhole(event) ? null : answer.carried,
        connection: 'open',
        finishReason: event.finishReason ?? null,
        reason: event.reason ?? null,
        nearest: event.nearest ?? [],
        unknownWords: event.unknownWords ?? answer.unknownWords ?? [],
        timings: event.timings,
        phase: phaseOf(event.ending, event.finishReason ?? null, answer),
        problem:
          event.ending === 'disconnected'
            ? {code: null, message: '', retryable: true, retryAfterMs: null}
            : null,
      }
  }
}

function isWhole({ending, finishReason}: DoneEvent): boolean {
  return ending === 'abstained' || (ending === 'complete' && !isPartialFinish(finishReason))
}

function citationOf({n, start, end, quote}: Citation): Citation {
  return quote === undefined ? {n, start, end} : {n, start, end, quote}
}

/** Maximum number of steps kept for one answer. */
const maxSteps = 20

function withStep(
  answer: AnswerState,
  {id, name, status, input, output, summary}: ToolEvent,
): readonly Step[] {
  const steps = answer.steps ?? []
  const known = steps.find((step) => step.id === id)
  if (known !== undefined) {
    const changed = {...known, status, input: input ?? known.input, output, words: summary ?? known.words}
    return steps.map((step) => (step === known ? changed : step))
  }
  if (summary === undefined || steps.length >= maxSteps) return steps
  return [...steps, {id, name, status, input, output, words: summary, at: answer.text.length}]
}

/** The generator that takes over; null when the event is about something else. */
function writerOf({name, input}: ToolEvent): string | null {
  if (name !== 'generator' || typeof input !== 'object' || input === null) return null
  const {generator} = input as {readonly generator?: unknown}
  return typeof generator === 'string' ? generator : null
}

/** A new answer replaces the earlier text with its first words; a continued one once it has sent that text again. */
function carriedAfter({carried, continues}: AnswerState, length: number): PreviousAttempt | null {
  if (carried == null || continues === null) return null
  return length >= carried.text.length ? null : carried
}

const isNewTo =
  (known: readonly Source[]) =>
  (source: Source): boolean =>
    !known.some(({n}) => n === source.n)

/** Phases only advance: a second round of sources does not turn writing back into searching. */
function advance(answer: AnswerState, to: Phase): Phase {
  if (isEnded(answer)) return answer.phase
  return openPhases.indexOf(to) > openPhases.indexOf(answer.phase) ? to : answer.phase
}

function phaseOf(ending: string, finishReason: FinishReason | null, answer: AnswerState): Phase {
  if (answer.phase === 'stopped' || ending === 'stopped') return 'stopped'
  if (ending === 'abstained') return 'abstained'
  if (ending === 'disconnected') return 'broke-off'
  if (isPartialFinish(finishReason)) return finishReason === 'refusal' ? 'declined' : 'cut'
  const isQuote = finishReason === 'extract' || answer.generator === 'extractive'
  return isQuote && finishReason !== 'bare_reply' ? 'quoted' : 'complete'
}

/** Corrects an answer that an earlier version stored as complete, though the model declined or a limit cut it. */
export function upgradeStored(answer: AnswerState): AnswerState {
  const isComplete = answer.phase === 'complete' || answer.phase === 'quoted'
  return isComplete && isPartialFinish(answer.finishReason)
    ? {...answer, phase: phaseOf('complete', answer.finishReason, answer)}
    : answer
}

function withBreakOff(
  answer: AnswerState,
  code: ErrorCode | null,
  message: string,
  retryable: boolean,
  retryAfterMs: number | null,
): AnswerState {
  return {
    ...withoutExpected(answer),
    phase: 'broke-off',
    connection: 'open',
    problem: {code, message, retryable, retryAfterMs},
  }
}

/** The answer after the reader stopped it: shown at once, whatever events may still arrive. */
export function stopped(answer: AnswerState): AnswerState {
  return isEnded(answer) ? answer : {...answer, phase: 'stopped', connection: 'open'}
}

/** The answer after the server refused the question at `now`. */
export function refused(
  answer: AnswerState,
  problem: {code: ErrorCode; message: string; retryAfterMs: number | null; limit?: string | null},
  now = Date.now(),
): AnswerState {
  const {code, message, retryAfterMs, limit = null} = problem
  const retryAt = retryAfterMs === null ? null : now + retryAfterMs
  const retryable = ['rate_limited', 'not_ready', 'internal', 'shutting_down'].includes(problem.code)
  return {
    ...withoutExpected(answer),
    phase: 'refused',
    connection: 'open',
    problem: {code, message, retryAfterMs, retryAt, limit, retryable},
  }
}
