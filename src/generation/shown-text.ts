import {flat} from '../lib/flat.ts'

export interface Sentence {
  /** `[start, end)` in UTF-16 units of the text shown. */
  readonly start: number
  readonly end: number
  /** Its words. */
  readonly claim: string
}

/** A sentence is followed this far, which bounds the memory that one without an end takes. */
const maxSentence = 4000
/** How much of a word is kept. */
export const maxWord = 80

/** The text of an answer that has come out, and where in a sentence and in a word it stands. */
export class ShownText {
  #untaken = ''
  #sentenceStart = 0
  /** For a marker behind a full stop, which cites the sentence that the stop ended. */
  #sentenceBefore: Sentence | null = null
  /** The sentence so far. */
  sentence = ''
  /** What has been shown since the last white space; of a long word, its end. */
  word = ''
  /** The last character; empty before the first. */
  last = ''
  /** In UTF-16 units. */
  length = 0

  get isAtLineStart(): boolean {
    return this.last === '' || this.last === '\n'
  }

  show(char: string): void {
    const isBlank = isSpace(char)
    const isNext = isBlank ? endsSentence(this.sentence) : this.last > '\x7f' && '。！？'.includes(this.last)
    if (char === '\n' || isNext) this.#closeSentence()
    if (this.sentence === '' && isBlank) this.#sentenceStart = this.length + char.length
    else if (this.sentence.length < maxSentence) this.sentence += char
    if (isBlank) this.word = ''
    else this.#growWord(char)
    this.#append(char, char)
  }

  /** Shows characters that go on with the last one's word and sentence: no white space, no `。！？`. */
  showInWord(text: string): void {
    if (this.sentence.length < maxSentence) this.sentence += text
    this.#growWord(text)
    const tail = text.slice(-2)
    this.#append(text, tail.codePointAt(0)! > 0xffff ? tail : text.slice(-1))
  }

  /** What was shown since this was last called. */
  take(): string {
    const text = this.#untaken
    this.#untaken = ''
    this.sentence = flat(this.sentence)
    return text
  }

  /** The sentence that a marker cites here: this one, or the one before as long as this one says nothing. */
  get cited(): Sentence {
    const current = this.#current()
    const says = current.end > current.start && /[\p{L}\p{N}]/u.test(this.sentence)
    return says ? current : (this.#sentenceBefore ?? current)
  }

  /** A marker that cites the sentence stands here: what follows is another one, and another word. */
  endAt(cited: Sentence): void {
    this.#sentenceBefore = cited
    this.sentence = ''
    this.#sentenceStart = this.length
    this.word = ''
  }

  #append(text: string, last: string): void {
    this.#untaken += text
    this.length += text.length
    this.last = last
  }

  #growWord(part: string): void {
    this.word += part
    if (this.word.length > 2 * maxWord) this.word = this.word.slice(-maxWord)
  }

  #closeSentence(): void {
    if (this.sentence.trim() !== '') this.#sentenceBefore = this.#current()
    this.sentence = ''
    this.#sentenceStart = this.length
  }

  /** The sentence without the signs that make it a list item, a heading or a quote. */
  #current(): Sentence {
    const prefix = /^\s*(?:(?:[-*+>]|#{1,6}|\d{1,3}[.)])\s+)*/.exec(this.sentence)?.[0].length ?? 0
    const start = this.#sentenceStart + prefix
    const end = Math.max(start, this.#sentenceStart + this.sentence.trimEnd().length)
    return {start, end, claim: this.sentence.slice(prefix)}
  }
}

/** Run for each character of every answer; nearly all are ASCII, for which no expression need be asked. */
function isSpace(char: string): boolean {
  if (char > '\x7f') return /\s/.test(char)
  return char === ' ' || (char >= '\t' && char <= '\r')
}

export function endsSentence(text: string): boolean {
  let at = text.length - 1
  while (at >= 0 && `"')]»”*_`.includes(text[at] ?? ' ')) at -= 1
  return at >= 0 && '.!?:。！？'.includes(text[at] ?? ' ')
}
