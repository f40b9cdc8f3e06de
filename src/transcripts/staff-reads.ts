import {answerStateOf} from '../answers/index.ts'
import type {SequencedEvent} from '../domain/index.ts'
import {openSqlite} from '../native/index.ts'
import {type AnswerRow, itemOf, transcriptOf} from './answer-row.ts'
import {eventInserter, rowInserter} from './answer-writer.ts'
import {sizeOf} from './event-size.ts'
import {migrate} from './migrations.ts'
import {type MemoryRecord, overlaidEvents, overlaidRow} from './overlay.ts'
import {
  createTranscriptReads,
  cursorOf,
  parseCursor,
  type Selection,
  type TranscriptReads,
} from './transcript-reads.ts'
import type {PageRequest, Transcript, TranscriptFilter, TranscriptPage} from './transcript-store.ts'

/** Ids of answers, in steps. */
export interface IdsPage {
  readonly ids: readonly string[]
  /** Where the next page begins; null after the last one. */
  readonly next: number | null
}

/**
 * Staff's reads of one database, with what memory has beyond it. `memory` is given to each call, so that the reads can be
 * done in another process than the one that has it.
 */
export interface StaffReads {
  /** @throws DocentError `invalid_request` for a bad cursor. */
  list(filter: TranscriptFilter, page: PageRequest, memory: readonly MemoryRecord[]): TranscriptPage
  /** Of all that match, oldest first. `after` is `next` of the page before; null at first. */
  ids(filter: TranscriptFilter, after: number | null, memory: readonly MemoryRecord[]): IdsPage
  /**
   * Answers by id or ref, in the order asked for; null for those that are not there. So many as make a message of
   * bounded size, one at least: who asked for more asks again.
   */
  read(names: readonly string[], memory: readonly MemoryRecord[]): (Transcript | null)[]
}

const idsAtOnce = 50
/** Characters of events in one message, about: what a stream's turn of the event loop can spare to take in. */
const maxReadChars = 256 * 1024
/** What an event takes beside its text. */
const charsEach = 100

/** @throws what SQLite throws, from every method. */
export function createStaffReads(reads: TranscriptReads): StaffReads {
  /** Rows that match in the file and in memory, as if all were in the file. */
  function select(wanted: Omit<Selection, 'named'>, memory: readonly MemoryRecord[]): AnswerRow[] {
    const {filter, limit} = wanted
    const named = reads.idNamed(filter)
    if (memory.length === 0) return reads.select({...wanted, named})
    return withMemory(memory, reads, (memoryReads) => {
      const selection = {...wanted, named: named ?? memoryReads.idNamed(filter)}
      const newer = new Set(memory.map(({row}) => row.id))
      const stored = reads
        .select({...selection, limit: limit + memory.length})
        .filter(({id}) => !newer.has(id))
      const sign = wanted.order === 'ASC' ? 1 : -1
      return [...stored, ...memoryReads.select(selection)]
        .sort((a, b) => sign * (a.row - b.row))
        .slice(0, limit)
    })
  }

  function read(name: string, memory: ReadonlyMap<string, MemoryRecord>): Transcript | null {
    const stored = reads.rowNamed(name)
    const events = stored === null ? [] : reads.events(stored.row, 0)
    const newer = memory.get(name)
    if (newer !== undefined) {
      return transcriptOf(overlaidRow(stored, newer.row), overlaidEvents(events, newer.events))
    }
    return stored === null ? null : transcriptOf(stored, events)
  }

  /** The file has no text and no timings of an answer before its end: they are in its events. */
  function withTextSoFar(row: AnswerRow): AnswerRow {
    if (row.ending !== null || row.timings !== null) return row
    const state = answerStateOf(reads.events(row.row, 0), row.started_at)
    return {...row, text: state.text, timings: JSON.stringify(state.timings())}
  }

  return {
    list(filter, {cursor, limit = 50}, memory) {
      const size = Math.min(200, Math.max(1, Math.trunc(limit) || 50))
      const from = cursor === undefined ? null : parseCursor(cursor)
      const found = select({filter, order: 'DESC', from, limit: size + 1}, memory)
      const shown = found.slice(0, size)
      const last = shown.at(-1)
      return {
        items: shown.map((row) => itemOf(withTextSoFar(row))),
        nextCursor: found.length > size && last !== undefined ? cursorOf(last) : null,
      }
    },
    ids(filter, after, memory) {
      const found = select({filter, order: 'ASC', from: after, limit: idsAtOnce}, memory)
      return {
        ids: found.map(({id}) => id),
        next: found.length < idsAtOnce ? null : (found.at(-1)?.row ?? null),
      }
    },
    read(names, memory) {
      const newer = new Map(memory.map((record) => [record.row.id, record]))
      const found: (Transcript | null)[] = []
      let chars = 0
      for (const name of names) {
        const transcript = read(name, newer)
        found.push(transcript)
        chars += transcript === null ? 0 : charsOf(transcript.events)
        if (chars >= maxReadChars) break
      }
      return found
    },
  }
}

/**
 * Reads with a database in memory that what memory has is put into, so that a filter has one meaning. Answers that the
 * file has no row of are numbered as if they were its next ones.
 */
function withMemory<T>(
  memory: readonly MemoryRecord[],
  reads: TranscriptReads,
  read: (memoryReads: TranscriptReads) => T,
): T {
  const db = openSqlite(':memory:')
  try {
    migrate(db, ':memory:')
    const insertRow = rowInserter(db)
    const insertEvents = eventInserter(db)
    let last = reads.lastRow()
    db.transaction(() => {
      for (const {row, events} of memory) {
        const newer = overlaidRow(reads.row(row.id), row)
        const number = newer.row < 0 ? ++last : newer.row
        insertRow({...newer, row: number})
        insertEvents(number, events)
      }
    })()
    return read(createTranscriptReads(db))
  } finally {
    db.close()
  }
}

function charsOf(events: readonly SequencedEvent[]): number {
  let chars = 0
  for (const {event} of events) chars += charsEach + sizeOf(event)
  return chars
}
