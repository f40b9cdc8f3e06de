import type {QuotableUnit} from '../../domain/index.ts'
import {asParagraph} from '../../text/literal-markdown.ts'
import {gapAfter, sentenceEndsIn} from '../../text/sentences.ts'
import {countWords} from '../../text/words.ts'
import {type InlinePiece, markdownOfPieces, shownText, textOfPieces} from './inline-pieces.ts'

/** Maximum number of words of a sentence; a longer one, as data without a full stop, is split between words. */
const maxWords = 120

/** The sentences of inline content, in order, without those that have neither letter nor digit. */
export function sentenceUnits(pieces: readonly InlinePiece[]): QuotableUnit[] {
  const {mask, depths} = maskOf(pieces)
  const cursor = new PieceCursor(pieces)
  const units: QuotableUnit[] = []
  for (const end of [...sentenceEndsIn(mask), mask.length]) {
    // A split inside emphasis or a link would leave one half unclosed.
    if (end < mask.length && depths[end - 1]! > 0 && depths[end]! > 0) continue
    const sentence = cursor.takeTo(end)
    for (const part of countWords(sentence.text) > maxWords
      ? splitPieces(sentence.parts)
      : [sentence.parts]) {
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
 * The Markdown, character for character, with code and addresses masked so that nothing in them looks like the end of a
 * sentence; and the number of open spans at each character.
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

/** Returns pieces up to increasing offsets of their Markdown; a text piece is split at an offset inside it. */
class PieceCursor {
  readonly #pieces: readonly InlinePiece[]
  #next = 0
  /** Where in the next piece's Markdown the last split was; 0 if there was none. */
  #split = 0
  #at = 0

  constructor(pieces: readonly InlinePiece[]) {
    this.#pieces = pieces
  }

  takeTo(end: number): {readonly parts: InlinePiece[]; readonly text: string} {
    const parts: InlinePiece[] = []
    while (this.#at < end) {
      const piece = this.#pieces[this.#next]
      if (piece === undefined) break
      const from = this.#split
      const to = piece.role === 'text' ? from + end - this.#at : piece.markdown.length
      const isSplit = to < piece.markdown.length
      parts.push(from > 0 || isSplit ? textPiece(piece, piece.markdown.slice(from, to)) : piece)
      this.#at += Math.min(to, piece.markdown.length) - from
      this.#split = isSplit ? to : 0
      if (!isSplit) this.#next += 1
    }
    return {parts, text: textOfPieces(parts)}
  }
}

function textPiece(piece: InlinePiece, markdown: string): InlinePiece {
  return {...piece, markdown, text: shownText(markdown)}
}

/** Splits a sentence that is too long at white space outside spans, into parts as long as allowed. */
function splitPieces(pieces: readonly InlinePiece[]): InlinePiece[][] {
  const parts: InlinePiece[][] = [[]]
  let words = 0
  let depth = 0
  for (const piece of pieces.flatMap(wordsOf)) {
    const before = parts.at(-1)!.at(-1)
    const more = countWords(piece.text)
    const canSplit = depth === 0 && before !== undefined && /\s$/.test(before.markdown)
    if (canSplit && words + more > maxWords) {
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

/** Each word of a text piece with the white space after it; other pieces unchanged. */
function wordsOf(piece: InlinePiece): InlinePiece[] {
  if (piece.role !== 'text') return [piece]
  return (piece.markdown.match(/\S+\s*|\s+/g) ?? []).map((markdown) => textPiece(piece, markdown))
}

/** The Markdown or the text of sentences that follow one another. */
export function joinedSentences(sentences: readonly QuotableUnit[], form: 'markdown' | 'text'): string {
  return sentences.reduce((joined, unit) => joined + (joined === '' ? '' : gapAfter(joined)) + unit[form], '')
}
