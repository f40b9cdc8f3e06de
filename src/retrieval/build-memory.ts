import {createHash} from 'node:crypto'
import {TwoGenerationCache} from '../lib/two-generation-cache.ts'
import {dot} from '../lib/vector-math.ts'
import type {IndexBuild, StoredPage, StoredSection} from '../search-index/index.ts'
import {termsOf} from '../text/terms.ts'

/** A section with its words worked out. */
export interface SectionWords {
  readonly section: StoredSection
  /** Terms of the title and of each heading, each once. */
  readonly titleAndHeadings: readonly string[]
  /** Terms of the last heading; of the title where there is none. */
  readonly lastHeading: readonly string[]
}

/** The text of a section as terms. */
export interface SectionText {
  /** In order, a gap between passages. */
  readonly terms: readonly string[]
  readonly words: number
}

/** How a section is named to readers. */
export interface SectionAddress {
  /** The fragment that opens it; empty where none does: the address is its page's then. */
  readonly anchor: string
  /** The same for the section whenever it is found, in any build. */
  readonly sourceId: string
}

const maxTerms = 50_000
const maxSections = 40_000
/** Of texts, roughly: eight bytes for each term, which are shared. */
const maxTextBytes = 48 * 1024 * 1024

/** Stands between passages, so that no phrase runs across them. */
export const gap = ''

const memories = new WeakMap<IndexBuild, BuildMemory>()

/**
 * What retrieval has read of a build and will want again: the same words and sections come up from question to
 * question, and a look-up in the database costs ten times one in memory. A build never changes, so nothing here
 * goes stale; it goes with the build. Bounded: about 100 MB for the largest builds.
 */
export class BuildMemory {
  readonly #build: IndexBuild
  readonly #frequencies = new TwoGenerationCache<string, number>(maxTerms)
  readonly #sections = new TwoGenerationCache<number, SectionWords>(maxSections)
  readonly #texts = new TwoGenerationCache<number, SectionText>(
    maxTextBytes,
    ({terms}) => 200 + 8 * terms.length,
  )
  readonly #headings = new TwoGenerationCache<string, readonly string[]>(maxSections)
  readonly #norms = new TwoGenerationCache<number, number>(maxSections)
  readonly #ownsUrl = new TwoGenerationCache<number, boolean>(maxSections)
  readonly #addresses = new TwoGenerationCache<number, SectionAddress>(maxSections)

  constructor(build: IndexBuild) {
    this.#build = build
  }

  static of(build: IndexBuild): BuildMemory {
    let memory = memories.get(build)
    if (memory === undefined) {
      memory = new BuildMemory(build)
      memories.set(build, memory)
    }
    return memory
  }

  /** In how many sections a term stands. */
  frequencyOf(term: string): number {
    let frequency = this.#frequencies.get(term)
    if (frequency === undefined) {
      frequency = this.#build.documentFrequency(term)
      this.#frequencies.set(term, frequency)
    }
    return frequency
  }

  /** Inverse document frequency as BM25 has it. */
  weightOf(term: string): number {
    return inverseFrequency(this.#build.manifest.counts.sections, this.frequencyOf(term))
  }

  /** Sections with their heading words; unknown numbers are left out. */
  sections(ids: Iterable<number>): SectionWords[] {
    const found: SectionWords[] = []
    const missing: number[] = []
    for (const id of ids) {
      const known = this.#sections.get(id)
      if (known === undefined) missing.push(id)
      else found.push(known)
    }
    for (const section of this.#build.sections(missing)) {
      const texts = [section.page.title, ...section.headings].map((text) => this.#termsOfHeading(text))
      const words = {
        section,
        titleAndHeadings: texts.length === 1 ? texts[0]! : [...new Set(texts.flat())],
        lastHeading: texts.at(-1) ?? [],
      }
      this.#sections.set(section.id, words)
      found.push(words)
    }
    return found
  }

  textOf(section: StoredSection): SectionText {
    let text = this.#texts.get(section.id)
    if (text === undefined) {
      const terms: string[] = []
      let words = 0
      for (const passage of this.#build.passagesOf(section.id)) {
        terms.push(gap)
        for (const term of termsOf(passage.text)) terms.push(term)
        words += passage.words
      }
      text = {terms, words}
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
          const vector = this.#build.vectorOf(firstPassage + index)
          for (let at = 0; at < sum.length; at++) sum[at]! += vector[at]!
        }
        norm = Math.sqrt(dot(sum, sum)) || 1
      }
      this.#norms.set(id, norm)
    }
    return norm
  }

  /** Whether the page is the one at its address: of several that claim one the first is. */
  ownsUrl({id, url}: StoredPage): boolean {
    let owns = this.#ownsUrl.get(id)
    if (owns === undefined) {
      owns = this.#build.pageByUrl(url)?.id === id
      this.#ownsUrl.set(id, owns)
    }
    return owns
  }

  addressOf({id, page}: StoredSection): SectionAddress {
    const known = this.#addresses.get(id)
    if (known !== undefined) return known
    const name = this.ownsUrl(page) ? page.url : `${page.url}\n${page.path}`
    const addresses = addressesOf(name, this.#build.sectionsOf(page.id))
    for (const [sectionId, address] of addresses) this.#addresses.set(sectionId, address)
    return addresses.get(id)!
  }

  #termsOfHeading(text: string): readonly string[] {
    let terms = this.#headings.get(text)
    if (terms === undefined) {
      terms = [...new Set(termsOf(text))]
      this.#headings.set(text, terms)
    }
    return terms
  }
}

/** By section. A fragment opens the first section that has it: one that repeats it is opened by none. */
function addressesOf(page: string, sections: readonly StoredSection[]): Map<number, SectionAddress> {
  const heard = new Set<string>()
  let unopened = 0
  return new Map(
    sections.map(({id, anchor: written}) => {
      const anchor = heard.has(written) ? '' : written
      heard.add(written)
      // Several may be opened by none; the first has the page's own id.
      const place = anchor === '' && unopened++ > 0 ? `~${unopened}` : ''
      const sourceId = createHash('sha256').update(`${page}#${anchor}${place}`).digest('hex').slice(0, 16)
      return [id, {anchor, sourceId}]
    }),
  )
}

/** Robertson's inverse document frequency, never negative. */
export function inverseFrequency(count: number, frequency: number): number {
  return Math.log(1 + (count - frequency + 0.5) / (frequency + 0.5))
}
