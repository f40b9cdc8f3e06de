import {DocentError, isTerminal, type SequencedEvent} from '../domain/index.ts'
import {createSafeCutter} from './safe-cut.ts'

/** A cursor over the events of a run. The events are held once, in the run; a reader holds a position. */
export interface RunReader {
  /** The next event if it is there already; moves on. */
  take(): SequencedEvent | null
  /** True once no more will come: the terminal event was taken, or the reader has left. */
  readonly isOver: boolean
  /** Why it was ended, when it was not by itself: it fell too far behind. */
  readonly failure: DocentError | null
  /**
   * Resolves when there may be something to take, when the reader is over, or after `timeoutMs`. With
   * `quietly`, deltas alone do not wake it.
   */
  wait(options?: {readonly quietly?: boolean; readonly timeoutMs?: number}): Promise<void>
  /** Idempotent. */
  leave(): void
}

/** Gathered text longer than this is handed out without waiting further. */
const maxGatheredChars = 8_192
/** Windows for which a piece may be kept back for want of a safe place to cut. */
const maxKeptWindows = 3

/**
 * Each event as it comes. The reader is opened with the first pull, so an iteration that never starts counts as
 * none; it has left when the iteration is over, however it ends.
 */
export async function* eachEvent(open: () => RunReader | Promise<RunReader>): AsyncGenerator<SequencedEvent> {
  const reader = await open()
  try {
    while (true) {
      const next = reader.take()
      if (next !== null) {
        yield next
        if (isTerminal(next.event)) return
      } else if (reader.isOver) {
        if (reader.failure !== null) throw reader.failure
        return
      } else {
        await reader.wait()
      }
    }
  } finally {
    reader.leave()
  }
}

/** Each event to `receive`, waiting where it gives a promise. The reader has left when this settles. */
export async function deliverEach(
  reader: RunReader,
  receive: (event: SequencedEvent) => Promise<void> | null,
): Promise<void> {
  try {
    while (true) {
      const next = reader.take()
      if (next !== null) {
        const wait = receive(next)
        if (wait !== null) await wait
        if (isTerminal(next.event)) return
      } else if (reader.isOver) {
        if (reader.failure !== null) throw reader.failure
        return
      } else {
        await reader.wait()
      }
    }
  } finally {
    reader.leave()
  }
}

/**
 * Deltas gathered for up to `bufferMs` into one, everything else as it comes. A gathered delta carries the `seq`
 * and time of its last piece, so a reader that resumes after it misses and repeats nothing. It ends where no
 * character and no Markdown mark is cut in two; for that a piece may be kept back for further windows, three at
 * most. What is not a delta first lets all gathered text go, so a citation follows the text it cites.
 */
export async function* gatheredEvents(
  open: () => RunReader | Promise<RunReader>,
  bufferMs: number,
): AsyncGenerator<SequencedEvent> {
  const reader = await open()
  const now = () => performance.now()
  const cutter = createSafeCutter()
  let pending: SequencedEvent[] = []
  let pendingChars = 0
  let openedAt = 0
  let keptWindows = 0

  function handOut(count: number): SequencedEvent {
    const out = pending.slice(0, count)
    pending = pending.slice(count)
    const text = out.map(textOf).join('')
    pendingChars -= text.length
    keptWindows = 0
    openedAt = now()
    cutter.passed(text)
    const {seq, at} = out.at(-1)!
    return {seq, at, event: {type: 'delta', text}}
  }

  try {
    while (true) {
      const next = reader.take()
      if (next?.event.type === 'delta') {
        if (pending.length === 0) openedAt = now()
        pending.push(next)
        pendingChars += next.event.text.length
        if (pendingChars >= maxGatheredChars) yield handOut(cutter.cut(pending.map(textOf)) || pending.length)
        continue
      }
      if (next !== null) {
        if (pending.length > 0) yield handOut(pending.length)
        yield next
        if (isTerminal(next.event)) return
        continue
      }
      if (reader.isOver) {
        if (reader.failure !== null) throw reader.failure
        return
      }
      if (pending.length === 0) {
        await reader.wait()
        continue
      }
      const restMs = openedAt + bufferMs - now()
      if (restMs > 0) {
        await reader.wait({quietly: true, timeoutMs: Math.ceil(restMs)})
        continue
      }
      const count = keptWindows >= maxKeptWindows ? pending.length : cutter.cut(pending.map(textOf))
      if (count > 0) {
        yield handOut(count)
      } else {
        keptWindows += 1
        openedAt = now()
      }
    }
  } finally {
    reader.leave()
  }
}

function textOf(sequenced: SequencedEvent): string {
  return sequenced.event.type === 'delta' ? sequenced.event.text : ''
}

/** A reader over events that are all there already: the past, from the journal. */
export function readerOf(events: readonly SequencedEvent[], signal: AbortSignal): RunReader {
  let position = 0
  return {
    take: () => (signal.aborted ? null : (events[position++] ?? null)),
    get isOver() {
      return signal.aborted || position >= events.length
    },
    failure: null,
    wait: () => Promise.resolve(),
    leave: () => {
      position = events.length
    },
  }
}

/** The reader of who asked: the first `start` taken carries the key of the conversation, which `takeKey` gives once. */
export function readerOfAsker(reader: RunReader, takeKey: () => string | null): RunReader {
  return {
    take() {
      const next = reader.take()
      if (next?.event.type !== 'start') return next
      return {...next, event: {...next.event, conversationId: takeKey()}}
    },
    get isOver() {
      return reader.isOver
    },
    get failure() {
      return reader.failure
    },
    wait: (options) => reader.wait(options),
    leave: () => reader.leave(),
  }
}

/** What a reader that fell too far behind is told. */
export function laggingError(): DocentError {
  return new DocentError('conflict', 'A reader took nothing for too long and was ended; it can resume')
}
