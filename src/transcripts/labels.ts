import {partialWordsOf, type VisitorPage} from '../domain/index.ts'
import type {Feedback, Transcript, TranscriptItem} from './transcript-store.ts'

/** How an answer ended, for staff: a partial one is not shown as plain `complete`. */
export function endingLabelOf({
  ending,
  finishReason,
}: Pick<TranscriptItem, 'ending' | 'finishReason'>): string {
  const partial = partialWordsOf(finishReason)
  return `${ending ?? 'running'}${partial === null ? '' : `, ${partial}`}`
}

/** The generator that wrote an answer, and the original one if it was a fallback. */
export function writerOf({generator, model, writtenBy, fallbackCause}: Transcript): string {
  const name = (writer: {readonly generator: string; readonly model: string | null}) =>
    writer.model === null ? writer.generator : `${writer.generator}, ${writer.model}`
  const original = name({generator, model})
  if (writtenBy === undefined) return original
  const cause = fallbackCause === undefined ? '' : `: ${fallbackCause.code}`
  return `${name(writtenBy)} (in place of ${original}${cause})`
}

/** What a visitor said of an answer, for staff, in parts. */
export function feedbackWordsOf({rating, missing, reasons, comment}: Feedback): string[] {
  const parts = [rating, missing ? 'missing in the docs' : null, ...reasons, comment]
  return parts.filter((part) => part !== null && part !== '') as string[]
}

/** Where a visitor was, on one line, as the visitor's browser said it. */
export function visitorPageLine({title, section, url}: VisitorPage): string {
  const names = [title, section].filter((name) => name !== null).join(' › ')
  return [names, url === null ? '' : names === '' ? url : `(${url})`].filter(Boolean).join(' ')
}
