import {randomUUID} from 'node:crypto'
import {
  type AnswerSnapshot,
  type Forgotten,
  isForgotten,
  type Journal,
  type Peers,
  refOf,
  snapshotOf,
} from '../answers/index.ts'
import type {Ending, SequencedEvent} from '../domain/index.ts'
import {extractiveGenerator, type Generator} from '../generation/index.ts'
import {within} from '../lib/within.ts'
import {noRedactor, type Redactor} from '../redaction/index.ts'
import type {Retriever} from '../retrieval/index.ts'
import {Admission} from './admission.ts'
import type {AnswerSummary} from './answer-summary.ts'
import type {Answering, ReadOptions} from './answering.ts'
import {type AnsweringLimits, type Deadlines, defaultAnsweringLimits} from './answering-limits.ts'
import {findSources} from './find-sources.ts'
import {FollowedAnswers} from './followed-answers.ts'
import {searchingKeptWords} from './kept-words.ts'
import {PreparedSources} from './prepared-sources.ts'
import {QuestionIntake} from './question-intake.ts'
import type {RunOptions} from './run.ts'
import {
  bufferedEvents,
  deliverEach,
  eachEvent,
  type OpenReader,
  type RunReader,
  readerOf,
  readerOfAsker,
} from './run-reader.ts'
import {RunsInMemory} from './runs-in-memory.ts'
import {StoredAnswers} from './stored-answers.ts'

/** Where the endings of answers are logged, for example a pino logger. Never questions, never text. */
export interface AnsweringLog {
  info(facts: object, message: string): void
  error(facts: object, message: string): void
}

export interface AnsweringOptions {
  readonly retriever: Retriever
  /**
   * Adds to what a retriever finds, anew each time that it is given: also to a search that was prepared, when it is taken.
   * Default: nothing.
   */
  readonly addingAnew?: (retriever: Retriever) => Retriever
  readonly generator: Generator
  /** Writes the answers that must not call a model. Default: the one that quotes, at its full speed. */
  readonly extracts?: Generator
  readonly journal: Journal
  /** Other processes that answer from the same journal; default: none. */
  readonly peers?: Peers
  /** What the journal redacts questions with; default: none. */
  readonly redactor?: Redactor
  /** Id of the current build; null while there is none. */
  readonly currentBuild: () => string | null
  /** Whether the docs have this version, if that can be known synchronously. */
  readonly hasVersion?: (version: string) => boolean
  /** Whether the retriever calls a model to rewrite follow-up questions. Default false. */
  readonly rewritesFollowUps?: boolean
  /** The embedding model's name, for `start` and the log. */
  readonly embedding: string
  readonly deadlines: Deadlines
  /** How long a resumable answer continues without a reader. */
  readonly resumeGraceMs: number
  /** How long an answer waits for its first reader; default 10 s, or the grace period if that is longer. */
  readonly firstReaderMs?: number
  /** How long an answer that has ended is kept in memory; default 5 s. After that the journal serves it. */
  readonly keepEndedMs?: number
  readonly limits?: Partial<AnsweringLimits>
  readonly now?: () => number
  /** Ids must not be guessable: whoever knows one may read the answer. Default: random UUIDs. */
  readonly newId?: () => string
  readonly log?: AnsweringLog
  /** Called when a reader takes an answer up again, after its stream has broken off: with the first event that it gets. */
  readonly onResumed?: (answerId: string) => void
  /** Called once for every answer that ends, for metrics. */
  readonly onEnd?: (summary: AnswerSummary) => void
}

