import {randomUUID} from 'node:crypto'
import {type AnswerSnapshot, type Journal, refOf, snapshotOf} from '../answers/index.ts'
import type {Ending} from '../domain/index.ts'
import type {Generator} from '../generation/index.ts'
import type {Retriever} from '../retrieval/index.ts'
import {Admission} from './admission.ts'
import type {AnswerSummary} from './answer-summary.ts'
import type {Answering, ReadOptions} from './answering.ts'
import {type AnsweringLimits, type Deadlines, defaultAnsweringLimits} from './answering-limits.ts'
import {Asking} from './asking.ts'
import type {RunOptions} from './run.ts'
import {
  deliverEach,
  eachEvent,
  gatheredEvents,
  type OpenReader,
  type RunReader,
  readerOf,
  readerOfAsker,
} from './run-reader.ts'
import {RunsInMemory} from './runs-in-memory.ts'
import {StoredAnswers} from './stored-answers.ts'

/** Where the endings of answers are logged; pino fits. Never questions, never text. */
export interface AnsweringLog {
  info(facts: object, message: string): void
  error(facts: object, message: string): void
}

export interface AnsweringOptions {
  readonly retriever: Retriever
  readonly generator: Generator
  readonly journal: Journal
  /** Id of the build that answers now; null while there is none. */
  readonly currentBuild: () => string | null
  /** Whether the docs have this version, where that is known at once. */
  readonly hasVersion?: (version: string) => boolean
  /** The embedding model's name, for `start` and the log. */
  readonly embedding: string
  readonly deadlines: Deadlines
  /** How long a resumable answer goes on without a reader. */
  readonly resumeGraceMs: number
  /** How long an answer waits for its first reader; default 10 s, or the grace if that is longer. */
  readonly firstReaderMs?: number
  /** How long an answer that has ended is kept in memory; default 5 s. After that the journal serves it. */
  readonly lingerMs?: number
  readonly limits?: Partial<AnsweringLimits>
  readonly now?: () => number
  /** Ids must not be guessable: who knows one may read the answer. Default random UUIDs. */
  readonly newId?: () => string
  readonly log?: AnsweringLog
  /** Called once for every answer that ends: the place to count. */
  readonly onEnd?: (summary: AnswerSummary) => void
}

/** Answers as runs over a retriever, a generator and a journal. Closes none of them. */
export function createAnswering(options: AnsweringOptions): Answering {
  const {journal, resumeGraceMs, now = Date.now, newId = randomUUID, lingerMs = 5_000} = options
  const limits: AnsweringLimits = {...defaultAnsweringLimits, ...options.limits}
  const admission = new Admission(limits.maxConcurrent)
  const runs = new RunsInMemory(lingerMs)
  const stored = new StoredAnswers(journal)
  const asking = new Asking({
    ...options,
    hasVersion: options.hasVersion,
    firstReaderMs: options.firstReaderMs ?? Math.max(10_000, resumeGraceMs),
    limits,
    now,
    newId,
    admission,
    runs,
    stored,
    onEnd: reportEnd(options),
  })

  /** Synchronous where the run is in memory, so that its reader counts from the call on. */
  function openReader(answerId: string, options: ReadOptions): ReturnType<OpenReader> {
    const {signal, isAsker} = options
    const after = startOf(options.after)
    const run = runs.get(answerId)
    if (run === undefined) return openStored(answerId, after, signal)
    const reader = run.read(after, signal)
    return isAsker ? readerOfAsker(reader, () => run.takeConversationId()) : reader
  }

  async function openStored(answerId: string, after: number, signal: AbortSignal): Promise<RunReader> {
    return readerOf(await stored.eventsAfter(await stored.find(answerId), after), signal)
  }

  async function snapshot(answerId: string): Promise<AnswerSnapshot | null> {
    const run = runs.get(answerId)
    if (run === undefined) return stored.snapshot(answerId)
    return snapshotOf({...run.entry, ending: run.state.ending}, run.state)
  }

  async function stop(answerId: string): Promise<Ending> {
    const run = runs.get(answerId)
    if (run === undefined) return (await stored.find(answerId)).ending ?? 'interrupted'
    run.stop()
    return run.ended
  }

  async function shutdown(graceMs: number): Promise<void> {
    admission.close()
    if (graceMs > 0) await within(graceMs, admission.idle())
    asking.interrupt()
    for (const run of runs.underWay()) run.fail('shutting_down')
    await admission.idle()
    runs.clear()
    await journal.flush()
  }

  return {
    ask: (question, options) => asking.ask(question, options),
    events(answerId, options) {
      const {bufferMs = 0} = options
      const open = () => openReader(answerId, options)
      return bufferMs > 0 ? gatheredEvents(open, bufferMs) : eachEvent(open)
    },
    async deliver(answerId, options, receive) {
      const {bufferMs = 0} = options
      const open = () => openReader(answerId, options)
      if (bufferMs === 0) return deliverEach(await open(), receive)
      for await (const event of gatheredEvents(open, bufferMs)) {
        const wait = receive(event)
        if (wait !== null) await wait
      }
    },
    stop,
    async forget(what) {
      // One that is being asked now would begin after its conversation was removed.
      await asking.settled()
      runs.drop(({entry}) =>
        'answerId' in what ? entry.answerId === what.answerId : entry.conversation === what.conversation,
      )
    },
    snapshot,
    get active() {
      return admission.active
    },
    shutdown,
  }
}

/** What makes no sense as a number begins at the beginning. */
function startOf(after = 0): number {
  return Number.isSafeInteger(after) && after > 0 ? after : 0
}

function reportEnd({log, onEnd}: AnsweringOptions): RunOptions['onEnd'] {
  return (summary, unexpected) => {
    const {answerId, ...facts} = summary
    const ref = refOf(answerId)
    if (unexpected !== null) log?.error({ref, err: unexpected}, 'an answer failed unexpectedly')
    log?.info({ref, ...facts}, 'answer ended')
    onEnd?.(summary)
  }
}

/** Waits for the work, for `ms` at most. */
async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const elapsed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([work, elapsed])
  clearTimeout(timer)
}
