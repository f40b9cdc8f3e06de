import {sectionAddress} from '../../../lib/section-address.ts'
import type {Transcript} from '../wire.ts'
import type {NamedSection} from './wire.ts'

/** A section that may be chosen as one that should be found. */
export interface Choice extends NamedSection {
  readonly isChosen: boolean
  /** Whether the answer cited it. */
  readonly isCited: boolean
  /** Whether it is still to be written. */
  readonly isLater: boolean
}

/** What is written and chosen, and not sent yet. */
export interface GoldenDraft {
  readonly question: string
  readonly choices: readonly Choice[]
}

export const isSameSection = (one: NamedSection, other: NamedSection): boolean =>
  sectionAddress(one) === sectionAddress(other)

/** The sections that the answer showed: those it cited first, and chosen. */
export function choicesIn({sources, events}: Transcript): readonly Choice[] {
  const cited = new Set(events.flatMap(({event}) => (event.type === 'citation' ? [event.n] : [])))
  const all = sources
    // Transcripts without words have no addresses.
    .filter(({url}) => url !== '')
    .map(({n, url, anchor, title, headings}): Choice => {
      const isCited = cited.has(n)
      return {url, anchor, title, headings, isChosen: isCited, isCited, isLater: false}
    })
    .sort((one, other) => Number(other.isCited) - Number(one.isCited))
  return all.filter((choice, index) => all.findIndex((other) => isSameSection(choice, other)) === index)
}

/** The question as it was searched for, where that says more than what the visitor typed; else null. */
export function searchedFor({question, events}: Transcript): string | null {
  const query = events.flatMap(({event}) => (event.type === 'sources' ? [event.query] : []))[0] ?? ''
  return query === '' || query.trim() === question.trim() ? null : query
}
