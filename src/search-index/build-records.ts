import {join} from 'node:path'
import type {Diagnostic, Page, PageReference} from '../domain/index.ts'
import {openSqlite} from '../native/index.ts'
import type {Manifest} from './build.ts'
import type {IncludedFile, IndexedPage, StoredFidelity} from './indexed-page.ts'
import {readDigests, readSectionTexts} from './page-digests.ts'
import type {PassagesBetween} from './passage-row.ts'
import {passagesBetween} from './passages-between.ts'
import {buildFormat, databaseFile} from './schema.ts'
import type {SectionRow} from './section-row.ts'
import {vectorFromBlob} from './vector-codec.ts'

/** What a build records of the files it was made from: the basis of the next ingest. Close it once. */
export interface BuildRecords {
  files(): FileRecord[]
  diagnostics(): Diagnostic[]
  fidelity(): {path: string; fidelity: StoredFidelity}[]
  /** The hash of each passage of a page, in order; empty for an unknown path. */
  embeddingHashesOf(path: string): string[]
  /** The vector of this embedding text; null when there is none. */
  vectorFor(embeddingHash: string): Float32Array | null
  /** A page as it was stored, to be stored again; null for an unknown path. */
  page(path: string): RecordedPage | null
  /** Every page with its links and anchors, by path. */
  pages(): PageRecord[]
  /** What tells whether pages differ, of every page. */
  digests(): PageDigest[]
  /** The texts of a page's sections, in order; none for an unknown path. */
  sectionTexts(path: string): SectionTextRecord[]
  close(): void
}

export interface FileRecord {
  readonly path: string
  readonly hash: string
  readonly isPage: boolean
  readonly includes: readonly IncludedFile[]
}

/** A page as it was passed to `put`, without its vectors. */
export interface RecordedPage extends Required<Omit<IndexedPage, 'vectors'>> {
  readonly fidelity: StoredFidelity | null
}

export interface PageRecord {
  readonly path: string
  readonly url: string
  readonly links: readonly PageReference[]
  readonly anchors: ReadonlySet<string>
}

/** A page as it is compared with that of another build. */
export interface PageDigest {
  readonly path: string
  readonly url: string
  readonly title: string
  /** Hash of the file. */
  readonly hash: string
  readonly sections: readonly SectionDigest[]
}

export interface SectionDigest {
  readonly anchor: string
  readonly headings: readonly string[]
  /** Hashes of its passages, which have title and headings in them. */
  readonly hash: string
}

export interface SectionTextRecord extends Omit<SectionDigest, 'hash'> {
  readonly text: string
}

