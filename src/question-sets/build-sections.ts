import {maxShownName} from '../domain/index.ts'
import type {IndexBuild, StoredPage, StoredSection} from '../search-index/index.ts'
import {type FoundSection, pageOf, type RelevantSection, samePage} from './metrics.ts'
import type {EvaluationQuestion, GoldSection} from './question-set.ts'

/** How a hit or a source refers to its section. */
export interface SectionReference {
  /** Path relative to the content folder. */
  readonly path: string
  readonly anchor: string
  readonly headings: readonly string[]
}

/** Looks up the sections of a build. Pages are read once. */
export interface BuildSections {
  /**
   * The section that a hit or source refers to: of those that its anchor opens the one with its headings, otherwise
   * the first. Null when there is none.
   */
  resolve(reference: SectionReference): StoredSection | null
  /** The sections of a page in reading order; empty when there is no such page. */
  ofPath(path: string): readonly StoredSection[]
  /** The section in the form that the metrics compare. */
  foundSection(section: SectionReference & Pick<FoundSection, 'pageUrl'>): FoundSection
  /** Whether the build has the page of a relevant `url` or `url#anchor`. */
  hasPage(relevant: string): boolean
  /** A relevant `url` or `url#anchor` with the page's address in the docs, also where it is below `/docs` as this server shows it. */
  relevantIn(relevant: string): string
  /** What to search for: a version that the build does not have is left out, since nothing can be found in it. */
  searchFor(question: EvaluationQuestion): {
    readonly text: string
    readonly history: EvaluationQuestion['history']
    readonly version: string | null
    readonly lang: string | null
  }
  /** The section that a question's writer means; null without such a page, `section` null without such a section. */
  goldSection(gold: GoldSection): ResolvedGold | null
}

interface ResolvedGold extends RelevantSection {
  /** Whether no heading matched and the section was found by its line alone. */
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
  const hasPage = (relevant: string) => {
    urls ??= new Set(build.pages().map(({url}) => samePage(url)))
    return urls.has(pageOf(relevant))
  }
  const resolve = ({path, anchor, headings}: SectionReference) => {
    const sameAnchor = openedBy(anchor, ofPath(path))
    return sameAnchor.find((section) => areShownAs(section.headings, headings)) ?? sameAnchor[0] ?? null
  }
  return {
    ofPath,
    resolve,
    foundSection(section) {
      const {pageUrl, anchor} = section
      const at = resolve(section)
      return {pageUrl, anchor, ...(at === null ? {} : {section: at.id})}
    },
    hasPage,
    relevantIn(relevant) {
      const route = routeShownAt(relevant)
      return route !== null && !hasPage(relevant) && hasPage(route) ? route : relevant
    },
    searchFor({question, history, version = null, lang = null}) {
      const isThere = version !== null && build.versions().includes(version)
      return {text: question, history, version: isThere ? version : null, lang}
    },
    goldSection(gold) {
      const at = pageAt(gold.file)
      if (at === null) return null
      const withName = goldAmong(at.sections, gold)
      const section = withName ?? at.sections.find(({startLine}) => startLine === gold.line)
      if (section === undefined) return {pageUrl: at.page.url, anchor: '', section: null, isByLine: false}
      // A hit on this section looks like one on an earlier section with the same address and headings.
      const {headings} = section
      const anchor = openedBy(section.anchor, at.sections).includes(section) ? section.anchor : ''
      return {
        pageUrl: at.page.url,
        anchor,
        section: resolve({path: gold.file, anchor, headings})?.id ?? section.id,
        isByLine: withName === null,
      }
    },
  }
}

/** What follows `/docs` in an address of this server; null for any other. */
export function routeShownAt(address: string): string | null {
  const [, rest] = /^\/docs(?=$|[/#?])(.*)$/s.exec(address) ?? []
  return rest === undefined ? null : rest.startsWith('/') ? rest : `/${rest}`
}

/** The first section with an anchor, which a browser opens; for an empty anchor all sections that no anchor opens. */
export function openedBy(anchor: string, sections: readonly StoredSection[]): StoredSection[] {
  const first = new Map(sections.toReversed().map((section) => [section.anchor, section]))
  return sections.filter((section) =>
    anchor === ''
      ? section.anchor === '' || first.get(section.anchor) !== section
      : section.anchor === anchor && first.get(anchor) === section,
  )
}

/** By the heading, and where headings repeat by the nearest line: lines move when a page is edited. */
function goldAmong(sections: readonly StoredSection[], {heading, line}: GoldSection): StoredSection | null {
  const name = nameOf(heading)
  const isNamed = (section: StoredSection) => nameOf(section.headings.at(-1) ?? section.page.title) === name
  const isUnnamed = ({depth}: StoredSection) => depth === 0
  let candidates = sections.filter(name === '' ? isUnnamed : isNamed)
  // A page may begin with its title, which some writers do not count as a heading.
  if (name === '' && candidates.length === 0)
    candidates = sections.filter(({headings}) => headings.length === 0)
  if (candidates.length === 0) return null
  const distance = ({startLine}: StoredSection) => Math.abs(startLine - (line ?? 0))
  return candidates.reduce((best, section) => (distance(section) < distance(best) ? section : best))
}

/** A heading's text in lower case, without markup and ids. */
function nameOf(heading: string): string {
  return heading
    .replace(/\s*\{[:#.][^{}]*\}\s*$/, '')
    .replace(/!?\[([^\]]*)\]\([^()]*\)/g, '$1')
    .replace(/[`*_~\\]/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase()
}

/** Whether `shown` are these headings, of which long ones are shown shortened. */
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
  /** What the build does not have of what is relevant, as messages; each page is reported once. */
  readonly missing: readonly string[]
  /** Sections found by their line because no heading matched, as messages. */
  readonly byLine: readonly string[]
}

/**
 * Questions with their `gold` resolved to sections of this build, in `relevant`. One that the build does not have
 * stays there as an entry that no result matches.
 */
export function resolveGold(
  sections: BuildSections,
  questions: readonly EvaluationQuestion[],
): ResolvedQuestions {
  const missing: string[] = []
  const byLine: string[] = []
  const reported = new Set<string>()
  const resolved = questions.map((question): EvaluationQuestion => {
    const {id} = question
    const relevantHere = question.relevant.map((entry) =>
      typeof entry === 'string' ? sections.relevantIn(entry) : entry,
    )
    for (const entry of relevantHere) {
      if (typeof entry !== 'string' || reported.has(pageOf(entry)) || sections.hasPage(entry)) continue
      reported.add(pageOf(entry))
      missing.push(`${id}: there is no page ${pageOf(entry)}`)
    }
    if (question.gold.length === 0) return {...question, relevant: relevantHere}
    const relevant = question.gold.map((gold): RelevantSection => {
      const found = sections.goldSection(gold)
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
