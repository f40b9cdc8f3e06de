import type {IndexBuild, StoredPassage, StoredSection} from '../index/build.ts'
import {wordsIn} from './words-in.ts'

/** Most words of a section that are handed to a generator. */
export const sourceBudgetWords = 350

/** The best part of a section: the passages around the best one that fit the budget. */
export interface SourceText {
  readonly markdown: string
  readonly text: string
}

/**
 * The best passage of a section and its neighbours, in reading order, as many as fit `sourceBudgetWords`.
 * A section with little or no text of its own goes on with the sections under it, their headings kept.
 */
export function sourceTextOf(
  build: IndexBuild,
  section: StoredSection,
  bestPassageId: number,
  budgetWords: number = sourceBudgetWords,
): SourceText {
  const passages = build.passagesOf(section.id)
  const {from, to, words} = windowAround(passages, bestPassageId, budgetWords)
  const markdown = passages.slice(from, to).map((passage) => passage.markdown)
  const text = passages.slice(from, to).map((passage) => passage.text)

  // A heading over a list of headings says nothing by itself; what stands under it does.
  if (words < 60 && to === passages.length) {
    let left = Math.min(200, budgetWords - words)
    const all = build.sectionsOf(section.page.id)
    const place = all.findIndex((other) => other.id === section.id)
    for (const below of all.slice(place + 1)) {
      if (below.depth <= section.depth || left <= 0) break
      const heading = below.headings.at(-1)
      const fits: StoredPassage[] = []
      for (const passage of build.passagesOf(below.id)) {
        const count = wordsIn(passage.text)
        if (count > left) break
        fits.push(passage)
        left -= count
      }
      if (fits.length === 0) break
      if (heading !== undefined) {
        markdown.push(`${'#'.repeat(Math.min(6, Math.max(1, below.depth)))} ${heading}`)
        text.push(heading)
      }
      markdown.push(...fits.map((passage) => passage.markdown))
      text.push(...fits.map((passage) => passage.text))
    }
  }
  return {
    markdown: markdown.filter(Boolean).join('\n\n'),
    text: text.filter(Boolean).join('\n'),
  }
}

/** Grows from the best passage, forward before backward: what follows explains, what precedes introduces. */
function windowAround(
  passages: readonly StoredPassage[],
  bestPassageId: number,
  budgetWords: number,
): {from: number; to: number; words: number} {
  if (passages.length === 0) return {from: 0, to: 0, words: 0}
  const best = Math.max(
    0,
    passages.findIndex((passage) => passage.id === bestPassageId),
  )
  let from = best
  let to = best + 1
  let words = wordsIn(passages[best]!.text)
  for (;;) {
    const after = passages[to]
    if (after !== undefined && words + wordsIn(after.text) <= budgetWords) {
      words += wordsIn(after.text)
      to++
      continue
    }
    const before = passages[from - 1]
    if (before !== undefined && words + wordsIn(before.text) <= budgetWords) {
      words += wordsIn(before.text)
      from--
      continue
    }
    return {from, to, words}
  }
}
