import type {AnswerMaterial} from '../answers/index.ts'
import type {SqliteDatabase} from '../native/index.ts'
import {createSharedTexts} from './shared-texts.ts'

/** Returns a function that writes what an answer was made of, by its row. */
export function materialWriter(db: SqliteDatabase): (answer: number, material: AnswerMaterial) => void {
  const texts = createSharedTexts(db)
  const insertPrompt = db.prepare('INSERT OR IGNORE INTO prompts (answer, n, at, body) VALUES (?, ?, ?, ?)')
  const insertSection = db.prepare(
    'INSERT OR IGNORE INTO shown_sections (answer, n, id, path, text, is_part) VALUES (?, ?, ?, ?, ?, ?)',
  )
  return (answer, {request, sections = []}) => {
    if (request !== undefined) {
      const {n, at, body} = request
      insertPrompt.run(answer, n, at, texts.pack(answer, body))
    }
    for (const {n, id, path, markdown, isPart} of sections)
      insertSection.run(answer, n, id, path, texts.use(answer, markdown), isPart ? 1 : 0)
  }
}
