import {type CodeTracker, codeTracker} from './code-tracker.ts'
import {MarkerReader, maxHeld, opensMarker} from './marker-reader.ts'
import {type MarkerOptions, MarkerRules, type TextBefore} from './marker-rules.ts'
import {type Sentence, ShownText} from './shown-text.ts'

/** What a marker cites: the sentence that it stands in or after. */
export interface MarkerCitation extends Sentence {
  readonly n: number
}

export interface MarkerCitations {
  /** Takes the next piece of text; returns what of it can be shown, and the citations that became certain. */
  push(text: string): {readonly text: string; readonly citations: readonly MarkerCitation[]}
  /** What is still held back at the end of the text. A marker cut in half is dropped. */
  end(): {readonly text: string; readonly citations: readonly MarkerCitation[]}
  /** Units of text that have come out. */
  readonly length: number
  /** Markers that were cut off by the end of the text. */
  readonly dropped: number
}

/**
 * Takes `[n]` markers out of a streamed text and returns what they cite.
 *
 * For models and gateways that cannot cite by themselves. Knows `[1]`, `[1, 2]`, `[1][2]`, `[1-3]`, `[[1]]`,
 * `[^1]`, `[1](address)` and the full-width `【1】` and `［1］`. The text that comes out has no markers; the
 * citations say where they stood. A marker that is not whole yet is held back, so none is ever seen in part.
 *
 * Brackets that mean something else pass untouched: numbers that are not all of sources, code, inline and fenced,
 * `argv[1]`, `rows[1].name`, `f([1, 2])`, `[1-3]*.txt`, what the sources say themselves, a link to somewhere else, a
 * definition as `[1]: address`. `MarkerRules` knows them by what stands on both sides, so a marker that is whole is
 * held until what follows it is known.
 */
export function markerCitations(options: MarkerOptions): MarkerCitations {
  return new MarkerStream(options)
}

/** Characters with which nothing can begin or end but a word: taken together, since each step costs something. */
const plainRun = /[^\s`~[\]【［】］。！？]+/y

class MarkerStream implements MarkerCitations {
  readonly #rules: MarkerRules
  readonly #reader = new MarkerReader()
  readonly #code: CodeTracker = codeTracker()
  readonly #shown = new ShownText()
  readonly #cited = new CitedSentences()
  /** White space that goes if a marker follows it. */
  #space = ''
  /** White space that went with the last marker. */
  #lost = ''
  /** What has come behind whole markers. */
  #after = ''
  /** Before the markers that are held. */
  #before: TextBefore = {sentence: '', word: '', space: '', touches: false, beginsLine: false}
  /** Whether nothing was shown since the last marker. */
  #isAfterMarker = false
  dropped = 0

  constructor(options: MarkerOptions) {
    this.#rules = new MarkerRules(options)
  }

  get length(): number {
    return this.#shown.length
  }

  push(text: string): {readonly text: string; readonly citations: readonly MarkerCitation[]} {
    for (let at = 0; at < text.length; ) at = this.#takeRun(text, at)
    this.#code.rest()
    return {text: this.#shown.take(), citations: this.#cited.take()}
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
    return {text: this.#shown.take(), citations: this.#cited.take()}
  }

  /** Takes the text at `from` up to the next character that needs a look of its own; returns where that is. */
  #takeRun(text: string, from: number): number {
    plainRun.lastIndex = from
    const isFree = !this.#reader.isOpen && this.#reader.group === null
    const run = isFree ? plainRun.exec(text)?.[0] : undefined
    const first = String.fromCodePoint(text.codePointAt(from)!)
    // Its first character may have to do with what came before: white space, a marker, the end of a sentence.
    this.#take(first)
    const rest = run?.slice(first.length) ?? ''
    if (rest !== '') {
      this.#code.seeAll(rest)
      this.#shown.showInWord(rest)
    }
    return from + first.length + rest.length
  }

  #take(char: string): void {
    const {group} = this.#reader
    if (this.#reader.isOpen) this.#takeInMarker(char)
    else if (group === null) this.#takeFree(char)
    else {
      const after = this.#after + char
      const verdict = this.#rules.verdictOn(group, this.#before, after)
      if (verdict === 'wait') this.#after = after
      else if (verdict === 'grow') this.#reader.begin(char)
      else this.#settle(verdict.isCitation, verdict.rest)
    }
  }

  #takeInMarker(char: string): void {
    if (this.#reader.take(char)) return
    // Behind markers, another bracket makes all of it an expression or a link.
    if (this.#reader.group !== null) this.#settle(false, char)
    else {
      this.#release()
      this.#take(char)
    }
  }

  #takeFree(char: string): void {
    const isCode = this.#code.inside()
    if (!isCode && opensMarker(char) && this.#begins(char)) return
    if (!isCode && (char === ' ' || char === '\t') && this.#space.length < maxHeld) {
      if (!(this.#isAfterMarker && this.#shown.isAtLineStart)) this.#space += char
      return
    }
    // A marker between two words leaves the space that kept them apart.
    if (this.#isAfterMarker && this.#space === '' && /[\p{L}\p{N}\p{Ps}`*_]/u.test(char))
      this.#space = this.#lost
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

  /** @param rest of what followed the markers, which is gone over again. */
  #settle(isCitation: boolean, rest: string): void {
    const {group} = this.#reader
    this.#after = ''
    if (isCitation && group !== null) {
      this.#reader.group = null
      this.#cite(group.numbers)
      // Stars behind a marker end emphasis, which no space may stand before.
      if (rest.startsWith('*')) this.#lost = ''
    } else this.#release()
    for (const char of rest) this.#take(char)
  }

  #cite(numbers: readonly number[]): void {
    const sentence = this.#shown.cited
    this.#cited.cite(numbers, sentence)
    this.#shown.endAt(sentence)
    this.#lost = this.#space
    this.#space = ''
    this.#isAfterMarker = true
  }

  /** What is held back turned out to be text. */
  #release(): void {
    const text = this.#space + this.#reader.release()
    this.#space = ''
    for (const char of text) this.#show(char)
  }

  #show(char: string): void {
    this.#code.see(char)
    this.#shown.show(char)
    this.#isAfterMarker = false
  }
}

/** The citations of a text, each of a source and a sentence once. */
export class CitedSentences {
  #untaken: MarkerCitation[] = []
  #sentenceEnd = -1
  readonly #numbers = new Set<number>()

  cite(numbers: readonly number[], sentence: Sentence): void {
    if (sentence.end !== this.#sentenceEnd) this.#numbers.clear()
    this.#sentenceEnd = sentence.end
    for (const n of numbers) {
      if (this.#numbers.has(n)) continue
      this.#numbers.add(n)
      this.#untaken.push({n, ...sentence})
    }
  }

  /** Those since this was last called. */
  take(): readonly MarkerCitation[] {
    const citations = this.#untaken
    this.#untaken = []
    return citations
  }
}
