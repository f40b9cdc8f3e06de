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
] as const

/** The first line of a CSV export, including its line break. */
export const csvHeader = `${columns.join(',')}\r\n`

/** One transcript as a line of CSV (RFC 4180), including its line break. */
export function csvRowOf(transcript: Transcript): string {
  const {timings, usage, sources} = transcript
  const writer = transcript.writtenBy ?? transcript
  const end = transcript.events.at(-1)?.event
  const values: Record<(typeof columns)[number], unknown> = {
    answerId: transcript.answerId,
    conversation: transcript.conversation,
    startedAt: new Date(transcript.startedAt).toISOString(),
    question: transcript.question,
    ending: transcript.ending ?? 'running',
    abstained: end?.type === 'done' && end.abstained,
    rating: transcript.feedback?.rating ?? '',
    verdict: transcript.review?.verdict ?? '',
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
    missing: transcript.feedback?.missing ?? false,
    pageUrl: transcript.page?.url ?? '',
    pageTitle: transcript.page?.title ?? '',
    pageSection: transcript.page?.section ?? '',
  }
  return `${columns.map((column) => csvCell(String(values[column]))).join(',')}\r\n`
}

/** One transcript as a line of JSON, including its line break. The data is not altered. */
export function jsonLineOf(transcript: Transcript): string {
  return `${escapedJson(JSON.stringify(transcript))}\n`
}