/** Reads a build's database, also while a server uses it. The caller has verified its checksum. */
export function openBuildRecords(
  folder: string,
  manifest: Pick<Manifest, 'format'> = {format: buildFormat},
): BuildRecords {
  const db = openSqlite(join(folder, databaseFile), {readonly: true, fileMustExist: true})
  const vector = db
    .prepare(
      'SELECT v.vector FROM passages p JOIN vectors v ON v.passage_id = p.id WHERE p.embedding_hash = ? LIMIT 1',
    )
    .pluck()
  const hashes = db
    .prepare(
      `SELECT p.embedding_hash FROM pages JOIN sections s ON s.page_id = pages.id
         JOIN passages p ON p.id BETWEEN s.first_passage AND s.first_passage + s.passage_count - 1
       WHERE pages.path = ? ORDER BY p.id`,
    )
    .pluck()
  const pageByPath = db.prepare(
    'SELECT pages.*, files.fidelity FROM pages JOIN files ON files.page_id = pages.id WHERE pages.path = ?',
  )
  const sections = db.prepare('SELECT * FROM sections WHERE page_id = ? ORDER BY id')
  const passages = passagesBetween(db, manifest)
  return {
    files() {
      const rows = db
        .prepare('SELECT path, hash, page_id, includes FROM files ORDER BY path')
        .all() as FileRow[]
      return rows.map(({path, hash, page_id, includes}) => ({
        path,
        hash,
        isPage: page_id !== null,
        includes: includes === '[]' ? [] : (JSON.parse(includes) as IncludedFile[]),
      }))
    },
    diagnostics() {
      const rows = db
        .prepare(`SELECT diagnostics FROM files WHERE diagnostics <> '[]' ORDER BY path`)
        .pluck()
        .all()
      return (rows as string[]).flatMap((row) => JSON.parse(row) as Diagnostic[])
    },
    fidelity() {
      const rows = db.prepare(`SELECT path, fidelity FROM files WHERE fidelity <> 'null' ORDER BY path`).all()
      return (rows as {path: string; fidelity: string}[]).map(({path, fidelity}) => ({
        path,
        fidelity: JSON.parse(fidelity) as StoredFidelity,
      }))
    },
    embeddingHashesOf: (path) => hashes.all(path) as string[],
    vectorFor(hash) {
      const blob = vector.get(hash) as Buffer | undefined
      return blob === undefined ? null : vectorFromBlob(blob)
    },
    page(path) {
      const row = pageByPath.get(path) as WholePageRow | undefined
      return row === undefined ? null : recordedPageOf(row, sections.all(row.id) as SectionRow[], passages)
    },
    pages() {
      const anchors = new Map<number, Set<string>>()
      const rows = db.prepare('SELECT page_id, anchor FROM sections').raw().iterate()
      for (const [pageId, anchor] of rows as IterableIterator<[number, string]>) {
        const ofPage = anchors.get(pageId)
        if (ofPage) ofPage.add(anchor)
        else anchors.set(pageId, new Set([anchor]))
      }
      const pages = db
        .prepare('SELECT id, path, url, links, anchors FROM pages ORDER BY path')
        .all() as PageRow[]
      return pages.map(({id, path, url, links, anchors: others}) => ({
        path,
        url,
        links: JSON.parse(links) as PageReference[],
        anchors: new Set([...(anchors.get(id) ?? []), ...(JSON.parse(others) as string[])]),
      }))
    },
    digests: () => readDigests(db),
    sectionTexts: (path) => readSectionTexts(db, path),
    close() {
      db.close()
    },
  }
}

interface FileRow {
  readonly path: string
  readonly hash: string
  readonly page_id: number | null
  readonly includes: string
}

interface PageRow {
  readonly id: number
  readonly path: string
  readonly url: string
  readonly links: string
  readonly anchors: string
}

/** A row of `pages` with the fidelity from `files`. */
interface WholePageRow
  extends Pick<
    Page,
    'path' | 'url' | 'title' | 'description' | 'version' | 'lang' | 'position' | 'markdown'
  > {
  readonly id: number
  readonly tags: string
  readonly links: string
  readonly anchors: string
  readonly fidelity: string
}

function recordedPageOf(
  row: WholePageRow,
  sections: readonly SectionRow[],
  passages: PassagesBetween,
): RecordedPage {
  const {path, url, title, description, version, lang, position = null, markdown} = row
  return {
    page: {
      ...{path, url, title, description, version, lang, position, markdown},
      tags: JSON.parse(row.tags) as string[],
      sections: sections.map((section) => {
        const first = section.first_passage
        const stored = passages(first, first + section.passage_count - 1)
        return {
          anchor: section.anchor,
          headings: JSON.parse(section.headings) as string[],
          depth: section.depth,
          // As the chunker joins them.
          text: stored.map(({text}) => text).join('\n'),
          startLine: section.start_line,
          endLine: section.end_line,
          passages: stored.map(({text, words, startLine, endLine, blocks}) => ({
            ...{text, words, startLine, endLine, blocks},
          })),
        }
      }),
    },
    links: JSON.parse(row.links) as PageReference[],
    anchors: JSON.parse(row.anchors) as string[],
    fidelity: JSON.parse(row.fidelity) as StoredFidelity | null,
  }
}
