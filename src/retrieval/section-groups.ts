import type {IndexBuild, StoredSection} from '../search-index/index.ts'
import {BuildCache} from './build-cache.ts'
import type {Candidate} from './candidate.ts'
import {openingTextOf, type SourceText, sourceTextOf} from './source-text.ts'

/** A section that becomes a source, with the text that is quoted from it. */
export interface GroupedSection {
  readonly section: StoredSection
  /** Its own candidate, or that of the section it belongs to. */
  readonly candidate: Candidate
  readonly text: SourceText
}

/** Sections that share one rank, the best one first. Never empty. */
export type SectionGroup = readonly GroupedSection[]

export interface GroupOptions {
  /** Maximum number of groups. */
  readonly limit: number
  /** Whether short neighbours share a group. Default true. */
  readonly joinsNeighbours?: boolean
}

/** A section with fewer words is grouped with its subsections. */
const shortSectionWords = 65
/** Maximum number of words of these subsections together. */
const maxSubsectionWords = 215
/** Maximum number of words in a group of neighbours. */
const maxGroupWords = 270

/**
 * The best candidates in groups, each section once. A heading with little text says little, so its subsections come with
 * it; neighbours too short to stand alone share a group, which leaves ranks to other parts of the docs. At most
 * `2 * limit` sections in all.
 */
export function groupSections(
  build: IndexBuild,
  candidates: readonly Candidate[],
  {limit, joinsNeighbours = true}: GroupOptions,
): SectionGroup[] {
  const groups: GroupedSection[][] = []
  const placements: Placements = new Map()

  const add = (group: GroupedSection[], member: GroupedSection): void => {
    placements.set(member.section.id, {group, index: group.length})
    group.push(member)
  }
  // One section is reserved for each group that has not begun.
  const hasCapacity = (): boolean => placements.size + (limit - groups.length) < 2 * limit

  for (const candidate of candidates) {
    if (groups.length === limit) break
    const {section, bestPassageId} = candidate
    const placement = placements.get(section.id)
    if (placement !== undefined) {
      // It came with its parent, in part; as a candidate of its own it shows the passage that was found.
      if (!placement.group[placement.index]!.text.has(bestPassageId))
        placement.group[placement.index] = {
          section,
          candidate,
          text: sourceTextOf(build, section, bestPassageId),
        }
      continue
    }
    const text = sourceTextOf(build, section, bestPassageId)
    const neighbour = joinsNeighbours && hasCapacity() ? neighbourOf(section, text, placements) : undefined
    if (neighbour !== undefined) {
      add(neighbour, {section, candidate, text})
      continue
    }

    const group: GroupedSection[] = []
    groups.push(group)
    add(group, {section, candidate, text})
    if (!text.isWhole || text.words >= shortSectionWords) continue
    for (const subsection of subsectionsOf(build, candidate, text.words)) {
      if (!hasCapacity()) break
      if (!placements.has(subsection.section.id)) add(group, subsection)
    }
  }
  return groups
}

/** By section id: its group, and its index there. */
type Placements = Map<number, {readonly group: GroupedSection[]; readonly index: number}>

/** The group of the section right before or after, on the same page, that has capacity for this one. */
function neighbourOf(
  section: StoredSection,
  text: SourceText,
  placements: Placements,
): GroupedSection[] | undefined {
  return [section.id - 1, section.id + 1]
    .map((id) => placements.get(id)?.group)
    .find(
      (group) =>
        group?.[0]?.section.page.id === section.page.id && wordsOf(group) + text.words <= maxGroupWords,
    )
}

/** The subsections of a candidate, in reading order, as many as fit. */
function subsectionsOf(build: IndexBuild, candidate: Candidate, words: number): GroupedSection[] {
  const {section} = candidate
  const subsections: GroupedSection[] = []
  let left = Math.min(maxSubsectionWords, maxGroupWords - words)
  const sections = BuildCache.of(build).sectionsOf(section.page.id)
  for (const below of sections.slice(sections.findIndex(({id}) => id === section.id) + 1)) {
    if (below.depth <= section.depth) break
    // A heading without text is named by its own subsections.
    if (below.passageCount === 0) continue
    const text = openingTextOf(build, below, left)
    if (text === null) break
    subsections.push({section: below, candidate, text})
    left -= text.words
  }
  return subsections
}

function wordsOf(group: readonly GroupedSection[]): number {
  return group.reduce((sum, {text}) => sum + text.words, 0)
}
