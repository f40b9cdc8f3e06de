import type {SqliteDatabase} from '../native/index.ts'

/** SQL to read the rows of a file in the current schema or in that of an earlier version. */
export interface SchemaSql {
  /** The columns of an `AnswerRow`. */
  readonly columns: string
  readonly ref: string
  readonly conversation: string
  readonly chat: string
}

/** The data of deltas is text, that of other events is JSON. The last event of an ended answer is `done` or `error`. */
const finishReason = `(SELECT CASE WHEN pieces IS NULL AND json_valid(data) THEN json_extract(data, '$.finishReason') END
  FROM events WHERE answer = answers.row ORDER BY seq DESC LIMIT 1)`

/** SQL for an open file. A file that no server of this version has migrated yet is read as it is. */
export function schemaSqlOf(db: SqliteDatabase): SchemaSql {
  const names = db.prepare<[], string>("SELECT name FROM pragma_table_info('answers')").pluck().all()
  const isCurrent = names.includes('ref')
  const ref = isCurrent ? 'ref' : 'ref_of(id)'
  const conversation = isCurrent ? 'conversation' : 'ref_of(conversation_id)'
  const defaults = {
    lang: 'NULL',
    page: 'NULL',
    missing: '0',
    reviewer: 'NULL',
    chat: 'NULL',
    visitor: 'NULL',
    resumes: '0',
    opened: "'[]'",
  }
  const missing = Object.entries(defaults)
    .flatMap(([name, value]) => (names.includes(name) ? [] : `${value} AS ${name}, `))
    .join('')
  const digests = isCurrent ? '' : `${ref} AS ref, ${conversation} AS conversation, `
  return {
    columns: `answers.*, ${digests}${missing}${finishReason} AS finish_reason`,
    ref,
    conversation,
    chat: names.includes('chat') ? 'chat' : 'NULL',
  }
}
