import {openSqlite} from '../native/index.ts'
import {type RedactorRecipe, redactorFrom} from '../redaction/index.ts'
import {type AnswerRow, itemOf, transcriptOf} from './answer-row.ts'
import {eventInserter, rowInserter} from './answer-writer.ts'
import type {AskedQuestion, QuestionReads} from './asked-questions.ts'
import {
  type CatalogReads,
  type CatalogSelection,
  createCatalogReads,
  type Found,
} from './catalog/catalog-reads.ts'
import {createCatalogTables} from './catalog/catalog-schema.ts'
import {createCatalogWriter} from './catalog/catalog-writer.ts'
import type {Analytics, AnalyticsRequest, PageFigures, PagesRequest} from './figures/analytics.ts'
import {cursorOf, parseCursor, selectionOf} from './list-order.ts'
import {
  charsOf,
  hasTextInEvents,
  idsPageSize,
  maxMatches,
  maxReadChars,
  pageSizeOf,
  roundedIfMore,
  withTextSoFar,
} from './list-page.ts'
import type {MaterialReads} from './material-reads.ts'
import {migrate} from './migrations.ts'
import {type MemoryRecord, overlayEvents, overlayRow} from './overlay.ts'
import {redactedTranscript} from './redacted-transcript.ts'
import {createTranscriptReads, type TranscriptReads} from './transcript-reads.ts'
import type {
  KeptMaterial,
  NamedCount,
  PageRequest,
  Transcript,
  TranscriptFilter,
  TranscriptPage,
  ValueKind,
} from './transcript-store.ts'

/** A page of answer ids. */
export interface IdsPage {
  readonly ids: readonly string[]
  /** Where the next page begins; null after the last one. */
  readonly next: number | null
}

/**
 * Reads of one database for staff, combined with answers in memory. `memory` is passed to each call, so that reads can run
 * in another process than the one that has it.
 */
export interface StaffReads {
  /** @throws DocentError `invalid_request` for a bad cursor. */
  list(filter: TranscriptFilter, page: PageRequest, memory: readonly MemoryRecord[]): TranscriptPage
  /** Ids of all that match, oldest first. `after` is `next` of the previous page; null for the first. */
  ids(filter: TranscriptFilter, after: number | null, memory: readonly MemoryRecord[]): IdsPage
  /**
   * Answers by id or ref, in the requested order; null for unknown ones. Returns at least one, and no more than fit in a
   * message of limited size: the caller asks again for the rest.
   * @param redacted by which everything in them is redacted; null for as they are kept.
   */
  read(
    names: readonly string[],
    memory: readonly MemoryRecord[],
    redacted?: RedactorRecipe | null,
  ): (Transcript | null)[]
  /**
   * What an answer of the file was made of, by id or ref: its requests as JSON, an array of `{n, at, body}`, and the sections
   * that were shown. Null for an unknown one.
   */
  material(name: string): KeptMaterial | null
  /** Without answers that are in memory alone. */
  analytics(request: AnalyticsRequest): Analytics
  /** Without answers that are in memory alone. */
  pageFigures(request: PagesRequest): readonly PageFigures[]
  /** By `ref`, in this order; those that are gone, or of which no words are in the file, are left out. */
  asked(refs: readonly string[]): readonly AskedQuestion[]
  /** Without answers that are in memory alone. */
  values(kind: ValueKind, limit: number): readonly NamedCount[]
}

