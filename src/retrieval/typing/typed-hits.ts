import type {Highlight, SiteUrl} from '../../domain/index.ts'
import type {IndexBuild} from '../../search-index/index.ts'
import {bestExcerptOf} from '../../text/best-excerpt.ts'
import {type MarkedWords, marksOf} from '../../text/marks.ts'
import {tokensOf} from '../../text/terms.ts'
import {BuildCache, passageBoundary} from '../build-cache.ts'
import type {SearchHit} from '../retriever.ts'
import {rounded} from '../shown-scores.ts'
import {placeOf} from '../shown-sections.ts'
import {isBeginning, isName, places, type TypedSection, type TypedSections} from './typed-sections.ts'
import type {TypedWords} from './typed-words.ts'

/** Sections that match what was typed as search results, with the match marked. */
export function typedHitsOf(
  {words: typed, sections}: TypedSections,
  {build, siteUrl}: {readonly build: IndexBuild; readonly siteUrl: SiteUrl},
): SearchHit[] {
  const {words, marked} = typed
  const cache = BuildCache.of(build)
  const weights = new Map<string, number>()
  const wordOf = new Map<string, number>()
  for (const [index, forms] of words.entries()) {
    // The most usual form decides: a rare ending of a beginning says no more than the others.
    const weight = forms[0] === undefined ? 0 : cache.weightOf(forms[0])
    for (const form of forms) {
      weights.set(form, weight)
      wordOf.set(form, index)
    }
  }
  return sections.map(({headings: {section}, place, bm25, name}) => {
    const passage = bestPassageIn(cache.textOf(section).terms, wordOf, typed)
    const text = excerptOf(build.passagesOf(section.id)[passage]?.text ?? '', weights, marked)
    const hit = placeOf(section, text, {build, siteUrl, marked})
    return {
      ...hit,
      highlights: isBeginning(place) ? withStopWords(hit, name.isTitle, typed) : hit.highlights,
      score: scoreOf({place, bm25}),
      scores: rounded({bm25, place: places.length - places.indexOf(place)}),
    }
  })
}

/** Between 0 and 1, by place, and within a place by BM25. */
function scoreOf({place, bm25}: Pick<TypedSection, 'place' | 'bm25'>): number {
  const step = 1 / places.length
  const within = isName(place) ? 1 : bm25
  return Math.round((1 - (places.indexOf(place) + 1 - within) * step) * 1e4) / 1e4
}

/** Highlights with the stop words that were typed marked where the name that matched begins with them. */
function withStopWords(
  {title, headings, highlights}: Pick<SearchHit, 'title' | 'headings' | 'highlights'>,
  isTitle: boolean,
  typed: TypedWords,
): SearchHit['highlights'] {
  const heading = headings.at(-1)
  if (typed.stopTerms.size === 0) return highlights
  if (isTitle || heading === undefined) {
    return {...highlights, title: marksOfBeginning(title, highlights.title, typed)}
  }
  const marks = marksOfBeginning(heading, highlights.headings.at(-1)!, typed)
  return {...highlights, headings: highlights.headings.with(-1, marks)}
}

function marksOfBeginning(
  name: string,
  marks: readonly Highlight[],
  {marked, stopTerms, count}: TypedWords,
): Highlight[] {
  const end = tokensOf(name, marked.analysis)[count - 1]?.end ?? name.length
  const all = {...marked, terms: new Set([...marked.terms, ...stopTerms])}
  return [...marksOf(name.slice(0, end), all), ...marks.filter(([start]) => start >= end)]
}

/** Most characters shown before the match in an excerpt that begins within a sentence; fewer than any excerpt has. */
const maxBefore = 40

/** The best excerpt of a passage; where that has no match and the passage has, one that begins shortly before it. */
function excerptOf(text: string, weights: ReadonlyMap<string, number>, marked: MarkedWords): string {
  const analysis = marked.analysis === undefined ? {} : {analysis: marked.analysis}
  const best = bestExcerptOf(text, weights, analysis).text
  const match = marksOf(best, marked).length > 0 ? undefined : marksOf(text, marked)[0]
  if (match === undefined) return best
  const from = match[0] - maxBefore
  const space = from <= 0 ? -1 : text.slice(from, match[0]).search(/\s/)
  const start = from <= 0 ? 0 : space < 0 ? match[0] : from + space + 1
  return (start > 0 ? '…' : '') + bestExcerptOf(text.slice(start), new Map()).text
}

/** Index of the first passage with the most of the words. */
function bestPassageIn(
  terms: readonly string[],
  wordOf: ReadonlyMap<string, number>,
  {words, marked: {beginning}}: TypedWords,
): number {
  const last = words.length - 1
  let best = {index: 0, words: 0}
  let index = -1
  let found = new Set<number>()
  for (const term of terms) {
    if (term === passageBoundary) {
      index++
      found = new Set()
      continue
    }
    // A short beginning stands for more terms than are searched for.
    const word = wordOf.get(term) ?? (beginning && term.startsWith(beginning.letters) ? last : undefined)
    if (word === undefined) continue
    found.add(word)
    if (found.size > best.words) best = {index, words: found.size}
  }
  return best.index
}
