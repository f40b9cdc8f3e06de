import type {SentRequest, ShownSection} from '../answers/index.ts'
import type {SqliteDatabase} from '../native/index.ts'
import {unpacked} from './shared-texts.ts'

/** Reads what answers were made of. A file of an earlier version has nothing of it. */
export interface MaterialReads {
  /** The requests of an answer, in order, by its row. */
  requests(answer: number): Pick<SentRequest, 'n' | 'at' | 'body'>[]
  /** The sections that were shown, by their numbers. */
  sections(answer: number): ShownSection[]
}

interface PromptRow {
  readonly n: number
  readonly at: number
  readonly body: string
}

type SectionRow = Omit<ShownSection, 'isPart'> & {readonly is_part: number}

export function createMaterialReads(db: SqliteDatabase): MaterialReads {
  const isThere = db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'prompts'").get() !== undefined
  if (!isThere) return {requests: () => [], sections: () => []}
  const prompts = db.prepare<[number], PromptRow>(
    'SELECT n, at, body FROM prompts WHERE answer = ? ORDER BY n',
  )
  const sections = db.prepare<[number], SectionRow>(
    `SELECT n, shown_sections.id, path, shared_texts.text AS markdown, is_part FROM shown_sections
       JOIN shared_texts ON shared_texts.id = shown_sections.text WHERE answer = ? ORDER BY n`,
  )
  const text = db.prepare<[number], string>('SELECT text FROM shared_texts WHERE id = ?').pluck()
  const textOf = (id: number): string => {
    const found = text.get(id)
    if (found === undefined) throw new Error(`The text ${id} of a prompt is not in the file`)
    return found
  }
  return {
    requests: (answer) =>
      prompts.all(answer).map(({n, at, body}) => ({n, at, body: unpacked(body, textOf) as object})),
    sections: (answer) =>
      sections.all(answer).map(({is_part, ...section}) => ({...section, isPart: is_part === 1})),
  }
}
