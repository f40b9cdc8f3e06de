import {type Container, frame} from './container.ts'
import type {HeadingId} from './reading.ts'

/** What is known of a heading besides its line. */
export interface WrittenHeading {
  /** The id that its author set. */
  readonly id?: string | null | undefined
  /** Whether the id that is made of its text leads to it as well. Default: false. */
  readonly keepsSlug?: boolean | undefined
  /** What its id is made of, if it shows more than that. */
  readonly slugText?: string | null | undefined
  /** Whether it is from another file. Default: false. */
  readonly isIncluded?: boolean | undefined
}

/** The complete lines of a pass, each with its line in the source and what is known of it as a heading. */
export class FlatLines {
  readonly #texts: string[] = []
  readonly #sourceLines: number[] = []
  readonly #headingIds = new Map<number, HeadingId>()
  readonly #slugTexts = new Map<number, string>()
  readonly #included = new Set<number>()

  get texts(): readonly string[] {
    return this.#texts
  }

  /** Source line of each of `texts`. */
  get sourceLines(): readonly number[] {
    return this.#sourceLines
  }

  /** Explicit heading ids by one-based line of `texts`. */
  get headingIds(): ReadonlyMap<number, HeadingId> {
    return this.#headingIds
  }

  /** What ids are made of, by one-based line of `texts`, for headings that show more than that. */
  get slugTexts(): ReadonlyMap<number, string> {
    return this.#slugTexts
  }

  /** The lines of `texts`, one-based, that are from another file than the first. */
  get included(): ReadonlySet<number> {
    return this.#included
  }

  /** Everything on one line. */
  get joined(): string {
    return this.#texts
      .map((line) => line.trim())
      .filter(Boolean)
      .join(' ')
  }

  get count(): number {
    return this.#texts.length
  }

  /** Empty if there is none. */
  get last(): string {
    return this.#texts.at(-1) ?? ''
  }

  /** The last line with text, if at most two blank lines follow it. */
  get lastText(): string | null {
    const n = this.#lastWithText()
    return n < 0 || this.#texts.length - n > 3 ? null : this.#texts[n]!
  }

  add(text: string, sourceLine: number): void {
    this.#texts.push(text)
    this.#sourceLines.push(sourceLine)
  }

  /** Says of the last line that it is a heading. */
  markHeading({id = null, keepsSlug = false, slugText = null, isIncluded = false}: WrittenHeading): void {
    if (id !== null) this.#headingIds.set(this.#texts.length, {id, keepsSlug})
    if (slugText !== null) this.#slugTexts.set(this.#texts.length, slugText)
    if (isIncluded) this.#included.add(this.#texts.length)
  }

  headingAt(line: number): WrittenHeading {
    const isIncluded = this.#included.has(line)
    return {...this.#headingIds.get(line), slugText: this.#slugTexts.get(line) ?? null, isIncluded}
  }

  /** Whether no line from `from` on has text. */
  isBlankFrom(from: number): boolean {
    return this.#texts.slice(from).every((line) => line.trim() === '')
  }

  /** Writes the last line with text in bold if it has no marks. Returns its index, 0 without one. */
  markTerm(): number {
    const n = this.#lastWithText()
    const term = this.#texts[n] ?? ''
    if (/^\s*[^*`_[\]\\<]+$/.test(term)) this.#texts[n] = `${/^\s*/.exec(term)![0]}**${term.trim()}**`
    return Math.max(n, 0)
  }

  /** Turns what a container has written into what it is shown as. */
  frame(container: Container): void {
    const {shownAs = 'text'} = container
    if (shownAs !== 'text') frame(this.#texts, container, shownAs)
  }

  #lastWithText(): number {
    return this.#texts.findLastIndex((line) => line.trim() !== '')
  }
}
