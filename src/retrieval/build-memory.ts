import type {IndexBuild, StoredSection} from '../index/build.ts'
import {termsOf} from '../text/terms.ts'
import {wordsIn} from './words-in.ts'

/** A section with its words worked out. */
export interface SectionWords {
  readonly section: StoredSection
  /** Terms of the title and of each heading. */
  readonly titleAndHeadings: ReadonlySet<string>
  /** Terms of the last heading; of the title where there is none. */
  readonly lastHeading: readonly string[]
}

/** The text of a section as terms. */
export interface SectionText {
  /** In order, a gap between passages. */
  readonly terms: readonly string[]
  readonly words: number
}

/** Terms looked up, sections and texts kept; beyond these the memory starts anew. */
const maxWeights = 50_000
const maxSections = 20_000
const maxTexts = 3_000

/** Stands between passages, so that no phrase runs across them. */
export const gap = ''

const memories = new WeakMap<IndexBuild, BuildMemory>()

/**
 * What retrieval has read of a build and will want again: the same words and sections come up from question to
 * question, and a look-up in the database costs ten times one in memory. A build never changes, so nothing here
 * goes stale; it goes with the build.
 */
export class BuildMemory {
  readonly #build: IndexBuild
  readonly #weights = new Map<string, number>()
  readonly #sections = new Map<number, SectionWords>()
  readonly #texts = new Map<number, SectionText>()
  readonly #headings = new Map<string, readonly string[]>()

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

  /** Inverse document frequency as BM25 has it. */
  weightOf(term: string): number {
    let weight = this.#weights.get(term)
    if (weight === undefined) {
      weight = inverseFrequency(this.#build.manifest.counts.sections, this.#build.documentFrequency(term))
      if (this.#weights.size >= maxWeights) this.#weights.clear()
      this.#weights.set(term, weight)
    }
    return weight
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
    if (this.#sections.size + missing.length > maxSections) this.#sections.clear()
    for (const section of this.#build.sections(missing)) {
      const texts = [section.page.title, ...section.headings].map((text) => this.#termsOfHeading(text))
      const words = {section, titleAndHeadings: new Set(texts.flat()), lastHeading: texts.at(-1) ?? []}
      this.#sections.set(section.id, words)
      found.push(words)
    }
    return found
  }

  textOf(sectionId: number): SectionText {
    let text = this.#texts.get(sectionId)
    if (text === undefined) {
      const terms: string[] = []
      let words = 0
      for (const passage of this.#build.passagesOf(sectionId)) {
        terms.push(gap)
        for (const term of termsOf(passage.text)) terms.push(term)
        words += wordsIn(passage.text)
      }
      text = {terms, words}
      if (this.#texts.size >= maxTexts) this.#texts.clear()
      this.#texts.set(sectionId, text)
    }
    return text
  }

  #termsOfHeading(text: string): readonly string[] {
    let terms = this.#headings.get(text)
    if (terms === undefined) {
      terms = [...new Set(termsOf(text))]
      if (this.#headings.size >= maxSections) this.#headings.clear()
      this.#headings.set(text, terms)
    }
    return terms
  }
}

/** Robertson's inverse document frequency, never negative. */
export function inverseFrequency(count: number, frequency: number): number {
  return Math.log(1 + (count - frequency + 0.5) / (frequency + 0.5))
}
