import {createHash} from 'node:crypto'
import {TwoGenerationCache} from '../lib/two-generation-cache.ts'
import {addScaled, dot} from '../lib/vector-math.ts'
import type {IndexBuild, StoredPage, StoredSection} from '../search-index/index.ts'
import {contentWordIdOf} from '../text/content-words.ts'
import {analysisOf, type LanguageAnalysis} from '../text/language-analysis.ts'
import {termsOf, visitWords} from '../text/terms.ts'

/** A section with the terms of its title and headings. */
export interface SectionHeadings {
  readonly section: StoredSection
  /** Terms of the title and of each heading, each once. */
  readonly titleAndHeadings: readonly string[]
  /** Terms of the last heading; of the title where there is none. */
  readonly lastHeading: readonly string[]
  /** Terms of the path of its page. */
  readonly path: ReadonlySet<string>
}

/** The text of a section as terms. */
export interface SectionText {
  /** In order, with `passageBoundary` before each passage. */
  readonly terms: readonly string[]
  readonly words: number
  /** Ids of the words of its passages, stop words aside, each once a passage, with `wordIdBoundary` before each passage. */
  readonly wordIds: Uint32Array
}

/** The address and id of a section, as readers get them. */
export interface SectionAddress {
  /** The fragment that leads to it; empty where none does: its address is that of its page. */
  readonly anchor: string
  /** The same in every answer and every build. */
  readonly sourceId: string
}

const maxTerms = 50_000
const maxSections = 40_000
/** For section texts, estimated at eight bytes a term, whose strings are shared, and four bytes a word. */
const maxTextBytes = 48 * 1024 * 1024

/** Marks the beginning of a passage, so that no phrase spans two of them. */
export const passageBoundary = ''
/** The same among word ids, which are all below it. */
export const wordIdBoundary = 0xffffffff

const caches = new WeakMap<IndexBuild, BuildCache>()

/**
 * Caches what retrieval reads of a build: questions share words and sections, and reading from the database costs ten
 * times as much as from memory. A build never changes, so no entry goes stale; the cache is collected with its build.
 * Bounded: about 100 MB for the largest builds.
 */
