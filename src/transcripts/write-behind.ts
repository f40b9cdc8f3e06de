import {setTimeout as delay, setImmediate as nextTurn} from 'node:timers/promises'
import type {JournalHealth} from '../answers/index.ts'
import {isTerminal, type SequencedEvent} from '../domain/index.ts'
import {createFlushTimer} from './flush-timer.ts'
import type {LiveAnswer} from './live-answer.ts'
import {createPendingEvents} from './pending-events.ts'

/** Why something could not be written. */
export interface WriteProblem {
  /** For the operator. */
  readonly message: string
  /** Another process writes: soon it will be possible. */
  readonly passes: boolean
}

export interface WriteBehindOptions {
  /**
   * Writes answers one after the other until the time is up, one at least, and returns those it came to.
   * @throws when nothing of them could be written.
   */
  readonly write: (answers: Iterable<LiveAnswer>, withinMs: number) => readonly LiveAnswer[]
  readonly problemOf: (error: unknown) => WriteProblem
  /** How long writes are gathered. */
  readonly flushMs: number
  /** Events held while they cannot be written. */
  readonly maxPending: number
  /** Called when writing stops, with the reason, and with null when it goes on. */
  readonly onDegraded: (reason: string | null) => void
  /** Called with an answer of which everything so far is written. */
  readonly onWritten: (answer: LiveAnswer) => void
  /** Called with an answer that was given up for want of room. */
  readonly onLost: (answer: LiveAnswer) => void
  /** Called after each write. */
  readonly onFlushed: () => void
}

/** Gathers what is to be written and writes it: after a while, at an ending, when asked; again when it could not. */
export interface WriteBehind {
  /** The answers that have something to be written, those that wait longest first. */
  readonly waiting: ReadonlySet<LiveAnswer>
  /** The last attempt failed. */
  readonly isDegraded: boolean
  /** To be called when something of an answer is new, with the event if it is one. Never throws. */
  add(answer: LiveAnswer, event?: SequencedEvent): void
  /** What waits of an answer will not be written. */
  drop(answer: LiveAnswer): void
  /** Writes all at once. @returns false when it could not be written; then it still waits. */
  flushNow(): boolean
  /** Writes what waits now, with turns of the event loop between. @returns as `flushNow`. */
  flushInTurns(): Promise<boolean>
  /** As `flushNow`; tries again for some seconds while another process writes. */
  flush(): Promise<void>
  /** To be called when the store fails elsewhere: it counts as degraded until something is written. */
  failed(error: unknown): void
  health(): JournalHealth
  /** Tries nothing more. What waits is lost. */
  close(): void
}

/** So long the event loop may be held by one transaction. */
const maxFlushMs = 8
const firstRetryMs = 250
const maxRetryMs = 5_000
/** Before the file is closed: some eight seconds in all, what a purge may take on a slow disk. */
const flushAttempts = 12
const maxPendingChars = 64 * 1024 * 1024

export function createWriteBehind(options: WriteBehindOptions): WriteBehind {
  const {write, problemOf, flushMs, maxPending, onDegraded, onWritten, onLost, onFlushed} = options
  const waiting = new Set<LiveAnswer>()
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
    // A log that cannot be written must not keep the process alive.
    if (!isClosed) timer.within(ms, problem === null)
  }

  /** Endings go to disk in the next turn, unless the disk takes nothing. */
  function scheduleSoon(): void {
    if (!isClosed && problem === null) timer.soon()
  }

  /** @returns how many answers were written; null when they could not be. */
  function flushSome(withinMs: number): number | null {
    timer.stop()
    if (waiting.size === 0) return 0
    if (isClosed) return null
    try {
      const written = write(waiting, withinMs)
      for (const answer of written) {
        drop(answer)
        answer.hasNewFacts = false
        onWritten(answer)
      }
      retryMs = firstRetryMs
      setProblem(null)
      onFlushed()
      if (waiting.size > 0) scheduleSoon()
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
    waiting.delete(answer)
    pending.clear(answer)
  }

  function shed(): void {
    for (const answer of pending.shed(waiting)) {
      waiting.delete(answer)
      lostAnswers += 1
      onLost(answer)
    }
  }

  return {
    waiting,
    get isDegraded() {
      return problem !== null
    },
    add(answer, event) {
      waiting.add(answer)
      if (event !== undefined) {
        pending.add(answer, event)
        if (pending.isOver) shed()
        if (isTerminal(event.event)) scheduleSoon()
      }
      schedule(flushMs)
    },
    drop,
    flushNow,
    async flushInTurns() {
      let left = waiting.size
      while (left > 0) {
        const written = flushSome(maxFlushMs)
        if (written === null) return false
        // What came meanwhile waits behind what waited before.
        left = Math.min(left - written, waiting.size)
        if (left > 0) await nextTurn()
      }
      return true
    },
    async flush() {
      for (let attempt = 0; !flushNow() && attempt < flushAttempts; attempt++) {
        // Anything else than another process's write is known already, and does not pass.
        if (!problem?.passes) return
        await delay(Math.min(1_000, 50 * 2 ** attempt))
      }
    },
    failed(error) {
      setProblem(problemOf(error))
      schedule(retryMs)
    },
    health: () => ({
      degraded: problem !== null || lostAnswers > 0,
      reason:
        problem?.message ??
        (lostAnswers > 0 ? `${lostAnswers} answer(s) were lost while the log could not be written` : null),
      unflushed: pending.count,
    }),
    close() {
      isClosed = true
      timer.stop()
    },
  }
}
