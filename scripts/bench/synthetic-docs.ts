import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Page} from '../../src/domain/index.ts'
import {randomIndex, seededRandom} from '../../src/lib/random.ts'
import {quotableBlocksIn} from '../../src/markdown/index.ts'
import {packageRoot} from '../../src/package/index.ts'
import {technicalEnglish} from '../../src/retrieval/technical-english.ts'
import {stemOf} from '../../src/text/terms.ts'
import {countWords} from '../../src/text/words.ts'

export const passagesPerPage = 10
const wordsPerPassage = 80

/**
 * Subjects are a tree, as the parts, chapters and themes of documentation: each has words of its own, and a section uses
 * those of all that it belongs to. Chosen so that vectors are spread like those of real documentation: see `pageOf`.
 */
const subjectsByLevel = [16, 64, 256, 1_024]
const wordsPerSubject = 3
/** Words that recur on a page alone, and names, as of options and functions, that no other page has. */
const wordsPerPage = 6
const namesPerPage = 6

/** Words by how often they are drawn. */
class WeightedWords {
  readonly #words: readonly string[]
  readonly #sums: Float64Array

  constructor(weighted: readonly {readonly word: string; readonly weight: number}[]) {
    let sum = 0
    this.#words = weighted.map(({word}) => word)
    this.#sums = Float64Array.from(weighted, ({weight}) => (sum += weight))
  }

  drawn(random: () => number): string {
    const wanted = random() * this.#sums.at(-1)!
    let low = 0
    let high = this.#words.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#sums[middle]! <= wanted) low = middle + 1
      else high = middle
    }
    return this.#words[low]!
  }
}

/** A source of random words; the same seed yields the same words. */
export interface WordSource {
  readonly random: () => number
  /** Any word, as often as documentation has it. */
  readonly word: () => string
  /** A page's subject, which yields one of each of its sections. */
  readonly subject: () => () => SectionWords
}

/** The words that recur in a section, in groups: those of its widest subject first, those of its page last. */
type SectionWords = readonly (readonly string[])[]

/** The words that the shipped embedding model knows and documentation has, as often as it has them, on many subjects. */
export function wordsFrom(seed: number): WordSource {
  const random = seededRandom(seed)
  const vocabulary = vocabularyOfDocs()
  const usual = new WeightedWords(vocabulary)
  // What a text is about is said in rarer words.
  const topical = new WeightedWords(
    vocabulary
      .filter(({weight}) => weight < 0.05)
      .map(({word, weight}) => ({word, weight: Math.sqrt(weight)})),
  )
  const word = () => usual.drawn(random)
  const topicalWord = () => topical.drawn(random)
  const topicalWords = (count: number) => Array.from({length: count}, topicalWord)
  const levels = subjectsByLevel.map((count) =>
    Array.from({length: count}, () => topicalWords(wordsPerSubject)),
  )
  const subject = () => {
    const part = randomIndex(random, levels[0]!.length)
    const names = Array.from({length: namesPerPage}, () => `${topicalWord()}_${topicalWord()}`)
    const ofPage = [topicalWords(wordsPerPage), names]
    return () => {
      const place = (part + random()) / levels[0]!.length
      return [...levels.map((level) => level[Math.floor(place * level.length)]!), ...ofPage]
    }
  }
  return {random, word, subject}
}

/** Whole words of the embedding model with the number of times that a section of documentation has each. */
function vocabularyOfDocs(): {word: string; weight: number}[] {
  const tokenizer = JSON.parse(
    readFileSync(join(packageRoot, 'models/docent-embed-small/tokenizer.json'), 'utf8'),
  ) as {model: {vocab: Record<string, number>}}
  const frequencies = technicalEnglish()
  const forms = new Map<string, number>()
  return Object.entries(tokenizer.model.vocab)
    .sort((one, other) => one[1] - other[1])
    .filter(([word]) => /^[a-z]{2,}$/.test(word) && frequencies.has(stemOf(word)))
    .map(([word]) => {
      // The share counts all forms of a word; those that come first are the more usual ones.
      const stem = stemOf(word)
      const form = (forms.get(stem) ?? 0) + 1
      forms.set(stem, form)
      const share = Math.min(0.99, frequencies.shareOf(stem))
      return {word, weight: -Math.log1p(-share) / form}
    })
}

/**
 * Makes a page of five sections with two passages each. Some passages say more about their subject than others, and some
 * more about the whole of it.
 *
 * So the cosine of two passages is 0.43 on one page and 0.15 on two (0.44 to 0.49 and 0.20 in real documentation), that
 * of a passage and the tenth nearest of 12,000 is 0.48 (0.63 to 0.68), and 64 principal directions hold 0.49 of the
 * variance (0.69): between those of real text and those of unconnected words, where they are 0.38 and 0.40. Closer
 * passages form clusters that a graph hardly connects, which those of real text do not.
 */
export function pageOf(number: number, {random, word, subject}: WordSource): Page {
  const subjectOfSection = subject()
  const sections = Array.from({length: passagesPerPage / 2}, (_, at) => {
    const words = subjectOfSection()
    const written = (count: number) => {
      const topicalShare = 0.3 + random() / 2
      const depth = 0.4 + 1.1 * random()
      const next = () => {
        if (random() >= topicalShare) return word()
        const group = words[Math.floor(random() ** depth * words.length)]!
        return group[randomIndex(random, group.length)]!
      }
      return Array.from({length: count}, next).join(' ')
    }
    const passages = Array.from({length: 2}, () => {
      const text = written(wordsPerPassage)
      return {text, words: countWords(text), startLine: 1, endLine: 1, blocks: quotableBlocksIn(text)}
    })
    const text = passages.map((passage) => passage.text).join('\n')
    return {anchor: `s${at}`, headings: [written(2)], depth: 2, text, startLine: 1, endLine: 1, passages}
  })
  const title = sections[0]!.headings[0]!
  return {
    path: `page-${number}.md`,
    url: `/page-${number}`,
    title,
    description: null,
    version: null,
    lang: 'en',
    tags: [],
    markdown: '',
    sections,
  }
}

/** A question as asked by somebody who has read a section: some of its words and another one. */
export function questionOf(pages: readonly Page[], {random, word}: WordSource): string {
  const page = pages[randomIndex(random, pages.length)]!
  const section = page.sections[randomIndex(random, page.sections.length)]!
  const words = section.text.split(/\s+/)
  const some = Array.from({length: 5}, () => words[randomIndex(random, words.length)]!)
  return `how do I ${[...some, word()].join(' ')}`
}
