import type {QuotableUnit} from '../../domain/index.ts'
import {asParagraph} from '../../text/literal-markdown.ts'
import {sentenceEndsIn} from '../../text/sentences.ts'
import {countWords} from '../../text/words.ts'
import {type InlinePiece, markdownOfPieces, shownText, textOfPieces} from './inline-pieces.ts'

/** Words of the longest sentence; what goes on longer, as data without a full stop, is cut between words. */
const maxWords = 120

/** The sentences of inline content, in order. What has neither letter nor digit is left out. */
export function sentenceUnits(pieces: readonly InlinePiece[]): QuotableUnit[] {
  const {mask, depths} = maskOf(pieces)
  const cursor = new PieceCursor(pieces)
  const units: QuotableUnit[] = []
  for (const end of [...sentenceEndsIn(mask), mask.length]) {
    // Inside emphasis or a link a cut would leave one half open.
    if (end < mask.length && depths[end - 1]! > 0 && depths[end]! > 0) continue
    const sentence = cursor.takeTo(end)
    for (const part of countWords(sentence.text) > maxWords ? shortened(sentence.parts) : [sentence.parts]) {
      const unit = unitOf(part)
      if (unit !== null) units.push(unit)
    }
  }
  return units
}

function unitOf(pieces: readonly InlinePiece[]): QuotableUnit | null {
  const text = textOfPieces(pieces)
  if (!/[\p{L}\p{N}]/u.test(text)) return null
  const shown = pieces.filter((piece) => piece.text.trim() !== '')
  return {
    kind: 'sentence',
    markdown: asParagraph(markdownOfPieces(pieces)),
    text,
    isLeadIn: /[:：]\)*$/.test(text),
    startLine: shown[0]!.startLine,
    endLine: shown.at(-1)!.endLine,
  }
}

/**
 * The Markdown, character for character, with nothing in it that could look like the end of a sentence inside code or
 * an address; and how many spans are open at each character.
 */
function maskOf(pieces: readonly InlinePiece[]): {readonly mask: string; readonly depths: readonly number[]} {
  let mask = ''
  let depth = 0
  const depths: number[] = []
  for (const {markdown, role} of pieces) {
    if (role === 'opens') depth += 1
    if (role === 'closes') depth -= 1
    const letter = role === 'opens' ? '(' : role === 'closes' ? ')' : 'X'
    mask += role === 'text' ? markdown : letter.repeat(markdown.length)
    for (let i = 0; i < markdown.length; i++) depths.push(depth)
  }
  return {mask, depths}
}

/** Hands out pieces up to growing offsets of their Markdown; a text that an offset lies in is cut there. */
class PieceCursor {
  readonly #pieces: readonly InlinePiece[]
  #next = 0
  /** What is left of the piece before `#next`. */
  #rest: InlinePiece | null = null
  #at = 0

  constructor(pieces: readonly InlinePiece[]) {
    this.#pieces = pieces
  }

  takeTo(end: number): {readonly parts: InlinePiece[]; readonly text: string} {
    const parts: InlinePiece[] = []
    while (this.#at < end) {
      const piece = this.#rest ?? this.#pieces[this.#next++]
      if (piece === undefined) break
      const room = end - this.#at
      if (piece.role === 'text' && piece.markdown.length > room) {
        parts.push(textPiece(piece, piece.markdown.slice(0, room)))
        this.#rest = textPiece(piece, piece.markdown.slice(room))
        this.#at = end
      } else {
        parts.push(piece)
        this.#rest = null
        this.#at += piece.markdown.length
      }
    }
    return {parts, text: textOfPieces(parts)}
  }
}

function textPiece(piece: InlinePiece, markdown: string): InlinePiece {
  return {...piece, markdown, text: shownText(markdown)}
}

/** The parts of a sentence that is too long: cut at white space outside of spans, each as long as allowed. */
function shortened(pieces: readonly InlinePiece[]): InlinePiece[][] {
  const parts: InlinePiece[][] = [[]]
  let words = 0
  let depth = 0
  for (const piece of pieces.flatMap(wordsOf)) {
    const before = parts.at(-1)!.at(-1)
    const more = countWords(piece.text)
    const mayCut = depth === 0 && before !== undefined && /\s$/.test(before.markdown)
    if (mayCut && words + more > maxWords) {
      parts.push([])
      words = 0
    }
    parts.at(-1)!.push(piece)
    words += more
    if (piece.role === 'opens') depth += 1
    if (piece.role === 'closes') depth -= 1
  }
  return parts
}

/** Each word of a text with the white space behind it; other pieces as they are. */
function wordsOf(piece: InlinePiece): InlinePiece[] {
  if (piece.role !== 'text') return [piece]
  return (piece.markdown.match(/\S+\s*|\s+/g) ?? []).map((markdown) => textPiece(piece, markdown))
}
