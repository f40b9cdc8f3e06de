import type {StoredPassage} from './build.ts'

/** Returns the passages with ids from `first` to `last`, in reading order. */
export type PassagesBetween = (first: number, last: number) => StoredPassage[]

/** The columns of `passages` that every format has. */
export interface PassageRow {
  readonly id: number
  readonly sectionId: number
  readonly startLine: number
  readonly endLine: number
  readonly text: string
}

export const passageColumns =
  'id, section_id AS sectionId, start_line AS startLine, end_line AS endLine, text'
