import {setImmediate as yieldToEventLoop} from 'node:timers/promises'
import type {PageReference} from '../domain/index.ts'
import type {SqliteDatabase} from '../native/index.ts'
import {type LinkablePage, LinkTargets, splitTarget} from './link-targets.ts'

/** The links between the pages of a build. */
export interface LinkGraph {
  /** Ids of the other pages that a section links to, each once. */
  pagesLinkedFrom(sectionId: number): readonly number[]
  /** Number of other pages that link to a page. */
  linkingPages(pageId: number): number
}

interface LinkingPage extends LinkablePage {
  readonly id: number
  /** JSON. */
  readonly links: string
}

/** Links resolved before yielding to the event loop, ten milliseconds: a swap must not stall answers that are streaming. */
const linksPerTurn = 2_000

/**
 * Finds out which section of a build links to which pages, from the links as they are written: what they lead to depends
 * on all pages, so that an edit may change it for pages that did not change. @throws the signal's reason when aborted.
 */
export async function readLinkGraph(db: SqliteDatabase, signal?: AbortSignal): Promise<LinkGraph> {
  const pages = db.prepare('SELECT id, path, url, links FROM pages ORDER BY path').all() as LinkingPage[]
  const sectionsOf = db.prepare('SELECT id, start_line FROM sections WHERE page_id = ? ORDER BY id').raw()
  const targets = new LinkTargets(pages)
  const linked = new Map<number, number[]>()
  const linking = new Map<number, number>()
  let inTurn = 0
  for (const page of pages) {
    if (page.links === '[]') continue
    if (inTurn > linksPerTurn) {
      await yieldToEventLoop()
      signal?.throwIfAborted()
      inTurn = 0
    }
    const sections = sectionsOf.all(page.id) as SectionStart[]
    const found = new Set<number>()
    const links = JSON.parse(page.links) as PageReference[]
    inTurn += links.length
    for (const {target, line} of links) {
      const other = targets.likelyPageAt(splitTarget(target)[0], page)
      const sectionId = sectionAt(line, sections)
      if (other === undefined || other === page || sectionId === null) continue
      found.add(other.id)
      const ofSection = linked.get(sectionId)
      if (ofSection === undefined) linked.set(sectionId, [other.id])
      else if (!ofSection.includes(other.id)) ofSection.push(other.id)
    }
    for (const id of found) linking.set(id, (linking.get(id) ?? 0) + 1)
  }
  return {
    pagesLinkedFrom: (sectionId) => linked.get(sectionId) ?? none,
    linkingPages: (pageId) => linking.get(pageId) ?? 0,
  }
}

const none: readonly number[] = []

type SectionStart = readonly [id: number, line: number]

/** The section of a line: the last that begins on it or before; the first for a line above all. */
function sectionAt(line: number, sections: readonly SectionStart[]): number | null {
  return (sections.findLast(([, start]) => start <= line) ?? sections[0])?.[0] ?? null
}
