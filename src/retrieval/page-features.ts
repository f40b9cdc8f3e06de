import type {IndexesByPage} from './by-page.ts'
import type {Candidate} from './candidate.ts'

/**
 * Sets `page` and `parent` from the first scores: that of the best other section of the same page, and of the best
 * section that this one is below.
 */
export function addPageFeatures(candidates: readonly Candidate[], pages: IndexesByPage): void {
  for (const indexes of pages.values()) {
    if (indexes.length === 1) continue
    for (const index of indexes) {
      const candidate = candidates[index]!
      let page = 0
      let parent = 0
      for (const other of indexes) {
        if (other === index) continue
        const sibling = candidates[other]!
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
