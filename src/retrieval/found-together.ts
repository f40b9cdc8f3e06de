import type {IndexBuild, StoredSection} from '../search-index/index.ts'
import type {Candidate} from './candidate.ts'
import {openingTextOf, type SourceText, sourceTextOf} from './source-text.ts'

/** A section that becomes a source, with what is quoted of it. */
export interface FoundSection {
  readonly section: StoredSection
  /** What ranked it, or the section that it stands under. */
  readonly candidate: Candidate
  readonly text: SourceText
}

/** Sections that share one place in the ranking, the one that was ranked first at its beginning. Never empty. */
export type FoundTogether = readonly FoundSection[]

export interface GroupOptions {
  /** Most groups. */
  readonly limit: number
  /** Whether short neighbours share a place; without, each has its own. Default true. */
  readonly joinsNeighbours?: boolean
}

/** A section of fewer words goes on with those under it. */
const fewWords = 65
/** Words that those may have together. */
const wordsBelow = 215
/** Words up to which neighbours of a page share a place. */
const wordsTogether = 270

/**
 * The best candidates as sources, each section by itself and once. A heading over a list of headings says little, so
 * what stands under it comes with it; neighbours too short to stand alone share a place, so that they leave others to
 * more of the docs. Sections that come with others are, with all others, at most twice `limit`.
 */
export function foundTogether(
  build: IndexBuild,
  candidates: readonly Candidate[],
  {limit, joinsNeighbours = true}: GroupOptions,
): FoundTogether[] {
  const groups: FoundSection[][] = []
  const placed: Placed = new Map()

  const put = (group: FoundSection[], found: FoundSection): void => {
    placed.set(found.section.id, {group, at: group.length})
    group.push(found)
  }
  // Each place that is still free keeps room for its first.
  const hasRoom = (): boolean => placed.size + (limit - groups.length) < 2 * limit

  for (const candidate of candidates) {
    if (groups.length === limit) break
    const {section, bestPassageId} = candidate
    const known = placed.get(section.id)
    if (known !== undefined) {
      // It came with the one above it, in part; found by itself it shows the part that was found.
      if (!known.group[known.at]!.text.has(bestPassageId))
        known.group[known.at] = {section, candidate, text: sourceTextOf(build, section, bestPassageId)}
      continue
    }
    const text = sourceTextOf(build, section, bestPassageId)
    const neighbour = joinsNeighbours && hasRoom() ? neighbourOf(section, text, placed) : undefined
    if (neighbour !== undefined) {
      put(neighbour, {section, candidate, text})
      continue
    }

    const group: FoundSection[] = []
    groups.push(group)
    put(group, {section, candidate, text})
    if (!text.isWhole || text.words >= fewWords) continue
    for (const found of sectionsBelow(build, candidate, text.words)) {
      if (!hasRoom()) break
      if (!placed.has(found.section.id)) put(group, found)
    }
  }
  return groups
}

/** By section: the group it is in, and where. */
type Placed = Map<number, {readonly group: FoundSection[]; readonly at: number}>

/** The group of the section right before or after, on the same page, that has words to spare for this one. */
function neighbourOf(section: StoredSection, text: SourceText, placed: Placed): FoundSection[] | undefined {
  return [section.id - 1, section.id + 1]
    .map((id) => placed.get(id)?.group)
    .find(
      (group) =>
        group?.[0]?.section.page.id === section.page.id && wordsOf(group) + text.words <= wordsTogether,
    )
}

/** The sections under a candidate's, in reading order, as far as the words go. */
function sectionsBelow(build: IndexBuild, candidate: Candidate, words: number): FoundSection[] {
  const {section} = candidate
  const found: FoundSection[] = []
  let left = Math.min(wordsBelow, wordsTogether - words)
  const sections = build.sectionsOf(section.page.id)
  for (const below of sections.slice(sections.findIndex(({id}) => id === section.id) + 1)) {
    if (below.depth <= section.depth) break
    // Of one without words of its own those under it tell.
    if (below.passageCount === 0) continue
    const text = openingTextOf(build, below, left)
    if (text === null) break
    found.push({section: below, candidate, text})
    left -= text.words
  }
  return found
}

function wordsOf(group: readonly FoundSection[]): number {
  return group.reduce((sum, {text}) => sum + text.words, 0)
}
