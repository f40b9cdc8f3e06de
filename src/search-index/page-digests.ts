import type {SqliteDatabase} from '../native/index.ts'
import type {PageDigest, SectionDigest, SectionTextRecord} from './build-records.ts'

/** What tells whether pages differ, of every page, by path. Reads every section and no text. */
export function readDigests(db: SqliteDatabase): PageDigest[] {
  const hashes = new Map<number, string>()
  const passages = db.prepare('SELECT section_id, embedding_hash FROM passages ORDER BY id').raw().iterate()
  for (const [section, hash] of passages as IterableIterator<[number, string]>)
    hashes.set(section, `${hashes.get(section) ?? ''}${hash} `)
  const sections = new Map<number, SectionDigest[]>()
  const rows = db.prepare('SELECT id, page_id, anchor, headings FROM sections ORDER BY id').raw().iterate()
  for (const [id, page, anchor, headings] of rows as IterableIterator<[number, number, string, string]>) {
    const section = {anchor, headings: JSON.parse(headings) as string[], hash: hashes.get(id) ?? ''}
    const ofPage = sections.get(page)
    if (ofPage) ofPage.push(section)
    else sections.set(page, [section])
  }
  const pages = db
    .prepare(
      `SELECT pages.id, pages.path, url, title, ifnull(files.hash, '') AS hash
       FROM pages LEFT JOIN files ON files.path = pages.path ORDER BY pages.path`,
    )
    .all() as (Omit<PageDigest, 'sections'> & {readonly id: number})[]
  return pages.map(({id, ...page}) => ({...page, sections: sections.get(id) ?? []}))
}

/** The texts of a page's sections, in order, as the chunker joins them. */
export function readSectionTexts(db: SqliteDatabase, path: string): SectionTextRecord[] {
  const rows = db
    .prepare(
      `SELECT s.id, s.anchor, s.headings, p.text FROM pages JOIN sections s ON s.page_id = pages.id
         LEFT JOIN passages p ON p.id BETWEEN s.first_passage AND s.first_passage + s.passage_count - 1
       WHERE pages.path = ? ORDER BY s.id, p.id`,
    )
    .all(path) as {id: number; anchor: string; headings: string; text: string | null}[]
  const sections = new Map<number, {anchor: string; headings: string[]; text: string}>()
  for (const {id, anchor, headings, text} of rows) {
    const known = sections.get(id)
    if (known) known.text += `\n${text ?? ''}`
    else sections.set(id, {anchor, headings: JSON.parse(headings) as string[], text: text ?? ''})
  }
  return [...sections.values()]
}
