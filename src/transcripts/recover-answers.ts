import {type AnswerState, answerStateOf, errorEventOf} from '../answers/index.ts'
import type {Ending, ErrorCode, SequencedEvent} from '../domain/index.ts'
import type {SqliteDatabase} from '../native/index.ts'
import type {AnswerRow} from './answer-row.ts'
import {createTranscriptReads} from './transcript-reads.ts'

/** An answer that a crash had cut off. */
export interface RecoveredAnswer {
  readonly answerId: string
  readonly channel: string
  readonly build: string
  /** As it ends now; `code` is null where it had ended, and only its row was still open. */
  readonly ending: Ending
  readonly code: ErrorCode | null
}

/** How an answer that a crash left open ends. */
export interface Recovery {
  readonly state: AnswerState
  /** The event that ends it; null where it had ended, and only its row was still open. */
  readonly terminal: SequencedEvent | null
  readonly recovered: RecoveredAnswer
}

/**
 * How far the number of the event that ends a cut-off answer is from that of the last event that is known. Readers may have seen
 * more than was written; no answer has so many events, so that none of them knows the number as another event.
 */
export const recoveryGap = 1_000_000

/** @param events all that are known */
export function recoveryOf(
  row: Pick<AnswerRow, 'id' | 'channel' | 'build' | 'started_at'>,
  events: readonly SequencedEvent[],
): Recovery {
  const state = answerStateOf(events, row.started_at)
  const last = events.at(-1)
  const wasCut = state.terminal === null
  // With the time of the last known event: when the process died is unknown.
  const terminal: SequencedEvent = {
    seq: (last?.seq ?? 0) + recoveryGap,
    at: last?.at ?? row.started_at,
    event: errorEventOf('server_restarted'),
  }
  if (wasCut) state.add(terminal)
  return {
    state,
    terminal: wasCut ? terminal : null,
    recovered: {
      answerId: row.id,
      channel: row.channel,
      build: row.build,
      ending: state.ending ?? 'interrupted',
      code: wasCut ? 'server_restarted' : null,
    },
  }
}

/** Ends every answer that a crash left open. @returns these. */
export function recoverAnswers(db: SqliteDatabase): readonly RecoveredAnswer[] {
  const open = db.prepare<[], AnswerRow>('SELECT * FROM answers WHERE ending IS NULL').all()
  if (open.length === 0) return []
  const recovered: RecoveredAnswer[] = []
  const reads = createTranscriptReads(db)
  const insert = db.prepare(
    'INSERT INTO events (answer, seq, last_seq, at, data, pieces) VALUES (?, ?, ?, ?, ?, NULL)',
  )
  const close = db.prepare('UPDATE answers SET ending = ?, text = ?, usage = ?, timings = ? WHERE row = ?')
  db.transaction(() => {
    for (const row of open) {
      const {state, terminal, recovered: ended} = recoveryOf(row, reads.events(row.row, 0))
      if (terminal !== null) {
        const {seq, at, event} = terminal
        insert.run(row.row, seq, seq, at, JSON.stringify(event))
      }
      close.run(
        state.ending,
        state.text,
        JSON.stringify(state.usage),
        JSON.stringify(state.timings()),
        row.row,
      )
      recovered.push(ended)
    }
  }).immediate()
  return recovered
}
