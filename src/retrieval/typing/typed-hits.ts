import type {IndexBuild} from '../../search-index/index.ts'
import {bestExcerptOf} from '../../text/best-excerpt.ts'
import {BuildCache, passageBoundary} from '../build-cache.ts'
import type {SearchHit} from '../retriever.ts'
import {rounded} from '../shown-scores.ts'
import {placeOf} from '../shown-sections.ts'
import {type Place, places, type TypedSection, type TypedSections} from './typed-sections.ts'

/** Sections that match what was typed as search results, with the match marked. */
export function typedHitsOf(
  {words: {words, marked}, sections}: TypedSections,
  {build, siteUrl}: {readonly build: IndexBuild; readonly siteUrl: string | null},
): SearchHit[] {
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
  return sections.map(({headings: {section}, place, bm25}) => {
    const passage = bestPassageIn(cache.textOf(section).terms, wordOf)
    const {text} = bestExcerptOf(build.passagesOf(section.id)[passage]?.text ?? '', weights)
    return {
      ...placeOf(section, text, {build, siteUrl, marked}),
      score: scoreOf({place, bm25}),
      scores: rounded({bm25, place: places.length - places.indexOf(place)}),
    }
  })
}

/** Between 0 and 1, by place, and within a place by BM25. */
function scoreOf({place, bm25}: Pick<TypedSection, 'place' | 'bm25'>): number {
  const step = 1 / places.length
  const isNamed: readonly Place[] = ['exact', 'beginning', 'name']
  const within = isNamed.includes(place) ? 1 : bm25
  return Math.round((1 - (places.indexOf(place) + 1 - within) * step) * 1e4) / 1e4
}

/** Index of the first passage with the most of the words. */
function bestPassageIn(terms: readonly string[], wordOf: ReadonlyMap<string, number>): number {
  let best = {index: 0, words: 0}
  let index = -1
  let found = new Set<number>()
  for (const term of terms) {
    if (term === passageBoundary) {
      index++
      found = new Set()
      continue
    }
    const word = wordOf.get(term)
    if (word === undefined) continue
    found.add(word)
    if (found.size > best.words) best = {index, words: found.size}
  }
  return best.index
}
