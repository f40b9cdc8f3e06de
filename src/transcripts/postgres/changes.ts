import type {JournalDetails} from '../../answers/index.ts'
import {type Postgres, type Queries, storable} from '../../postgres/index.ts'
import type {Redacted, Redactor} from '../../redaction/index.ts'
import type {LiveAnswer} from '../live-answer.ts'
import type {LiveAnswers} from '../live-answers.ts'
import type {Redaction} from '../redaction.ts'
import {noTranscript, type ReviewRow, refuseTextOfReview, shouldWriteReview} from '../review.ts'
import {
  type FeedbackRow,
  feedbackAfter,
  forgetLive,
  keptFeedbackOf,
  maxResumes,
  noteFirstUseful,
  type StaffChanges,
} from '../staff-changes.ts'
import type {FeedbackChange, Review} from '../transcript-store.ts'
import {keptFeedback} from '../visitor-words.ts'
import {dropEmptyPartitions, dropPartitionsBefore} from './partitions.ts'
import {
  endedOf,
  type OnRemoving,
  ofConversation,
  ofVisitor,
  type RemovalCondition,
  removeAll,
  startedBefore,
  withId,
} from './removal.ts'
import type {RemoteWriteBehind} from './write-behind.ts'

export interface PostgresChangesOptions {
  readonly postgres: Postgres
  /** The setting `TRANSCRIPTS`, for messages. */
  readonly mode: string
  readonly live: LiveAnswers
  readonly writes: Pick<RemoteWriteBehind, 'add' | 'drop' | 'flushInSteps' | 'settled'>
  readonly redaction: Redaction
  /** For what visitors write; what staff write stays. */
  readonly redactor: Redactor
  readonly onRedacted: (found: Redacted['found']) => void
  readonly now: () => number
  readonly onRemoving: OnRemoving
}

/**
 * What readers do after an answer was given, feedback, reviews and deletions, in PostgreSQL, where any number of processes may
 * do it at once. What is removed is gone for all who read; PostgreSQL overwrites it when it vacuums.
 * @throws DocentError `storage` from every method.
 */
export function createPostgresChanges(options: PostgresChangesOptions): StaffChanges {
  const {postgres, mode, live, writes, redaction, redactor, now, onRemoving} = options

  async function remove(
    liveOnes: () => readonly LiveAnswer[],
    removeStored: () => Promise<number>,
  ): Promise<number> {
    await writes.flushInSteps()
    const onlyInMemory = forgetLive(liveOnes(), {live, writes})
    // What is being written of them would be there again.
    await writes.settled()
    return onlyInMemory + (await removeStored())
  }

  const removeStored =
    (condition: RemovalCondition, onStep?: (refs: readonly string[]) => Promise<void>) => () =>
      removeAll(postgres, condition, {onRemoving, ...(onStep === undefined ? {} : {onStep})})

  return {
    async setFeedback(answerId, feedback) {
      // The answer may have no row yet.
      await writes.flushInSteps()
      const {change, found} = keptFeedback(redaction.feedback(feedback), redactor)
      const kept = await postgres.transaction((queries) =>
        giveFeedback(queries, answerId, storableFeedback(change), now()),
      )
      options.onRedacted(found)
      return kept
    },
    async setFirstUseful(answerId, firstUsefulMs) {
      const answer = live.get(answerId)
      if (answer !== undefined) noteFirstUseful(answer, firstUsefulMs, writes)
      else await postgres.transaction((queries) => keepFirstUseful(queries, answerId, firstUsefulMs))
    },
    async countResume(answerId) {
      // The answer may have no row yet.
      await writes.flushInSteps()
      await changed(
        postgres,
        `UPDATE docent.answers SET resumes = resumes + 1 WHERE id = $1 AND resumes < ${maxResumes}`,
        [storable(answerId)],
      )
    },
    async noteOpened(answerId, n) {
      await writes.flushInSteps()
      return changed(
        postgres,
        `UPDATE docent.answers SET opened = replace((opened::jsonb || to_jsonb($2::integer))::text, ' ', '')
         WHERE id = $1 AND NOT opened::jsonb @> to_jsonb($2::integer)`,
        [storable(answerId), n],
      )
    },
    async setReview(answerId, given, replaces) {
      // The answer may have no row yet.
      await writes.flushInSteps()
      await reviewStored(postgres, answerId, {given, replaces, mode, at: now()})
    },
    async delete(answerId) {
      const liveOnes = () => [live.get(answerId)].flatMap((answer) => answer ?? [])
      return (await remove(liveOnes, removeStored(withId(answerId)))) > 0
    },
    deleteConversation: (conversation) =>
      remove(() => live.ofConversation(conversation), removeStored(ofConversation(conversation))),
    deleteVisitor: (visitor, onRemoved) =>
      remove(
        () => live.all().filter(({entry}) => entry.visitor === visitor),
        removeStored(ofVisitor(visitor), onRemoved),
      ),
    purge: (before) =>
      remove(
        () => live.all().filter(({entry}) => entry.startedAt < before),
        () => purgeStored(postgres, before, {onRemoving}),
      ),
  }
}

/**
 * Writes a review of an answer that is in the database.
 * @throws DocentError `not_found`, `conflict`, `invalid_request`, `storage`.
 */
