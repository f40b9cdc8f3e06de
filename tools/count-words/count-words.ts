import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {DocentError} from '../../src/domain/index.ts'
import {termsOf} from '../../src/text/terms.ts'
import {mostBursty} from '../../src/text/word-frequencies.ts'
import {readSections, type TrainingSection} from '../train-embedder/training-sections.ts'
import {frequenciesCard} from './frequencies-card.ts'
import {type WordUse, writeFrequencies} from './write-frequencies.ts'

export const frequenciesFile = 'word-frequencies.bin'

/** A source counts as at most this many sections, however many it has: else the largest would speak for all. */
export const largestSource = 4_000
/** Words in fewer sections are left out: most are mistyped, or names of one product. */
export const leastSections = 4
/** Sections that a word that is left out is taken to be in. */
const rareSections = 2
/** Pages with the logarithm of the mean count of `usual` that each word is taken to have besides: few pages tell little. */
const burstinessPrior = {pages: 2, usual: 1}

export interface CountWordsOptions {
  /** JSON Lines files, plain or gzipped, as `train-embedder` reads them. */
  readonly sections: readonly string[]
  /** The folder to write to; created if missing, its files replaced otherwise. */
  readonly out: string
  /** The command as the card prints it. */
  readonly command: string
  /** Markdown for the card: the sources with their licences; null when there is none. */
  readonly sources: string | null
}

export interface CountWordsReport {
  readonly sections: number
  readonly words: number
  readonly bytes: number
}

/**
 * Counts how usual each word is in documentation and writes the table with its card. The same sections give the same
 * files, byte for byte.
 * @throws DocentError `invalid_request` when a file is not a file of sections, or there is no section.
 */
export async function countWords(options: CountWordsOptions): Promise<CountWordsReport> {
  const counts = new SectionCounts()
  for (const file of options.sections) for await (const section of readSections(file)) counts.add(section)
  if (counts.sections === 0) {
    throw new DocentError('invalid_request', `${options.sections.join(', ')}: there is no section`)
  }
  const table = writeFrequencies(counts.uses(), rareSections / counts.weight)
  const report = {sections: counts.sections, words: table.readUInt32LE(4), bytes: table.length}
  mkdirSync(options.out, {recursive: true})
  writeFileSync(join(options.out, frequenciesFile), table)
  writeFileSync(join(options.out, 'README.md'), frequenciesCard({...options, ...report}))
  return report
}

/** How often a source has a term. */
interface TermCounts {
  sections: number
  pages: number
  occurrences: number
  /** The last page with it: the sections of a page follow each other. */
  lastPage: string
}

/** How often each source has each term. */
class SectionCounts {
  readonly #sources = new Map<string, {sections: number; readonly terms: Map<string, TermCounts>}>()

  add({source, path, title, headings, text}: TrainingSection): void {
    let counted = this.#sources.get(source)
    if (counted === undefined) {
      counted = {sections: 0, terms: new Map()}
      this.#sources.set(source, counted)
    }
    counted.sections++
    const occurrences = new Map<string, number>()
    for (const term of [title, ...headings, text].flatMap((text) => termsOf(text)))
      occurrences.set(term, (occurrences.get(term) ?? 0) + 1)
    for (const [term, count] of occurrences) {
      const counts = counted.terms.get(term) ?? {sections: 0, pages: 0, occurrences: 0, lastPage: ''}
      counted.terms.set(term, counts)
      counts.sections++
      counts.occurrences += count
      if (counts.pages === 0 || counts.lastPage !== path) counts.pages++
      counts.lastPage = path
    }
  }

  get sections(): number {
    return [...this.#sources.values()].reduce((sum, {sections}) => sum + sections, 0)
  }

  /** Sections, the largest sources not counting in full. */
  get weight(): number {
    return [...this.#sources.values()].reduce((sum, {sections}) => sum + Math.min(sections, largestSource), 0)
  }

  /** How terms of at least `leastSections` sections are used. */
  uses(): Map<string, WordUse> {
    const totals = new Map<string, {sections: number; weight: number; pages: number; occurrences: number}>()
    for (const {sections, terms} of this.#sources.values()) {
      const factor = Math.min(1, largestSource / sections)
      for (const [term, counts] of terms) {
        const total = totals.get(term) ?? {sections: 0, weight: 0, pages: 0, occurrences: 0}
        totals.set(term, total)
        total.sections += counts.sections
        total.weight += factor * counts.sections
        total.pages += factor * counts.pages
        total.occurrences += factor * counts.occurrences
      }
    }
    const {weight} = this
    return new Map(
      [...totals]
        .filter(([, {sections}]) => sections >= leastSections)
        .map(([term, total]) => [term, {share: total.weight / weight, burstiness: burstinessOf(total)}]),
    )
  }
}

function burstinessOf({pages, occurrences}: {readonly pages: number; readonly occurrences: number}): number {
  const {pages: priorPages, usual} = burstinessPrior
  const mean = priorPages * usual + pages * Math.log(occurrences / pages)
  return Math.min(1, mean / (priorPages + pages) / mostBursty)
}
