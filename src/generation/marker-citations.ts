import {type CodeTracker, codeTracker} from './code-tracker.ts'
import {MarkerReader, maxHeld, opensMarker} from './marker-reader.ts'
import {type MarkerOptions, MarkerRules, type TextBefore} from './marker-rules.ts'
import {type Sentence, ShownText} from './shown-text.ts'

/** What a marker cites: the sentence that it is in or after. */
export interface MarkerCitation extends Sentence {
  readonly n: number
}

export interface MarkerCitations {
  /** Reads the next piece of text; returns what can be shown so far, and the citations that became certain. */
  push(text: string): {readonly text: string; readonly citations: readonly MarkerCitation[]}
  /** Returns what is still held back at the end of the text. An incomplete marker is dropped. */
  end(): {readonly text: string; readonly citations: readonly MarkerCitation[]}
  /** Length of the text returned so far, in UTF-16 units. */
  readonly length: number
  /** Number of markers that were cut off by the end of the text, and of numbers that are of no source. */
  readonly dropped: number
}

/**
 * Removes `[n]` markers from a streamed text and returns what they cite.
 *
 * For models and gateways without citations. Recognises `[1]`, `[1, 2]`, `[1][2]`, `[1-3]`, `[[1]]`,
 * `[^1]`, `[1](address)` and the full-width `【1】` and `［1］`. The text returned has no markers; the
 * citations have their sentences. An incomplete marker is held back, so none is ever shown in part.
 *
 * Other brackets are left unchanged: numbers that are not all of sources, inline and fenced code, `argv[1]`,
 * `rows[1].name`, `f([1, 2])`, `[1-3]*.txt`, text that the sources have themselves, a link to another address, a
 * definition as `[1]: address`. `MarkerRules` recognises them by the text on both sides, so a complete marker is held
 * until the text after it is known. Numbers of no source are dropped where a model that was told to write markers has
 * written them as one.
 */
export function markerCitations(options: MarkerOptions): MarkerCitations {
  return new MarkerStream(options)
}

