import type {SqliteDatabase} from '../native/index.ts'
import type {StoredPassage, StoredSection} from './build.ts'
import type {PassagesBetween} from './passage-row.ts'
import type {SectionRow} from './section-row.ts'

/** Reads sections and their passages by id. */
export interface SectionReads {
  /** In the order of `ids`; unknown ids are left out. */
  sections(ids: readonly number[]): StoredSection[]
  /** In reading order; empty for an unknown id. */
  passagesOf(sectionId: number): StoredPassage[]
}

export function sectionReads(
  db: SqliteDatabase,
  sectionFrom: (row: SectionRow) => StoredSection,
  passages: PassagesBetween,
): SectionReads {
  const byId = db.prepare('SELECT * FROM sections WHERE id = ?')
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
      return passages(section.first_passage, last)
    },
  }
}
