import type {AnswerMaterial} from '../answers/index.ts'
import {isTerminal, type SequencedEvent} from '../domain/index.ts'
import {sizeOf, sizeOfMaterial} from './event-size.ts'
import type {LiveAnswer} from './live-answer.ts'

export interface PendingLimits {
  /** Maximum events of all answers together. */
  readonly maxEvents: number
  /** Approximate maximum characters of all answers together. */
  readonly maxChars: number
}

/** Limits the events that wait to be written. */
export interface PendingEvents {
  readonly count: number
  readonly isOverLimit: boolean
  /** Adds an event to an answer. If events of the answer were dropped, only its last event is added. */
  add(answer: LiveAnswer, event: SequencedEvent): void
  /** Adds what an answer is made of, which is dropped with its events. */
  keep(answer: LiveAnswer, material: AnswerMaterial): void
  /** Clears what is pending of an answer, because it is written or dropped. */
  clear(answer: LiveAnswer): void
  /** Clears what was pending of an answer when it began to be written; more may have come since. */
  written(answer: LiveAnswer, lastSeq: number, material: ReadonlySet<AnswerMaterial>): void
  /**
   * Drops events of the largest answers, but not their endings, until the rest is within the limits. If only endings are
   * left, the oldest answers are dropped completely.
   * @returns the answers that were dropped completely.
   */
  dropOverLimit(unwritten: ReadonlySet<LiveAnswer>): LiveAnswer[]
}

export function createPendingEvents({maxEvents, maxChars}: PendingLimits): PendingEvents {
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

  function replaceMaterial(answer: LiveAnswer, left: AnswerMaterial[]): void {
    for (const material of answer.material) chars -= sizeOfMaterial(material)
    answer.material = left
    for (const material of left) chars += sizeOfMaterial(material)
  }

  function dropEvents(answer: LiveAnswer): void {
    replaceMaterial(answer, [])
    const last = answer.pending.at(-1)
    replace(answer, last !== undefined && isTerminal(last.event) ? [last] : [])
    answer.isPartial = true
    answer.hasNewDetails = true
  }

  const isOverLimit = () => count > maxEvents || chars > maxChars

  return {
    get count() {
      return count
    },
    get isOverLimit() {
      return isOverLimit()
    },
    add(answer, event) {
      if (answer.isPartial && !isTerminal(event.event)) return
      answer.pending.push(event)
      tally([event], 1)
    },
    keep(answer, material) {
      if (answer.isPartial) return
      answer.material.push(material)
      chars += sizeOfMaterial(material)
    },
    clear(answer) {
      replace(answer, [])
      replaceMaterial(answer, [])
    },
    written(answer, lastSeq, material) {
      replace(
        answer,
        answer.pending.filter(({seq}) => seq > lastSeq),
      )
      replaceMaterial(
        answer,
        answer.material.filter((one) => !material.has(one)),
      )
    },
    dropOverLimit(unwritten) {
      const left = new Set(unwritten)
      const lost: LiveAnswer[] = []
      while (isOverLimit()) {
        const largest = largestOf(left)
        if (largest !== undefined) {
          dropEvents(largest)
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

/** The answer with the most that is pending, if any has more than one event. */
function largestOf(answers: Iterable<LiveAnswer>): LiveAnswer | undefined {
  let largest: LiveAnswer | undefined
  for (const answer of answers) {
    if (countOf(answer) > (largest === undefined ? 1 : countOf(largest))) largest = answer
  }
  return largest
}

function countOf({pending, material}: LiveAnswer): number {
  return pending.length + material.length
}
