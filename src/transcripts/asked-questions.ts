import type {AbstentionReason, AnswerEvent, Ending} from '../domain/index.ts'
import type {SqliteDatabase} from '../native/index.ts'
import {answerabilityOf, eventsOfJson} from './catalog/facets-of.ts'
import type {Verdict} from './transcript-store.ts'

/** What became of a question, without its words. */
export interface QuestionFacts {
  /** Of the answer. */
  readonly ref: string
  readonly row: number
  /** Digest of its key. */
  readonly conversation: string
  readonly startedAt: number
  readonly build: string
  readonly version: string | null
  readonly lang: string | null
  readonly ending: Ending
  readonly isAbstained: boolean
  readonly rating: 'up' | 'down' | null
  readonly isMissing: boolean
  readonly verdict: Verdict | null
}

/** A question as it was kept. */
export interface AskedQuestion {
  readonly ref: string
  readonly answerId: string
  /** As it was asked, to be shown. Never empty. */
  readonly question: string
  /** What was searched for: the question, or what it was completed to where it followed another. Never empty. */
  readonly searched: string
  readonly ending: Ending | null
  readonly rating: 'up' | 'down' | null
  /** Whether the docs seemed to answer only a part of it. */
  readonly isPartly: boolean
  /** Whether an answer was given that staff stand for. */
  readonly isVerified: boolean
  /** Why it was not answered; null where it was. */
  readonly abstention: AbstentionReason | null
}

/** @throws what SQLite throws. */
export interface QuestionReads {
  /** Of ended answers of which words are kept, in the order of these rows; those that are gone are left out. */
  facts(rows: readonly number[]): QuestionFacts[]
  /** By `ref`, in this order; those that are gone, or of which no words are kept, are left out. */
  asked(refs: readonly string[]): AskedQuestion[]
}

interface FactsRow extends Omit<QuestionFacts, 'isAbstained' | 'isMissing'> {
  readonly isAbstained: number
  readonly isMissing: number
}

/** For a file that a server of this version has migrated. */
export function createQuestionReads(db: SqliteDatabase): QuestionReads {
  let prepared: ReturnType<typeof prepare> | null = null
  // A command may read a file of an earlier schema, and asks for no questions then.
  const statements = () => {
    prepared ??= prepare(db)
    return prepared
  }
  return {
    facts(rows) {
      const {factsOf} = statements()
      return rows.flatMap((row) => {
        const found = factsOf.get(row)
        if (found === undefined) return []
        return {...found, isAbstained: found.isAbstained === 1, isMissing: found.isMissing === 1}
      })
    },
    asked(refs) {
      const {askedBy, eventsOf} = statements()
      return refs.flatMap((ref) => {
        const row = askedBy.get(ref)
        return row === undefined ? [] : askedOf(ref, row, eventsOfJson(eventsOf.iterate(row.row)))
      })
    },
  }
}

function prepare(db: SqliteDatabase) {
  return {
    factsOf: db.prepare<[number], FactsRow>(
      `SELECT ref, row, conversation, started_at AS startedAt, build, version, lang, ending, abstained AS isAbstained,
         rating, missing AS isMissing, verdict
       FROM answers WHERE row = ? AND ending IS NOT NULL AND question <> ''`,
    ),
    askedBy: db.prepare<[string], AskedRow>(
      "SELECT row, id, question, ending, rating FROM answers WHERE ref = ? AND question <> ''",
    ),
    eventsOf: db
      .prepare<[number], string>('SELECT data FROM events WHERE answer = ? AND pieces IS NULL ORDER BY seq')
      .pluck(),
  }
}

/** What `askedOf` needs of an answer. */
export interface AskedRow {
  readonly row: number
  readonly id: string
  readonly question: string
  readonly ending: Ending | null
  readonly rating: 'up' | 'down' | null
}

/** @param events all but its deltas. */
export function askedOf(ref: string, row: AskedRow, events: readonly AnswerEvent[]): AskedQuestion {
  const {id: answerId, ending, rating} = row
  const first = events.find((event) => event.type === 'sources')
  const last = events.at(-1)
  const query = first?.type === 'sources' ? first.query.trim() : ''
  return {
    ref,
    answerId,
    question: row.question,
    searched: query === '' ? row.question : query,
    ending,
    rating,
    isPartly: answerabilityOf(events) === 'partly',
    isVerified: events.some(
      (event) => event.type === 'sources' && event.sources.some(({verified}) => verified === true),
    ),
    abstention: last?.type === 'done' ? (last.reason ?? null) : null,
  }
}