/** Creates answering over a retriever, a generator and a journal. It does not close them. */
export function createAnswering(options: AnsweringOptions): Answering {
  const {journal, resumeGraceMs, now = Date.now, newId = randomUUID, keepEndedMs = 5_000} = options
  const {onResumed = () => {}} = options
  const limits: AnsweringLimits = {...defaultAnsweringLimits, ...options.limits}
  const admission = new Admission(limits.maxConcurrent)
  const runs = new RunsInMemory(keepEndedMs)
  const {peers} = options
  const stored = new StoredAnswers(journal, peers)
  const followed = peers === undefined ? null : new FollowedAnswers(peers, limits)
  const endServing = peers?.serve({
    stop: (answerId) => runs.get(answerId)?.stop(),
    read: (answerId, forMs) => runs.get(answerId)?.readElsewhere(forMs),
    forget: forgetHere,
    taken: (answerId) => runs.get(answerId)?.fail('server_restarted'),
  })
  const {currentBuild, rewritesFollowUps = false, redactor = noRedactor} = options
  const {addingAnew = (retriever) => retriever} = options
  const prepared = new PreparedSources(options.retriever, {currentBuild, rewritesFollowUps, now})
  const asGiven = (retriever: Retriever) => searchingKeptWords(addingAnew(retriever), redactor)
  const preparing = asGiven({
    retrieve: (query, {signal} = {}) => prepared.prepare(query, signal === undefined ? {} : {signal}),
  })
  const intake = new QuestionIntake({
    ...options,
    redactor,
    extracts: options.extracts ?? extractiveGenerator({paceMs: 0}),
    retriever: asGiven(prepared),
    hasVersion: options.hasVersion,
    firstReaderMs: options.firstReaderMs ?? Math.max(10_000, resumeGraceMs),
    limits,
    now,
    newId,
    admission,
    runs,
    stored,
    onEnd: endReporter(options),
  })

  /** Whether a reader goes on where it, or another one before it, was cut off. */
  function takesUpAgain(answerId: string, {after}: ReadOptions): boolean {
    return validSeq(after) > 0 || runs.get(answerId)?.hasLostReaders === true
  }

  /** Synchronous if the run is in memory, so that the reader counts from the moment of the call. */
  function openReader(answerId: string, options: ReadOptions): ReturnType<OpenReader> {
    const {signal, isAsker} = options
    const after = validSeq(options.after)
    const run = runs.get(answerId)
    if (run === undefined) return openStored(answerId, after, signal)
    const reader = run.read(after, signal)
    return isAsker ? readerOfAsker(reader, () => run.takeConversationId()) : reader
  }

  async function openStored(answerId: string, after: number, signal: AbortSignal): Promise<RunReader> {
    const found = await stored.find(answerId)
    if (followed !== null && stored.isElsewhere(found)) return followed.read(found, after, signal)
    return readerOf(await stored.eventsAfter(found, after), signal)
  }

  async function snapshot(answerId: string): Promise<AnswerSnapshot | null> {
    const run = runs.get(answerId)
    if (run === undefined) return stored.snapshot(answerId)
    return snapshotOf({...run.entry, ending: run.state.ending}, run.state)
  }

  async function stop(answerId: string): Promise<Ending> {
    const run = runs.get(answerId)
    if (run === undefined) return stopElsewhere(answerId)
    run.stop()
    return run.ended
  }

  async function stopElsewhere(answerId: string): Promise<Ending> {
    const found = await stored.find(answerId)
    if (followed === null || !stored.isElsewhere(found)) return found.ending ?? 'interrupted'
    return followed.stop(found)
  }

  async function forgetHere(what: Forgotten): Promise<void> {
    // A question that is being admitted would otherwise begin after its conversation was removed.
    await intake.settled()
    runs.drop(({entry}) => isForgotten(entry, what))
  }

  async function shutdown(graceMs: number): Promise<void> {
    admission.close()
    // Readers of answers that others write need not wait for those of this process.
    followed?.close()
    if (graceMs > 0) await within(graceMs, admission.idle(), () => {})
    intake.interrupt()
    for (const run of runs.underWay()) run.fail('shutting_down')
    await admission.idle()
    endServing?.()
    runs.clear()
    await journal.flush()
  }

  return {
    ask: (question, options) => intake.ask(question, options),
    findSources: (question, signal) =>
      findSources(question, signal, {journal, limits, preparing, currentBuild, redactor}),
    events(answerId, options) {
      const {bufferMs = 0} = options
      const open = () => openReader(answerId, options)
      return bufferMs > 0 ? bufferedEvents(open, bufferMs) : eachEvent(open)
    },
    async deliver(answerId, options, receiveEach) {
      const {bufferMs = 0} = options
      const receive = takesUpAgain(answerId, options)
        ? onFirst(receiveEach, () => onResumed(answerId))
        : receiveEach
      const open = () => openReader(answerId, options)
      if (bufferMs === 0) return deliverEach(await open(), receive)
      for await (const event of bufferedEvents(open, bufferMs)) {
        const wait = receive(event)
        if (wait !== null) await wait
      }
    },
    stop,
    async forget(what) {
      await peers?.forget(what)
      await forgetHere(what)
    },
    snapshot,
    latestOfChat: (chat) => journal.findByChat(chat),
    get active() {
      return admission.active
    },
    shutdown,
  }
}

/** Calls `first` with the first event, and is not in the way of the others. */
function onFirst(
  receive: (event: SequencedEvent) => Promise<void> | null,
  first: () => void,
): typeof receive {
  let isFirst = true
  return (event) => {
    if (isFirst) {
      isFirst = false
      first()
    }
    return receive(event)
  }
}

/** Anything that is not a valid `seq` means from the beginning. */
function validSeq(after = 0): number {
  return Number.isSafeInteger(after) && after > 0 ? after : 0
}

function endReporter({log, onEnd}: AnsweringOptions): RunOptions['onEnd'] {
  return (summary, unexpected) => {
    const {answerId, ...facts} = summary
    const ref = refOf(answerId)
    if (unexpected !== null) log?.error({ref, err: unexpected}, 'an answer failed unexpectedly')
    log?.info({ref, ...facts}, 'answer ended')
    onEnd?.(summary)
  }
}
