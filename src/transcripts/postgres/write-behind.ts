import {setTimeout as delay} from 'node:timers/promises'
import type {AnswerMaterial, JournalDetails} from '../../answers/index.ts'
import {isTerminal, type SequencedEvent} from '../../domain/index.ts'
import {within} from '../../lib/within.ts'
import {sizeOf} from '../event-size.ts'
import {createFlushTimer} from '../flush-timer.ts'
import type {LiveAnswer} from '../live-answer.ts'
import {createPendingEvents} from '../pending-events.ts'
import {healthOf, type WriteBehind, type WriteProblem} from '../write-behind.ts'

/** What is written of an answer in one step, as it was when the step began. */
export interface AnswerWrite {
  readonly answer: LiveAnswer
  readonly events: readonly SequencedEvent[]
  readonly material: readonly AnswerMaterial[]
  /** Null where they have not changed. */
  readonly details: JournalDetails | null
  /** Whether `events` end it, or it had ended before. */
  readonly hasEnded: boolean
}

export interface RemoteWriteBehindOptions {
  /**
   * Writes all of them or none. Resolves with the answers that this process may no longer write, since they were removed or
   * another one has ended them. Safe to repeat: what was written already is left as it is.
   */
  readonly write: (answers: readonly AnswerWrite[]) => Promise<ReadonlySet<LiveAnswer>>
  readonly problemOf: (error: unknown) => WriteProblem
  /** How long writes are batched, in milliseconds. */
  readonly flushMs: number
  /** Maximum number of events in memory while they cannot be written. */
  readonly maxPending: number
  /** Called with the reason when writing fails, and with null when it works again. */
  readonly onDegraded: (reason: string | null) => void
  /** Called with an answer when everything so far is written. */
  readonly onWritten: (answer: LiveAnswer) => void
  /** Called with an answer that was dropped because too much was unwritten. */
  readonly onLost: (answer: LiveAnswer) => void
  /** Called with an answer that this process may no longer write. */
  readonly onTaken: (answer: LiveAnswer) => void
}

export interface RemoteWriteBehind extends WriteBehind {
  /** Resolves when nothing is being written; what is added meanwhile may be unwritten. */
  settled(): Promise<void>
}

const firstRetryMs = 250
const maxRetryMs = 5_000
/** How long a process that ends waits for what is unwritten, in milliseconds: a database may restart meanwhile. */
const flushForMs = 8_000
/** After it has waited for that in vain. */
const flushAgainForMs = 1_000
/** A new answer is written within so many milliseconds, with others that begin meanwhile. */
const newAnswerMs = 5
const maxPendingChars = 64 * 1024 * 1024
/** In one transaction: enough to be fast, few enough that it does not take long. */
const maxAnswersAtOnce = 500
const maxEventsAtOnce = 10_000
/** Approximately. */
const maxCharsAtOnce = 4 * 1024 * 1024
/** The least share of these limits, after writes that failed: they may have taken too long. */
const minShare = 1 / 64

