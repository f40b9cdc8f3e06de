import {setTimeout as delay} from 'node:timers/promises'
import {DocentError, type SequencedEvent} from '../domain/index.ts'
import type {SqliteDatabase} from '../native/index.ts'
import {eventInserter} from './answer-writer.ts'
import {forgetPagesIn} from './catalog/local-catalog.ts'
import {type EventRow, eventsOf} from './event-rows.ts'
import {openSharedDatabase, storageError} from './open-database.ts'
import {eraseCopies} from './removal.ts'
import {type IsOfPage, pageTest, withoutPage, withoutRepeatedWords} from './withdrawn-answer.ts'

export interface Withdrawal {
  /** Answers that named the page: among their sources, as near it, or as where the visitor was. */
  readonly answers: number
  /** Of these, answers whose own words rested on it, and are gone. */
  readonly emptied: number
  /** Answers with the page that are still being written after the wait, and were left as they are. */
  readonly running: number
  /** False if another process that reads the file keeps copies of removed text in it. */
  readonly isErased: boolean
}

export interface WithdrawOptions {
  /** Counts alone, and changes nothing. Default false. */
  readonly isDryRun?: boolean
  /** How long answers with the page that are being written are waited for. Default 2 minutes. */
  readonly waitMs?: number
  /** Called once when such an answer is waited for. */
  readonly onWait?: (running: number) => void
  readonly now?: () => number
}

/** Answers that are read at a time. */
const answersAtOnce = 50
/** After each answer that was changed, so that a server can write in between. */
const pauseMs = 5
const runningPollMs = 500

interface FoundRow {
  readonly row: number
  readonly conversation: string
  readonly question: string
  readonly text: string
  readonly facts: string
  readonly page: string | null
}

/**
 * Takes a page out of all answers that have ended, also while a server runs. Its title, its address and its words go wherever
 * it was a source or was named. An answer that cites it loses its own words as well, and so does one that was shown it and
 * cites nothing; later searches and prompts of its conversation, which repeat such words, go too. Questions, times, ratings,
 * reviews, and the sources of other pages stay.
 *
 * @param urls the addresses of the page, as its sources have them, without a fragment
 * @throws DocentError `storage`, also if another process locks the file for too long.
 */
export async function withdrawPage(
  file: string,
  urls: readonly string[],
  options: WithdrawOptions = {},
): Promise<Withdrawal> {
  const {isDryRun = false, waitMs = 120_000, onWait = () => {}, now = Date.now} = options
  const db = openSharedDatabase(file, isDryRun ? 'read' : 'write')
  try {
    if (db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'shared_texts'").get() === undefined) {
      throw new DocentError(
        'storage',
        `${file} is of an earlier version. Start the server once, then try again.`,
      )
    }
    const isOfPage = pageTest(urls)
    const steps = prepareSteps(db, isOfPage, now())
    let running = steps.running()
    if (!isDryRun && running > 0) {
      onWait(running)
      const until = performance.now() + waitMs
      while (running > 0 && performance.now() < until) {
        await delay(runningPollMs)
        running = steps.running()
      }
    }
    const total = {answers: 0, emptied: 0}
    for await (const {isEmptied} of isDryRun ? steps.found() : steps.changed()) {
      total.answers += 1
      if (isEmptied) total.emptied += 1
    }
    if (isDryRun) return {...total, running, isErased: true}
    const isErased = await eraseCopies(db)
    return {...total, running, isErased: forgetPagesIn(file, db, isOfPage) && isErased}
  } catch (error) {
    throw storageError(error, file)
  } finally {
    db.close()
  }
}

interface Steps {
  /** Answers that name the page and have not ended. */
  running(): number
  /** Answers that name the page and have ended. */
  found(): AsyncGenerator<{readonly isEmptied: boolean}>
  /** The same, each after it was changed in a transaction of its own. */
  changed(): AsyncGenerator<{readonly isEmptied: boolean}>
}

