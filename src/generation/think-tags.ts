/** A piece of a model's text: of its answer, or of what it thought before. */
export interface ThinkPiece {
  readonly isThought: boolean
  readonly text: string
}

const tags = [
  {opening: '<think>', closing: '</think>'},
  {opening: '<thinking>', closing: '</thinking>'},
] as const

/**
 * Splits the text of a model whose server leaves its thoughts in the text, between tags at the beginning, once or more often.
 * Anywhere else the tags are text. Pieces may be cut anywhere; a tag that may be beginning is held back. The answer begins
 * with its first word, without the white space before it.
 */
export class ThinkTags {
  #closing: string | null = null
  #isAnswer = false
  #held = ''

  push(text: string): readonly ThinkPiece[] {
    if (this.#isAnswer) return pieceOf(false, text)
    this.#held += text
    const pieces: ThinkPiece[] = []
    while (this.#held !== '') {
      const length = this.#held.length
      pieces.push(...(this.#closing === null ? this.#beforeThought() : this.#inThought(this.#closing)))
      // Nothing more can be said without what comes next.
      if (this.#held.length === length) break
    }
    return pieces
  }

  /** What is still held back when the text is over. */
  end(): readonly ThinkPiece[] {
    const text = this.#held
    this.#held = ''
    return pieceOf(this.#closing !== null, text)
  }

  #beforeThought(): readonly ThinkPiece[] {
    this.#held = this.#held.trimStart()
    const tag = tags.find(({opening}) => this.#held.startsWith(opening))
    if (tag !== undefined) {
      this.#closing = tag.closing
      this.#held = this.#held.slice(tag.opening.length)
      return []
    }
    if (tags.some(({opening}) => opening.startsWith(this.#held))) return []
    this.#isAnswer = true
    const answer = this.#held
    this.#held = ''
    return pieceOf(false, answer)
  }

  #inThought(closing: string): readonly ThinkPiece[] {
    const end = this.#held.indexOf(closing)
    if (end !== -1) {
      const thought = this.#held.slice(0, end)
      this.#held = this.#held.slice(end + closing.length)
      this.#closing = null
      return pieceOf(true, thought)
    }
    const kept = lengthOfBeginning(this.#held, closing)
    const thought = this.#held.slice(0, this.#held.length - kept)
    this.#held = this.#held.slice(this.#held.length - kept)
    return pieceOf(true, thought)
  }
}

function pieceOf(isThought: boolean, text: string): readonly ThinkPiece[] {
  return text === '' ? [] : [{isThought, text}]
}

/** How many characters at the end of a text may be the beginning of a tag. */
function lengthOfBeginning(text: string, closing: string): number {
  for (let length = Math.min(closing.length - 1, text.length); length > 0; length--) {
    if (closing.startsWith(text.slice(-length))) return length
  }
  return 0
}
