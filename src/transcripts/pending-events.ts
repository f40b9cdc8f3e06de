import {isTerminal, type SequencedEvent} from '../domain/index.ts'
import {sizeOf} from './event-size.ts'
import type {LiveAnswer} from './live-answer.ts'

export interface PendingBounds {
  /** Events of all answers together. */
  readonly maxEvents: number
  /** Characters of all answers together, about. */
  readonly maxChars: number
}

/** Keeps what waits to be written within bounds. */
export interface PendingEvents {
  readonly count: number
  readonly isOver: boolean
  /** Adds an event to those of an answer; events after a gap are left out, save the last one. */
  add(answer: LiveAnswer, event: SequencedEvent): void
  /** Empties what waits of an answer: it is written, or given up. */
  clear(answer: LiveAnswer): void
  /**
   * Gives up events of the largest answers, without their endings, until the rest is within the bounds. Where only
   * endings are left the oldest answers go wholly.
   * @returns those.
   */
  shed(waiting: ReadonlySet<LiveAnswer>): LiveAnswer[]
}

export function createPendingEvents({maxEvents, maxChars}: PendingBounds): PendingEvents {
  let count = 0
  let chars = 0

  function tally(events: readonly SequencedEvent[], sign: 1 | -1): void {
    count += sign * events.length
    for (const {event} of events) chars += sign * sizeOf(event)
  }

  function replace(answer: LiveAnswer, events: SequencedEvent[]): void {
    tally(answer.pending, -1)
    answer.pending = events
    tally(events, 1)
  }

  function giveUpEvents(answer: LiveAnswer): void {
    const last = answer.pending.at(-1)
    replace(answer, last !== undefined && isTerminal(last.event) ? [last] : [])
    answer.isPartial = true
    answer.hasNewFacts = true
  }

  const isOver = () => count > maxEvents || chars > maxChars

  return {
    get count() {
      return count
    },
    get isOver() {
      return isOver()
    },
    add(answer, event) {
      if (answer.isPartial && !isTerminal(event.event)) return
      answer.pending.push(event)
      tally([event], 1)
    },
    clear: (answer) => replace(answer, []),
    shed(waiting) {
      const left = new Set(waiting)
      const lost: LiveAnswer[] = []
      while (isOver()) {
        const largest = largestOf(left)
        if (largest !== undefined) {
          giveUpEvents(largest)
          continue
        }
        const [oldest] = left
        if (oldest === undefined) break
        left.delete(oldest)
        replace(oldest, [])
        lost.push(oldest)
      }
      return lost
    },
  }
}

/** The answer with the most events, of those that have more than one. */
function largestOf(answers: Iterable<LiveAnswer>): LiveAnswer | undefined {
  let largest: LiveAnswer | undefined
  for (const answer of answers) {
    if (answer.pending.length > (largest?.pending.length ?? 1)) largest = answer
  }
  return largest
}
