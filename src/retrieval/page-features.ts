import type {Candidate} from './candidate.ts'

/**
 * Sets `page` and `parent` from the first scores: that of the best other section of the same page, and of the best
 * section that this one is below.
 */
export function addPageFeatures(candidates: readonly Candidate[]): void {
  const byPage = new Map<number, Candidate[]>()
  for (const candidate of candidates) {
    const siblings = byPage.get(candidate.section.page.id)
    if (siblings === undefined) byPage.set(candidate.section.page.id, [candidate])
    else siblings.push(candidate)
  }
  for (const siblings of byPage.values()) {
    for (const candidate of siblings) {
      let page = 0
      let parent = 0
      for (const sibling of siblings) {
        if (sibling === candidate) continue
        page = Math.max(page, sibling.firstScore)
        if (isBelow(candidate, sibling)) parent = Math.max(parent, sibling.firstScore)
      }
      candidate.features.page = page
      candidate.features.parent = parent
    }
  }
}

/** Whether `other` has the first of the candidate's headings, or is the page's introduction. */
function isBelow({section: {headings}}: Candidate, {section: other}: Candidate): boolean {
  return (
    other.headings.length < headings.length &&
    other.headings.every((heading, index) => heading === headings[index])
  )
}
