/** A piece of a model's text: of its answer, or of what it thought before. */
export interface ThinkPiece {
  readonly isThought: boolean
  readonly text: string
}

const opening = '<think>'
const closing = '</think>'

/**
 * Splits the text of a model whose server leaves its thoughts in the text, between `<think>` and `</think>` at the
 * beginning. Anywhere else the tags are text. Pieces may be cut anywhere; a tag that may be beginning is held back.
 */
export class ThinkTags {
  #state: 'before' | 'thinking' | 'after' = 'before'
  #held = ''

  push(text: string): readonly ThinkPiece[] {
    if (this.#state === 'after') return pieceOf(false, text)
    this.#held += text
    if (this.#state === 'before') {
      const begun = this.#held.trimStart()
      if (opening.startsWith(begun) && begun.length < opening.length) return []
      if (!begun.startsWith(opening)) return this.#release('after', false)
      this.#state = 'thinking'
      this.#held = begun.slice(opening.length)
    }
    const end = this.#held.indexOf(closing)
    if (end === -1) {
      const kept = lengthOfBeginning(this.#held)
      const thought = this.#held.slice(0, this.#held.length - kept)
      this.#held = this.#held.slice(this.#held.length - kept)
      return pieceOf(true, thought)
    }
    const thought = this.#held.slice(0, end)
    const answer = this.#held.slice(end + closing.length).trimStart()
    this.#held = ''
    this.#state = 'after'
    return [...pieceOf(true, thought), ...pieceOf(false, answer)]
  }

  /** What is still held back when the text is over. */
  end(): readonly ThinkPiece[] {
    return this.#release('after', this.#state === 'thinking')
  }

  #release(state: 'after', isThought: boolean): readonly ThinkPiece[] {
    const text = this.#held
    this.#held = ''
    this.#state = state
    return pieceOf(isThought, text)
  }
}

function pieceOf(isThought: boolean, text: string): readonly ThinkPiece[] {
  return text === '' ? [] : [{isThought, text}]
}

/** How many characters at the end of a text may be the beginning of `</think>`. */
function lengthOfBeginning(text: string): number {
  for (let length = Math.min(closing.length - 1, text.length); length > 0; length--) {
    if (closing.startsWith(text.slice(-length))) return length
  }
  return 0
}