export class BuildCache {
  /** How its texts, and questions about them, become terms. */
  readonly analysis: LanguageAnalysis
  readonly #build: IndexBuild
  readonly #frequencies = new TwoGenerationCache<string, number>(maxTerms)
  readonly #sections = new TwoGenerationCache<number, SectionHeadings>(maxSections)
  readonly #texts = new TwoGenerationCache<number, SectionText>(
    maxTextBytes,
    ({terms, wordIds}) => 300 + 8 * terms.length + 4 * wordIds.length,
  )
  readonly #headings = new TwoGenerationCache<string, readonly string[]>(maxSections)
  readonly #paths = new TwoGenerationCache<string, ReadonlySet<string>>(maxSections)
  readonly #sectionsOfPages = new TwoGenerationCache<number, readonly StoredSection[]>(
    maxSections,
    (sections) => 1 + sections.length,
  )
  readonly #norms = new TwoGenerationCache<number, number>(maxSections)
  readonly #ownsUrl = new TwoGenerationCache<number, boolean>(maxSections)
  readonly #addresses = new TwoGenerationCache<number, SectionAddress>(maxSections)

  constructor(build: IndexBuild) {
    this.#build = build
    this.analysis = analysisOf(build.language)
  }

  static of(build: IndexBuild): BuildCache {
    let cache = caches.get(build)
    if (cache === undefined) {
      cache = new BuildCache(build)
      caches.set(build, cache)
    }
    return cache
  }

  /** Number of sections that contain a term. */
  readonly frequencyOf = (term: string): number => {
    let frequency = this.#frequencies.get(term)
    if (frequency === undefined) {
      frequency = this.#build.documentFrequency(term)
      this.#frequencies.set(term, frequency)
    }
    return frequency
  }

  /** Inverse document frequency as in BM25. */
  readonly weightOf = (term: string): number =>
    inverseFrequency(this.#build.manifest.counts.sections, this.frequencyOf(term))

  /** Sections with their heading terms, in any order; unknown ids are left out. */
  sections(ids: Iterable<number>): SectionHeadings[] {
    const found: SectionHeadings[] = []
    const missing: number[] = []
    for (const id of ids) {
      const cached = this.#sections.get(id)
      if (cached === undefined) missing.push(id)
      else found.push(cached)
    }
    for (const section of this.#build.sections(missing)) {
      const texts = [section.page.title, ...section.headings].map((text) => this.#termsOfHeading(text))
      const headings = {
        section,
        titleAndHeadings: texts.length === 1 ? texts[0]! : [...new Set(texts.flat())],
        lastHeading: texts.at(-1) ?? [],
        path: this.#termsOfPath(section.page.path),
      }
      this.#sections.set(section.id, headings)
      found.push(headings)
    }
    return found
  }

  /** The sections of a page, in reading order. */
  sectionsOf(pageId: number): readonly StoredSection[] {
    let sections = this.#sectionsOfPages.get(pageId)
    if (sections === undefined) {
      sections = this.#build.sectionsOf(pageId)
      this.#sectionsOfPages.set(pageId, sections)
    }
    return sections
  }

  textOf(section: StoredSection): SectionText {
    let text = this.#texts.get(section.id)
    if (text === undefined) {
      const terms: string[] = []
      let words = 0
      const ids: number[] = []
      for (const passage of this.#build.passagesOf(section.id)) {
        const known = new Set<number>()
        terms.push(passageBoundary)
        visitWords(
          passage.text,
          (word) => {
            for (const term of word.terms) terms.push(term)
            const id = contentWordIdOf(word)
            if (id !== null) known.add(id)
          },
          this.analysis,
        )
        ids.push(wordIdBoundary, ...known)
        words += passage.words
      }
      text = {terms, words, wordIds: Uint32Array.from(ids)}
      this.#texts.set(section.id, text)
    }
    return text
  }

  /** Length of the sum of a section's passage vectors; 1 where they cancel out. */
  normOf({id, firstPassage, passageCount}: StoredSection): number {
    let norm = this.#norms.get(id)
    if (norm === undefined) {
      const first = this.#build.vectorOf(firstPassage)
      if (passageCount === 2) {
        // Most sections are short: the law of cosines needs no sum.
        const second = this.#build.vectorOf(firstPassage + 1)
        norm = Math.sqrt(Math.max(0, dot(first, first) + dot(second, second) + 2 * dot(first, second))) || 1
      } else {
        const sum = Float32Array.from(first)
        for (let index = 1; index < passageCount; index++) {
          addScaled(sum, this.#build.vectorOf(firstPassage + index), 1)
        }
        norm = Math.sqrt(dot(sum, sum)) || 1
      }
      this.#norms.set(id, norm)
    }
    return norm
  }

  /** Whether the page is the one served at its address: the first of those that claim it. */
  ownsUrl({id, url}: StoredPage): boolean {
    let owns = this.#ownsUrl.get(id)
    if (owns === undefined) {
      owns = this.#build.pageByUrl(url)?.id === id
      this.#ownsUrl.set(id, owns)
    }
    return owns
  }

  addressOf({id, page}: StoredSection): SectionAddress {
    const cached = this.#addresses.get(id)
    if (cached !== undefined) return cached
    const pageKey = this.ownsUrl(page) ? page.url : `${page.url}\n${page.path}`
    const addresses = addressesOf(pageKey, this.sectionsOf(page.id))
    for (const [sectionId, address] of addresses) this.#addresses.set(sectionId, address)
    return addresses.get(id)!
  }

  #termsOfPath(path: string): ReadonlySet<string> {
    let terms = this.#paths.get(path)
    if (terms === undefined) {
      terms = new Set(termsOf(path.replace(/\.\w+$/, '').replaceAll('/', ' '), this.analysis))
      this.#paths.set(path, terms)
    }
    return terms
  }

  #termsOfHeading(text: string): readonly string[] {
    let terms = this.#headings.get(text)
    if (terms === undefined) {
      terms = [...new Set(termsOf(text, this.analysis))]
      this.#headings.set(text, terms)
    }
    return terms
  }
}

/** By section id. A fragment leads to the first section that has it; one that repeats it has no fragment. */
function addressesOf(pageKey: string, sections: readonly StoredSection[]): Map<number, SectionAddress> {
  const seen = new Set<string>()
  let withoutAnchor = 0
  return new Map(
    sections.map(({id, anchor: written}) => {
      const anchor = seen.has(written) ? '' : written
      seen.add(written)
      // Several may have no fragment; the first of them has the page's own id.
      const suffix = anchor === '' && withoutAnchor++ > 0 ? `~${withoutAnchor}` : ''
      const sourceId = createHash('sha256').update(`${pageKey}#${anchor}${suffix}`).digest('hex').slice(0, 16)
      return [id, {anchor, sourceId}]
    }),
  )
}

/** Robertson's inverse document frequency, never negative. */
export function inverseFrequency(count: number, frequency: number): number {
  return Math.log(1 + (count - frequency + 0.5) / (frequency + 0.5))
}
