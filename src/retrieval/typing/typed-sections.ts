import {headOf} from '../../lib/cut.ts'
import type {IndexBuild, TextWeights, WordForms, WordsHit} from '../../search-index/index.ts'
import {nameKeyOf} from '../../text/name-key.ts'
import {BuildCache, type SectionHeadings} from '../build-cache.ts'
import {byLength, type SectionName, type SectionNames} from './section-names.ts'
import {type TypedWords, typedWordsOf} from './typed-words.ts'

/**
 * Where a section matches what was typed, best first: its name is that, begins with it, or has all words of it; title and
 * headings together have all words; the section has; the section has some.
 */
export const places = ['exact', 'beginning', 'name', 'headings', 'text', 'part'] as const

export type Place = (typeof places)[number]

/** A section that matches what was typed. */
export interface TypedSection {
  readonly headings: SectionHeadings
  readonly place: Place
  /** The name that matched; what the section is called where none did. */
  readonly name: SectionName
  /** BM25 as a share of the best one's; 0 for a section that was found by its name alone. */
  readonly bm25: number
}

export interface TypedSections {
  readonly words: TypedWords
  /** Best first, no place of the docs twice. */
  readonly sections: readonly TypedSection[]
}

export interface TypedSearch {
  readonly text: string
  readonly limit: number
}

/** Longest query that is read, in UTF-16 units. */
const maxLength = 300
/** Candidates for each result: some repeat others. */
const candidatesPerResult = 3

const weights: TextWeights = {title: 2, headings: 3, text: 1}

/**
 * The sections that match what was typed so far. Names come first, in an order that does not depend on the query: while
 * more is typed, those that still match keep their order, and a section that was first because its name begins with what
 * was typed stays first until it no longer does. The others follow by BM25. Synchronous; a few milliseconds at most.
 */
export function typedSections(
  build: IndexBuild,
  names: SectionNames,
  {text, limit}: TypedSearch,
): TypedSections {
  const typed = headOf(text, maxLength)
  const words = typedWordsOf(build, names.words, typed)
  const count = limit * candidatesPerResult
  const {key, found: beginning} = namesBeginningWith(nameKeyOf(typed), names, words, count)
  const named = new Map<number, SectionName>()
  for (const name of beginning) if (!named.has(name.sectionId)) named.set(name.sectionId, name)
  const hits = new Map(build.matchingWords(words.words, count, weights).map((hit) => [hit.sectionId, hit]))
  const best = Math.max(1e-9, ...[...hits.values()].map(({score}) => score))
  const found = BuildCache.of(build)
    .sections(new Set([...named.keys(), ...hits.keys()]))
    .map((headings) => {
      const hit = hits.get(headings.section.id)
      const name = named.get(headings.section.id)
      const place = name === undefined ? placeOf(headings, words.words, hit!) : placeOfName(name, key)
      return {headings, place, bm25: (hit?.score ?? 0) / best, name: name ?? nameOf(headings)}
    })
    .sort(
      (one, other) =>
        places.indexOf(one.place) - places.indexOf(other.place) ||
        (isName(one.place) ? 0 : other.bm25 - one.bm25) ||
        byLength(one.name, other.name),
    )
  return {words, sections: withoutRepeats(found).slice(0, limit)}
}

/** Names that begin with what was typed; where none does, with that without its typos. */
function namesBeginningWith(
  typed: string,
  names: SectionNames,
  {corrected}: TypedWords,
  count: number,
): {readonly key: string; readonly found: readonly SectionName[]} {
  if (typed === '') return {key: typed, found: []}
  const found = names.beginningWith(typed, count)
  if (found.length > 0 || corrected.size === 0) return {key: typed, found}
  const key = typed
    .split(' ')
    .map((word) => corrected.get(word) ?? word)
    .join(' ')
  return {key, found: names.beginningWith(key, count)}
}

/** Whether the name of a section matches, and not only its text or the headings above it. */
export function isName(place: Place): boolean {
  return isBeginning(place) || place === 'name'
}

/** Whether the name of a section begins with what was typed. */
export function isBeginning(place: Place): boolean {
  return place === 'exact' || place === 'beginning'
}

function placeOfName(name: SectionName, key: string): Place {
  return name.key === key ? 'exact' : 'beginning'
}

function placeOf(
  {lastHeading}: SectionHeadings,
  words: readonly WordForms[],
  {hasAll, hasAllInHeadings}: WordsHit,
): Place {
  const inName = new Set(lastHeading)
  if (words.every((forms) => forms.some((form) => inName.has(form)))) return 'name'
  if (hasAllInHeadings) return 'headings'
  return hasAll ? 'text' : 'part'
}

function nameOf({section}: SectionHeadings): SectionName {
  const heading = section.headings.at(-1)
  const key = nameKeyOf(heading ?? section.page.title)
  return {key, isTitle: heading === undefined, sectionId: section.id}
}

/** The first of those that look the same in a list, as in several versions of a page. */
function withoutRepeats<T extends TypedSection>(found: readonly T[]): T[] {
  const seen = new Set<string>()
  return found.filter(({headings: {section}}) => {
    const shown = [section.page.title, ...section.headings].join('\n')
    return !seen.has(shown) && seen.add(shown)
  })
}
