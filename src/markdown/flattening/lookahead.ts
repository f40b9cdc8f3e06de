import {closingTag} from '../tags.ts'
import type {FlattenContext} from './flatten-context.ts'

/** A part of a text, by offsets. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** Finds where constructs end in a text, without searching twice for what is missing. */
export class Lookahead {
  readonly #context: FlattenContext
  readonly #text: string
  #paragraphEnd = -1
  #lower: string | null = null
  readonly #lastClose = new Map<string, number>()
  readonly #firstOpen = new Map<string, number>()
  readonly #nextMarks = new Map<string, number>()
  readonly #shortcodeClosers = new Map<string, Span[]>()

  constructor(context: FlattenContext, text: string) {
    this.#context = context
    this.#text = text
  }

  /** The closing tag of the element whose opening tag ends at `from`; null if there is none or the page's look-ahead budget is spent. */
  closingTag(name: string, from: number, limit = this.#text.length): Span | null {
    const key = name.toLowerCase()
    let last = this.#lastClose.get(key)
    if (last === undefined) {
      this.#lower ??= this.#text.toLowerCase()
      last = this.#lower.lastIndexOf(`</${key}`)
      this.#lastClose.set(key, last)
    }
    if (last < from || this.#context.scans.isSpent) return null
    const found = closingTag(this.#text, name, from, Math.min(limit, last + 1))
    this.#context.scans.spend((found?.end ?? Math.min(limit, last)) - from)
    return found
  }

  /** Whether there is an opening tag of this name before `at`. */
  isOpenedBefore(name: string, at: number): boolean {
    let first = this.#firstOpen.get(name)
    if (first === undefined) {
      first = this.#text.search(new RegExp(`<${escapedName(name)}(?=[\\s/>])`))
      if (first < 0) first = Number.POSITIVE_INFINITY
      this.#firstOpen.set(name, first)
    }
    return first < at
  }

  /** The next closing shortcode of this name. Call in reading order: earlier ones are forgotten. */
  closingShortcode(name: string, from: number): Span | null {
    let closers = this.#shortcodeClosers.get(name)
    if (!closers) {
      const pattern = new RegExp(`\\{\\{[<%]\\s*/\\s*${escapedName(name)}\\s*[>%]\\}\\}`, 'g')
      closers = [...this.#text.matchAll(pattern)].map((match) => ({
        start: match.index,
        end: match.index + match[0].length,
      }))
      this.#shortcodeClosers.set(name, closers)
    }
    while (closers.length > 0 && closers[0]!.start < from) closers.shift()
    return closers[0] ?? null
  }

  /** Offset of the next `mark`; −1 if there is none. Call in reading order. */
  next(mark: string, from: number): number {
    let at = this.#nextMarks.get(mark)
    if (at === undefined || (at >= 0 && at < from)) {
      at = this.#text.indexOf(mark, from)
      this.#nextMarks.set(mark, at)
    }
    return at
  }

  /** Offset of the end of the paragraph around `at`. Call in reading order. */
  paragraphEnd(at: number): number {
    if (this.#paragraphEnd <= at) {
      blankLine.lastIndex = at
      this.#paragraphEnd = blankLine.exec(this.#text)?.index ?? this.#text.length
    }
    return this.#paragraphEnd
  }
}

const blankLine = /\n[ \t>]*\n/g

function escapedName(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
