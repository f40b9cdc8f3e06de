import type {IndexBuild, StoredSection} from '../search-index/index.ts'
import {analysisOf} from '../text/language-analysis.ts'
import {sentencesOf} from '../text/sentences.ts'
import {tokensOf} from '../text/terms.ts'
import {weightOf} from './question-terms.ts'

/** How people begin a question. */
const openings = [
  'how do I',
  'what is',
  'why does',
  'can I',
  'how to',
  'what happens when',
  'is there a way to',
]

/** Share of the questions made from a heading; the others are made from a sentence. */
const headingShare = 0.4
/** Longest part of a sentence that is used, in UTF-16 units. */
const maxTextLength = 400

interface ContentWord {
  readonly word: string
  readonly weight: number
}

/**
 * Questions as people who know roughly what they want would ask them: some words of one section of the build, and some
 * of others. At most `count`; fewer where the build has little text. `random` returns values from 0 to below 1.
 */
export function syntheticQuestions(build: IndexBuild, count: number, random: () => number): string[] {
  const sampler = new QuestionSampler(build, random)
  const questions: string[] = []
  for (let tries = 0; tries < count * 6 && questions.length < count; tries++) {
    const question = sampler.question()
    if (question !== null) questions.push(question)
  }
  return questions
}

/** Draws from a build's text. The order of draws determines the questions of a seed. */
class QuestionSampler {
  readonly #build: IndexBuild
  readonly #random: () => number
  readonly #pages

  constructor(build: IndexBuild, random: () => number) {
    this.#build = build
    this.#random = random
    this.#pages = build.pages()
  }

  /** Null where the text that was drawn has too few words. */
  question(): string | null {
    const section = this.#section()
    if (section === undefined) return null
    const passage = this.#pick(this.#build.passagesOf(section.id))
    const isFromHeading = this.#random() < headingShare
    const text = isFromHeading
      ? [section.page.title, section.headings.at(-1) ?? ''].join(' ')
      : (this.#pick(sentencesOf(passage?.text ?? ''))?.text ?? '')
    const words = this.#contentWords(text.slice(0, maxTextLength))
    if (words.length < (isFromHeading ? 1 : 4)) return null
    const chosen = this.#someOf(words)
    this.#addUnrelated(chosen)
    return `${this.#pick(openings)} ${[...chosen].sort(() => this.#random() - 0.5).join(' ')}`
  }

  /** Two to five of the words, without the rarest. */
  #someOf(words: ContentWord[]): Set<string> {
    // People seldom use the rarest word of a sentence: it is what they are looking for.
    const usual = words
      .sort((a, b) => a.weight - b.weight)
      .slice(0, Math.max(2, Math.ceil(words.length * 0.7)))
    const size = 2 + Math.floor(this.#random() * 4)
    const chosen = new Set<string>()
    for (let draw = 0; draw < size * 2 && chosen.size < size; draw++) {
      chosen.add(this.#pick(usual)!.word)
    }
    return chosen
  }

  /** Adds up to two words from anywhere in the build. */
  #addUnrelated(chosen: Set<string>): void {
    const count = Math.floor(this.#random() * 3)
    for (let index = 0; index < count; index++) {
      const word = this.#word()
      if (word !== undefined) chosen.add(word)
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
    return this.#pick(this.#contentWords(this.#pick(this.#build.passagesOf(section.id))?.text ?? ''))?.word
  }

  #contentWords(text: string): ContentWord[] {
    const analysis = analysisOf(this.#build.language)
    return tokensOf(text, analysis).flatMap((token) => {
      const term = token.terms[0]!
      return analysis.isStopTerm(term) || token.end - token.start < 3 || /^\d/.test(term)
        ? []
        : [{word: text.slice(token.start, token.end), weight: weightOf(this.#build, term)}]
    })
  }
}
