import {setImmediate as nextTurn} from 'node:timers/promises'
import type {SqliteDatabase} from '../native/index.ts'
import type {Redacted, Redactor} from '../redaction/index.ts'
import type {AnswerRow} from './answer-row.ts'
import type {LiveAnswer} from './live-answer.ts'
import type {LiveAnswers} from './live-answers.ts'
import {storageError} from './open-database.ts'
import type {Redaction} from './redaction.ts'
import {prepareRemoval, prepareRemovalByRef, type RemovalStep, removalBatchSize} from './removal.ts'
import {noTranscript, prepareReview, refuseTextOfReview} from './review.ts'
import type {Feedback, FeedbackChange, KeptFeedback, TranscriptStore} from './transcript-store.ts'
import {keptFeedback} from './visitor-words.ts'
import type {WriteBehind} from './write-behind.ts'

export interface StaffChangesOptions {
  readonly db: SqliteDatabase
  readonly file: string
  /** The setting `TRANSCRIPTS`, for messages. */
  readonly mode: string
  readonly live: LiveAnswers
  readonly writes: WriteBehind
  readonly redaction: Redaction
  /** For what visitors write; what staff write stays. */
  readonly redactor: Redactor
  readonly onRedacted: (found: Redacted['found']) => void
  /** Runs a database change that may wait a moment for another process. */
  readonly withStaffTimeout: <T>(change: () => T) => T
  /** Erases all copies of removed data. */
  readonly erase: () => Promise<void>
  readonly now: () => number
}

export type StaffChanges = Pick<
  TranscriptStore,
  | 'setFeedback'
  | 'setFirstUseful'
  | 'countResume'
  | 'noteOpened'
  | 'setReview'
  | 'delete'
  | 'deleteConversation'
  | 'deleteVisitor'
  | 'purge'
>

/** How often it is counted that an answer was taken up again: more says nothing more, and each is a write. */
export const maxResumes = 100

