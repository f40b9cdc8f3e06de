import type {JournalDetails} from '../answers/index.ts'
import {
  type AnswerEvent,
  type PageLink,
  type SequencedEvent,
  type Source,
  type VisitorPage,
  withdrawnSource,
} from '../domain/index.ts'
import {pathKey} from '../lib/url-path.ts'
import type {AnswerRow} from './answer-row.ts'

export type IsOfPage = (url: string) => boolean

/** Whether an address leads to the page, to whichever of its sections, and however it is encoded. */
export function pageTest(urls: readonly string[]): IsOfPage {
  const keyOf = (url: string) => pathKey(url.replace(/[?#].*$/s, '').replace(/(?<=[^/])\/$/, ''))
  const keys = new Set(urls.map(keyOf))
  return (url) => url !== '' && keys.has(keyOf(url))
}

function noteAt(at: number): string {
  const day = new Date(at).toISOString().slice(0, 10)
  return `A page that was a source of this answer was withdrawn on ${day}. What was taken from it is gone.`
}

/** What is left of an answer that named a page. */
export interface LeftOfAnswer {
  readonly events: readonly SequencedEvent[]
  readonly text: string
  /** As JSON, with a note. */
  readonly facts: string
  /** Where the visitor was, as JSON; null if that was the page. */
  readonly page: string | null
  /** The numbers of the page's sections among the sources. */
  readonly numbers: readonly number[]
  /** Whether its own words rested on the page, and are gone. */
  readonly isEmptied: boolean
}

/**
 * What is left of an answer without a page; null for one that does not name it.
 * @param at when the page is withdrawn, in milliseconds since the epoch
 */
export function withoutPage(
  {text, facts: factsJson, page}: Pick<AnswerRow, 'text' | 'facts' | 'page'>,
  events: readonly SequencedEvent[],
  isOfPage: IsOfPage,
  at: number,
): LeftOfAnswer | null {
  const facts = JSON.parse(factsJson) as JournalDetails
  const numbers = numbersOf(events, isOfPage)
  const isEmptied = restsOn(events, numbers)
  const considered = facts.considered?.map((source) =>
    isOfPage(source.url) ? withdrawnSource(source) : source,
  )
  const isConsidered = facts.considered?.some(({url}) => isOfPage(url)) ?? false
  const isNear = events.some(({event}) => event.type === 'done' && event.nearest?.some(leadsTo(isOfPage)))
  const visitorUrl = page === null ? null : (JSON.parse(page) as VisitorPage).url
  const wasThere = visitorUrl !== null && isOfPage(visitorUrl)
  if (numbers.size === 0 && !isConsidered && !isNear && !wasThere) return null
  const left: JournalDetails = {
    ...facts,
    ...(considered === undefined ? {} : {considered}),
    notes: [...(facts.notes ?? []), noteAt(at)],
    ...(isEmptied ? {emptiedAt: facts.emptiedAt ?? at} : {}),
  }
  return {
    events: events.map((each) => ({
      ...each,
      event: eventWithout(each.event, {isOfPage, numbers, isEmptied}),
    })),
    text: isEmptied ? '' : text,
    facts: JSON.stringify(left),
    page: wasThere ? null : page,
    numbers: [...numbers],
    isEmptied,
  }
}

/** The numbers of the page's sections among the sources. */
function numbersOf(events: readonly SequencedEvent[], isOfPage: IsOfPage): ReadonlySet<number> {
  const sources = events.flatMap(({event}): readonly Source[] =>
    event.type === 'sources' ? event.sources : [],
  )
  return new Set(sources.filter(({url}) => isOfPage(url)).map(({n}) => n))
}

/** Whether an answer has words that may be of the page: it cites it, or was shown it and cites nothing at all. */
function restsOn(events: readonly SequencedEvent[], numbers: ReadonlySet<number>): boolean {
  if (numbers.size === 0) return false
  const cited = events.flatMap(({event}) => (event.type === 'citation' ? [event.n] : []))
  if (cited.length > 0) return cited.some((n) => numbers.has(n))
  return events.some(({event}) => (event.type === 'delta' || event.type === 'reasoning') && event.text !== '')
}

function eventWithout(
  event: AnswerEvent,
  {
    isOfPage,
    numbers,
    isEmptied,
  }: {readonly isOfPage: IsOfPage; readonly numbers: ReadonlySet<number>; readonly isEmptied: boolean},
): AnswerEvent {
  switch (event.type) {
    case 'sources': {
      if (!event.sources.some(({url}) => isOfPage(url))) return event
      // Its hosts may be of the page.
      const {linkHosts: _, ...rest} = event
      return {
        ...rest,
        sources: event.sources.map((source) => (isOfPage(source.url) ? withdrawnSource(source) : source)),
      }
    }
    case 'delta':
    case 'reasoning':
      return isEmptied ? {...event, text: ''} : event
    case 'citation': {
      const {quote: _, ...rest} = event
      return isEmptied || numbers.has(event.n) ? rest : event
    }
    case 'done':
      return event.nearest === undefined
        ? event
        : {...event, nearest: event.nearest.filter((link) => !leadsTo(isOfPage)(link))}
    default:
      return event
  }
}

const leadsTo =
  (isOfPage: IsOfPage) =>
  ({url}: PageLink): boolean =>
    isOfPage(url)

/**
 * Events of an answer whose searches have the question alone, without what earlier answers added to it; null if they had
 * nothing else.
 */
export function withoutRepeatedWords(
  events: readonly SequencedEvent[],
  question: string,
): readonly SequencedEvent[] | null {
  const left = events.map((each) => ({...each, event: withoutSearches(each.event, question)}))
  return JSON.stringify(left) === JSON.stringify(events) ? null : left
}

function withoutSearches(event: AnswerEvent, question: string): AnswerEvent {
  if (event.type === 'sources') return {...event, query: question}
  if (event.type !== 'tool' || event.name !== 'search_docs') return event
  const {input: _, summary: __, ...rest} = event
  return rest
}
