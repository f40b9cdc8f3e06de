import type {SequencedEvent} from '../../../domain/index.ts'
import {isTerminal} from '../../../domain/index.ts'
import type {Transcript} from '../wire.ts'

/** A stretch without any event, in milliseconds since the question. */
export interface Pause {
  readonly from: number
  readonly to: number
}

/** When what happened, in milliseconds since the question; null for what never did. */
export interface Timeline {
  /** Of the last event, at least 1. */
  readonly durationMs: number
  readonly sourcesMs: number | null
  readonly firstTokenMs: number | null
  /** Longer than a second, between two events after the first word, in order. */
  readonly stalls: readonly Pause[]
  /** The longest pause after the first word, however short; null where there was none. */
  readonly longestPause: Pause | null
  readonly errorMs: number | null
  readonly hasEnded: boolean
}

const stallMs = 1_000

/** The time of an event since the question. A clock that was turned back in between counts as standing still. */
export function offsetOf({at}: SequencedEvent, startedAt: number): number {
  return Math.max(0, at - startedAt)
}

export function timelineOf({events, startedAt}: Pick<Transcript, 'events' | 'startedAt'>): Timeline {
  let sourcesMs: number | null = null
  let firstTokenMs: number | null = null
  let errorMs: number | null = null
  let hasEnded = false
  let last = 0
  const pauses: Pause[] = []
  for (const one of events) {
    const at = Math.max(last, offsetOf(one, startedAt))
    if (firstTokenMs !== null && at > last) pauses.push({from: last, to: at})
    const {event} = one
    if (event.type === 'sources') sourcesMs ??= at
    if (event.type === 'delta') firstTokenMs ??= at
    if (event.type === 'error') errorMs = at
    if (isTerminal(event)) hasEnded = true
    last = at
  }
  const longestPause = pauses.reduce<Pause | null>(
    (longest, one) => (longest === null || lengthOf(one) > lengthOf(longest) ? one : longest),
    null,
  )
  return {
    durationMs: Math.max(1, last),
    sourcesMs,
    firstTokenMs,
    stalls: pauses.filter((pause) => lengthOf(pause) >= stallMs),
    longestPause,
    errorMs,
    hasEnded,
  }
}

export function lengthOf({from, to}: Pause): number {
  return to - from
}