/** Batches writes to a store that is asked over the network: one write at a time, while more is added. */
export function createRemoteWriteBehind(options: RemoteWriteBehindOptions): RemoteWriteBehind {
  const {write, problemOf, flushMs, maxPending, onDegraded, onWritten, onLost, onTaken} = options
  const unwritten = new Set<LiveAnswer>()
  const pending = createPendingEvents({maxEvents: maxPending, maxChars: maxPendingChars})
  const timer = createFlushTimer(() => void flushOnce())
  let lostAnswers = 0
  let retryMs = firstRetryMs
  let problem: WriteProblem | null = null
  let isClosed = false
  /** Of the limits of a write: halved after each that failed. */
  let share = 1
  let hasGivenUp = false
  /** Resolves with whether it succeeded; null while nothing is written. */
  let writing: Promise<boolean> | null = null

  function setProblem(next: WriteProblem | null): void {
    if (isClosed || next?.message === problem?.message) return
    problem = next
    onDegraded(next?.message ?? null)
  }

  function schedule(ms: number): void {
    // Transcripts that cannot be written must not keep the process alive.
    if (!isClosed && writing === null) timer.scheduleWithin(ms, problem === null)
  }

  function scheduleSoon(): void {
    if (!isClosed && writing === null && problem === null) timer.scheduleSoon()
  }

  function drop(answer: LiveAnswer): void {
    unwritten.delete(answer)
    pending.clear(answer)
  }

  /** Those that have waited longest. */
  function nextWrites(): AnswerWrite[] {
    const writes: AnswerWrite[] = []
    let events = 0
    let chars = 0
    for (const answer of unwritten) {
      const isMuch = events >= maxEventsAtOnce * share || chars >= maxCharsAtOnce * share
      if (isMuch || writes.length >= maxAnswersAtOnce * share) break
      const last = answer.pending.at(-1)
      writes.push({
        answer,
        events: [...answer.pending],
        material: [...answer.material],
        details: answer.hasNewDetails ? answer.details : null,
        hasEnded: last !== undefined && isTerminal(last.event),
      })
      events += answer.pending.length
      for (const {event} of answer.pending) chars += sizeOf(event)
    }
    return writes
  }

  function finish({answer, events, material, details}: AnswerWrite): void {
    // It was removed meanwhile.
    if (!unwritten.has(answer)) return
    pending.written(answer, events.at(-1)?.seq ?? 0, new Set(material))
    if (details !== null && details === answer.details) answer.hasNewDetails = false
    if (answer.pending.length > 0 || answer.material.length > 0 || answer.hasNewDetails) return
    unwritten.delete(answer)
    onWritten(answer)
  }

  async function writeSome(): Promise<boolean> {
    const writes = nextWrites()
    try {
      const taken = await write(writes)
      for (const one of writes) {
        if (!taken.has(one.answer)) finish(one)
        else if (unwritten.has(one.answer)) {
          drop(one.answer)
          onTaken(one.answer)
        }
      }
      retryMs = firstRetryMs
      share = Math.min(1, share * 2)
      hasGivenUp = false
      setProblem(null)
      return true
    } catch (error) {
      share = Math.max(minShare, share / 2)
      setProblem(problemOf(error))
      return false
    }
  }

  /** Waits for a write that is under way, and then begins the next one. */
  async function flushOnce(): Promise<boolean> {
    timer.cancel()
    while (writing !== null) await writing
    // After a failed read it is tried whether the store is there again, also with nothing to write.
    if (unwritten.size === 0 && problem === null) return true
    if (isClosed) return false
    writing = writeSome()
    const isDone = await writing
    writing = null
    if (unwritten.size > 0 || !isDone) {
      schedule(isDone ? flushMs : retryMs)
      if (isDone && [...unwritten].some(({state}) => state.ending !== null)) scheduleSoon()
    }
    if (!isDone) retryMs = Math.min(maxRetryMs, retryMs * 2)
    return isDone
  }

  async function flushInSteps(): Promise<boolean> {
    // What is added meanwhile comes after what was unwritten before, and need not be waited for.
    const before = [...unwritten].map((answer) => ({answer, seq: answer.pending.at(-1)?.seq ?? 0}))
    const isLeft = () =>
      before.some(({answer, seq}) => unwritten.has(answer) && (answer.pending[0]?.seq ?? 0) <= seq)
    do if (!(await flushOnce())) return false
    while (isLeft())
    return true
  }

  return {
    unwritten,
    get isDegraded() {
      return problem !== null
    },
    add(answer, event) {
      unwritten.add(answer)
      if (event !== undefined) {
        pending.add(answer, event)
        if (pending.isOverLimit) dropOverLimit()
        if (isTerminal(event.event)) scheduleSoon()
      }
      // Other processes are asked for it as soon as its first bytes are sent.
      else if (answer.row === null) schedule(Math.min(flushMs, newAnswerMs))
      schedule(flushMs)
    },
    keep(answer, material) {
      unwritten.add(answer)
      pending.keep(answer, material)
      if (pending.isOverLimit) dropOverLimit()
      schedule(flushMs)
    },
    drop,
    flushInSteps,
    async flush() {
      const until = performance.now() + (hasGivenUp ? flushAgainForMs : flushForMs)
      for (
        let attempt = 0;
        !(await within(until - performance.now(), flushInSteps(), () => false));
        attempt++
      ) {
        hasGivenUp = performance.now() >= until
        // Any other problem has been reported already, and a retry would not help.
        if (hasGivenUp || problem?.isTransient === false) return
        await delay(Math.min(1_000, 50 * 2 ** attempt))
      }
    },
    async settled() {
      while (writing !== null) await writing
    },
    reportFailure(error) {
      setProblem(problemOf(error))
      schedule(retryMs)
    },
    health: () => healthOf(problem, lostAnswers, pending.count),
    close() {
      isClosed = true
      timer.cancel()
    },
  }

  function dropOverLimit(): void {
    for (const answer of pending.dropOverLimit(unwritten)) {
      unwritten.delete(answer)
      lostAnswers += 1
      onLost(answer)
    }
  }
}
