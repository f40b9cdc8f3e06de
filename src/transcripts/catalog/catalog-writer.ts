import {emptyWriteAheadLog, type SqliteDatabase} from '../../native/index.ts'
import type {AnswerRow} from '../answer-row.ts'
import {entryOf} from '../figures/figure-sums.ts'
import {createRollUps} from '../figures/roll-ups.ts'
import {schemaSqlOf} from '../schema-sql.ts'
import {measures} from './catalog-schema.ts'
import {eventsOfJson, type Facets, facetsOf} from './facets-of.ts'
import {indexedText, nameWord} from './search-words.ts'

/** How far the catalog has come. */
export interface CatalogState {
  /** The last change that it has taken in. */
  readonly change: number
  /** Answers of the file that it has not seen yet, at most: those from before there was a catalog. */
  readonly left: number
  /** Whether it has taken in everything. */
  readonly isCurrent: boolean
  /** Whether there is nothing to do, not even tidying. */
  readonly isIdle: boolean
  /** Whether nothing that was removed is left in a copy on the disk. */
  readonly isErased: boolean
}

/** Takes what has changed in the transcripts file into the catalog. @throws what SQLite throws; then nothing was taken in. */
export interface CatalogWriter {
  /** Works until the time is up or nothing is left; at least one step. */
  catchUp(withinMs: number): CatalogState
  /** The answers of these rows, as they are now. */
  take(rows: readonly number[]): void
}

/** Changes, or earlier answers, in one transaction. */
const stepSize = 200
export function hasChanges(transcripts: SqliteDatabase): boolean {
  return transcripts.prepare("SELECT 1 FROM sqlite_master WHERE name = 'changes'").get() !== undefined
}

/** How many transactions may leave a segment each before they are joined. */
const stepsBeforeTidying = 8
/** Pages that one step of tidying writes. */
const mergePages = 200

export interface CatalogWriterOptions {
  /** The transcripts file: only read. */
  readonly transcripts: SqliteDatabase
  /** The catalog; may be the same connection, in memory. */
  readonly catalog: SqliteDatabase
}

