import {answerStateOf, errorEventOf} from '../answers/index.ts'
import type {SequencedEvent} from '../domain/index.ts'
import type {SqliteDatabase} from '../native/index.ts'
import {type AnswerRow, createTranscriptReads} from './transcript-reads.ts'

/** Gives every answer that a crash left open its ending. Gives their number. */
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
      const fold = answerStateOf(events, row.started_at)
      const last = events.at(-1)
      if (fold.terminal === null) {
        const seq = (last?.seq ?? 0) + 1
        // At the time of the last event that is known: when the process died, nobody can say.
        const terminal: SequencedEvent = {
          seq,
          at: last?.at ?? row.started_at,
          event: errorEventOf('server_restarted'),
        }
        fold.add(terminal)
        insert.run(row.row, seq, seq, terminal.at, JSON.stringify(terminal.event))
      }
      close.run(fold.ending, fold.text, JSON.stringify(fold.usage), JSON.stringify(fold.timings()), row.row)
    }
  }).immediate()
  return open.length
}
