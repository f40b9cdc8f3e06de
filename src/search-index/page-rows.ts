import type {Passage, Section} from '../domain/index.ts'
import type {SqliteDatabase} from '../native/index.ts'
import type {IndexedPage, SourceFile} from './indexed-page.ts'
import {encodeBlocks} from './quotable-blocks-codec.ts'
import {vectorFromBlob, vectorToBlob} from './vector-codec.ts'

/** The ids of a section's passages, from `first` to `last`; none when `last` is smaller. */
export interface PassageRange {
  readonly first: number
  readonly last: number
}

export interface SectionToRemove {
  readonly id: number
  readonly passages: PassageRange
  /** The texts that its terms come from, and the language that makes terms of them. */
  readonly lang: string | null
  readonly title: string
  readonly headings: readonly string[]
  readonly texts: readonly string[]
}

export interface SectionToInsert {
  readonly id: number
  readonly pageId: number
  readonly section: Section
  readonly firstPassage: number
  /** Number of terms; 0 for a section that is not in the word index. */
  readonly length: number
}

export interface PassageToInsert {
  readonly id: number
  readonly sectionId: number
  readonly passage: Passage
  readonly embeddingHash: string
  readonly vector: Float32Array
}

/** Writes the rows of files, pages, sections, passages and vectors. The caller assigns ids. */
export class PageRows {
  readonly #sql

  constructor(db: SqliteDatabase) {
    this.#sql = prepareStatements(db)
  }

  /** The vector that is stored for this embedding text; null when there is none. */
  vectorFor(embeddingHash: string): Float32Array | null {
    const blob = this.#sql.vectorByHash.get(embeddingHash) as Buffer | undefined
    return blob === undefined ? null : vectorFromBlob(blob)
  }

  /** Deletes the row of a file. Returns its page's id; null when it had none, or is unknown. */
  deleteFile(path: string): number | null {
    const row = this.#sql.fileByPath.get(path) as {page_id: number | null} | undefined
    if (row === undefined) return null
    this.#sql.deleteFile.run(path)
    return row.page_id
  }

  sectionsOf(pageId: number): SectionToRemove[] {
    const rows = this.#sql.sectionsOfPage.all(pageId) as SectionRow[]
    return rows.map(({id, lang, title, headings, first_passage, passage_count}) => {
      const passages = {first: first_passage, last: first_passage + passage_count - 1}
      return {
        id,
        passages,
        lang,
        title,
        headings: JSON.parse(headings) as string[],
        texts: this.#sql.textsBetween.all(passages.first, passages.last) as string[],
      }
    })
  }

  deletePassages({first, last}: PassageRange): void {
    this.#sql.deleteVectors.run(first, last)
    this.#sql.deletePassages.run(first, last)
  }

  /** Deletes a page and its sections, after their passages. */
  deletePage(pageId: number): void {
    this.#sql.deleteSections.run(pageId)
    this.#sql.deletePage.run(pageId)
  }

  insertFile(file: SourceFile, pageId: number | null): void {
    this.#sql.insertFile.run(
      file.path,
      file.hash,
      pageId,
      JSON.stringify(file.includes),
      JSON.stringify(file.diagnostics),
      JSON.stringify(file.fidelity),
    )
  }

  insertPage(id: number, {page, links, anchors = []}: Pick<IndexedPage, 'page' | 'links' | 'anchors'>): void {
    this.#sql.insertPage.run(
      id,
      page.path,
      page.url,
      page.title,
      page.description,
      page.version,
      page.lang,
      JSON.stringify(page.tags),
      page.position ?? null,
      JSON.stringify(links),
      JSON.stringify(anchors),
      page.markdown,
    )
  }

  insertSection({id, pageId, section, firstPassage, length}: SectionToInsert): void {
    this.#sql.insertSection.run(
      id,
      pageId,
      section.anchor,
      JSON.stringify(section.headings),
      section.depth,
      section.startLine,
      section.endLine,
      firstPassage,
      section.passages.length,
      length,
    )
  }

  insertPassage({id, sectionId, passage, embeddingHash, vector}: PassageToInsert): void {
    const {startLine, endLine, text, words, blocks} = passage
    this.#sql.insertPassage.run(
      id,
      sectionId,
      embeddingHash,
      startLine,
      endLine,
      text,
      words,
      encodeBlocks(blocks),
    )
    this.#sql.insertVector.run(id, vectorToBlob(vector))
  }
}

interface SectionRow {
  readonly id: number
  readonly lang: string | null
  readonly title: string
  readonly headings: string
  readonly first_passage: number
  readonly passage_count: number
}

function prepareStatements(db: SqliteDatabase) {
  return {
    fileByPath: db.prepare('SELECT page_id FROM files WHERE path = ?'),
    sectionsOfPage: db.prepare(
      `SELECT s.id, pages.lang, pages.title, s.headings, s.first_passage, s.passage_count
       FROM sections s JOIN pages ON pages.id = s.page_id WHERE s.page_id = ?`,
    ),
    textsBetween: db.prepare('SELECT text FROM passages WHERE id BETWEEN ? AND ? ORDER BY id').pluck(),
    vectorByHash: db
      .prepare(
        'SELECT v.vector FROM passages p JOIN vectors v ON v.passage_id = p.id WHERE p.embedding_hash = ? LIMIT 1',
      )
      .pluck(),
    deleteFile: db.prepare('DELETE FROM files WHERE path = ?'),
    deletePage: db.prepare('DELETE FROM pages WHERE id = ?'),
    deleteSections: db.prepare('DELETE FROM sections WHERE page_id = ?'),
    deletePassages: db.prepare('DELETE FROM passages WHERE id BETWEEN ? AND ?'),
    deleteVectors: db.prepare('DELETE FROM vectors WHERE passage_id BETWEEN ? AND ?'),
    insertFile: db.prepare('INSERT INTO files VALUES (?, ?, ?, ?, ?, ?)'),
    insertPage: db.prepare('INSERT INTO pages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'),
    insertSection: db.prepare('INSERT INTO sections VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'),
    insertPassage: db.prepare('INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?)'),
    insertVector: db.prepare('INSERT INTO vectors VALUES (?, ?)'),
  }
}
