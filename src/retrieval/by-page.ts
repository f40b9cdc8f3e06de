import type {Candidate} from './candidate.ts'

/** The indexes of the candidates of each page, in their order, by the page's id. */
export type IndexesByPage = ReadonlyMap<number, readonly number[]>

export function indexesByPage(candidates: readonly Candidate[]): IndexesByPage {
  const pages = new Map<number, number[]>()
  for (let index = 0; index < candidates.length; index++) {
    const {id} = candidates[index]!.section.page
    const ofPage = pages.get(id)
    if (ofPage === undefined) pages.set(id, [index])
    else ofPage.push(index)
  }
  return pages
}
