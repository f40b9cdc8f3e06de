import type {Page} from '../../src/domain/index.ts'
import {seededRandom} from '../../src/lib/random.ts'
import {quotableBlocksIn} from '../../src/markdown/index.ts'
import {countWords} from '../../src/text/words.ts'

export const passagesPerPage = 10
const wordsPerPassage = 80

/** A source of random words; the same seed yields the same words. */
export interface WordSource {
  readonly random: () => number
  readonly word: () => string
}

/** Made-up words of two to four syllables with the frequencies of a language (Zipf): the n-th 1/n as often as the first. */
export function wordsFrom(seed: number): WordSource {
  const random = seededRandom(seed)
  const syllables = 'ka re to mi su la ne po di ru ve sa lo ti be no ga fi du ra con ter vis plo men'.split(
    ' ',
  )
  const pick = () => syllables[Math.floor(random() * syllables.length)]!
  const vocabulary = Array.from({length: 30_000}, () =>
    Array.from({length: 2 + Math.floor(random() * 3)}, pick).join(''),
  )
  const word = () => vocabulary[Math.floor(vocabulary.length ** random()) - 1]!
  return {random, word}
}

/** Makes a page of five sections with two passages each, and with recurring words of its own. */
export function pageOf(number: number, {random, word}: WordSource): Page {
  // Without words of its own, every page would be like every other.
  const topic = Array.from({length: 24}, word)
  const topicWord = () => (random() < 0.35 ? topic[Math.floor(random() * topic.length)]! : word())
  const title = `${topicWord()} ${topicWord()}`
  const sections = Array.from({length: passagesPerPage / 2}, (_, at) => {
    const passages = Array.from({length: 2}, () => {
      const text = Array.from({length: wordsPerPassage}, topicWord).join(' ')
      return {text, words: countWords(text), startLine: 1, endLine: 1, blocks: quotableBlocksIn(text)}
    })
    const text = passages.map((passage) => passage.text).join('\n')
    const headings = [`${topicWord()} ${topicWord()}`]
    return {anchor: `s${at}`, headings, depth: 2, text, startLine: 1, endLine: 1, passages}
  })
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
  const page = pages[Math.floor(random() * pages.length)]!
  const section = page.sections[Math.floor(random() * page.sections.length)]!
  const words = section.text.split(/\s+/)
  const some = Array.from({length: 5}, () => words[Math.floor(random() * words.length)]!)
  return `how do I ${[...some, word()].join(' ')}`
}