export function createCatalogWriter({transcripts, catalog}: CatalogWriterOptions): CatalogWriter {
  const answerOf = transcripts.prepare<[number], AnswerRow>(
    `SELECT ${schemaSqlOf(transcripts).columns} FROM answers WHERE row = ?`,
  )
  const eventsOf = transcripts
    .prepare<[number], string>('SELECT data FROM events WHERE answer = ? AND pieces IS NULL ORDER BY seq')
    .pluck()
  // A file that no server of this version has migrated has no changes, and gets none while it is read.
  const changes = hasChanges(transcripts) ? 'changes' : '(SELECT 0 AS seq, 0 AS at, 0 AS row WHERE 0)'
  const changesAfter = transcripts.prepare<[number, number], Change>(
    `SELECT seq, at, row FROM ${changes} WHERE seq > ? ORDER BY seq LIMIT ?`,
  )
  const lastChange = transcripts.prepare<[], Change>(
    `SELECT seq, at, row FROM ${changes} ORDER BY seq DESC LIMIT 1`,
  )
  const changeAt = transcripts.prepare<[number], number>(`SELECT at FROM ${changes} WHERE seq = ?`).pluck()
  const rowsBelow = transcripts
    .prepare<[number, number], number>('SELECT row FROM answers WHERE row < ? ORDER BY row DESC LIMIT ?')
    .pluck()
  const lastRow = transcripts.prepare<[], number>('SELECT ifnull(max(row), 0) FROM answers').pluck()

  const stateOf = catalog.prepare<[string], number>('SELECT value FROM state WHERE name = ?').pluck()
  const keepState = catalog.prepare('INSERT OR REPLACE INTO state (name, value) VALUES (?, ?)')
  const nameId = catalog
    .prepare<[string, string], number>('SELECT id FROM names WHERE kind = ? AND name = ?')
    .pluck()
  const addName = catalog
    .prepare<[string, string], number>('INSERT INTO names (kind, name) VALUES (?, ?) RETURNING id')
    .pluck()
  const addToName = catalog.prepare('UPDATE names SET answers = answers + ? WHERE id = ?')
  // The name of a visitor says something of somebody, unlike that of a build.
  const dropGoneVisitor = catalog.prepare(
    "DELETE FROM names WHERE id = ? AND kind = 'visitor' AND answers <= 0",
  )
  const facetColumns = ['row', 'at', ...measures]
  const putFacets = catalog.prepare(
    `INSERT OR REPLACE INTO facets (${facetColumns.join(', ')}) VALUES (${facetColumns.map(() => '?').join(', ')})`,
  )
  const catalogued = catalog
    .prepare<[number, number], number>('SELECT row FROM facets WHERE row >= ? AND row < ?')
    .pluck()
  const lastCatalogued = catalog.prepare<[], number>('SELECT ifnull(max(row), 0) FROM facets').pluck()
  const dropFacets = catalog.prepare('DELETE FROM facets WHERE row = ?')
  const textsOf = catalog.prepare<[number], Texts>('SELECT question, text, names FROM texts WHERE row = ?')
  const putTexts = catalog.prepare(
    'INSERT OR REPLACE INTO texts (row, question, text, names) VALUES (?, ?, ?, ?)',
  )
  const dropTexts = catalog.prepare('DELETE FROM texts WHERE row = ?')
  const addWords = catalog.prepare('INSERT INTO words (rowid, question, text, names) VALUES (?, ?, ?, ?)')
  const dropWords = catalog.prepare(
    "INSERT INTO words (words, rowid, question, text, names) VALUES ('delete', ?, ?, ?, ?)",
  )
  const merge = catalog.prepare(`INSERT INTO words (words, rank) VALUES ('merge', ${mergePages})`)
  const totalChanges = catalog.prepare<[], number>('SELECT total_changes()').pluck()
  // An earlier schema has no index for it, and is only read by commands.
  const firstOfConversation = hasChanges(transcripts)
    ? transcripts.prepare<[string], number>('SELECT min(row) FROM answers WHERE conversation = ?').pluck()
    : null
  const oldest = transcripts.prepare<[], number | null>('SELECT min(started_at) FROM answers').pluck()
  const rollUps = createRollUps(catalog)

  /** Ids of names by kind and name; emptied when a transaction fails, since its names are gone. */
  const ids = new Map<string, number>()
  /** By how much the count of a name has changed in this transaction. */
  const counts = new Map<number, number>()
  // A process that was killed may have left copies.
  let isErased = false

  function idOf(kind: string, name: string): number {
    const key = `${kind}\0${name}`
    let id = ids.get(key)
    if (id === undefined) {
      id = nameId.get(kind, name) ?? addName.get(kind, name)!
      // Pages can be many.
      if (ids.size > 10_000) ids.clear()
      ids.set(key, id)
    }
    return id
  }

  function count(id: number, by: number): void {
    counts.set(id, (counts.get(id) ?? 0) + by)
  }

  function forget(row: number): void {
    const before = textsOf.get(row)
    if (before === undefined) return
    isErased = false
    dropIndexed(row, before)
    dropTexts.run(row)
    dropFacets.run(row)
    rollUps.forget(row)
  }

  function put(row: number, {at, names, measures: measured, question, text}: Facets): void {
    putFacets.run(row, at, ...measures.map((measure) => measured[measure]))
    const ids = names.map(([kind, name]) => idOf(kind, name))
    const before = textsOf.get(row)
    const now: Texts = {question, text, names: ids.join(' ')}
    if (before?.question === question && before.text === text && before.names === now.names) return
    if (before !== undefined) dropIndexed(row, before)
    for (const id of ids) count(id, 1)
    putTexts.run(row, question, text, now.names)
    addWords.run(row, ...indexed(now))
  }

  /** Takes an answer out of the index and the counts. */
  function dropIndexed(row: number, texts: Texts): void {
    dropWords.run(row, ...indexed(texts))
    for (const id of idsIn(texts)) count(id, -1)
  }

  function takeRow(row: number): void {
    const answer = answerOf.get(row)
    if (answer === undefined) {
      forget(row)
      return
    }
    const facets = facetsOf(answer, eventsOfJson(eventsOf.iterate(row)))
    put(row, facets)
    if (answer.ending === null) return
    const isFirst = firstOfConversation?.get(answer.conversation) === row
    rollUps.count(entryOf(answer, facets, isFirst))
  }

  let version: unknown = null

  /** A command beside the server may have removed names. */
  function forgetIdsOfOthers(): void {
    const now = catalog.pragma('data_version', {simple: true})
    if (now !== version) ids.clear()
    version = now
  }

  function inTransaction<Result>(work: () => Result): Result {
    try {
      return catalog
        .transaction(() => {
          forgetIdsOfOthers()
          const result = work()
          for (const [id, by] of counts) {
            if (by !== 0) addToName.run(by, id)
            if (by < 0 && dropGoneVisitor.run(id).changes > 0) ids.clear()
          }
          rollUps.flush()
          return result
        })
        .immediate()
    } catch (error) {
      ids.clear()
      rollUps.discard()
      throw error
    } finally {
      counts.clear()
    }
  }

  /**
   * Where the catalog stands. It goes through the whole file if it is new, if changes were thrown away that it had not
   * seen, or if the file is not the one it knew, as a restored backup.
   */
  function position(): {change: number; below: number} {
    const change = stateOf.get('change') ?? -1
    if (change >= 0 && (change === 0 || changeAt.get(change) === stateOf.get('changeAt'))) {
      return {change, below: stateOf.get('below') ?? 0}
    }
    const last = lastChange.get() ?? {seq: 0, at: 0, row: 0}
    // Of another file the catalog may have later rows than this one has.
    const below = Math.max(lastRow.get()!, lastCatalogued.get()!) + 1
    keepChange(last)
    keepState.run('below', below)
    rollUps.beginPass(oldest.get() ?? null)
    return {change: last.seq, below}
  }

  function keepChange({seq, at}: Change): void {
    keepState.run('change', seq)
    keepState.run('changeAt', at)
  }

  /**
   * Takes in the next changes, or else earlier answers. In one transaction with where it stands: a command may do the same
   * beside the server. @returns whether there was anything.
   */
  function takeSome(mayBeEarlier: boolean): boolean {
    return inTransaction(() => {
      const {change, below} = position()
      const changes = changesAfter.all(change, stepSize)
      if (changes.length > 0) {
        for (const row of new Set(changes.map(({row}) => row))) takeRow(row)
        keepChange(changes.at(-1)!)
        return true
      }
      if (below === 0 || !mayBeEarlier) return false
      takeEarlier(below)
      return true
    })
  }

  /** Answers from before the catalog, the newest first, since they are read first. */
  function takeEarlier(below: number): void {
    const rows = rowsBelow.all(below, stepSize)
    const from = rows.length < stepSize ? 0 : rows.at(-1)!
    const kept = new Set(rows)
    for (const row of catalogued.all(from, below)) if (!kept.has(row)) forget(row)
    for (const row of rows) takeRow(row)
    keepState.run('below', from)
  }

  /** Joins segments of the full-text index. @returns whether there was anything to join. */
  function tidy(): boolean {
    const before = totalChanges.get()!
    inTransaction(() => merge.run())
    // One change is the command itself.
    return totalChanges.get()! - before > 1
  }

  return {
    catchUp(withinMs) {
      const until = performance.now() + withinMs
      let isIdle = false
      let untidy = 0
      do {
        if (takeSome(untidy < stepsBeforeTidying)) untidy += 1
        else {
          isIdle = !tidy() && untidy < stepsBeforeTidying
          untidy = 0
        }
      } while (!isIdle && performance.now() < until)
      isErased ||= catalog.memory || emptyWriteAheadLog(catalog)
      const change = stateOf.get('change')!
      const below = stateOf.get('below')!
      const isCurrent = below === 0 && changesAfter.get(change, 1) === undefined
      return {change, left: Math.max(0, below - 1), isCurrent, isIdle, isErased}
    },
    take: (rows) => inTransaction(() => rows.forEach(takeRow)),
  }
}

/** What is indexed of an answer; `names` are ids, separated by spaces. */
interface Texts {
  readonly question: string
  readonly text: string
  readonly names: string
}

function idsIn({names}: Texts): number[] {
  return names.split(' ').map(Number)
}

function indexed(texts: Texts): [question: string, text: string, names: string] {
  return [indexedText(texts.question), indexedText(texts.text), idsIn(texts).map(nameWord).join(' ')]
}

interface Change {
  readonly seq: number
  readonly at: number
  readonly row: number
}
