import type {Queries} from '../postgres/index.ts'

/**
 * The golden questions of the staff in a database, the one added last at the end: the text of a question file, as
 * `parseReadableQuestions` reads it. Null without any, also where no server has used the database yet.
 * @throws DocentError `storage`.
 */
export async function storedStaffQuestions(queries: Pick<Queries, 'row' | 'rows'>): Promise<string | null> {
  const table = await queries.row<{readonly name: string | null}>(
    "SELECT to_regclass('docent.golden_questions')::text AS name",
  )
  if (table?.name == null) return null
  const rows = await queries.rows<{readonly line: string}>(
    'SELECT line FROM docent.golden_questions ORDER BY number',
  )
  return rows.length === 0 ? null : rows.map(({line}) => `${line}\n`).join('')
}
