import type {SqliteDatabase} from '../native/index.ts'
import type {OutlineEntry, StoredPage} from './build.ts'

/** A page, or a group of pages with or without one of its own, in the order of the project. */
export interface OutlineItem {
  readonly title: string
  /** Of its page; null for a group without one. */
  readonly path: string | null
  readonly items: readonly OutlineItem[]
}

/** A page as its place in the outline is found. */
export interface PlacedPage extends Pick<StoredPage, 'path' | 'url' | 'title' | 'version'> {
  readonly position: number | null
}

/** Makes the outline of a build from all its pages, by path. */
export type OutlineMaker = (pages: readonly PlacedPage[]) => readonly OutlineItem[]

/** Replaces the outline of a build that is being made. Groups without pages are left out. */
export function writeOutline(db: SqliteDatabase, outlineOf: OutlineMaker): void {
  const pages = db
    .prepare('SELECT id, path, url, title, version, position FROM pages ORDER BY path')
    .all() as (PlacedPage & {readonly id: number})[]
  const ids = new Map(pages.map(({path, id}) => [path, id]))
  const insert = db.prepare('INSERT INTO outline (depth, title, page_id) VALUES (?, ?, ?)')
  const write = (items: readonly OutlineItem[], depth: number): void => {
    for (const {title, path, items: below} of items.filter(hasPages)) {
      insert.run(depth, title, (path === null ? null : ids.get(path)) ?? null)
      write(below, depth + 1)
    }
  }
  const hasPages = ({path, items}: OutlineItem): boolean =>
    (path !== null && ids.has(path)) || items.some(hasPages)
  db.exec('DELETE FROM outline')
  write(outlineOf(pages), 0)
}

/** The outline of a build; that of one without is the list of its pages by path. */
export function readOutline(
  db: SqliteDatabase,
  pages: {readonly all: readonly StoredPage[]; readonly byId: (id: number) => StoredPage | null},
): readonly OutlineEntry[] {
  if (!hasOutline(db)) return pages.all.map((page) => ({depth: 0, title: page.title, page}))
  const rows = db.prepare('SELECT depth, title, page_id FROM outline ORDER BY place').all() as OutlineRow[]
  return rows.map(({depth, title, page_id}) => ({
    depth,
    title,
    page: page_id === null ? null : pages.byId(page_id),
  }))
}

interface OutlineRow {
  readonly depth: number
  readonly title: string
  readonly page_id: number | null
}

function hasOutline(db: SqliteDatabase): boolean {
  const table = db.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'outline'").get()
  return table !== undefined && db.prepare('SELECT 1 FROM outline LIMIT 1').get() !== undefined
}
