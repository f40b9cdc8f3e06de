import {isStopTerm} from '../text/stop-words.ts'
import type {AskedTerms} from './asked-terms.ts'
import type {SectionWords} from './build-memory.ts'

/** How well title and headings answer to a question; each from 0 to 1. */
export interface HeadingSignals {
  /** Share of the question's words, by weight, in title and headings. */
  readonly match: number
  /** Share of the last heading's words, by weight, that the question holds. */
  readonly focus: number
  /** 1 when the last heading and the question hold all words of each other, stop words apart. */
  readonly same: number
}

export const noHeadingSignals: HeadingSignals = {match: 0, focus: 0, same: 0}

/** `weightOf`: how much a term tells the build's sections apart. */
export function headingSignalsOf(
  {titleAndHeadings, lastHeading}: SectionWords,
  asked: AskedTerms,
  weightOf: (term: string) => number,
): HeadingSignals {
  // Most headings share nothing with a question.
  const present = new Set<string>()
  for (const term of titleAndHeadings) if (asked.places.has(term)) present.add(term)
  if (present.size === 0) return noHeadingSignals
  const match = asked.shareIn(present)
  if (!lastHeading.some((term) => present.has(term))) return {match, focus: 0, same: 0}
  let weight = 0
  let found = 0
  for (const term of lastHeading) {
    // "What is a build?" is a heading about builds, as the question is.
    if (isStopTerm(term) && !present.has(term)) continue
    const own = weightOf(term)
    weight += own
    if (present.has(term)) found += own
  }
  const focus = weight === 0 ? 0 : found / weight
  const isSame = focus === 1 && asked.shareIn(new Set(lastHeading)) === 1
  return {match, focus, same: isSame ? 1 : 0}
}
