import {maxShownName} from '../domain/index.ts'
import type {IndexBuild, StoredPage, StoredSection} from '../search-index/index.ts'
import {type FoundSection, pageOf, type RelevantSection, samePage} from './metrics.ts'
import type {EvaluationQuestion, GoldSection} from './question-set.ts'

/** What a hit and a source say of their section. */
export interface NamedSection {
  /** Below the content root. */
  readonly path: string
  readonly anchor: string
  readonly headings: readonly string[]
}

/** The sections of a build by what names them. Pages are read once. */
export interface BuildSections {
  /**
   * The section that a hit or source names: of those that its anchor opens the one with its headings, or else the
   * first. Null when there is none.
   */
  named(section: NamedSection): StoredSection | null
  /** The sections of a page in reading order; empty when there is no such page. */
  ofPath(path: string): readonly StoredSection[]
  /** The same section as the metrics compare it. */
  found(section: NamedSection & Pick<FoundSection, 'pageUrl'>): FoundSection
  /** Whether there is a page at the address of something relevant. */
  hasPage(relevant: string): boolean
  /** A section as its writer names it; `section` is null when the page has none of that name, null without a page. */
  gold(gold: GoldSection): ResolvedGold | null
}

interface ResolvedGold extends RelevantSection {
  /** Whether no heading has the name, and the line alone led to it. */
  readonly isByLine: boolean
}

export function buildSections(build: IndexBuild): BuildSections {
  const pages = new Map<string, {page: StoredPage; sections: readonly StoredSection[]} | null>()
  const pageAt = (path: string) => {
    const known = pages.get(path)
    if (known !== undefined) return known
    const page = build.pageByPath(path)
    const read = page === null ? null : {page, sections: build.sectionsOf(page.id)}
    pages.set(path, read)
    return read
  }
  const ofPath = (path: string): readonly StoredSection[] => pageAt(path)?.sections ?? []
  let urls: ReadonlySet<string> | null = null
  const named = ({path, anchor, headings}: NamedSection) => {
    const sameAnchor = openedBy(anchor, ofPath(path))
    return sameAnchor.find((section) => areShownAs(section.headings, headings)) ?? sameAnchor[0] ?? null
  }
  return {
    ofPath,
    named,
    found(section) {
      const {pageUrl, anchor} = section
      const at = named(section)
      return {pageUrl, anchor, ...(at === null ? {} : {section: at.id})}
    },
    hasPage(relevant) {
      urls ??= new Set(build.pages().map(({url}) => samePage(url)))
      return urls.has(pageOf(relevant))
    },
    gold(gold) {
      const at = pageAt(gold.file)
      if (at === null) return null
      const withName = goldAmong(at.sections, gold)
      const section = withName ?? at.sections.find(({startLine}) => startLine === gold.line)
      if (section === undefined) return {pageUrl: at.page.url, anchor: '', section: null, isByLine: false}
      // Where address and headings are those of an earlier section, a hit cannot be told from that one.
      const {headings} = section
      const anchor = openedBy(section.anchor, at.sections).includes(section) ? section.anchor : ''
      return {
        pageUrl: at.page.url,
        anchor,
        section: named({path: gold.file, anchor, headings})?.id ?? section.id,
        isByLine: withName === null,
      }
    },
  }
}

/** The section that a fragment opens, the first that has it; for none all those that no fragment opens. */
export function openedBy(anchor: string, sections: readonly StoredSection[]): StoredSection[] {
  const first = new Map(sections.toReversed().map((section) => [section.anchor, section]))
  return sections.filter((section) =>
    anchor === ''
      ? section.anchor === '' || first.get(section.anchor) !== section
      : section.anchor === anchor && first.get(anchor) === section,
  )
}

/** The heading decides, and the line where headings repeat: lines move when a page is edited. */
function goldAmong(sections: readonly StoredSection[], {heading, line}: GoldSection): StoredSection | null {
  const name = nameOf(heading)
  const isNamed = (section: StoredSection) => nameOf(section.headings.at(-1) ?? section.page.title) === name
  const isUnnamed = ({depth}: StoredSection) => depth === 0
  let candidates = sections.filter(name === '' ? isUnnamed : isNamed)
  // A page may begin with its title, which some take for no heading.
  if (name === '' && candidates.length === 0)
    candidates = sections.filter(({headings}) => headings.length === 0)
  if (candidates.length === 0) return null
  const distance = ({startLine}: StoredSection) => Math.abs(startLine - (line ?? 0))
  return candidates.reduce((best, section) => (distance(section) < distance(best) ? section : best))
}

/** A heading's words without marks and ids, in one case. */
function nameOf(heading: string): string {
  return heading
    .replace(/\s*\{[:#.][^{}]*\}\s*$/, '')
    .replace(/!?\[([^\]]*)\]\([^()]*\)/g, '$1')
    .replace(/[`*_~\\]/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase()
}

/** Whether headings are what is shown of a section; long ones are cut there. */
export function areShownAs(headings: readonly string[], shown: readonly string[]): boolean {
  return (
    headings.length === shown.length && headings.every((heading, index) => isShownAs(heading, shown[index]!))
  )
}

export function isShownAs(name: string, shown: string): boolean {
  const isCut = name.length > maxShownName && shown.endsWith('…')
  return name === shown || (isCut && name.startsWith(shown.slice(0, -1)))
}

export interface ResolvedQuestions {
  readonly questions: EvaluationQuestion[]
  /** What is right and not in the build, in words; a page that several `relevant` name is told once. */
  readonly missing: readonly string[]
  /** Sections that were taken by their line because no heading has the name, in words. */
  readonly byLine: readonly string[]
}

/**
 * Questions with their `gold` as sections of this build, in `relevant`. One that the build does not hold stays there
 * as a place that nothing found can be.
 */
export function resolveGold(
  sections: BuildSections,
  questions: readonly EvaluationQuestion[],
): ResolvedQuestions {
  const missing: string[] = []
  const byLine: string[] = []
  const told = new Set<string>()
  const resolved = questions.map((question): EvaluationQuestion => {
    const {id} = question
    for (const entry of question.relevant) {
      if (typeof entry !== 'string' || told.has(pageOf(entry)) || sections.hasPage(entry)) continue
      told.add(pageOf(entry))
      missing.push(`${id}: there is no page ${pageOf(entry)}`)
    }
    if (question.gold.length === 0) return question
    const relevant = question.gold.map((gold): RelevantSection => {
      const found = sections.gold(gold)
      if (found === null) {
        missing.push(`${id}: there is no page ${gold.file}`)
        return {pageUrl: gold.file, anchor: '', section: null}
      }
      const {isByLine, ...section} = found
      const unnamed = `${id}: ${gold.file} has no section "${gold.heading}"`
      if (section.section === null) missing.push(unnamed)
      if (isByLine) byLine.push(unnamed)
      return section
    })
    return {...question, relevant: distinct(relevant)}
  })
  return {questions: resolved, missing, byLine}
}

function distinct(relevant: readonly RelevantSection[]): RelevantSection[] {
  return relevant.filter(
    ({section}, index) =>
      section === null || relevant.findIndex((other) => other.section === section) === index,
  )
}
