import type {TranscriptFilter} from '../transcript-store.ts'
import type {Category, Kind, Measure} from './catalog-schema.ts'
import {noName} from './facets-of.ts'

/** What an answer may have of one kind to match. */
export type NameTest =
  | {readonly kind: Kind; readonly is: string}
  /** Also with a region where this has none. */
  | {readonly kind: 'lang'; readonly within: string}
  /** Has one, and none of these. */
  | {readonly kind: Category; readonly not: readonly string[]}
  /** A time in the same range, see `rangeOf`, or in a greater one. */
  | {readonly kind: Measure; readonly fromMs: number}

const brokenOff: readonly NameTest[] = [
  {kind: 'ending', is: 'error'},
  {kind: 'ending', is: 'timeout'},
  {kind: 'ending', is: 'interrupted'},
]

/** A longer wait for the first word, or a longer pause, deserves a look; about, since times are kept in ranges. */
const longWaitMs = 10_000

/** Any of these deserves a look by a reviewer. */
const deservingLook: readonly NameTest[] = [
  ...brokenOff,
  {kind: 'ending', is: 'disconnected'},
  {kind: 'partial', is: '1'},
  {kind: 'fallback', is: '1'},
  {kind: 'abstained', is: '1'},
  {kind: 'rating', is: 'down'},
  {kind: 'missing', is: '1'},
  {kind: 'first_token_ms', fromMs: longWaitMs},
  {kind: 'longest_stall_ms', fromMs: longWaitMs},
]

/** What the docs may have failed. */
const unanswered: readonly NameTest[] = [
  {kind: 'abstained', is: '1'},
  {kind: 'answerability', is: 'partly'},
  {kind: 'rating', is: 'down'},
  {kind: 'missing', is: '1'},
  {kind: 'ending', is: 'stopped'},
  {kind: 'ending', is: 'disconnected'},
  {kind: 'verdict', not: ['good']},
]

/** What a filter asks for by name: all of these, each by any of its tests. */
export function askedNames(filter: TranscriptFilter): (readonly NameTest[])[] {
  const asked: (readonly NameTest[])[] = [...namesIn(filter)].map(([kind, is]) => [{kind, is}])
  if (filter.lang !== undefined) asked.push([{kind: 'lang', within: filter.lang}])
  if (filter.verdict === 'any') asked.push([{kind: 'verdict', not: []}])
  if (filter.broke !== undefined) asked.push(brokenOff)
  if (filter.unanswered !== undefined) asked.push(unanswered)
  if (filter.attention !== undefined) asked.push(deservingLook)
  return asked
}

/** The names that a filter asks for, by kind. */
function* namesIn(filter: TranscriptFilter): Generator<[Kind, string]> {
  const flags = ['abstained', 'partial', 'missing', 'fallback', 'resumed'] as const
  for (const flag of flags) if (filter[flag] !== undefined) yield [flag, filter[flag] ? '1' : '0']
  const names = [
    'ending',
    'channel',
    'build',
    'generator',
    'model',
    'version',
    'error',
    'visitor',
    'left',
  ] as const
  for (const name of names) if (filter[name] !== undefined) yield [name, filter[name]]
  for (const judged of ['rating', 'verdict'] as const) {
    const name = filter[judged]
    if (name !== undefined && name !== 'any') yield [judged, name === 'none' ? noName : name]
  }
  if (filter.page !== undefined) yield ['cited', filter.page]
}

/** A pattern for LIKE that finds a text as it is, its first 400 characters; a backslash is the escape. */
export function likePatternOf(text: string): string {
  return `%${text.slice(0, 400).replace(/[\\%_]/g, '\\$&')}%`
}