/** What readers do after an answer was given, feedback, reviews and deletions. */
export function createStaffChanges(options: StaffChangesOptions): StaffChanges {
  const {db, file, mode, live, writes, redaction, redactor, withStaffTimeout, erase, now} = options
  const feedbackOf = db.prepare<[string], FeedbackRow>(
    'SELECT rating, rating_reasons, rating_comment, missing, build FROM answers WHERE id = ?',
  )
  const keepFeedback = db.prepare(
    'UPDATE answers SET rating = ?, rating_reasons = ?, rating_comment = ?, missing = ?, rated_at = ? WHERE id = ?',
  )
  /** Null where there is no such answer. */
  const giveFeedback = db.transaction((answerId: string, change: FeedbackChange): KeptFeedback | null => {
    const before = feedbackOf.get(answerId)
    if (before === undefined) return null
    const feedback = feedbackAfter(before, change)
    const {rating, reasons, comment, missing} = feedback
    keepFeedback.run(rating, JSON.stringify(reasons), comment, missing ? 1 : 0, now(), answerId)
    return keptFeedbackOf(before, feedback)
  })
  const giveReview = prepareReview(db, now)
  const keepFirstUseful = db.prepare(
    "UPDATE answers SET facts = json_set(facts, '$.firstUsefulMs', ?) WHERE id = ? AND json_extract(facts, '$.firstUsefulMs') IS NULL",
  )

  const countResume = db.prepare(
    `UPDATE answers SET resumes = resumes + 1 WHERE id = ? AND resumes < ${maxResumes}`,
  )
  const addOpened = db.prepare(
    `UPDATE answers SET opened = json_insert(opened, '$[#]', @n)
     WHERE id = @id AND NOT EXISTS (SELECT 1 FROM json_each(opened) WHERE value = @n)`,
  )

  const withId = prepareRemoval(db, 'id = ?')
  const ofConversation = prepareRemoval(db, 'conversation = ?')
  const ofVisitor = prepareRemovalByRef(db, 'visitor = ?')
  const before = prepareRemoval(db, 'started_at < ?')

  /** @throws DocentError `storage`. */
  function change<T>(run: () => T): T {
    try {
      return withStaffTimeout(run)
    } catch (error) {
      throw storageError(error, file)
    }
  }

  async function remove(
    step: RemovalStep,
    value: string | number,
    liveOnes: () => readonly LiveAnswer[],
    onStep: () => Promise<void> = async () => {},
  ): Promise<number> {
    await writes.flushInSteps()
    let removed = forgetLive(liveOnes(), {live, writes})
    try {
      let gone: number
      do {
        gone = change(() => step(value))
        removed += gone
        await onStep()
        if (gone === removalBatchSize) await nextTurn()
      } while (gone === removalBatchSize)
    } finally {
      // Also after a failure: earlier steps have succeeded.
      if (removed > 0) await erase()
    }
    return removed
  }

  return {
    async setFeedback(answerId, feedback) {
      // The answer may have no row yet.
      await writes.flushInSteps()
      const {change: given, found} = keptFeedback(redaction.feedback(feedback), redactor)
      const kept = change(() => giveFeedback.immediate(answerId, given))
      if (kept === null) throw noTranscript(answerId)
      options.onRedacted(found)
      return kept
    },
    async setFirstUseful(answerId, firstUsefulMs) {
      const answer = live.get(answerId)
      if (answer === undefined) change(() => keepFirstUseful.run(firstUsefulMs, answerId))
      else noteFirstUseful(answer, firstUsefulMs, writes)
    },
    async countResume(answerId) {
      // The answer may have no row yet.
      await writes.flushInSteps()
      change(() => countResume.run(answerId))
    },
    async noteOpened(answerId, n) {
      await writes.flushInSteps()
      return change(() => addOpened.run({id: answerId, n})).changes > 0
    },
    async setReview(answerId, given, replaces) {
      refuseTextOfReview(given, mode)
      // The answer may have no row yet.
      await writes.flushInSteps()
      change(() => giveReview(answerId, given, replaces))
    },
    async delete(answerId) {
      const liveOnes = () => [live.get(answerId)].flatMap((answer) => answer ?? [])
      return (await remove(withId, answerId, liveOnes)) > 0
    },
    deleteConversation: (conversation) =>
      remove(ofConversation, conversation, () => live.ofConversation(conversation)),
    deleteVisitor(visitor, onRemoved = async () => {}) {
      let refs: readonly string[] = []
      const step = (value: string | number) => {
        refs = ofVisitor(value)
        return refs.length
      }
      const liveOnes = () => live.all().filter(({entry}) => entry.visitor === visitor)
      return remove(step, visitor, liveOnes, () => onRemoved(refs))
    },
    purge: (time) => remove(before, time, () => live.all().filter(({entry}) => entry.startedAt < time)),
  }
}

/** Forgets answers in memory that are removed. @returns how many of them were only there. */
export function forgetLive(
  answers: readonly LiveAnswer[],
  {live, writes}: {readonly live: LiveAnswers; readonly writes: Pick<WriteBehind, 'drop'>},
): number {
  for (const answer of answers) {
    writes.drop(answer)
    live.forget(answer)
  }
  return answers.filter(({row}) => row === null).length
}

/** Notes when an answer in memory was first useful, in milliseconds since it began. The first value counts. */
export function noteFirstUseful(
  answer: LiveAnswer,
  firstUsefulMs: number,
  writes: Pick<WriteBehind, 'add'>,
): void {
  if (answer.details.firstUsefulMs !== undefined) return
  answer.details = {...answer.details, firstUsefulMs}
  answer.hasNewDetails = true
  writes.add(answer)
}

export type FeedbackRow = Pick<
  AnswerRow,
  'rating' | 'rating_reasons' | 'rating_comment' | 'missing' | 'build'
>

export function keptFeedbackOf(before: FeedbackRow, feedback: KeptFeedback['feedback']): KeptFeedback {
  return {feedback, isNewlyMissing: feedback.missing && before.missing === 0, build: before.build}
}

/** A new rating replaces the earlier one with its words; `missing` is only added. */
export function feedbackAfter(
  before: FeedbackRow,
  {rating = null, missing = false, reasons, comment}: FeedbackChange,
): Omit<Feedback, 'at'> {
  const isMissing = missing || before.missing === 1
  if (rating !== null) return {rating, missing: isMissing, reasons, comment}
  const earlier = JSON.parse(before.rating_reasons ?? '[]') as string[]
  return {
    rating: before.rating,
    missing: isMissing,
    reasons: reasons.length > 0 ? reasons : earlier,
    comment: comment ?? before.rating_comment,
  }
}
