import type {IndexBuild} from '../search-index/index.ts'
import type {IndexesByPage} from './by-page.ts'
import type {Candidate} from './candidate.ts'
import {sharesOfBest} from './first-shares.ts'

const temperature = 2
/** From so many linking pages on, more say nothing. */
const manyPages = 20

/**
 * Sets `linked` and `linkingPages`. Sections that answer a question link to each other's pages ("see also"): a link between
 * two that were found speaks for both, as in HITS (Kleinberg, "Authoritative sources in a hyperlinked environment", 1999)
 * after one step.
 */
export function addLinkFeatures(
  build: IndexBuild,
  candidates: readonly Candidate[],
  pages: IndexesByPage,
): void {
  const shares = sharesOfBest(candidates, temperature)
  const squares = new Float64Array(candidates.length)
  for (let index = 0; index < candidates.length; index++) {
    for (const pageId of build.pagesLinkedFrom(candidates[index]!.section.id)) {
      for (const other of pages.get(pageId) ?? []) {
        squares[other]! += shares[index]! ** 2
        squares[index]! += shares[other]! ** 2
      }
    }
  }
  for (let index = 0; index < candidates.length; index++) {
    const {features, section} = candidates[index]!
    features.linked = Math.sqrt(squares[index]!)
    const linking = build.linkingPages(section.page.id)
    features.linkingPages = Math.min(1, Math.log1p(linking) / Math.log(manyPages))
  }
}
