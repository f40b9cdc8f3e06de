import {escapedJson} from '../lib/clean-text.ts'
import {csvCell} from '../lib/csv-cell.ts'
import {sectionAddress} from '../lib/section-address.ts'
import type {Transcript} from './transcript-store.ts'

const columns = [
  'answerId',
  'conversation',
  'startedAt',
  'question',
  'ending',
  'abstained',
  'rating',
  'verdict',
  'build',
  'generator',
  'model',
  'sourcesMs',
  'firstTokenMs',
  'totalMs',
  'inputTokens',
  'outputTokens',
  'sources',
  'text',
  'finishReason',
  'partial',
  'lang',
  'missing',
  'pageUrl',
  'pageTitle',
  'pageSection',
  'error',
  'longestStallMs',
  'comment',
  'reviewer',
  'note',
  'correctedAnswer',
  'cost',
  'channel',
] as const

/** The first line of a CSV export, including its line break, after the mark by which spreadsheets know UTF-8. */
export const csvHeader = `\ufeff${columns.join(',')}\r\n`

/**
 * One transcript as a line of CSV (RFC 4180), including its line break.
 * @param cost of its tokens; null where the model has no price
 */
export function csvRowOf(transcript: Transcript, cost: number | null): string {
  const {timings, usage, sources, feedback, review} = transcript
  const writer = transcript.writtenBy ?? transcript
  const end = transcript.events.at(-1)?.event
  const values: Record<(typeof columns)[number], unknown> = {
    answerId: transcript.answerId,
    conversation: transcript.conversation,
    startedAt: new Date(transcript.startedAt).toISOString(),
    question: transcript.question,
    ending: transcript.ending ?? 'running',
    abstained: end?.type === 'done' && end.abstained,
    rating: feedback?.rating ?? '',
    verdict: review?.verdict ?? '',
    build: transcript.build,
    generator: writer.generator,
    model: writer.model ?? '',
    sourcesMs: timings.sourcesMs ?? '',
    firstTokenMs: timings.firstTokenMs ?? '',
    totalMs: timings.totalMs,
    inputTokens: usage.inputTokens,
    outputTokens: usage.outputTokens,
    sources: sources.map(({url, anchor}) => sectionAddress({url, anchor: anchor ?? ''})).join(' '),
    text: transcript.text,
    finishReason: transcript.finishReason ?? '',
    partial: transcript.partial,
    lang: transcript.lang ?? '',
    missing: feedback?.missing ?? false,
    pageUrl: transcript.page?.url ?? '',
    pageTitle: transcript.page?.title ?? '',
    pageSection: transcript.page?.section ?? '',
    error: end?.type === 'error' ? end.code : '',
    longestStallMs: timings.longestStallMs,
    comment: feedback?.comment ?? '',
    reviewer: review?.by ?? '',
    note: review?.note ?? '',
    correctedAnswer: review?.correctedAnswer ?? '',
    cost: cost ?? '',
    channel: transcript.channel,
  }
  return `${columns.map((column) => csvCell(String(values[column]))).join(',')}\r\n`
}

/** One transcript as a line of JSON, including its line break. The data is not altered. */
export function jsonLineOf(transcript: Transcript): string {
  return `${escapedJson(JSON.stringify(transcript))}\n`
}