/** Characters that can only be part of a word: read together, since each step has a cost. */
const plainRun = /[^\s`~[\]【［】］。！？]+/y

class MarkerStream implements MarkerCitations {
  readonly #rules: MarkerRules
  readonly #isSource: (n: number) => boolean
  readonly #reader = new MarkerReader()
  readonly #code: CodeTracker = codeTracker()
  readonly #shown = new ShownText()
  readonly #cited = new CitedSentences()
  /** White space that is removed if a marker follows. */
  #space = ''
  /** White space that was removed with the last marker. */
  #removedSpace = ''
  /** The text after complete markers. */
  #after = ''
  /** The text before the markers that are held back. */
  #before: TextBefore = {sentence: '', word: '', space: '', touches: false, beginsLine: false}
  /** Whether nothing was shown since the last marker. */
  #isAfterMarker = false
  dropped = 0

  constructor(options: MarkerOptions) {
    this.#rules = new MarkerRules(options)
    this.#isSource = options.isSource
  }

  get length(): number {
    return this.#shown.length
  }

  push(text: string): {readonly text: string; readonly citations: readonly MarkerCitation[]} {
    for (let at = 0; at < text.length; ) at = this.#readRun(text, at)
    this.#code.flatten()
    return {text: this.#shown.flush(), citations: this.#cited.flush()}
  }

  end(): {readonly text: string; readonly citations: readonly MarkerCitation[]} {
    if (/\d/.test(this.#reader.partial)) {
      this.#reader.partial = ''
      this.dropped += 1
    }
    const {group} = this.#reader
    if (group !== null) {
      const {isCitation, rest} = this.#rules.verdictAtEnd(group, this.#before, this.#after)
      this.#settle(isCitation, rest)
    }
    this.#release()
    return {text: this.#shown.flush(), citations: this.#cited.flush()}
  }

  /** Reads from `from` up to the next character that may be markup; returns its offset. */
  #readRun(text: string, from: number): number {
    plainRun.lastIndex = from
    const isOutside = !this.#reader.isOpen && this.#reader.group === null
    const run = isOutside ? plainRun.exec(text)?.[0] : undefined
    const first = String.fromCodePoint(text.codePointAt(from)!)
    // Its first character may depend on the text before: white space, a marker, the end of a sentence.
    this.#read(first)
    const rest = run?.slice(first.length) ?? ''
    if (rest !== '') {
      this.#code.pushAll(rest)
      this.#shown.showInWord(rest)
    }
    return from + first.length + rest.length
  }

  #read(char: string): void {
    const {group} = this.#reader
    if (this.#reader.isOpen) this.#readInMarker(char)
    else if (group === null) this.#readOutside(char)
    else {
      const after = this.#after + char
      const verdict = this.#rules.verdictOn(group, this.#before, after)
      if (verdict === 'wait') this.#after = after
      else if (verdict === 'extend') this.#reader.begin(char)
      else this.#settle(verdict.isCitation, verdict.rest)
    }
  }

  #readInMarker(char: string): void {
    if (this.#reader.push(char)) return
    // Behind markers, another bracket makes the whole an expression or a link.
    if (this.#reader.group !== null) this.#settle(false, char)
    else {
      this.#release()
      this.#read(char)
    }
  }

  #readOutside(char: string): void {
    const isCode = this.#code.isInside()
    if (!isCode && opensMarker(char) && this.#begins(char)) return
    if (!isCode && (char === ' ' || char === '\t') && this.#space.length < maxHeld) {
      if (!(this.#isAfterMarker && this.#shown.isAtLineStart)) this.#space += char
      return
    }
    // A marker between two words leaves the space between them.
    if (this.#isAfterMarker && this.#space === '' && /[\p{L}\p{N}\p{Ps}`*_]/u.test(char))
      this.#space = this.#removedSpace
    if (this.#space !== '') this.#release()
    this.#show(char)
  }

  /** Whether a marker may begin here, which is then held back. */
  #begins(bracket: string): boolean {
    const {last, sentence, word, isAtLineStart} = this.#shown
    const space = this.#space
    const touches =
      bracket === '[' && space === '' && !this.#isAfterMarker && /[\p{L}\p{N}_)\]`*]/u.test(last)
    this.#before = {sentence, word, space, touches, beginsLine: isAtLineStart}
    if (!this.#rules.mayBegin(this.#before, last)) return false
    this.#reader.begin(bracket)
    return true
  }

  /** @param rest the text after the markers, which is read again. */
  #settle(isCitation: boolean, rest: string): void {
    const {group} = this.#reader
    this.#after = ''
    if (isCitation && group !== null) {
      this.#reader.group = null
      this.#cite(group.numbers)
      // Stars behind a marker end emphasis, which may not follow a space.
      if (rest.startsWith('*')) this.#removedSpace = ''
    } else this.#release()
    for (const char of rest) this.#read(char)
  }

  #cite(numbers: readonly number[]): void {
    const sentence = this.#shown.cited
    const cited = numbers.filter((n) => this.#isSource(n))
    this.dropped += numbers.length - cited.length
    this.#cited.cite(cited, sentence)
    this.#shown.endAt(sentence)
    this.#removedSpace = this.#space
    this.#space = ''
    this.#isAfterMarker = true
  }

  /** Shows what was held back: it is text. */
  #release(): void {
    const text = this.#space + this.#reader.release()
    this.#space = ''
    for (const char of text) this.#show(char)
  }

  #show(char: string): void {
    this.#code.push(char)
    this.#shown.show(char)
    this.#isAfterMarker = false
  }
}

/** Collects the citations of a text, each pair of source and sentence once. */
export class CitedSentences {
  #pending: MarkerCitation[] = []
  #sentenceEnd = -1
  readonly #numbers = new Set<number>()

  cite(numbers: readonly number[], sentence: Sentence): void {
    if (sentence.end !== this.#sentenceEnd) this.#numbers.clear()
    this.#sentenceEnd = sentence.end
    for (const n of numbers) {
      if (this.#numbers.has(n)) continue
      this.#numbers.add(n)
      this.#pending.push({n, ...sentence})
    }
  }

  /** Returns the citations since the last call. */
  flush(): readonly MarkerCitation[] {
    const citations = this.#pending
    this.#pending = []
    return citations
  }
}
