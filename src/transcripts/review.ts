import {z} from 'zod'
import {DocentError} from '../domain/index.ts'
import {boundedText} from '../lib/bounded-text.ts'
import {issueWords} from '../lib/issue-words.ts'
import type {SqliteDatabase} from '../native/index.ts'
import type {AnswerRow} from './answer-row.ts'
import {type Review, verdicts} from './transcript-store.ts'

/** What a reviewer may write, wherever: over HTTP and in the terminal. */
export const reviewSchema = z.object({
  verdict: z.enum(verdicts),
  note: boundedText(10_000).nullish(),
  correctedAnswer: boundedText(50_000).nullish(),
})

export type WrittenReview = Omit<Review, 'at' | 'by'>

/** @throws DocentError `invalid_request` that names the field at fault. */
export function writtenReviewOf(value: unknown): WrittenReview {
  const parsed = reviewSchema.safeParse(value, {error: issueWords})
  if (!parsed.success) {
    const [problem] = parsed.error.issues
    throw new DocentError('invalid_request', `${problem?.path.join('.') ?? ''}: ${problem?.message ?? ''}`)
  }
  const {verdict, note, correctedAnswer} = parsed.data
  return {verdict, note: note ?? null, correctedAnswer: correctedAnswer ?? null}
}

/** @param mode the setting `TRANSCRIPTS`. @throws DocentError `invalid_request` for text, if that keeps none. */
export function refuseTextOfReview(
  {note, correctedAnswer}: Pick<Review, 'note' | 'correctedAnswer'>,
  mode: string,
): void {
  if (mode === 'full' || (note === null && correctedAnswer === null)) return
  // Refused, because the reviewer must know that the text is not stored.
  throw new DocentError('invalid_request', `TRANSCRIPTS=${mode} keeps no text: send only the verdict.`)
}

/** Writes a review, as `TranscriptStore.setReview` does, in a transaction. @throws DocentError `not_found`, `conflict`. */
export type WriteReview = (answerId: string, given: Omit<Review, 'at'>, replaces?: number | null) => void

export function prepareReview(db: SqliteDatabase, now: () => number): WriteReview {
  const write = db.prepare(
    'UPDATE answers SET verdict = ?, review_note = ?, corrected_answer = ?, reviewer = ?, reviewed_at = ? WHERE id = ?',
  )
  const reviewOf = db.prepare<[string], ReviewRow>(
    'SELECT verdict, review_note, corrected_answer, reviewer, reviewed_at FROM answers WHERE id = ?',
  )
  const transaction = db.transaction<WriteReview>((answerId, given, replaces) => {
    const before = reviewOf.get(answerId)
    if (before === undefined) throw noTranscript(answerId)
    if (!shouldWriteReview(before, given, replaces)) return
    const {verdict, note, correctedAnswer, by} = given
    write.run(verdict, note, correctedAnswer, by, now(), answerId)
  })
  return (answerId, given, replaces) => transaction.immediate(answerId, given, replaces)
}

export type ReviewRow = Pick<
  AnswerRow,
  'verdict' | 'review_note' | 'corrected_answer' | 'reviewer' | 'reviewed_at'
>

/**
 * Whether a review is to be written over what is stored: not if it is there already.
 * @throws DocentError `conflict` if it replaces another one than the stored one.
 */
export function shouldWriteReview(
  before: ReviewRow,
  given: Omit<Review, 'at'>,
  replaces: number | null | undefined,
): boolean {
  if (replaces === undefined || replaces === before.reviewed_at) return true
  // Sent again, because the response to the first time was lost.
  if (isSameReview(before, given)) return false
  throw new DocentError(
    'conflict',
    before.reviewed_at === null
      ? 'The review that this replaces is gone: read the transcript again.'
      : 'Somebody else has reviewed this meanwhile: read the transcript again.',
  )
}

function isSameReview(row: ReviewRow, {verdict, note, correctedAnswer, by}: Omit<Review, 'at'>): boolean {
  return (
    row.verdict === verdict &&
    row.review_note === note &&
    row.corrected_answer === correctedAnswer &&
    row.reviewer === by
  )
}

export function noTranscript(answerId: string): DocentError {
  return new DocentError('not_found', `There is no transcript ${answerId}`)
}
