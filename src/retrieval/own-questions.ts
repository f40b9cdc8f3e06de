import type {IndexBuild, StoredSection} from '../search-index/index.ts'
import {sentencesOf} from '../text/sentences.ts'
import {isStopTerm} from '../text/stop-words.ts'
import {tokensOf} from '../text/terms.ts'
import {weightOf} from './question-terms.ts'

/** How people begin a question. */
const starts = [
  'how do I',
  'what is',
  'why does',
  'can I',
  'how to',
  'what happens when',
  'is there a way to',
]

/** Share of the questions that are made of a heading; the others are made of a sentence. */
const fromHeadingShare = 0.4
/** Of a sentence, in UTF-16 units. */
const longestRead = 400

interface TellingWord {
  readonly word: string
  readonly weight: number
}

/**
 * Questions as people who know roughly what they want would put them: some words of a place in the build, not all,
 * and others. At most `count`; fewer where the build has little text. `random` returns values from 0 to below 1.
 */
export function ownQuestions(build: IndexBuild, count: number, random: () => number): string[] {
  const source = new QuestionSource(build, random)
  const questions: string[] = []
  for (let tries = 0; tries < count * 6 && questions.length < count; tries++) {
    const question = source.question()
    if (question !== null) questions.push(question)
  }
  return questions
}

/** Draws from a build's text. The order of draws decides what a seed gives. */
class QuestionSource {
  readonly #build: IndexBuild
  readonly #random: () => number
  readonly #pages

  constructor(build: IndexBuild, random: () => number) {
    this.#build = build
    this.#random = random
    this.#pages = build.pages()
  }

  /** Null where the place that was drawn says too little. */
  question(): string | null {
    const section = this.#section()
    if (section === undefined) return null
    const passage = this.#pick(this.#build.passagesOf(section.id))
    const isFromHeading = this.#random() < fromHeadingShare
    const text = isFromHeading
      ? [section.page.title, section.headings.at(-1) ?? ''].join(' ')
      : (this.#pick(sentencesOf(passage?.text ?? ''))?.text ?? '')
    const words = this.#telling(text.slice(0, longestRead))
    if (words.length < (isFromHeading ? 1 : 4)) return null
    const chosen = this.#someOf(words)
    this.#addStrangers(chosen)
    return `${this.#pick(starts)} ${[...chosen].sort(() => this.#random() - 0.5).join(' ')}`
  }

  /** Two to five of the words, without the rarest. */
  #someOf(words: TellingWord[]): Set<string> {
    // People seldom use the rarest word of a sentence: it is what they are looking for.
    const usual = words
      .sort((a, b) => a.weight - b.weight)
      .slice(0, Math.max(2, Math.ceil(words.length * 0.7)))
    const wanted = 2 + Math.floor(this.#random() * 4)
    const chosen = new Set<string>()
    for (let draw = 0; draw < wanted * 2 && chosen.size < wanted; draw++) {
      chosen.add(this.#pick(usual)!.word)
    }
    return chosen
  }

  /** Up to two words from anywhere else. */
  #addStrangers(chosen: Set<string>): void {
    const strangers = Math.floor(this.#random() * 3)
    for (let index = 0; index < strangers; index++) {
      const stranger = this.#word()
      if (stranger !== undefined) chosen.add(stranger)
    }
  }

  #pick<T>(items: readonly T[]): T | undefined {
    return items[Math.floor(this.#random() * items.length)]
  }

  #section(): StoredSection | undefined {
    const page = this.#pick(this.#pages)
    return page === undefined ? undefined : this.#pick(this.#build.sectionsOf(page.id))
  }

  #word(): string | undefined {
    const section = this.#section()
    if (section === undefined) return undefined
    return this.#pick(this.#telling(this.#pick(this.#build.passagesOf(section.id))?.text ?? ''))?.word
  }

  #telling(text: string): TellingWord[] {
    return tokensOf(text).flatMap((token) => {
      const term = token.terms[0]!
      return isStopTerm(term) || token.end - token.start < 3 || /^\d/.test(term)
        ? []
        : [{word: text.slice(token.start, token.end), weight: weightOf(this.#build, term)}]
    })
  }
}
