import {answerStateOf, errorEventOf} from '../answers/index.ts'
import type {SequencedEvent} from '../domain/index.ts'
import type {SqliteDatabase} from '../native/index.ts'
import type {AnswerRow} from './answer-row.ts'
import {createTranscriptReads} from './transcript-reads.ts'

/** Ends every answer that a crash left open. @returns their number. */
export function recoverAnswers(db: SqliteDatabase): number {
  const open = db.prepare<[], AnswerRow>('SELECT * FROM answers WHERE ending IS NULL').all()
  if (open.length === 0) return 0
  const reads = createTranscriptReads(db)
  const insert = db.prepare(
    'INSERT INTO events (answer, seq, last_seq, at, data, pieces) VALUES (?, ?, ?, ?, ?, NULL)',
  )
  const close = db.prepare('UPDATE answers SET ending = ?, text = ?, usage = ?, timings = ? WHERE row = ?')
  db.transaction(() => {
    for (const row of open) {
      const events = reads.events(row.row, 0)
      const state = answerStateOf(events, row.started_at)
      const last = events.at(-1)
      if (state.terminal === null) {
        const seq = (last?.seq ?? 0) + 1
        // With the time of the last known event: when the process died is unknown.
        const terminal: SequencedEvent = {
          seq,
          at: last?.at ?? row.started_at,
          event: errorEventOf('server_restarted'),
        }
        state.add(terminal)
        insert.run(row.row, seq, seq, terminal.at, JSON.stringify(terminal.event))
      }
      close.run(
        state.ending,
        state.text,
        JSON.stringify(state.usage),
        JSON.stringify(state.timings()),
        row.row,
      )
    }
  }).immediate()
  return open.length
}