function prepareSteps(db: SqliteDatabase, isOfPage: IsOfPage, at: number): Steps {
  const columns = 'row, conversation, question, text, facts, page'
  const some = db.prepare<[number], FoundRow>(
    `SELECT ${columns} FROM answers WHERE row > ? AND ending IS NOT NULL ORDER BY row LIMIT ${answersAtOnce}`,
  )
  const beingWritten = db.prepare<[], FoundRow>(`SELECT ${columns} FROM answers WHERE ending IS NULL`)
  const eventRows = db.prepare<[number], EventRow>(
    'SELECT seq, last_seq, at, data, pieces FROM events WHERE answer = ? ORDER BY seq',
  )
  const dropEvents = db.prepare('DELETE FROM events WHERE answer = ?')
  // The catalog follows this.
  const update = db.prepare('UPDATE answers SET text = ?, facts = ?, page = ? WHERE row = ?')
  const ofConversation = db.prepare<[string], Pick<FoundRow, 'row' | 'question'>>(
    'SELECT row, question FROM answers WHERE conversation = ? AND ending IS NOT NULL ORDER BY row',
  )
  const insertEvents = eventInserter(db)
  const dropMaterial = prepareDroppingMaterial(db)

  const eventsOfRow = (row: number) => eventsOf(eventRows.all(row))
  const leftOf = (row: FoundRow) => withoutPage(row, eventsOfRow(row.row), isOfPage, at)

  function replaceEvents(row: number, events: readonly SequencedEvent[]): void {
    dropEvents.run(row)
    insertEvents(row, events)
  }

  const change = db.transaction((row: FoundRow) => {
    const left = leftOf(row)
    if (left === null) return
    dropMaterial(row.row, left.numbers)
    replaceEvents(row.row, left.events)
    update.run(left.text, left.facts, left.page, row.row)
    if (left.isEmptied) for (const each of ofConversation.all(row.conversation)) dropRepeated(each)
  })

  /** Searches and prompts of a conversation are made of the answers before, so they may repeat the words of one that is emptied. */
  function dropRepeated({row, question}: Pick<FoundRow, 'row' | 'question'>): void {
    dropMaterial(row, [])
    const left = withoutRepeatedWords(eventsOfRow(row), question)
    if (left !== null) replaceEvents(row, left)
  }

  async function* found(): AsyncGenerator<FoundRow & {readonly isEmptied: boolean}> {
    let rows = some.all(0)
    while (rows.length > 0) {
      for (const row of rows) {
        const left = leftOf(row)
        if (left !== null) yield {...row, isEmptied: left.isEmptied}
      }
      rows = some.all(rows.at(-1)!.row)
    }
  }

  return {
    running: () => beingWritten.all().filter((row) => leftOf(row) !== null).length,
    found,
    async *changed() {
      for await (const row of found()) {
        change.immediate(row)
        yield row
        await delay(pauseMs)
      }
    },
  }
}

/**
 * Drops the prompts of an answer, the sections with these numbers as they were shown, and the texts that nothing uses then.
 */
function prepareDroppingMaterial(db: SqliteDatabase): (row: number, numbers: readonly number[]) => void {
  const left = 'answer = @row AND text NOT IN (SELECT text FROM shown_sections WHERE answer = @row)'
  const steps = [
    'DELETE FROM prompts WHERE answer = @row',
    'DELETE FROM shown_sections WHERE answer = @row AND n IN (SELECT value FROM json_each(@numbers))',
    `DELETE FROM shared_texts WHERE id IN (SELECT text FROM text_uses WHERE ${left})
       AND NOT EXISTS (SELECT 1 FROM text_uses WHERE text = shared_texts.id AND answer <> @row)`,
    `DELETE FROM text_uses WHERE ${left}`,
  ].map((sql) => db.prepare(sql))
  return (row, numbers) => {
    for (const step of steps) step.run({row, numbers: JSON.stringify(numbers)})
  }
}
