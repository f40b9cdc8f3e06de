import {DocentError} from '../../domain/index.ts'
import {cleanLine} from '../../lib/clean-text.ts'
import {systemUser} from '../staff/system-user.ts'
import type {Call} from './call.ts'
import {transcriptIn} from './find-transcript.ts'
import {reviewerIn, reviewIn} from './options.ts'

/** As `PUT /api/admin/transcripts/:id/review`, by whoever runs the command. */
export async function review({values, stores, id, mode, print, note}: Call): Promise<void> {
  const kept = mode?.() ?? 'full'
  const written = reviewIn(values)
  const by = reviewerIn(values) ?? systemUser().name
  const before = await transcriptIn(stores, id)
  const {answerId, ref} = before
  if (before.review !== null && before.review.by !== by && !values.replace) {
    const who = before.review.by ?? 'Somebody'
    throw new DocentError(
      'conflict',
      `${who} has reviewed this already; --replace writes yours in its place.`,
    )
  }
  await note({what: 'transcript_reviewed', which: ref, details: {verdict: written.verdict, signedAs: by}})
  const replaces = before.review?.at ?? null
  const transcripts = await stores.transcripts()
  await transcripts.review(answerId, {review: {...written, by}, replaces, mode: kept})
  await print(`Reviewed ${answerId} as ${written.verdict}, by ${cleanLine(by)}.\n`)
}
