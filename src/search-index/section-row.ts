/** A row of `sections`. */
export interface SectionRow {
  readonly id: number
  readonly page_id: number
  readonly anchor: string
  readonly headings: string
  readonly depth: number
  readonly start_line: number
  readonly end_line: number
  readonly first_passage: number
  readonly passage_count: number
}
