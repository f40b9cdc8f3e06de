import {cleanText, escapedJson} from '../lib/clean-text.ts'
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
] as const

/** The first line of a CSV export, line break included. */
export const csvHeader = `${columns.join(',')}\r\n`

/** One transcript as a line of CSV (RFC 4180), line break included. */
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
    sources: sources.map(({url, anchor}) => (anchor ? `${url}#${anchor}` : url)).join(' '),
    text: transcript.text,
    finishReason: transcript.finishReason ?? '',
    partial: transcript.partial,
  }
  return `${columns.map((column) => cellOf(String(values[column]))).join(',')}\r\n`
}

/** One transcript as a line of JSON, line break included. Its data is exact, whatever it holds. */
export function jsonLineOf(transcript: Transcript): string {
  return `${escapedJson(JSON.stringify(transcript))}\n`
}

/** Whoever opens the file looks at words of visitors and models: they must run nothing and turn no line. */
function cellOf(text: string): string {
  const harmless = withoutFormulas(cleanText(text))
  return /[",;\t\n]|^\s|\s$/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}

/**
 * What a spreadsheet would run gets an apostrophe before it. A spreadsheet that splits at semicolons or tabs sees cells
 * within ours, and a line break in one begins a row. The dash of a list stays where nothing after it could be called.
 */
function withoutFormulas(text: string): string {
  return text
    .replace(/^(?=\s*[=+\-@＝＋－＠]|\t)/, "'")
    .replace(/([;\t\n][^\S\t\n]*)(?!- [^(|!\n]*(?:\n|$))(?=[=+\-@＝＋－＠])/g, "$1'")
}
