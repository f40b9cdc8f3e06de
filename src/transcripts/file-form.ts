import {partialFinishes} from '../domain/index.ts'
import type {SqliteDatabase} from '../native/index.ts'

/** How a file's rows are read: as this version writes them, or as an earlier one left them. All members are SQL. */
export interface FileForm {
  /** What a row of `answers` is read as: an `AnswerRow`. */
  readonly columns: string
  readonly ref: string
  readonly conversation: string
  /** Conditions that find the answers that are partial, and all others. */
  readonly partial: {readonly yes: string; readonly no: string}
}

/** A delta's data is text, every other event's is JSON; the last event of an answer that has ended is its `done` or `error`. */
const finishReason = `(SELECT CASE WHEN pieces IS NULL AND json_valid(data) THEN json_extract(data, '$.finishReason') END
  FROM events WHERE answer = answers.row ORDER BY seq DESC LIMIT 1)`

const partialList = `(${partialFinishes.map((reason) => `'${reason}'`).join(', ')})`
const partialByEvents: FileForm['partial'] = {
  yes: `${finishReason} IN ${partialList}`,
  no: `ifnull(${finishReason}, '') NOT IN ${partialList}`,
}

/** The form of an open file. One that no server of this version has opened yet is read as it is. */
export function fileFormOf(db: SqliteDatabase): FileForm {
  const names = db.prepare<[], string>("SELECT name FROM pragma_table_info('answers')").pluck().all()
  const isCurrent = names.includes('ref')
  const ref = isCurrent ? 'ref' : 'ref_of(id)'
  const conversation = isCurrent ? 'conversation' : 'ref_of(conversation_id)'
  const digests = isCurrent ? '' : `${ref} AS ref, ${conversation} AS conversation, `
  return {
    columns: `answers.*, ${digests}${finishReason} AS finish_reason`,
    ref,
    conversation,
    partial: names.includes('partial') ? {yes: 'partial = 1', no: 'partial = 0'} : partialByEvents,
  }
}
