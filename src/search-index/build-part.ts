import {undetermined} from '../text/language-tags.ts'
import type {BuildPart, IndexBuild, LanguageShare, Manifest, StoredPage} from './build.ts'
import {orderOf, type SectionOrder} from './section-order.ts'
import type {StoredVectors} from './stored-vectors.ts'
import type {VectorSearch} from './vector-search.ts'
import {Bm25, lengthNormsOf} from './word-index/bm25.ts'
import {PostingsCache} from './word-index/postings-cache.ts'
import {WordsSearch} from './word-index/words-search.ts'

/** What a part reads of its build. */
export interface PartSource {
  readonly whole: IndexBuild
  readonly sectionOrder: SectionOrder
  readonly vectors: StoredVectors
  readonly vectorSearch: VectorSearch
  /** Pairs of counts and section number, as `postingsOf` does. */
  readonly postings: (term: string) => Uint32Array
}

/** Languages and versions are few; what a client may ask for is bounded by what the build has. */
const maxParts = 256
/** Passages that are compared one by one, some 2 ms; of more the nearest of the whole build are searched. */
const maxCompared = 8_000
/** The nearest of the whole build that are looked at for those of a part, as multiples of what its share needs. */
const depthFactor = 2
const maxDepthFactor = 16

/** Makes the parts of a build, each once. */
export function partsOf(source: PartSource): (pages: BuildPart) => IndexBuild {
  const parts = new Map<string, IndexBuild>()
  return (pages) => {
    const key = JSON.stringify([pages.lang, pages.versions])
    let part = parts.get(key)
    if (part === undefined) {
      part = makePart(source, pages)
      if (parts.size >= maxParts) parts.clear()
      parts.set(key, part)
    }
    return part
  }
}

/** The language of a page; `undetermined` where neither its own nor that of the site is known. */
export function languageOfPage({lang}: StoredPage, {languages}: Manifest): string {
  return lang ?? languages?.default ?? undetermined
}

/** The languages of some pages, the one with most pages first. */
export function languageShares(pages: readonly StoredPage[], manifest: Manifest): readonly LanguageShare[] {
  if (manifest.languages === undefined) return []
  const counts = new Map<string, number>()
  for (const page of pages) {
    const lang = languageOfPage(page, manifest)
    counts.set(lang, (counts.get(lang) ?? 0) + 1)
  }
  return [...counts]
    .map(([lang, count]) => ({lang, pages: count}))
    .sort((one, other) => other.pages - one.pages || (one.lang < other.lang ? -1 : 1))
}

/** The languages of the docs that are known, BCP 47, the one with most pages first. */
export function knownLanguagesOf(build: Pick<IndexBuild, 'languages'>): readonly string[] {
  return build.languages().flatMap(({lang}) => (lang === undetermined ? [] : lang))
}

function makePart(source: PartSource, {lang, versions}: BuildPart): IndexBuild {
  const {whole, sectionOrder, postings} = source
  const all = whole.pages()
  const pages = all.filter(
    (page) =>
      (lang === null || languageOfPage(page, whole.manifest) === lang) &&
      (versions === null || versions.includes(page.version)),
  )
  if (pages.length === all.length) return whole
  const ids = new Set(pages.flatMap(({id}) => whole.sectionsOf(id).map((section) => section.id)))
  const includes = (sectionId: number): boolean => ids.has(sectionId)
  const order = orderOf(sectionOrder, includes)
  const norms = lengthNormsOf(order)
  const lists = new PostingsCache((term) => postingsIn(postings(term), order))
  const bm25 = new Bm25((term) => lists.get(term), order, norms)
  const wordsSearch = new WordsSearch((term) => lists.get(term), order, norms)
  const pageIds = new Set(pages.map(({id}) => id))
  const {nearest, nearestExact, passages} = neighboursIn(source, includes)
  return {
    ...whole,
    manifest: {
      ...whole.manifest,
      counts: {pages: pages.length, sections: order.ids.length, passages},
    },
    language: lang ?? whole.language,
    pages: () => [...pages],
    sectionCounts: () => new Map([...whole.sectionCounts()].filter(([id]) => pageIds.has(id))),
    nearest,
    nearestExact,
    matching: (terms, k, weights) => bm25.matching(terms, k, weights),
    matchingWords: (forms, k, weights) => wordsSearch.matching(forms, k, weights),
    documentFrequency: (term) => lists.get(term).length / 2,
    languages: () => languageShares(pages, whole.manifest),
    versions: () => whole.versions().filter((version) => pages.some((page) => page.version === version)),
  }
}

function neighboursIn(
  {whole, vectors, vectorSearch}: PartSource,
  includes: (sectionId: number) => boolean,
): Pick<IndexBuild, 'nearest' | 'nearestExact'> & {readonly passages: number} {
  const slots = vectors.slotsIn(includes)
  const passages = slots.length
  const share = Math.ceil(whole.manifest.counts.passages / Math.max(1, passages))
  const factor = Math.min(maxDepthFactor, depthFactor * share)
  const nearestExact: IndexBuild['nearestExact'] = (vector, k) => vectors.nearestAmong(slots, vector, k)
  return {
    passages,
    nearestExact,
    nearest: (vector, k, mode) =>
      passages <= maxCompared
        ? nearestExact(vector, k)
        : vectorSearch
            .nearest(vector, k * factor, mode)
            .filter(({sectionId}) => includes(sectionId))
            .slice(0, k),
  }
}

/** The postings of some sections. */
function postingsIn(list: Uint32Array, {slotOf}: SectionOrder): Uint32Array {
  const kept = new Uint32Array(list.length)
  let length = 0
  for (let at = 0; at < list.length; at += 2) {
    if (slotOf(list[at + 1]!) === undefined) continue
    kept[length++] = list[at]!
    kept[length++] = list[at + 1]!
  }
  return kept.slice(0, length)
}
