import {joinedBlocks, markdownOfBlock} from '../domain/index.ts'
import {headOf} from '../lib/cut.ts'
import {diffOf, linesOf} from '../lib/line-diff.ts'
import type {BuildRecords, PageDigest, RecordedPage} from './build-records.ts'

/** A section as an answer showed it. */
export interface SectionThen {
  /** The number of its source. */
  readonly n: number
  /** Of its page, below the content root. */
  readonly path: string
  readonly anchor: string
  readonly headings: readonly string[]
  readonly markdown: string
  /** Whether that is a part of the section. */
  readonly isPart: boolean
}

/** Lines that stayed, went or came, in order. */
export interface DifferentLines {
  readonly kind: 'same' | 'removed' | 'added'
  readonly lines: readonly string[]
}

/** What has become of a section in a build. */
export interface SectionNow {
  readonly n: number
  /** `moved`: it is elsewhere, perhaps with another text. */
  readonly state: 'same' | 'changed' | 'moved' | 'gone'
  /** Null where it is gone. */
  readonly now: {
    readonly path: string
    readonly title: string
    readonly headings: readonly string[]
    readonly anchor: string
    /** Markdown, at most 60,000 UTF-16 units. */
    readonly text: string
  } | null
  /** At most 1,000 lines; null where the text is the same or gone. */
  readonly difference: readonly DifferentLines[] | null
}

const maxText = 60_000
const maxLines = 1_000
/** Pages that are looked through for a section that is not where it was. */
const maxPagesSearched = 50

type Place = NonNullable<SectionNow['now']>
type Records = Pick<BuildRecords, 'page' | 'digests'>

/** Finds sections in a build by their pages and anchors or, where these are others now, by headings and text. */
export function sectionsNow(records: Records, sections: readonly SectionThen[]): SectionNow[] {
  const pages = new Map<string, readonly Place[]>()
  let digests: readonly PageDigest[] | null = null

  function placesOn(path: string): readonly Place[] {
    let places = pages.get(path)
    if (places === undefined) {
      const page = records.page(path)
      places = page === null ? [] : placesOf(page)
      pages.set(path, places)
    }
    return places
  }

  /** Where a section with this last heading is on other pages. */
  function placesElsewhere({path, headings}: SectionThen): Place[] {
    const heading = headings.at(-1)
    if (heading === undefined) return []
    digests ??= records.digests()
    return digests
      .filter((page) => page.path !== path && page.sections.some((one) => one.headings.at(-1) === heading))
      .slice(0, maxPagesSearched)
      .flatMap((page) => placesOn(page.path).filter((place) => place.headings.at(-1) === heading))
  }

  function nowOf(section: SectionThen): SectionNow {
    const onPage = placesOn(section.path)
    const here = best(
      onPage.filter(({anchor}) => anchor === section.anchor),
      section,
    )
    if (here !== undefined) {
      const isSame = hasText(here, section)
      return isSame
        ? {n: section.n, state: 'same', now: here, difference: null}
        : {n: section.n, state: 'changed', now: here, difference: differenceOf(section, here)}
    }
    const sameOnPage =
      onPage.find((place) => hasText(place, section)) ??
      onPage.find((place) => section.headings.length > 0 && hasHeadings(place, section))
    const elsewhere = sameOnPage ?? placesElsewhere(section).find((place) => hasText(place, section))
    if (elsewhere === undefined) return {n: section.n, state: 'gone', now: null, difference: null}
    const difference = hasText(elsewhere, section) ? null : differenceOf(section, elsewhere)
    return {n: section.n, state: 'moved', now: elsewhere, difference}
  }

  return sections.map(nowOf)
}

/** The sections of a page by their fragments: of some with the same, the later ones have none. */
function placesOf({page: {path, title, sections}}: RecordedPage): Place[] {
  const seen = new Set<string>()
  return sections.map(({anchor, headings, passages}) => {
    const isFirst = !seen.has(anchor)
    seen.add(anchor)
    const text = joinedBlocks(passages.flatMap(({blocks}) => blocks))
      .map(markdownOfBlock)
      .join('\n\n')
    return {path, title, headings, anchor: isFirst ? anchor : '', text: headOf(text, maxText)}
  })
}

/** Of some sections with the same fragment. */
function best(places: readonly Place[], section: SectionThen): Place | undefined {
  return (
    places.find((place) => hasText(place, section)) ??
    places.find((place) => hasHeadings(place, section)) ??
    places[0]
  )
}

function hasHeadings(place: Place, {headings}: SectionThen): boolean {
  return place.headings.join('\n') === headings.join('\n')
}

function hasText({text}: Place, {markdown, isPart}: SectionThen): boolean {
  const [then, now] = [spaced(headOf(markdown, maxText)), spaced(text)]
  return isPart ? now.includes(then) : now === then
}

function spaced(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

function differenceOf({markdown, isPart}: SectionThen, {text}: Place): DifferentLines[] {
  const runs: {kind: DifferentLines['kind']; lines: string[]}[] = []
  for (const {kind, text: line} of diffOf(linesOf(headOf(markdown, maxText)), linesOf(text))) {
    const last = runs.at(-1)
    if (last?.kind === kind) last.lines.push(line)
    else runs.push({kind, lines: [line]})
  }
  // What stands around a part was there before.
  if (isPart && runs.at(-1)?.kind === 'added' && runs.at(-2)?.kind === 'same') runs.pop()
  if (isPart && runs[0]?.kind === 'added' && runs[1]?.kind === 'same') runs.shift()
  let left = maxLines
  return runs.flatMap(({kind, lines}) => {
    const shown = lines.slice(0, left)
    left -= shown.length
    return shown.length === 0 ? [] : [{kind, lines: shown}]
  })
}
