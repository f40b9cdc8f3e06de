import {joinedBlocks, type QuotableBlock} from '../domain/index.ts'
import type {IndexBuild, StoredPassage, StoredSection} from '../search-index/index.ts'

/**
 * Maximum number of words of a section that are passed to a generator. Nearly all sections are shorter and come whole:
 * what answers is often beside the passage that matches.
 */
export const sourceBudgetWords = 1_500

/** The text that is quoted from one section: consecutive passages of it. */
export interface SourceText {
  readonly blocks: readonly QuotableBlock[]
  readonly text: string
  readonly words: number
  /** Whether it is the whole section. */
  readonly isWhole: boolean
  /** Whether it contains this passage. */
  has(passageId: number): boolean
}

/**
 * A section or, where it exceeds the budget, its best passage with its neighbours, in reading order. Grows from the best
 * passage, forward before backward: what follows explains, what precedes introduces. Only the best one where even that does
 * not fit. Without gaps: a quote may go on from one passage into the next.
 */
export function sourceTextOf(
  build: IndexBuild,
  section: StoredSection,
  bestPassageId: number,
  budgetWords: number = sourceBudgetWords,
): SourceText {
  const passages = build.passagesOf(section.id)
  const best = Math.max(
    0,
    passages.findIndex((passage) => passage.id === bestPassageId),
  )
  const {from, to} = windowAround(passages, best, budgetWords)
  return textOf(passages.slice(from, to), to - from === passages.length)
}

/** The range `[from, to)` of passages around one of them that fits the budget; never empty. */
function windowAround(
  passages: readonly StoredPassage[],
  best: number,
  budgetWords: number,
): {readonly from: number; readonly to: number} {
  let from = best
  let to = Math.min(best + 1, passages.length)
  let words = passages[best]?.words ?? 0
  for (;;) {
    const after = passages[to]
    if (after !== undefined && words + after.words <= budgetWords) {
      words += after.words
      to++
      continue
    }
    const before = passages[from - 1]
    if (before === undefined || words + before.words > budgetWords) return {from, to}
    words += before.words
    from--
  }
}

/** The beginning of a section: its first passages, as many as fit the budget; null where not even one does. */
export function openingTextOf(
  build: IndexBuild,
  section: StoredSection,
  budgetWords: number,
): SourceText | null {
  const passages = build.passagesOf(section.id)
  let words = 0
  const fitting: StoredPassage[] = []
  for (const passage of passages) {
    words += passage.words
    if (words > budgetWords) break
    fitting.push(passage)
  }
  return fitting.length === 0 ? null : textOf(fitting, fitting.length === passages.length)
}

function textOf(passages: readonly StoredPassage[], isWhole: boolean): SourceText {
  return {
    blocks: joinedBlocks(passages.flatMap(({blocks}) => blocks)),
    text: passages
      .map(({text}) => text)
      .filter(Boolean)
      .join('\n'),
    words: wordsOf(passages),
    isWhole,
    has: (passageId) => passages.some(({id}) => id === passageId),
  }
}

function wordsOf(passages: readonly StoredPassage[]): number {
  return passages.reduce((sum, {words}) => sum + words, 0)
}
