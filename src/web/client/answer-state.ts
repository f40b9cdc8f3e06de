import {
  type AbstentionReason,
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
import type {StreamNews} from './answer-stream.ts'

/**
 * Where an answer stands, as the reader is told.
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
  /** By the model, before its first word or after. */
  | 'declined'
  /** By a limit: of length, or of what the model can hold. */
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

/** Something that was done for an answer beside writing it, in one sentence: searched again, another model asked. */
export interface Step {
  readonly id: string
  readonly status: 'started' | 'done' | 'failed'
  readonly words: string
  /** How much text there was when it began. */
  readonly at: number
}

/** What stood there when an answer was asked for again; shown until the new one has caught up. */
export interface Carried {
  readonly answerId: string | null
  readonly sources: readonly Source[]
  readonly text: string
  readonly citations: readonly Citation[]
  readonly linkHosts?: readonly string[] | null
}

export interface Problem {
  /** Null when the connection, not the server, ended the answer. */
  readonly code: ErrorCode | null
  /** The server's words for the reader; empty when it gave none. */
  readonly message: string
  readonly retryable: boolean
  readonly retryAfterMs: number | null
  /** Milliseconds since the epoch from when on a refused question may be asked again; absent where it is not known. */
  readonly retryAt?: number | null
  /** Which of the server's limits refused it; absent where it did not say. */
  readonly limit?: string | null
}

export type Rating = 'up' | 'down'

/** One answer as the browser keeps and shows it. */
export interface AnswerState {
  /** Given by the browser, before the server knows of the answer. */
  readonly key: string
  /** What its requests are told apart by; like `key`, but never told to the page. Not there in what an earlier version kept. */
  readonly requestKey?: string
  /** 1 for the first time it was asked; another try counts on, and is another request. */
  readonly attempt: number
  readonly question: string
  /** Text of the page that the question is about; empty for none. */
  readonly about: string
  readonly askedAt: number
  readonly answerId: string | null
  /** What the page may call the answer, in its analytics, say; it reads nothing. Null from an old server. */
  readonly ref?: string | null
  readonly conversationId: string | null
  /** Last event seen. */
  readonly seq: number
  readonly phase: Phase
  readonly connection: 'open' | 'reconnecting' | 'offline'
  readonly generator: string | null
  readonly sources: readonly Source[]
  /** Hosts that the sources link to; null, or absent in what an earlier version kept, where the server did not tell. */
  readonly linkHosts?: readonly string[] | null
  readonly text: string
  readonly citations: readonly Citation[]
  readonly steps: readonly Step[]
  /** Null when nothing was there before, or when it is overtaken. */
  readonly carried: Carried | null
  readonly problem: Problem | null
  readonly reason: AbstentionReason | null
  readonly nearest: readonly PageLink[]
  readonly finishReason: FinishReason | null
  readonly timings: Timings | null
  readonly rating: Rating | null
  /** Id of the answer that broke off and that this one goes on from; its text comes first, sent once more. */
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

const ended: ReadonlySet<Phase> = new Set([
  'complete',
  'quoted',
  'declined',
  'cut',
  'abstained',
  'stopped',
  'broke-off',
  'refused',
])

export function isEnded(answer: AnswerState): boolean {
  return ended.has(answer.phase)
}

/** The answer as it is to be seen: what an earlier try had brought stays until this one has as much. */
export function shownOf(answer: AnswerState): AnswerState {
  const {carried} = answer
  // Kept by an earlier version of this code, a conversation knows of neither.
  if (carried == null) return answer
  const {text, citations, linkHosts = null} = carried
  const sources = namesTheSame(answer.sources, carried) ? answer.sources : carried.sources
  return {...answer, sources, linkHosts, text, citations}
}

/** Whether the numbers in the text of an earlier try mean the same sources in this one, and none is lost. */
function namesTheSame(sources: readonly Source[], carried: Carried): boolean {
  const idOf = (all: readonly Source[], n: number): string | undefined =>
    all.find((source) => source.n === n)?.id
  return (
    sources.length >= carried.sources.length &&
    carried.citations.every(({n}) => idOf(sources, n) === idOf(carried.sources, n))
  )
}

/** Whether a model that declined had begun to answer: in this try, or in the text that it was to go on from. */
export function declinedToGoOn({text, carried, continues}: AnswerState): boolean {
  return carried == null ? text !== '' : continues !== null
}

/** What is being done right now beside writing, in one sentence; empty for nothing. */
export function doingOf(answer: AnswerState): string {
  const last = answer.steps?.at(-1)
  return last?.status === 'started' && !isEnded(answer) ? last.words : ''
}

/** Numbers of the sources that the text cites. */
export function usedSources(answer: Pick<AnswerState, 'citations'>): ReadonlySet<number> {
  return new Set(answer.citations.map((citation) => citation.n))
}

/** The same question, to be asked once more: from the start, or going on from the text there is. */
export function retried(answer: AnswerState, askedAt: number, goesOn: boolean): AnswerState {
  const fresh = newAnswer(answer.key, answer.question, {...answer, askedAt})
  const {sources, linkHosts = null, text, citations} = shownOf(answer)
  // Of a try that brought nothing new, the one before is what can be continued.
  const answerId = answer.carried?.answerId ?? answer.answerId
  return {
    ...fresh,
    attempt: answer.attempt + 1,
    continues: goesOn ? answerId : null,
    carried: text === '' ? null : {answerId, sources, text, citations, linkHosts},
  }
}

/** What makes a request repeatable: the same for each sending of one try. */
export function idempotencyKeyOf(answer: AnswerState): string {
  return `${answer.requestKey ?? answer.key}-${answer.attempt}`
}

/** The answer after one piece of news. Events after the end change only what they complete: its timings. */
export function withNews(answer: AnswerState, news: StreamNews): AnswerState {
  switch (news.type) {
    case 'connection':
      return {...answer, connection: news.status}
    case 'broke-off':
      return isEnded(answer) ? answer : brokenOff(answer, null, '', true, null)
    case 'event':
      return withEvent({...answer, seq: news.seq}, news.event)
  }
}

function withEvent(answer: AnswerState, event: AnswerEvent): AnswerState {
  switch (event.type) {
    case 'start':
      return {
        ...answer,
        answerId: event.answerId,
        ref: event.ref ?? null,
        // Told once, to who asked: told again, it stays what it was.
        conversationId: event.conversationId ?? answer.conversationId,
        generator: event.generator,
      }
    case 'sources':
      return {
        ...answer,
        sources: [...answer.sources, ...event.sources.filter(isNewTo(answer.sources))],
        linkHosts:
          event.linkHosts === undefined
            ? (answer.linkHosts ?? null)
            : [...(answer.linkHosts ?? []), ...event.linkHosts],
        phase: advance(answer, 'sources'),
      }
    case 'reasoning':
      return {...answer, phase: advance(answer, 'thinking')}
    case 'tool':
      return {...answer, steps: withStep(answer, event), generator: writerOf(event) ?? answer.generator}
    case 'delta': {
      const text = answer.text + event.text
      return {...answer, text, phase: advance(answer, 'writing'), carried: overtaken(answer, text.length)}
    }
    case 'citation':
      // A number that names no source that was sent would be a promise nobody can check.
      if (!answer.sources.some((source) => source.n === event.n)) return answer
      return {...answer, citations: [...answer.citations, citationOf(event)]}
    case 'error':
      return {
        ...(answer.phase === 'stopped'
          ? answer
          : brokenOff(answer, event.code, event.message, event.retryable, event.retryAfterMs ?? null)),
      }
    case 'done':
      return {
        ...answer,
        // A whole answer replaces what there was; one that was cut short only if it is more.
        carried: isWhole(event) ? null : answer.carried,
        connection: 'open',
        finishReason: event.finishReason ?? null,
        reason: event.reason ?? null,
        nearest: event.nearest ?? [],
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

/** So many steps are kept of one answer. */
const maxSteps = 20

function withStep(answer: AnswerState, {id, status, summary}: ToolEvent): readonly Step[] {
  const steps = answer.steps ?? []
  const known = steps.find((step) => step.id === id)
  if (known !== undefined) {
    const changed = {...known, status, words: summary ?? known.words}
    return steps.map((step) => (step === known ? changed : step))
  }
  if (summary === undefined || steps.length >= maxSteps) return steps
  return [...steps, {id, status, words: summary, at: answer.text.length}]
}

/** Who writes from here on, when a generator has handed over; null when nobody has. */
function writerOf({name, input}: ToolEvent): string | null {
  if (name !== 'generator' || typeof input !== 'object' || input === null) return null
  const {generator} = input as {readonly generator?: unknown}
  return typeof generator === 'string' ? generator : null
}

/** An answer begun anew replaces the old one with its first words; one that goes on when it has sent the old text again. */
function overtaken({carried, continues}: AnswerState, length: number): Carried | null {
  if (carried == null || continues === null) return null
  return length >= carried.text.length ? null : carried
}

const isNewTo =
  (known: readonly Source[]) =>
  (source: Source): boolean =>
    !known.some(({n}) => n === source.n)

const order: readonly Phase[] = ['searching', 'sources', 'thinking', 'writing']

/** Phases only go on: a second round of sources does not turn writing back into searching. */
function advance(answer: AnswerState, to: Phase): Phase {
  if (isEnded(answer)) return answer.phase
  return order.indexOf(to) > order.indexOf(answer.phase) ? to : answer.phase
}

function phaseOf(ending: string, finishReason: FinishReason | null, answer: AnswerState): Phase {
  if (answer.phase === 'stopped' || ending === 'stopped') return 'stopped'
  if (ending === 'abstained') return 'abstained'
  if (ending === 'disconnected') return 'broke-off'
  if (isPartialFinish(finishReason)) return finishReason === 'refusal' ? 'declined' : 'cut'
  return finishReason === 'extract' || answer.generator === 'extractive' ? 'quoted' : 'complete'
}

/** An answer that an earlier version kept as complete, though the model declined or a limit cut it. */
export function keptBefore(answer: AnswerState): AnswerState {
  const isComplete = answer.phase === 'complete' || answer.phase === 'quoted'
  return isComplete && isPartialFinish(answer.finishReason)
    ? {...answer, phase: phaseOf('complete', answer.finishReason, answer)}
    : answer
}

function brokenOff(
  answer: AnswerState,
  code: ErrorCode | null,
  message: string,
  retryable: boolean,
  retryAfterMs: number | null,
): AnswerState {
  return {
    ...answer,
    phase: 'broke-off',
    connection: 'open',
    problem: {code, message, retryable, retryAfterMs},
  }
}

/** The answer after the reader said stop: shown at once, whatever is still on its way. */
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
    ...answer,
    phase: 'refused',
    connection: 'open',
    problem: {code, message, retryAfterMs, retryAt, limit, retryable},
  }
}
