import type {JournalDetails} from '../../answers/index.ts'
import {isPartialFinish, type Timings, type Usage} from '../../domain/index.ts'
import type {AnswerRow} from '../answer-row.ts'
import {rangeOf} from '../catalog/catalog-schema.ts'
import {leftOf} from '../catalog/facets-of.ts'

/** Numbers by name, which add up over answers. A name with a colon is one of several of its kind. */
export type Counts = Readonly<Record<string, number>>

/** Sources after these are seldom looked at, and are counted without their place. */
const maxPlaces = 20

/** What happens to the time that a visitor waited: each a kind of counts, by `rangeOf` the milliseconds. */
export const waits = ['sources', 'first_token', 'stall', 'total', 'left_waiting', 'left_reading'] as const

export type Wait = (typeof waits)[number]

/**
 * What an answer that has ended adds to the figures.
 *
 * A visitor who stops an answer, or goes away, has left: before its first word (`left_waiting`) or later (`left_reading`).
 * @param error the code of an answer that ended with an error, else the empty text
 * @param isFirst whether no earlier answer of its conversation is kept
 * @param shown numbers of the sources that it showed
 */
export function answerCounts(
  row: AnswerRow,
  {
    error,
    isFirst,
    shown,
  }: {readonly error: string; readonly isFirst: boolean; readonly shown: readonly number[]},
): Counts {
  const timings = row.timings === null ? null : (JSON.parse(row.timings) as Timings)
  const usage = row.usage === null ? null : (JSON.parse(row.usage) as Usage)
  const counts: Record<string, number> = {}
  const add = (name: string, by = 1) => {
    counts[name] = (counts[name] ?? 0) + by
  }
  add('answers')
  add(`ending:${row.ending}`)
  if (isFirst) add('conversations')
  if (row.abstained !== 0) add('abstained')
  if (isPartialFinish(row.finish_reason)) add('partial')
  if (row.rating !== null) add(`rating:${row.rating}`)
  if (row.missing !== 0) add('missing')
  if (error !== '') add(`error:${error}`)
  add(`lang:${row.lang ?? ''}`)
  add(`channel:${row.channel}`)

  const wait = (name: Wait, ms: number | null | undefined) => {
    if (ms !== null && ms !== undefined) add(`${name}:${rangeOf(ms)}`)
  }
  wait('sources', timings?.sourcesMs)
  wait('first_token', timings?.firstTokenMs)
  if (timings?.firstTokenMs != null) wait('stall', timings.longestStallMs)
  wait('total', timings?.totalMs)
  const left = leftOf(row)
  if (left !== undefined)
    wait(left === 'before_first_word' ? 'left_waiting' : 'left_reading', timings?.totalMs)
  if (row.resumes > 0) {
    add('resumed')
    add('resumes', row.resumes)
  }

  const opened = JSON.parse(row.opened) as number[]
  if (shown.length > 0) add('with_sources')
  if (opened.length > 0) add('with_opened')
  for (const n of shown) if (n <= maxPlaces) add(`shown_at:${n}`)
  for (const n of opened) if (n <= maxPlaces) add(`opened_at:${n}`)

  if (usage !== null) {
    const {writtenBy} = JSON.parse(row.facts) as JournalDetails
    const model = writtenBy?.model ?? row.model ?? ''
    for (const [kind, tokens] of Object.entries(usage)) {
      if (tokens > 0) add(`tokens:${kind}:${model}`, tokens)
    }
  }
  return counts
}
