import {lettersAndDigits} from '../text/letters.ts'
import {sentencesOf} from '../text/sentences.ts'
import {countWords} from '../text/words.ts'
import {type MarkdownBlock, markdownBlocks, withoutLinks} from './answer-blocks.ts'

/** A citation in an answer. */
export interface Citation {
  readonly n: number
  /** `[start, end)` in UTF-16 units of the answer. */
  readonly start: number
  readonly end: number
  readonly quote?: string | undefined
}

export interface WrittenAnswer {
  /** Markdown. */
  readonly text: string
  readonly citations: readonly Citation[]
}

/** Whether an answer shows a span of every group (`all`), and of at least one (`any`): 1 or 0. */
export function evidenceIn(
  text: string,
  evidence: readonly (readonly string[])[],
): {readonly all: 0 | 1; readonly any: 0 | 1} {
  const shown = lettersAndDigits(withoutLinks(text))
  const groups = evidence.map((spans) => hasSpan(shown, spans))
  return {all: groups.every(Boolean) ? 1 : 0, any: groups.some(Boolean) ? 1 : 0}
}

/** Whether a text, as letters and digits, has one of the spans. */
export function hasSpan(letters: string, spans: readonly string[]): boolean {
  return spans.some((span) => letters.includes(lettersAndDigits(withoutLinks(span))))
}

/** Visible words of an answer without its opening line; code and labels count. */
export function wordsOf({text, citations}: WrittenAnswer): number {
  return markdownBlocks(text)
    .filter((block, index) => index > 0 || !isOpening(block, citations))
    .reduce((sum, block) => sum + countWords(block.text), 0)
}

/** An uncited first block says that the answer quotes. */
function isOpening(first: MarkdownBlock | undefined, citations: readonly Citation[]): first is MarkdownBlock {
  return (
    first !== undefined && !first.isLabel && citations.length > 0 && sourcesOf(first, citations).size === 0
  )
}

/**
 * Share of an answer's words inside its citations, without its opening line and labels; null when it has no other
 * words.
 */
export function citedShare({text, citations}: WrittenAnswer): number | null {
  const places = markdownBlocks(text)
    .filter((block, index) => !block.isLabel && !(index === 0 && isOpening(block, citations)))
    .flatMap(({start, end}) => {
      // A word begins with its first letter or digit: marks before it may be outside its citation.
      const words = text.slice(start, end).matchAll(/[\p{L}\p{N}]\S*/gu)
      return [...words].map(({index}) => start + index)
    })
  const cited = places.filter((at) => citations.some(({start, end}) => start <= at && at < end))
  return places.length === 0 ? null : cited.length / places.length
}

/** Minimum number of words in a sentence that counts as repeated. */
const minWords = 4

/** Number of repetitions of sentences, labels and code aside. */
export function repeatedSentences(text: string): number {
  const seen = new Set<string>()
  let repeated = 0
  for (const block of markdownBlocks(text)) {
    if (block.kind === 'code' || block.isLabel) continue
    for (const sentence of sentencesOf(block.text)) {
      if (countWords(sentence.text) < minWords) continue
      const key = lettersAndDigits(sentence.text)
      if (seen.has(key)) repeated++
      seen.add(key)
    }
  }
  return repeated
}

/**
 * Paragraphs that announce something, ending in a colon, and are followed by nothing, by a label or heading, by what
 * is cited to other sources, or by what does not follow in their own. The opening line of an answer is not one of
 * them. `textsOf` returns the texts of a source's section as `sectionFlows` does.
 */
export function emptyLeadIns(answer: WrittenAnswer, textsOf: (n: number) => readonly string[]): string[] {
  const blocks = markdownBlocks(answer.text)
  return blocks
    .filter((block, index) => {
      if (block.kind !== 'paragraph' || block.isLabel || !/[:：][\s"'”’)\]]*$/.test(block.text)) return false
      const own = sourcesOf(block, answer.citations)
      if (index === 0 && isOpening(block, answer.citations)) return false
      const next = blocks[index + 1]
      if (next === undefined || next.isLabel) return true
      const others = sourcesOf(next, answer.citations)
      if (own.size === 0 || others.size === 0) return false
      const shared = [...own].filter((n) => others.has(n))
      return shared.length === 0 || !shared.some((n) => continuesIn(block, next, textsOf(n)))
    })
    .map(({text}) => text)
}

/** Whether the next block continues the lead-in in the section; quotes may be cut at their outer ends. */
function continuesIn(leadIn: MarkdownBlock, next: MarkdownBlock, texts: readonly string[]): boolean {
  const end = sentencesOf(leadIn.text).at(-1)?.text ?? ''
  const beginning = sentencesOf(next.text)[0]?.text ?? ''
  const passage = lettersAndDigits(end) + lettersAndDigits(beginning)
  return texts.some((text) => text.includes(passage))
}

/**
 * A section's text across its blocks, reduced to letters and digits: once with the alternative texts of images and
 * once without. Headings and labels are left out, since they may come between a lead-in and what it announces.
 */
export function sectionFlows(markdown: string): string[] {
  return [true, false].map((images) =>
    markdownBlocks(markdown, {images})
      .filter(({isLabel}) => !isLabel)
      .map(({text}) => lettersAndDigits(text))
      .join(''),
  )
}

/** Numbers of the sources that a block cites. */
export function sourcesOf(block: MarkdownBlock, citations: readonly Citation[]): Set<number> {
  return new Set(citations.filter(({start, end}) => start < block.end && end > block.start).map(({n}) => n))
}
