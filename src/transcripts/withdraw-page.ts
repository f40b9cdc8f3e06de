import type {JournalDetails} from '../answers/index.ts'
import {
  type AnswerEvent,
  DocentError,
  type PageLink,
  type SequencedEvent,
  type Source,
  type VisitorPage,
  withdrawnSource,
} from '../domain/index.ts'
import {pathKey} from '../lib/url-path.ts'
import type {SqliteDatabase} from '../native/index.ts'
import {eventInserter} from './answer-writer.ts'
import {forgetRemoved} from './catalog/local-catalog.ts'
import {type EventRow, eventsOf} from './event-rows.ts'
import {openSharedDatabase, storageError} from './open-database.ts'
import {eraseCopies} from './removal.ts'

export interface Withdrawal {
  /** Answers that named the page: among their sources, as near it, or as where the visitor was. */
  readonly answers: number
  /** Of these, answers whose own words rested on it, and are gone. */
  readonly emptied: number
  /** False if another process that reads the file keeps copies of removed text in it. */
  readonly isErased: boolean
}

/** Answers changed in one transaction: few, so that a server that writes waits for a moment at most. */
const answersAtOnce = 50

interface FoundRow {
  readonly row: number
  readonly conversation: string
  readonly text: string
  readonly facts: string
  readonly page: string | null
}

/**
 * Takes a page out of all answers that have ended, also while a server runs. Its title, its address and its words go wherever
 * it was a source or was named. An answer that cites it loses its own words as well, and so does one that was shown it and
 * cites nothing; questions, times, ratings, reviews, and the sources of other pages stay.
 *
 * @param urls the addresses of the page, as its sources have them, without a fragment
 * @param options.isDryRun counts alone, and changes nothing. Default false.
 * @throws DocentError `storage`, also if another process locks the file for too long.
 */
export async function withdrawPage(
  file: string,
  urls: readonly string[],
  {isDryRun = false, now = Date.now}: {readonly isDryRun?: boolean; readonly now?: () => number} = {},
): Promise<Withdrawal> {
  const db = openSharedDatabase(file, isDryRun ? 'read' : 'write')
  try {
    if (db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'shared_texts'").get() === undefined) {
      throw new DocentError(
        'storage',
        `${file} is of an earlier version. Start the server once, then try again.`,
      )
    }
    const total = {answers: 0, emptied: 0}
    const step = prepareStep(db, pageTest(urls), isDryRun ? null : now())
    for (let after: number | null = 0; after !== null; ) {
      const {last, answers, emptied} = step(after)
      total.answers += answers
      total.emptied += emptied
      after = last
    }
    if (isDryRun) return {...total, isErased: true}
    const isErased = await eraseCopies(db)
    return {...total, isErased: forgetRemoved(file, db) && isErased}
  } catch (error) {
    throw storageError(error, file)
  } finally {
    db.close()
  }
}

type IsOfPage = (url: string) => boolean