export async function reviewStored(
  postgres: Postgres,
  answerId: string,
  {
    given,
    replaces,
    mode,
    at,
  }: Parameters<typeof giveReview>[2] & {
    /** The setting `TRANSCRIPTS`. */
    readonly mode: string
  },
): Promise<void> {
  refuseTextOfReview(given, mode)
  await postgres.transaction((queries) =>
    giveReview(queries, answerId, {given: storableReview(given), replaces, at}),
  )
}

/**
 * Removes all answers that began before a time, whole months first, and drops the partitions that are empty then.
 * @param before milliseconds since the epoch
 * @param options `onlyEnded` spares those that are being written; default false
 * @returns the number of answers removed.
 * @throws DocentError `storage`.
 */
export async function purgeStored(
  postgres: Postgres,
  before: number,
  {
    onlyEnded = false,
    ...options
  }: Pick<Parameters<typeof removeAll>[2], 'onRemoving' | 'mayGoOn'> & {readonly onlyEnded?: boolean},
): Promise<number> {
  const ofMonths = await dropPartitionsBefore(postgres, before, options)
  const condition = startedBefore(before)
  const others = await removeAll(postgres, onlyEnded ? endedOf(condition) : condition, options)
  // Of months that had an answer that had not ended.
  if (others > 0) await dropEmptyPartitions(postgres, before)
  return ofMonths + others
}

/**
 * Changes answers in a way that figures count, and has those counted again that have ended: in one statement.
 * @param update an UPDATE of `docent.answers` without RETURNING
 * @returns whether an answer was changed.
 */
async function changed(queries: Queries, update: string, values: readonly unknown[]): Promise<boolean> {
  // A row of `uncounted` that is there already is written again, not passed over: who counts waits for it, so that the answer
  // is not read as it was before and then taken for counted.
  const row = await queries.row(
    `WITH changed AS (${update} RETURNING row, ending),
       noted AS (
         INSERT INTO docent.uncounted (answer) SELECT row FROM changed WHERE ending IS NOT NULL
         ON CONFLICT (answer) DO UPDATE SET answer = excluded.answer
       )
     SELECT 1 FROM changed`,
    values,
  )
  return row !== null
}

async function giveFeedback(queries: Queries, answerId: string, change: FeedbackChange, at: number) {
  const before = await queries.row<FeedbackRow & {readonly row: number}>(
    `SELECT row, rating, rating_reasons, rating_comment, missing, build FROM docent.answers WHERE id = $1
     FOR NO KEY UPDATE`,
    [storable(answerId)],
  )
  if (before === null) throw noTranscript(answerId)
  const feedback = feedbackAfter(before, change)
  const {rating, reasons, comment, missing} = feedback
  await changed(
    queries,
    `UPDATE docent.answers
     SET rating = $2, rating_reasons = $3, rating_comment = $4, missing = $5, rated_at = $6 WHERE row = $1`,
    [before.row, rating, JSON.stringify(reasons), comment, missing ? 1 : 0, at],
  )
  return keptFeedbackOf(before, feedback)
}

async function giveReview(
  queries: Queries,
  answerId: string,
  {
    given,
    replaces,
    at,
  }: {readonly given: Omit<Review, 'at'>; readonly replaces: number | null | undefined; readonly at: number},
): Promise<void> {
  const before = await queries.row<ReviewRow & {readonly row: number}>(
    `SELECT row, verdict, review_note, corrected_answer, reviewer, reviewed_at FROM docent.answers WHERE id = $1
     FOR NO KEY UPDATE`,
    [storable(answerId)],
  )
  if (before === null) throw noTranscript(answerId)
  if (!shouldWriteReview(before, given, replaces)) return
  const {verdict, note, correctedAnswer, by} = given
  await queries.run(
    `UPDATE docent.answers
     SET verdict = $2, review_note = $3, corrected_answer = $4, reviewer = $5, reviewed_at = $6 WHERE row = $1`,
    [before.row, verdict, note, correctedAnswer, by, at],
  )
}

async function keepFirstUseful(queries: Queries, answerId: string, firstUsefulMs: number): Promise<void> {
  const before = await queries.row<{readonly row: number; readonly facts: string}>(
    'SELECT row, facts FROM docent.answers WHERE id = $1 FOR NO KEY UPDATE',
    [storable(answerId)],
  )
  if (before === null) return
  // Not as `jsonb`, which refuses characters that a text of an error may have.
  const facts = JSON.parse(before.facts) as JournalDetails
  if (facts.firstUsefulMs !== undefined) return
  await queries.run('UPDATE docent.answers SET facts = $2 WHERE row = $1', [
    before.row,
    JSON.stringify({...facts, firstUsefulMs}),
  ])
}

const storableOrNull = (text: string | null) => (text === null ? null : storable(text))

function storableFeedback(change: FeedbackChange): FeedbackChange {
  const {reasons, comment} = change
  return {...change, reasons: reasons.map(storable), comment: storableOrNull(comment)}
}

/** Also compared with what is stored, as it would be kept. */
function storableReview(given: Omit<Review, 'at'>): Omit<Review, 'at'> {
  const {note, correctedAnswer, by} = given
  return {
    ...given,
    note: storableOrNull(note),
    correctedAnswer: storableOrNull(correctedAnswer),
    by: storableOrNull(by),
  }
}
