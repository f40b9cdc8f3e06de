import {partialWordsOf, type VisitorPage} from '../domain/index.ts'
import type {Transcript, TranscriptItem} from './transcript-store.ts'

/** How an answer ended, for staff: a partial one is not shown as plain `complete`. */
export function endingLabelOf({
  ending,
  finishReason,
}: Pick<TranscriptItem, 'ending' | 'finishReason'>): string {
  const partial = partialWordsOf(finishReason)
  return `${ending ?? 'running'}${partial === null ? '' : `, ${partial}`}`
}

/** The generator that wrote an answer, and the original one if it was a fallback. */
export function writerOf({generator, model, writtenBy}: Transcript): string {
  const name = (writer: {readonly generator: string; readonly model: string | null}) =>
    writer.model === null ? writer.generator : `${writer.generator}, ${writer.model}`
  const original = name({generator, model})
  return writtenBy === undefined ? original : `${name(writtenBy)} (in place of ${original})`
}

/** Where a visitor was, on one line, as the visitor's browser said it. */
export function visitorPageLine({title, section, url}: VisitorPage): string {
  const names = [title, section].filter((name) => name !== null).join(' › ')
  return [names, url === null ? '' : names === '' ? url : `(${url})`].filter(Boolean).join(' ')
}
