import {sentencesOf} from '../text/sentences.ts'
import {countWords} from '../text/words.ts'
import {lettersAndDigits, type MarkdownBlock, markdownBlocks, withoutLinks} from './answer-blocks.ts'

/** A citation of a written answer. */
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

/** Shares of evidence that an answer shows: 1 when a span of each group, and of any group, stands in it, else 0. */
export function evidenceIn(
  text: string,
  evidence: readonly (readonly string[])[],
): {readonly all: 0 | 1; readonly any: 0 | 1} {
  const shown = lettersAndDigits(withoutLinks(text))
  const isShown = (span: string) => shown.includes(lettersAndDigits(withoutLinks(span)))
  const groups = evidence.map((spans) => spans.some(isShown))
  return {all: groups.every(Boolean) ? 1 : 0, any: groups.some(Boolean) ? 1 : 0}
}

/** Visible words of an answer, without the line with which it opens; code and labels count. */
export function wordsOf({text, citations}: WrittenAnswer): number {
  return markdownBlocks(text)
    .filter((block, index) => index > 0 || !isOpening(block, citations))
    .reduce((sum, block) => sum + countWords(block.text), 0)
}

/** The line above all that is cited says that the answer quotes. */
function isOpening(first: MarkdownBlock | undefined, citations: readonly Citation[]): first is MarkdownBlock {
  return (
    first !== undefined && !first.isLabel && citations.length > 0 && sourcesOf(first, citations).size === 0
  )
}

/**
 * Share of an answer's words that stand inside its citations, the line that opens it and labels aside; null when it
 * has no others.
 */
export function citedShare({text, citations}: WrittenAnswer): number | null {
  const places = markdownBlocks(text)
    .filter((block, index) => !block.isLabel && !(index === 0 && isOpening(block, citations)))
    .flatMap(({start, end}) => {
      // A word begins with its first letter or digit: marks before it may stand outside of its citation.
      const words = text.slice(start, end).matchAll(/[\p{L}\p{N}]\S*/gu)
      return [...words].map(({index}) => start + index)
    })
  const cited = places.filter((at) => citations.some(({start, end}) => start <= at && at < end))
  return places.length === 0 ? null : cited.length / places.length
}

/** Words that a sentence needs to count when it comes again. */
const leastWords = 4

/** How many sentences come again, each as often as it does; labels and code are not looked at. */
export function repeatedSentences(text: string): number {
  const seen = new Set<string>()
  let repeated = 0
  for (const block of markdownBlocks(text)) {
    if (block.kind === 'code' || block.isLabel) continue
    for (const sentence of sentencesOf(block.text)) {
      if (countWords(sentence.text) < leastWords) continue
      const key = lettersAndDigits(sentence.text)
      if (seen.has(key)) repeated++
      seen.add(key)
    }
  }
  return repeated
}

/**
 * Paragraphs that announce something, ending in a colon, and are followed by nothing, by a label or heading, by what
 * is cited to other sources, or by what does not follow in their own. The line with which an answer opens says that
 * it quotes and is not one of them. `textsOf` gives the readings of a source's section as `sectionFlows` makes them.
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
      return shared.length === 0 || !shared.some((n) => goesOn(block, next, textsOf(n)))
    })
    .map(({text}) => text)
}

/** Whether the next block begins in the section where the lead-in ends; quotes may be cut at their far ends. */
function goesOn(leadIn: MarkdownBlock, next: MarkdownBlock, texts: readonly string[]): boolean {
  const end = sentencesOf(leadIn.text).at(-1)?.text ?? ''
  const beginning = sentencesOf(next.text)[0]?.text ?? ''
  const passage = lettersAndDigits(end) + lettersAndDigits(beginning)
  return texts.some((text) => text.includes(passage))
}

/**
 * What a section says from block to block, letters and digits alone: once with the alternative texts of images and
 * once without. Headings and labels are left out, since they may stand between a lead-in and what it announces.
 */
export function sectionFlows(markdown: string): string[] {
  return [true, false].map((images) =>
    markdownBlocks(markdown, {images})
      .filter(({isLabel}) => !isLabel)
      .map(({text}) => lettersAndDigits(text))
      .join(''),
  )
}

/** Numbers of the sources that a block is cited to. */
export function sourcesOf(block: MarkdownBlock, citations: readonly Citation[]): Set<number> {
  return new Set(citations.filter(({start, end}) => start < block.end && end > block.start).map(({n}) => n))
}
