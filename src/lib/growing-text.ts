import {flat} from './flat.ts'

/** Appended parts after which the text is made one piece; more for long texts, so that copying stays cheap. */
const minLooseParts = 16

/** A text that is added to piece by piece, a thousand of them at a time. */
export class GrowingText {
  #text = ''
  #looseParts = 0

  append(part: string): void {
    this.#text += part
    this.#looseParts += 1
    if (this.#looseParts < Math.max(minLooseParts, this.#text.length >> 8)) return
    this.#text = flat(this.#text)
    this.#looseParts = 0
  }

  get length(): number {
    return this.#text.length
  }

  toString(): string {
    return this.#text
  }
}
