import {flat} from '../lib/flat.ts'

export interface Sentence {
  /** `[start, end)` in UTF-16 units of the text shown. */
  readonly start: number
  readonly end: number
  /** Its text. */
  readonly claim: string
}

/** Longest part of a sentence that is kept: bounds the memory for one without an end. */
const maxSentence = 4000
/** Longest part of a word that is kept. */
export const maxWord = 80

/** The text of an answer shown so far, with its current sentence and word. */
export class ShownText {
  #pending = ''
  #sentenceStart = 0
  /** For a marker after a full stop, which cites the sentence before it. */
  #previousSentence: Sentence | null = null
  /** The sentence so far. */
  sentence = ''
  /** The text since the last white space; the end of a long word. */
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
    const endsHere = isBlank
      ? endsSentence(this.sentence)
      : this.last > '\x7f' && '。！？'.includes(this.last)
    if (char === '\n' || endsHere) this.#closeSentence()
    if (this.sentence === '' && isBlank) this.#sentenceStart = this.length + char.length
    else if (this.sentence.length < maxSentence) this.sentence += char
    if (isBlank) this.word = ''
    else this.#growWord(char)
    this.#append(char, char)
  }

  /** Shows characters that continue the current word and sentence: no white space, no `。！？`. */
  showInWord(text: string): void {
    if (this.sentence.length < maxSentence) this.sentence += text
    this.#growWord(text)
    const tail = text.slice(-2)
    this.#append(text, tail.codePointAt(0)! > 0xffff ? tail : text.slice(-1))
  }

  /** Returns the text since the last call. */
  flush(): string {
    const text = this.#pending
    this.#pending = ''
    this.sentence = flat(this.sentence)
    return text
  }

  /** The sentence that a marker cites here: this one, or the previous one while this one has no words. */
  get cited(): Sentence {
    const current = this.#current()
    const hasWords = current.end > current.start && /[\p{L}\p{N}]/u.test(this.sentence)
    return hasWords ? current : (this.#previousSentence ?? current)
  }

  /** Ends the sentence and the word at a marker that cites it. */
  endAt(cited: Sentence): void {
    this.#previousSentence = cited
    this.sentence = ''
    this.#sentenceStart = this.length
    this.word = ''
  }

  #append(text: string, last: string): void {
    this.#pending += text
    this.length += text.length
    this.last = last
  }

  #growWord(part: string): void {
    this.word += part
    if (this.word.length > 2 * maxWord) this.word = this.word.slice(-maxWord)
  }

  #closeSentence(): void {
    if (this.sentence.trim() !== '') this.#previousSentence = this.#current()
    this.sentence = ''
    this.#sentenceStart = this.length
  }

  /** The sentence without the markup of a list item, heading or quote. */
  #current(): Sentence {
    const prefix = /^\s*(?:(?:[-*+>]|#{1,6}|\d{1,3}[.)])\s+)*/.exec(this.sentence)?.[0].length ?? 0
    const start = this.#sentenceStart + prefix
    const end = Math.max(start, this.#sentenceStart + this.sentence.trimEnd().length)
    return {start, end, claim: this.sentence.slice(prefix)}
  }
}

/** Called for each character of every answer; nearly all are ASCII, which need no regular expression. */
function isSpace(char: string): boolean {
  if (char > '\x7f') return /\s/.test(char)
  return char === ' ' || (char >= '\t' && char <= '\r')
}

export function endsSentence(text: string): boolean {
  let at = text.length - 1
  while (at >= 0 && `"')]»”*_`.includes(text[at] ?? ' ')) at -= 1
  return at >= 0 && '.!?:。！？'.includes(text[at] ?? ' ')
}