/** Whether an address leads to the page, to whichever of its sections, and however it is encoded. */
export function pageTest(urls: readonly string[]): IsOfPage {
  const keyOf = (url: string) => pathKey(url.replace(/[?#].*$/s, '').replace(/(?<=[^/])\/$/, ''))
  const keys = new Set(urls.map(keyOf))
  return (url) => url !== '' && keys.has(keyOf(url))
}

function noteAt(at: number): string {
  const day = new Date(at).toISOString().slice(0, 10)
  return `A page that was a source of this answer was withdrawn on ${day}. What was taken from it is gone.`
}

interface Step {
  /** The row that was looked at last; null after the last one. */
  readonly last: number | null
  readonly answers: number
  readonly emptied: number
}

/** @param at when it is done, in milliseconds since the epoch; null if nothing is to be changed. */
function prepareStep(db: SqliteDatabase, isOfPage: IsOfPage, at: number | null): (after: number) => Step {
  const some = db.prepare<[number], FoundRow>(
    `SELECT row, conversation, text, facts, page FROM answers WHERE row > ? AND ending IS NOT NULL ORDER BY row LIMIT ${answersAtOnce}`,
  )
  const rowsOfAnswer = db.prepare<[number], EventRow>(
    'SELECT seq, last_seq, at, data, pieces FROM events WHERE answer = ? ORDER BY seq',
  )
  const dropEvents = db.prepare('DELETE FROM events WHERE answer = ?')
  // The catalog follows this.
  const update = db.prepare('UPDATE answers SET text = ?, facts = ?, page = ? WHERE row = ?')
  const insertEvents = at === null ? null : eventInserter(db)
  const ofConversation = db
    .prepare<[string], number>('SELECT row FROM answers WHERE conversation = ? AND ending IS NOT NULL')
    .pluck()
  const dropMaterial = prepareDroppingMaterial(db)

  const step = (after: number): Step => {
    const found = some.all(after)
    let [answers, emptied] = [0, 0]
    for (const row of found) {
      const changed = withoutPage(row, eventsOf(rowsOfAnswer.all(row.row)), isOfPage)
      if (changed === null) continue
      answers += 1
      if (changed.isEmptied) emptied += 1
      if (insertEvents === null || at === null) continue
      dropMaterial(row.row, changed.numbers)
      // Later prompts of the conversation repeat the words of this answer.
      if (changed.isEmptied) for (const other of ofConversation.all(row.conversation)) dropMaterial(other, [])
      dropEvents.run(row.row)
      insertEvents(row.row, changed.events)
      const {notes = [], emptiedAt = at} = changed.facts
      const facts = {
        ...changed.facts,
        notes: [...notes, noteAt(at)],
        ...(changed.isEmptied ? {emptiedAt} : {}),
      }
      update.run(changed.isEmptied ? '' : row.text, JSON.stringify(facts), changed.page, row.row)
    }
    return {last: found.at(-1)?.row ?? null, answers, emptied}
  }
  const inOne = db.transaction(step)
  return at === null ? step : (after) => inOne.immediate(after)
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

/** What is left of an answer; null for one that does not name the page. */
function withoutPage(
  {facts: factsJson, page}: FoundRow,
  events: readonly SequencedEvent[],
  isOfPage: IsOfPage,
): {
  readonly events: readonly SequencedEvent[]
  readonly facts: JournalDetails
  readonly page: string | null
  readonly numbers: readonly number[]
  readonly isEmptied: boolean
} | null {
  const facts = JSON.parse(factsJson) as JournalDetails
  const numbers = numbersOf(events, isOfPage)
  const isEmptied = restsOn(events, numbers)
  const considered = facts.considered?.map((source) =>
    isOfPage(source.url) ? withdrawnSource(source) : source,
  )
  const isConsidered = facts.considered?.some(({url}) => isOfPage(url)) ?? false
  const isNear = events.some(({event}) => event.type === 'done' && event.nearest?.some(leadsTo(isOfPage)))
  const visitorUrl = page === null ? null : (JSON.parse(page) as VisitorPage).url
  const wasThere = visitorUrl !== null && isOfPage(visitorUrl)
  if (numbers.size === 0 && !isConsidered && !isNear && !wasThere) return null
  return {
    events: events.map((each) => ({
      ...each,
      event: eventWithout(each.event, {isOfPage, numbers, isEmptied}),
    })),
    facts: considered === undefined ? facts : {...facts, considered},
    page: wasThere ? null : page,
    numbers: [...numbers],
    isEmptied,
  }
}

/** The numbers of the page's sections among the sources. */
function numbersOf(events: readonly SequencedEvent[], isOfPage: IsOfPage): ReadonlySet<number> {
  const sources = events.flatMap(({event}): readonly Source[] =>
    event.type === 'sources' ? event.sources : [],
  )
  return new Set(sources.filter(({url}) => isOfPage(url)).map(({n}) => n))
}

/** Whether an answer has words that may be of the page: it cites it, or was shown it and cites nothing at all. */
function restsOn(events: readonly SequencedEvent[], numbers: ReadonlySet<number>): boolean {
  if (numbers.size === 0) return false
  const cited = events.flatMap(({event}) => (event.type === 'citation' ? [event.n] : []))
  if (cited.length > 0) return cited.some((n) => numbers.has(n))
  return events.some(({event}) => (event.type === 'delta' || event.type === 'reasoning') && event.text !== '')
}

function eventWithout(
  event: AnswerEvent,
  {
    isOfPage,
    numbers,
    isEmptied,
  }: {readonly isOfPage: IsOfPage; readonly numbers: ReadonlySet<number>; readonly isEmptied: boolean},
): AnswerEvent {
  switch (event.type) {
    case 'sources': {
      if (!event.sources.some(({url}) => isOfPage(url))) return event
      // Its hosts may be of the page.
      const {linkHosts: _, ...rest} = event
      return {
        ...rest,
        sources: event.sources.map((source) => (isOfPage(source.url) ? withdrawnSource(source) : source)),
      }
    }
    case 'delta':
    case 'reasoning':
      return isEmptied ? {...event, text: ''} : event
    case 'citation': {
      const {quote: _, ...rest} = event
      return isEmptied || numbers.has(event.n) ? rest : event
    }
    case 'done':
      return event.nearest === undefined
        ? event
        : {...event, nearest: event.nearest.filter((link) => !leadsTo(isOfPage)(link))}
    default:
      return event
  }
}

const leadsTo =
  (isOfPage: IsOfPage) =>
  ({url}: PageLink): boolean =>
    isOfPage(url)
