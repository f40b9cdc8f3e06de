import {refOf} from '../answers/index.ts'
import {type AnswerEvent, inCurrentForm, type SequencedEvent} from '../domain/index.ts'

/**
 * Events as rows. Consecutive deltas are one row: `data` is their whole text, `pieces` a flat list
 * `[length, ms, length, ms, …]` with the length of each piece and the time since the row's `at`, so the timing of the
 * stream is preserved. Every other event is a row of its own, with `pieces` null.
 */
export interface EventRow {
  readonly seq: number
  readonly last_seq: number
  readonly at: number
  readonly data: string
  readonly pieces: string | null
}

export function rowsOf(events: readonly SequencedEvent[]): EventRow[] {
  const rows: EventRow[] = []
  let index = 0
  while (index < events.length) {
    const first = events[index]!
    if (first.event.type !== 'delta') {
      rows.push({
        seq: first.seq,
        last_seq: first.seq,
        at: first.at,
        data: JSON.stringify(first.event),
        pieces: null,
      })
      index += 1
      continue
    }
    const pieces: number[] = []
    let text = ''
    let next: SequencedEvent | undefined = first
    while (next?.event.type === 'delta' && next.seq === first.seq + pieces.length / 2) {
      text += next.event.text
      pieces.push(next.event.text.length, next.at - first.at)
      index += 1
      next = events[index]
    }
    rows.push({
      seq: first.seq,
      last_seq: first.seq + pieces.length / 2 - 1,
      at: first.at,
      data: text,
      pieces: JSON.stringify(pieces),
    })
  }
  return rows
}

/** The events in the rows, each with its own `seq` and time, without those up to `after`. */
export function eventsOf(rows: Iterable<EventRow>, after = 0): SequencedEvent[] {
  const events: SequencedEvent[] = []
  for (const row of rows) {
    if (row.pieces === null) {
      if (row.seq > after) {
        // Only written by `rowsOf`, so its shape is known.
        events.push({seq: row.seq, at: row.at, event: toCurrentEvent(JSON.parse(row.data) as AnswerEvent)})
      }
      continue
    }
    const pieces = JSON.parse(row.pieces) as number[]
    let start = 0
    for (let index = 0; index < pieces.length; index += 2) {
      const end = start + pieces[index]!
      const seq = row.seq + index / 2
      if (seq > after) {
        events.push({
          seq,
          at: row.at + pieces[index + 1]!,
          event: {type: 'delta', text: row.data.slice(start, end)},
        })
      }
      start = end
    }
  }
  return events
}

/** Converts a stored event to its current form. Earlier versions stored the conversation's key in `start`; it is removed. */
function toCurrentEvent(event: AnswerEvent): AnswerEvent {
  return event.type === 'start'
    ? {...event, conversationId: null, ref: refOf(event.answerId)}
    : inCurrentForm(event)
}
