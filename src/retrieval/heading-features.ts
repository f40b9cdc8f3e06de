import type {BuildCache, SectionHeadings} from './build-cache.ts'
import type {QueryTerms} from './query-terms.ts'

/** How well title and headings match a question; each from 0 to 1. */
export interface HeadingFeatures {
  /** Share of the question's words, by weight, in title and headings. */
  readonly match: number
  /** Share of the last heading's words, by weight, that are in the question. */
  readonly focus: number
  /** 1 when the last heading and the question have the same words, stop words aside. */
  readonly same: number
}

export const noHeadingFeatures: HeadingFeatures = {match: 0, focus: 0, same: 0}

export function headingFeaturesOf(
  {titleAndHeadings, lastHeading}: SectionHeadings,
  query: QueryTerms,
  {analysis, weightOf}: Pick<BuildCache, 'analysis' | 'weightOf'>,
): HeadingFeatures {
  // Most headings share no word with a question.
  const present = new Set<string>()
  for (const term of titleAndHeadings) if (query.wordIndexes.has(term)) present.add(term)
  if (present.size === 0) return noHeadingFeatures
  const match = query.shareIn(present)
  if (!lastHeading.some((term) => present.has(term))) return {match, focus: 0, same: 0}
  let weight = 0
  let matched = 0
  for (const term of lastHeading) {
    // Stop words of the heading count only where the question has them too: "What is a build?" is about builds.
    if (analysis.isStopTerm(term) && !present.has(term)) continue
    const termWeight = weightOf(term)
    weight += termWeight
    if (present.has(term)) matched += termWeight
  }
  const focus = weight === 0 ? 0 : matched / weight
  const isSame = focus === 1 && query.shareIn(new Set(lastHeading)) === 1
  return {match, focus, same: isSame ? 1 : 0}
}
