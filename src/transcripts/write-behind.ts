import {setTimeout as delay, setImmediate as nextTurn} from 'node:timers/promises'
import type {AnswerMaterial, JournalHealth} from '../answers/index.ts'
import {isTerminal, type SequencedEvent} from '../domain/index.ts'
import {createFlushTimer} from './flush-timer.ts'
import type {LiveAnswer} from './live-answer.ts'
import {createPendingEvents} from './pending-events.ts'

/** Why something could not be written. */
export interface WriteProblem {
  /** For the operator. */
  readonly message: string
  /** Another process is writing: a retry will soon succeed. */
  readonly isTransient: boolean
}

export interface WriteBehindOptions {
  /**
   * Writes answers one after the other until the time is up, at least one, and returns those it has written.
   * @throws if none could be written.
   */
  readonly write: (answers: Iterable<LiveAnswer>, withinMs: number) => readonly LiveAnswer[]
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
  /** Called after each write. */
  readonly onFlushed: () => void
}

/** Batches writes: flushes after `flushMs`, when an answer ends and on request, and retries after a failure. */
export interface WriteBehind {
  /** Answers with something to write, those that have waited longest first. */
  readonly unwritten: ReadonlySet<LiveAnswer>
  /** Whether the last attempt failed. */
  readonly isDegraded: boolean
  /** Call it when an answer has changed, with the event if there is one. Never throws. */
  add(answer: LiveAnswer, event?: SequencedEvent): void
  /** Call it with what an answer is made of. Never throws. */
  keep(answer: LiveAnswer, material: AnswerMaterial): void
  /** Discards what is unwritten of an answer. */
  drop(answer: LiveAnswer): void
  /** Writes what is unwritten now. Resolves with false if that failed; then it stays unwritten. */
  flushInSteps(): Promise<boolean>
  /** The same, but retries for some seconds if that may help. */
  flush(): Promise<void>
  /** Call it when the store fails elsewhere: it is degraded until something is written. */
  reportFailure(error: unknown): void
  health(): JournalHealth
  /** Stops writing. What is unwritten is lost. */
  close(): void
}

/** Writes behind to a file, between two turns of the event loop. */
export interface FileWriteBehind extends WriteBehind {
  /** Writes everything synchronously. @returns false if that failed; then it stays unwritten. */
  flushNow(): boolean
}

/** Maximum time one transaction blocks the event loop. */
const maxFlushMs = 8
const firstRetryMs = 250
const maxRetryMs = 5_000
/** Attempts before the file is closed: about eight seconds in total, which a purge may take on a slow disk. */
const flushAttempts = 12
const maxPendingChars = 64 * 1024 * 1024

/** @param lostAnswers how many were dropped because too much was unwritten */
export function healthOf(
  problem: WriteProblem | null,
  lostAnswers: number,
  unflushed: number,
): JournalHealth {
  const lost =
    lostAnswers > 0 ? `${lostAnswers} answer(s) were lost while transcripts could not be written` : null
  const reason = problem?.message ?? lost
  return {degraded: reason !== null, reason, unflushed}
}

export function createWriteBehind(options: WriteBehindOptions): FileWriteBehind {
  const {write, problemOf, flushMs, maxPending, onDegraded, onWritten, onLost, onFlushed} = options
  const unwritten = new Set<LiveAnswer>()
  const pending = createPendingEvents({maxEvents: maxPending, maxChars: maxPendingChars})
  let lostAnswers = 0
  const timer = createFlushTimer(() => flushSome(maxFlushMs))
  let retryMs = firstRetryMs
  let problem: WriteProblem | null = null
  let isClosed = false

  function setProblem(next: WriteProblem | null): void {
    if (isClosed || next?.message === problem?.message) return
    problem = next
    onDegraded(next?.message ?? null)
  }

  function schedule(ms: number): void {
    // Transcripts that cannot be written must not keep the process alive.
    if (!isClosed) timer.scheduleWithin(ms, problem === null)
  }

  /** Endings are written in the next turn, unless writing fails at the moment. */
  function scheduleSoon(): void {
    if (!isClosed && problem === null) timer.scheduleSoon()
  }

  /** @returns how many answers were written; null if they could not be. */
  function flushSome(withinMs: number): number | null {
    timer.cancel()
    if (unwritten.size === 0) return 0
    if (isClosed) return null
    try {
      const written = write(unwritten, withinMs)
      for (const answer of written) {
        drop(answer)
        answer.hasNewDetails = false
        onWritten(answer)
      }
      retryMs = firstRetryMs
      setProblem(null)
      onFlushed()
      if (unwritten.size > 0) scheduleSoon()
      return written.length
    } catch (error) {
      setProblem(problemOf(error))
      schedule(retryMs)
      retryMs = Math.min(maxRetryMs, retryMs * 2)
      return null
    }
  }

  function flushNow(): boolean {
    return flushSome(Number.POSITIVE_INFINITY) !== null
  }

  function drop(answer: LiveAnswer): void {
    unwritten.delete(answer)
    pending.clear(answer)
  }

  function dropOverLimit(): void {
    for (const answer of pending.dropOverLimit(unwritten)) {
      unwritten.delete(answer)
      lostAnswers += 1
      onLost(answer)
    }
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
      schedule(flushMs)
    },
    keep(answer, material) {
      unwritten.add(answer)
      pending.keep(answer, material)
      if (pending.isOverLimit) dropOverLimit()
      schedule(flushMs)
    },
    drop,
    flushNow,
    async flushInSteps() {
      let left = unwritten.size
      while (left > 0) {
        const written = flushSome(maxFlushMs)
        if (written === null) return false
        // What was added meanwhile comes after what was unwritten before.
        left = Math.min(left - written, unwritten.size)
        if (left > 0) await nextTurn()
      }
      return true
    },
    async flush() {
      for (let attempt = 0; !flushNow() && attempt < flushAttempts; attempt++) {
        // Any other problem has been reported already, and a retry would not help.
        if (!problem?.isTransient) return
        await delay(Math.min(1_000, 50 * 2 ** attempt))
      }
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
}