/** @throws what SQLite throws, from every method. */
export function createStaffReads(
  reads: TranscriptReads,
  catalog: CatalogReads,
  questions: Pick<QuestionReads, 'asked'>,
  material: MaterialReads,
): StaffReads {
  /** Matching answers of the file and of memory, as if all were in the file. */
  function select(selection: CatalogSelection, memory: readonly MemoryRecord[]): [Found, AnswerRow][] {
    const {limit, order} = selection
    const stored = (more: number, isOlder: (found: Found) => boolean): [Found, AnswerRow][] =>
      withRows(
        catalog.select({...selection, limit: limit + more}).filter((found) => !isOlder(found)),
        reads,
      )
    if (memory.length === 0) return stored(0, () => false)
    return withMemory(memory, reads, (memoryReads, memoryCatalog, rows) => {
      const sign = order === 'ASC' ? 1 : -1
      return [
        ...stored(memory.length, ({row}) => rows.has(row)),
        ...withRows(memoryCatalog.select(selection), memoryReads),
      ]
        .sort(([a], [b]) => sign * ((a.value ?? 0) - (b.value ?? 0) || a.row - b.row))
        .slice(0, limit)
    })
  }

  function read(name: string, memory: ReadonlyMap<string, MemoryRecord>): Transcript | null {
    const stored = reads.rowByIdOrRef(name)
    const events = stored === null ? [] : reads.events(stored.row, 0)
    const newer = memory.get(name)
    if (newer !== undefined) {
      return transcriptOf(overlayRow(stored, newer.row), overlayEvents(events, newer.events))
    }
    return stored === null ? null : transcriptOf(stored, events)
  }

  function totalOf(list: CatalogSelection, memory: readonly MemoryRecord[]): TranscriptPage['total'] {
    const selection = {...list, limit: maxMatches}
    if (memory.length === 0) return roundedIfMore(catalog.count(selection))
    return withMemory(memory, reads, (_reads, memoryCatalog, rows) => {
      const counts = [catalog.count(selection, [...rows]), memoryCatalog.count(selection)]
      const answers = counts.reduce((sum, count) => sum + count.answers, 0)
      return roundedIfMore({answers, isAll: counts.every(({isAll}) => isAll)})
    })
  }

  /** The file has no text and no timings of a running answer. */
  function toShow(row: AnswerRow): AnswerRow {
    return hasTextInEvents(row) ? withTextSoFar(row, reads.events(row.row, 0)) : row
  }

  return {
    material(name) {
      const found = reads.rowByIdOrRef(name)
      if (found === null) return null
      const {ref, row} = found
      return {ref, requests: JSON.stringify(material.requests(row)), sections: material.sections(row)}
    },
    asked: (refs) => questions.asked(refs),
    analytics: (request) => catalog.analytics(request),
    pageFigures: (request) => catalog.pageFigures(request),
    values: (kind, limit) => catalog.values(kind === 'page' ? 'cited' : kind, limit),
    list(filter, {cursor, sort = 'newest', limit = 50}, memory) {
      const size = pageSizeOf(limit)
      const selection = {filter, ...selectionOf(sort), after: null, limit: size + 1}
      const counted = maxMatches + memory.length
      const found = select(
        cursor === undefined ? {...selection, counted} : {...selection, after: parseCursor(cursor, sort)},
        memory,
      )
      const last = found[size - 1]
      return {
        items: found.slice(0, size).map(([, row]) => itemOf(toShow(row), filter.q)),
        nextCursor: found.length > size && last !== undefined ? cursorOf(last[0], sort) : null,
        total: cursor === undefined ? totalOf(selection, memory) : null,
      }
    },
    ids(filter, after, memory) {
      const start = after === null ? null : {row: after, value: null}
      const found = select({filter, ...selectionOf('oldest'), after: start, limit: idsPageSize}, memory)
      return {
        ids: found.map(([, {id}]) => id),
        next: found.length < idsPageSize ? null : (found.at(-1)?.[0].row ?? null),
      }
    },
    read(names, memory, redacted = null) {
      const redactor = redacted === null ? null : redactorFrom(redacted)
      const newer = new Map(memory.map((record) => [record.row.id, record]))
      const found: (Transcript | null)[] = []
      let chars = 0
      for (const name of names) {
        const kept = read(name, newer)
        const transcript = kept === null || redactor === null ? kept : redactedTranscript(kept, redactor)
        found.push(transcript)
        chars += transcript === null ? 0 : charsOf(transcript.events)
        if (chars >= maxReadChars) break
      }
      return found
    },
  }
}

/** Found answers with their rows, without those that have been removed in the meantime. */
function withRows(found: readonly Found[], reads: TranscriptReads): [Found, AnswerRow][] {
  const rows = new Map(reads.rows(found.map(({row}) => row)).map((row) => [row.row, row]))
  return found.flatMap((one): [Found, AnswerRow][] => {
    const row = rows.get(one.row)
    return row === undefined ? [] : [[one, row]]
  })
}

/**
 * Copies the answers in memory into an in-memory database for the read, so that a filter means the same for them. Answers
 * without a row in the file are numbered as its next ones.
 */
function withMemory<T>(
  memory: readonly MemoryRecord[],
  reads: TranscriptReads,
  read: (memoryReads: TranscriptReads, memoryCatalog: CatalogReads, rows: ReadonlySet<number>) => T,
): T {
  const db = openSqlite(':memory:')
  try {
    migrate(db, ':memory:')
    createCatalogTables(db)
    const insertRow = rowInserter(db)
    const insertEvents = eventInserter(db)
    const rows = new Set<number>()
    let last = reads.lastRow()
    db.transaction(() => {
      for (const {row, events} of memory) {
        const newer = overlayRow(reads.row(row.id), row)
        const number = newer.row < 0 ? ++last : newer.row
        insertRow({...newer, row: number})
        insertEvents(number, events)
        rows.add(number)
      }
    })()
    createCatalogWriter({transcripts: db, catalog: db}).take([...rows])
    return read(createTranscriptReads(db), createCatalogReads(db), rows)
  } finally {
    db.close()
  }
}
