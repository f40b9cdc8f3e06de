import {partialWordsOf} from '../domain/index.ts'
import type {Transcript, TranscriptItem} from './transcript-store.ts'

/** How an answer ended, as staff are told: one that is partial is no plain `complete`. */
export function endingLabelOf({
  ending,
  finishReason,
}: Pick<TranscriptItem, 'ending' | 'finishReason'>): string {
  const partial = partialWordsOf(finishReason)
  return `${ending ?? 'running'}${partial === null ? '' : `, ${partial}`}`
}

/** Who wrote it, and who was asked to when that was another one. */
export function writerOf({generator, model, writtenBy}: Transcript): string {
  const name = (who: {readonly generator: string; readonly model: string | null}) =>
    who.model === null ? who.generator : `${who.generator}, ${who.model}`
  const asked = name({generator, model})
  return writtenBy === undefined ? asked : `${name(writtenBy)} (in place of ${asked})`
}
