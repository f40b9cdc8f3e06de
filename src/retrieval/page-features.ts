import type {Candidate} from './candidate.ts'

/** Sets the `page` feature: the score of the best other section of the same page. */
export function addPageFeature(candidates: readonly Candidate[]): void {
  const byPage = new Map<number, Candidate[]>()
  for (const candidate of candidates) {
    const siblings = byPage.get(candidate.section.page.id)
    if (siblings === undefined) byPage.set(candidate.section.page.id, [candidate])
    else siblings.push(candidate)
  }
  for (const siblings of byPage.values()) {
    for (const candidate of siblings) {
      let best = 0
      for (const sibling of siblings) if (sibling !== candidate) best = Math.max(best, sibling.score)
      candidate.features.page = best
    }
  }
}
