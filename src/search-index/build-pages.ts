import {join} from 'node:path'
import {pathKey} from '../lib/url-path.ts'
import {openSqlite, type SqliteDatabase} from '../native/index.ts'
import type {BuildPages, OutlineEntry, StoredPage, StoredSection} from './build.ts'
import {readOutline} from './outline.ts'
import {databaseFile} from './schema.ts'
import type {SectionRow} from './section-row.ts'

/**
 * The pages of a build, without search. Nothing is verified and no vector is read: for a folder that `openBuild` has
 * verified. @throws the error of SQLite when the folder is gone.
 */
export function openPages(folder: string): BuildPages {
  return pagesIn(openSqlite(join(folder, databaseFile), {readonly: true, fileMustExist: true})).pages
}

/** The pages in an open database, and a function that converts its rows to sections. */
export function pagesIn(db: SqliteDatabase): {
  readonly pages: BuildPages
  readonly sectionFrom: (row: SectionRow) => StoredSection
} {
  const sql = prepareStatements(db)
  const pageCache = new Map<number, StoredPage>()
  for (const row of sql.pages.all() as PageRow[]) pageCache.set(row.id, pageFrom(row))
  const pagesByPath = [...pageCache.values()]
  /** Read with the first page that is shown. */
  let outline: readonly OutlineEntry[] | null = null
  const byUrlKey = keyed(pagesByPath, ({url}) => url)
  const byPathKey = keyed(pagesByPath, ({path}) => path)

  function sectionFrom(row: SectionRow): StoredSection {
    return {
      id: row.id,
      page: pageCache.get(row.page_id)!,
      anchor: row.anchor,
      headings: JSON.parse(row.headings) as string[],
      depth: row.depth,
      startLine: row.start_line,
      endLine: row.end_line,
      firstPassage: row.first_passage,
      passageCount: row.passage_count,
    }
  }

  const pages: BuildPages = {
    pages: () => [...pagesByPath],
    outline() {
      outline ??= readOutline(db, {all: pagesByPath, byId: (id) => pageCache.get(id) ?? null})
      return outline
    },
    pageById: (id) => pageCache.get(id) ?? null,
    pageByUrl(url) {
      const id = sql.pageByUrl.get(url) as number | undefined
      return id === undefined ? byUrlKey(url) : pageCache.get(id)!
    },
    pageByPath(path) {
      const id = sql.pageByPath.get(path) as number | undefined
      return id === undefined ? byPathKey(path) : pageCache.get(id)!
    },
    markdownOf: (pageId) => (sql.markdown.get(pageId) as string | undefined) ?? null,
    sectionsOf: (pageId) => (sql.sectionsOfPage.all(pageId) as SectionRow[]).map(sectionFrom),
    sectionCounts: () => new Map(sql.sectionCounts.all() as [number, number][]),
    close() {
      db.close()
    },
  }
  return {pages, sectionFrom}
}

/** Finds pages by a text that may be encoded otherwise; made with the first that is not found as it is written. */
function keyed(
  pages: readonly StoredPage[],
  textOf: (page: StoredPage) => string,
): (text: string) => StoredPage | null {
  let byKey: ReadonlyMap<string, StoredPage> | null = null
  return (text) => {
    // Of several the first by path wins.
    byKey ??= new Map(pages.toReversed().map((page) => [pathKey(textOf(page)), page]))
    return byKey.get(pathKey(text)) ?? null
  }
}

interface PageRow extends Omit<StoredPage, 'tags'> {
  readonly tags: string
}

function pageFrom(row: PageRow): StoredPage {
  return {...row, tags: JSON.parse(row.tags) as string[]}
}

function prepareStatements(db: SqliteDatabase) {
  return {
    pages: db.prepare(
      'SELECT id, path, url, title, description, version, lang, tags FROM pages ORDER BY path',
    ),
    // Two pages may have the same address; the first by path wins.
    pageByUrl: db.prepare('SELECT id FROM pages WHERE url = ? ORDER BY path LIMIT 1').pluck(),
    pageByPath: db.prepare('SELECT id FROM pages WHERE path = ?').pluck(),
    markdown: db.prepare('SELECT markdown FROM pages WHERE id = ?').pluck(),
    sectionsOfPage: db.prepare('SELECT * FROM sections WHERE page_id = ? ORDER BY id'),
    sectionCounts: db.prepare('SELECT page_id, count(*) FROM sections GROUP BY page_id').raw(),
  }
}
