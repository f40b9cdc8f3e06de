import {DocentError, type SequencedEvent} from '../domain/index.ts'
import {PendingDeltas} from './pending-deltas.ts'

/** A cursor over the events of a run. The run holds the events; a reader holds only a position. */
export interface RunReader {
  /** Reads the next event; null if there is none yet. */
  next(): SequencedEvent | null
  /** True once no more events will come: the terminal event was read, or the reader has left. */
  readonly isOver: boolean
  /** Why the reader was ended, if it fell too far behind. */
  readonly failure: DocentError | null
  /**
   * Resolves when there may be something to read, when the reader is over, or after `timeoutMs`. With `ignoreDeltas`,
   * a delta does not end the wait.
   */
  wait(options?: {readonly ignoreDeltas?: boolean; readonly timeoutMs?: number}): Promise<void>
  /** Idempotent. */
  leave(): void
}

/** Opens a reader: synchronously if the run is in memory, else when the journal has been read. */
export type OpenReader = () => RunReader | Promise<RunReader>

/**
 * Each event as it arrives. The reader is opened by the first pull, so an iteration that never starts does not count; it
 * has left when the iteration is over, however it ends.
 */
export async function* eachEvent(open: OpenReader): AsyncGenerator<SequencedEvent> {
  const reader = await open()
  try {
    while (true) {
      const next = reader.next()
      if (next !== null) yield next
      else if (isDone(reader)) return
      else await reader.wait()
    }
  } finally {
    reader.leave()
  }
}

/**
 * Passes each event to `receive`, and waits if it returns a promise. The reader has left when this settles. A token
 * costs a third of what it costs through the generator `eachEvent`.
 */
export async function deliverEach(
  reader: RunReader,
  receive: (event: SequencedEvent) => Promise<void> | null,
): Promise<void> {
  try {
    while (true) {
      const next = reader.next()
      if (next !== null) {
        const wait = receive(next)
        if (wait !== null) await wait
      } else if (isDone(reader)) return
      else await reader.wait()
    }
  } finally {
    reader.leave()
  }
}

/**
 * Deltas buffered for up to `bufferMs` and merged, see `PendingDeltas`; everything else as it arrives. Any other event
 * first flushes the buffered text, so a citation follows the text it cites.
 */
export async function* bufferedEvents(open: OpenReader, bufferMs: number): AsyncGenerator<SequencedEvent> {
  const reader = await open()
  const pending = new PendingDeltas(bufferMs)
  try {
    while (true) {
      const next = reader.next()
      if (next?.event.type === 'delta') {
        pending.add(next)
        if (pending.isFull) yield pending.takeMost()
      } else if (next !== null) {
        if (!pending.isEmpty) yield pending.takeAll()
        yield next
      } else if (isDone(reader)) return
      else if (pending.isEmpty) await reader.wait()
      else if (pending.remainingMs > 0) {
        await reader.wait({ignoreDeltas: true, timeoutMs: Math.ceil(pending.remainingMs)})
      } else {
        const part = pending.takeAtWindowEnd()
        if (part !== null) yield part
      }
    }
  } finally {
    reader.leave()
  }
}

/** Whether no more events will come. @throws the failure of the reader. */
function isDone(reader: RunReader): boolean {
  if (reader.isOver && reader.failure !== null) throw reader.failure
  return reader.isOver
}

/** A reader over events that are all known already, from the journal. */
export function readerOf(events: readonly SequencedEvent[], signal: AbortSignal): RunReader {
  let position = 0
  return {
    next: () => (signal.aborted ? null : (events[position++] ?? null)),
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

/** The asker's reader: the first `start` carries the key of the conversation, which `takeKey` returns once. */
export function readerOfAsker(reader: RunReader, takeKey: () => string | null): RunReader {
  return {
    next() {
      const next = reader.next()
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

/** Why a reader that fell too far behind was ended. */
export function laggingError(): DocentError {
  return new DocentError('conflict', 'The reader fell too far behind and was ended; it can resume')
}
