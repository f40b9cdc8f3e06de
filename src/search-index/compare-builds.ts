import type {BuildRecords, PageDigest, SectionTextRecord} from './build-records.ts'

/** What a reader of the docs finds different in one build from another. */
export interface BuildChanges {
  readonly totals: {
    readonly pages: Readonly<Record<PageChangeKind | 'unchanged', number>>
    readonly sections: Readonly<Record<SectionChangeKind, number>>
  }
  /** By path. */
  readonly pages: readonly ChangedPage[]
}

export type PageChangeKind = 'added' | 'changed' | 'moved' | 'removed'
export type SectionChangeKind = 'added' | 'changed' | 'removed'

export interface ChangedPage {
  readonly path: string
  readonly url: string
  readonly title: string
  readonly kind: PageChangeKind
  /** Its path before, if it has moved. */
  readonly from?: string
  /** Its title before, if that was another one. */
  readonly titleBefore?: string
  /** In the order of the page, removed ones last. Of a page that is new or gone: all of them. */
  readonly sections: readonly ChangedSection[]
}

export interface ChangedSection {
  /** Sections of a page that have the same anchor count as one. */
  readonly anchor: string
  readonly headings: readonly string[]
  readonly kind: SectionChangeKind
}

type Records = Pick<BuildRecords, 'digests' | 'sectionTexts'>

/**
 * Compares the pages of two builds. A page has moved if one of the same file, or with the same sections, is gone
 * elsewhere. Sections are compared by their text, so that another embedding model or another way to cut passages is no
 * change.
 */
export function compareBuilds(before: Records, after: Records): BuildChanges {
  const old = new Map(before.digests().map((page) => [page.path, page]))
  const now = after.digests()
  const paths = new Set(now.map(({path}) => path))
  const gone = [...old.values()].filter(({path}) => !paths.has(path))
  const origins = originsOf(
    now.filter(({path}) => !old.has(path)),
    gone,
  )
  const pages: ChangedPage[] = []
  let unchanged = 0
  for (const page of now) {
    const known = old.get(page.path) ?? origins.get(page.path) ?? null
    const sections = sectionChanges(known, page, before, after)
    const {path, url, title} = page
    if (known === null) pages.push({path, url, title, kind: 'added', sections})
    else if (known.path !== path) pages.push({path, url, title, kind: 'moved', from: known.path, sections})
    else if (sections.length > 0 || known.title !== title)
      pages.push({
        ...{path, url, title, kind: 'changed', sections},
        ...(known.title === title ? {} : {titleBefore: known.title}),
      })
    else unchanged++
  }
  const moved = new Set([...origins.values()].map(({path}) => path))
  for (const page of gone) {
    if (moved.has(page.path)) continue
    const {path, url, title} = page
    pages.push({path, url, title, kind: 'removed', sections: sectionChanges(page, null, before, after)})
  }
  pages.sort((one, other) => (one.path < other.path ? -1 : 1))
  return {totals: totalsOf(pages, unchanged), pages}
}

/** Where new pages were before, by their path now. */
function originsOf(added: readonly PageDigest[], gone: readonly PageDigest[]): Map<string, PageDigest> {
  const left = new Map<string, PageDigest>()
  for (const page of gone) for (const key of keysOf(page)) if (!left.has(key)) left.set(key, page)
  const taken = new Set<PageDigest>()
  const origins = new Map<string, PageDigest>()
  for (const page of added) {
    const origin = keysOf(page)
      .map((key) => left.get(key))
      .find((found) => found !== undefined && !taken.has(found))
    if (origin === undefined) continue
    taken.add(origin)
    origins.set(page.path, origin)
  }
  return origins
}

function keysOf({hash, sections}: PageDigest): string[] {
  const content = sections.map((section) => section.hash).join('')
  return [...(hash === '' ? [] : [`file ${hash}`]), ...(content === '' ? [] : [`sections ${content}`])]
}

function sectionChanges(
  old: PageDigest | null,
  now: PageDigest | null,
  before: Records,
  after: Records,
): ChangedSection[] {
  if (old !== null && now !== null && digestOf(old) === digestOf(now)) return []
  const oldTexts = old === null ? new Map<string, Joined>() : joinedByAnchor(before.sectionTexts(old.path))
  const newTexts = now === null ? new Map<string, Joined>() : joinedByAnchor(after.sectionTexts(now.path))
  const changes: ChangedSection[] = []
  for (const [anchor, {headings, text}] of newTexts) {
    const known = oldTexts.get(anchor)
    if (known === undefined) changes.push({anchor, headings, kind: 'added'})
    else if (known.text !== text || known.headings.join('\n') !== headings.join('\n'))
      changes.push({anchor, headings, kind: 'changed'})
  }
  for (const [anchor, {headings}] of oldTexts)
    if (!newTexts.has(anchor)) changes.push({anchor, headings, kind: 'removed'})
  return changes
}

function digestOf({sections}: PageDigest): string {
  return JSON.stringify(sections)
}

interface Joined {
  readonly headings: readonly string[]
  readonly text: string
}

function joinedByAnchor(sections: readonly SectionTextRecord[]): Map<string, Joined> {
  const joined = new Map<string, Joined>()
  for (const {anchor, headings, text} of sections) {
    const known = joined.get(anchor)
    joined.set(anchor, known === undefined ? {headings, text} : {...known, text: `${known.text}\n\n${text}`})
  }
  return joined
}

/** The text of the sections of a page that have this anchor; null for none. */
export function sectionTextIn(
  records: Pick<BuildRecords, 'sectionTexts'>,
  path: string,
  anchor: string,
): string | null {
  return joinedByAnchor(records.sectionTexts(path)).get(anchor)?.text ?? null
}

function totalsOf(pages: readonly ChangedPage[], unchanged: number): BuildChanges['totals'] {
  const byKind = {added: 0, changed: 0, moved: 0, removed: 0, unchanged}
  const sections = {added: 0, changed: 0, removed: 0}
  for (const page of pages) {
    byKind[page.kind]++
    for (const {kind} of page.sections) sections[kind]++
  }
  return {pages: byKind, sections}
}
