import type {JournalDetails} from '../../answers/index.ts'
import {
  type Answerability,
  type AnswerEvent,
  inCurrentForm,
  isPartialFinish,
  type Timings,
} from '../../domain/index.ts'
import type {AnswerRow} from '../answer-row.ts'
import type {TranscriptFilter} from '../transcript-store.ts'
import {type Category, categories, type Kind, type Measure, measures, rangeOf} from './catalog-schema.ts'

/** What the catalog keeps of an answer. */
export interface Facets {
  readonly at: number
  /** What a filter can find it by. */
  readonly names: readonly (readonly [Kind, string])[]
  readonly measures: Readonly<Record<Measure, number | null>>
  readonly question: string
  readonly text: string
  /** Addresses of the pages that were shown, and whether the answer cites each. */
  readonly pages: ReadonlyMap<string, boolean>
  /** Addresses of the pages that it found and did not show, as it abstained. */
  readonly nearest: ReadonlySet<string>
  /** Addresses of the sources that it showed, by their numbers. */
  readonly sources: ReadonlyMap<number, string>
  /** The code of the error that it ended with; the empty name without one. */
  readonly error: string
}

/** The name that stands for no value: no version, no rating, no error. */
export const noName = ''

/** @param events all but its deltas. */
export function facetsOf(row: AnswerRow, events: readonly AnswerEvent[]): Facets {
  const timings = row.timings === null ? null : (JSON.parse(row.timings) as Timings)
  const hasEnded = row.ending !== null
  const measured = {
    first_token_ms: timings?.firstTokenMs ?? null,
    longest_stall_ms: hasEnded ? (timings?.longestStallMs ?? null) : null,
    total_ms: hasEnded ? (timings?.totalMs ?? null) : null,
  }
  const byCategory = categoriesOf(row, events)
  const sources = sourcesOf(events)
  const pages = pagesOf(events, sources)
  return {
    at: row.started_at,
    names: [
      ...categories.map((category) => [category, byCategory[category]] as const),
      ...measures.flatMap((measure) => {
        const ms = measured[measure]
        return ms === null ? [] : [[measure, String(rangeOf(ms))] as const]
      }),
      ...[...pages].flatMap(([url, isCited]): (readonly [Kind, string])[] =>
        isCited
          ? [
              ['shown', url],
              ['cited', url],
            ]
          : [['shown', url]],
      ),
    ],
    measures: measured,
    question: row.question,
    text: row.text,
    pages,
    sources,
    nearest: nearestOf(row),
    error: byCategory.error,
  }
}

function categoriesOf(row: AnswerRow, events: readonly AnswerEvent[]): Record<Category, string> {
  const last = events.at(-1)
  return {
    ending: row.ending ?? 'running',
    partial: isPartialFinish(row.finish_reason) ? '1' : '0',
    fallback: (JSON.parse(row.facts) as JournalDetails).writtenBy === undefined ? '0' : '1',
    abstained: String(row.abstained),
    rating: row.rating ?? noName,
    missing: String(row.missing),
    verdict: row.verdict ?? noName,
    channel: row.channel,
    build: row.build,
    generator: row.generator,
    model: row.model ?? noName,
    version: row.version ?? noName,
    lang: row.lang ?? noName,
    error: last?.type === 'error' ? last.code : noName,
    answerability: answerabilityOf(events) ?? noName,
    visitor: row.visitor ?? noName,
    left: leftOf(row) ?? noName,
    resumed: row.resumes > 0 ? '1' : '0',
  }
}

/** Whether the visitor stopped the answer or went away, and when. */
export function leftOf({
  ending,
  timings,
}: Pick<AnswerRow, 'ending' | 'timings'>): TranscriptFilter['left'] | undefined {
  if (ending !== 'stopped' && ending !== 'disconnected') return undefined
  const {firstTokenMs} = timings === null ? {firstTokenMs: null} : (JSON.parse(timings) as Timings)
  return firstTokenMs === null ? 'before_first_word' : 'before_end'
}

/** How much of the question its first sources may answer; undefined where none said so. */
export function answerabilityOf(events: readonly AnswerEvent[]): Answerability | undefined {
  const said = events.find((event) => event.type === 'sources' && event.answerability !== undefined)
  return said?.type === 'sources' ? said.answerability : undefined
}

function sourcesOf(events: readonly AnswerEvent[]): Map<number, string> {
  const shown = events.flatMap((event) => (event.type === 'sources' ? event.sources : []))
  return new Map(shown.map(({n, url}) => [n, url]))
}

/** Without sources of which no address is kept. */
function pagesOf(events: readonly AnswerEvent[], sources: ReadonlyMap<number, string>): Map<string, boolean> {
  const pages = new Map([...sources.values()].map((url) => [url, false]))
  for (const event of events) {
    const url = event.type === 'citation' ? sources.get(event.n) : undefined
    if (url !== undefined) pages.set(url, true)
  }
  pages.delete('')
  return pages
}

function nearestOf({facts}: AnswerRow): Set<string> {
  const {considered = []} = JSON.parse(facts) as JournalDetails
  return new Set(considered.map(({url}) => url).filter((url) => url !== ''))
}

/** Stored events without text, of the rows whose `pieces` are null. */
export function eventsOfJson(rows: Iterable<string>): AnswerEvent[] {
  return [...rows].map((data) => inCurrentForm(JSON.parse(data) as AnswerEvent))
}
