import {flat} from './flat.ts'

/** Number of appended parts after which the text is flattened; more for long texts, so that copying stays cheap. */
const minLooseParts = 16

/** A text that grows piece by piece and uses little memory, also when there are thousands of them. */
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
