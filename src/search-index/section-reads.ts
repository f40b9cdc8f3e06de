import type {SqliteDatabase} from '../native/index.ts'
import type {StoredPassage, StoredSection} from './build.ts'
import {decodeBlocks} from './quotable-blocks-codec.ts'
import type {SectionRow} from './section-row.ts'

/** Reads sections and their passages by number. */
export interface SectionReads {
  /** In the order asked for; unknown numbers are left out. */
  sections(ids: readonly number[]): StoredSection[]
  /** In reading order; empty for an unknown number. */
  passagesOf(sectionId: number): StoredPassage[]
}

export function sectionReads(
  db: SqliteDatabase,
  sectionFrom: (row: SectionRow) => StoredSection,
): SectionReads {
  const byId = db.prepare('SELECT * FROM sections WHERE id = ?')
  const passages = db.prepare(
    `SELECT id, section_id AS sectionId, text, words, start_line AS startLine, end_line AS endLine, blocks
     FROM passages WHERE id BETWEEN ? AND ? ORDER BY id`,
  )
  return {
    sections(ids) {
      return ids.flatMap((id) => {
        const row = byId.get(id) as SectionRow | undefined
        return row ? [sectionFrom(row)] : []
      })
    },
    passagesOf(sectionId) {
      const section = byId.get(sectionId) as SectionRow | undefined
      if (!section || section.passage_count === 0) return []
      const last = section.first_passage + section.passage_count - 1
      return (passages.all(section.first_passage, last) as PassageRow[]).map(passageFrom)
    },
  }
}

interface PassageRow extends Omit<StoredPassage, 'blocks'> {
  readonly blocks: string
}

/** Most passages that are read are ranked and not quoted: their blocks are decoded when somebody asks. */
function passageFrom({blocks: json, ...row}: PassageRow): StoredPassage {
  return {
    ...row,
    get blocks() {
      return decodeBlocks(json)
    },
  }
}
