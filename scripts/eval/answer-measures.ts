import {wordsIn} from '../../src/retrieval/words-in.ts'
import {sentencesOf} from '../../src/text/sentences.ts'
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

/** Words of an answer, without the line with which it opens; code and labels count. */
export function wordsOf({text, citations}: WrittenAnswer): number {
  const [first] = markdownBlocks(text)
  return wordsIn(isOpening(first, citations) ? text.slice(first.end) : text)
}

/** The line above all that is cited says that the answer quotes. */
function isOpening(first: MarkdownBlock | undefined, citations: readonly Citation[]): first is MarkdownBlock {
  return (
    first !== undefined && !first.isLabel && citations.length > 0 && sourcesOf(first, citations).size === 0
  )
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
      if (wordsIn(sentence.text) < leastWords) continue
      const key = lettersAndDigits(sentence.text)
      if (seen.has(key)) repeated++
      seen.add(key)
    }
  }
  return repeated
}

/**
 * Paragraphs that announce something, ending in a colon, and are followed by nothing, by a label or heading, or by
 * what is cited to other sources. The line with which an answer opens says that it quotes and is not one of them.
 */
export function emptyLeadIns(answer: WrittenAnswer): string[] {
  const blocks = markdownBlocks(answer.text)
  return blocks
    .filter((block, index) => {
      if (block.kind !== 'paragraph' || block.isLabel || !/[:：][\s"'”’)\]]*$/.test(block.text)) return false
      const own = sourcesOf(block, answer.citations)
      if (index === 0 && isOpening(block, answer.citations)) return false
      const next = blocks[index + 1]
      if (next === undefined || next.isLabel) return true
      const others = sourcesOf(next, answer.citations)
      return own.size > 0 && others.size > 0 && [...others].every((n) => !own.has(n))
    })
    .map(({text}) => text)
}

/** Numbers of the sources that a block is cited to. */
export function sourcesOf(block: MarkdownBlock, citations: readonly Citation[]): Set<number> {
  return new Set(citations.filter(({start, end}) => start < block.end && end > block.start).map(({n}) => n))
}
