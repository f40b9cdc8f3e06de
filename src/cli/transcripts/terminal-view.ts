import {styleText} from 'node:util'
import {
  type AnswerEvent,
  type DoneEvent,
  type Ending,
  emptiedWords,
  isPartialFinish,
  type SequencedEvent,
  type Source,
} from '../../domain/index.ts'
import {cleanLine, cleanStream, cleanText} from '../../lib/clean-text.ts'
import {sectionAddress} from '../../lib/section-address.ts'
import {
  endingLabelOf,
  feedbackWordsOf,
  type Transcript,
  type TranscriptItem,
  visitorPageLine,
  writerOf,
} from '../../transcripts/index.ts'

export interface TerminalView {
  /** Width of the terminal; longer lines are cut or wrapped. */
  readonly columns: number
  readonly hasColors: boolean
}

/** A step of a replay: what to print, and when, relative to the question. */
export interface ReplayStep {
  readonly atMs: number
  readonly text: string
}

type Style = Parameters<typeof styleText>[0]

const endingStyles: Readonly<Record<Ending | 'running', Style>> = {
  complete: 'green',
  abstained: 'cyan',
  stopped: 'yellow',
  disconnected: 'yellow',
  timeout: 'red',
  error: 'red',
  interrupted: 'red',
  running: 'blue',
}

/** A longer silence is shown in a replay. */
const notableSilenceMs = 1_500

/** One line for each answer. */
export function listLines(items: readonly TranscriptItem[], view: TerminalView): string[] {
  if (items.length === 0) return ['No transcripts match.']
  const labels = items.map(endingLabelOf)
  const width = Math.max(12, ...labels.map(({length}) => length))
  return items.map((item, index) => {
    const mark = item.missing ? '?' : item.rating === 'up' ? '+' : item.rating === 'down' ? '-' : ' '
    const seconds = `${(item.timings.totalMs / 1000).toFixed(1)}s`.padStart(7)
    const head = `${item.answerId}  ${timeOf(item.startedAt)}  `
    const fixed = head.length + width + 2 + 7 + 3
    const question = oneLine(item.question || '(not kept)', Math.max(20, view.columns - fixed))
    return `${paint(view, 'dim', head)}${paint(view, endingStyleOf(item), labels[index]!.padEnd(width))} ${mark}${seconds}  ${question}`
  })
}

function endingStyleOf({ending, finishReason}: Pick<TranscriptItem, 'ending' | 'finishReason'>): Style {
  return isPartialFinish(finishReason) ? 'yellow' : endingStyles[ending ?? 'running']
}

/** All details of one answer, for reading. */
export function showLines(transcript: Transcript, view: TerminalView): string[] {
  const {timings, usage} = transcript
  const last = transcript.events.at(-1)?.event
  const lines = [
    `${paint(view, 'bold', 'Question')}  ${cleanText(transcript.question || '(not kept)')}`,
    '',
    field('answer', transcript.answerId),
    field('ref', transcript.ref),
    field('conversation', transcript.conversation),
    ...(transcript.visitor == null ? [] : [field('visitor', transcript.visitor)]),
    field('asked', `${timeOf(transcript.startedAt)} by ${transcript.channel}`),
    `${label('ending')}${paint(view, endingStyleOf(transcript), endingLabelOf(transcript))}${whyOf(last)}`,
    field('build', transcript.build),
    field('written by', writerOf(transcript)),
    field(
      'timings',
      `sources ${msOf(timings.sourcesMs)}, first token ${msOf(timings.firstTokenMs)}, longest silence ${msOf(timings.longestStallMs)}, in all ${msOf(timings.totalMs)}`,
    ),
    field(
      'tokens',
      `${usage.inputTokens} in, ${usage.outputTokens} out, ${usage.cacheReadTokens} from the cache`,
    ),
  ]
  if (transcript.resumes > 0) lines.push(field('resumed', `${transcript.resumes}×`))
  if (transcript.version !== null) lines.push(field('version', transcript.version))
  if (transcript.lang) lines.push(field('language', transcript.lang))
  if (transcript.page) lines.push(field('on page', visitorPageLine(transcript.page)))
  if (transcript.upstreamRequestId) lines.push(field('request', transcript.upstreamRequestId))
  if (transcript.fallbackCause?.detail) lines.push(field('failed', transcript.fallbackCause.detail))
  if (transcript.errorDetail) lines.push(field('cause', transcript.errorDetail))
  for (const note of transcript.notes ?? []) lines.push(field('note', note))
  if (transcript.feedback !== null) {
    lines.push(field('feedback', feedbackWordsOf(transcript.feedback).join(', ')))
  }
  if (transcript.review !== null) {
    const {verdict, note, correctedAnswer, by} = transcript.review
    const who = by === null ? '' : `by ${by}`
    lines.push(field('review', [verdict, note ?? '', who].filter(Boolean).join(', ')))
    if (correctedAnswer !== null) lines.push(field('should say', correctedAnswer))
  }
  lines.push(
    '',
    paint(view, 'bold', `Sources (${transcript.sources.length})`),
    ...transcript.sources.map(sourceLine),
  )
  lines.push('', paint(view, 'bold', 'Answer'), cleanText(transcript.text) || noTextOf(transcript))
  return lines
}

/** The answer as the visitor saw it, step by step. */
export function replaySteps(transcript: Transcript, view: TerminalView): ReplayStep[] {
  const steps: ReplayStep[] = [
    {atMs: 0, text: `${paint(view, 'bold', cleanText(transcript.question || '(question not kept)'))}\n`},
  ]
  const answer = cleanStream()
  let lastMs = 0
  let isInText = false
  let isEmptied = false
  for (const {at, event} of transcript.events) {
    const atMs = Math.max(lastMs, at - transcript.startedAt)
    const silence =
      isInText && atMs - lastMs >= notableSilenceMs ? paint(view, 'dim', ` [${msOf(atMs - lastMs)}] `) : ''
    lastMs = atMs
    if (event.type === 'delta' && transcript.emptiedAt !== undefined) {
      if (!isEmptied) steps.push({atMs, text: `\n${emptiedWords(transcript.emptiedAt)}`})
      isInText = true
      isEmptied = true
      continue
    }
    if (event.type === 'delta') {
      steps.push({atMs, text: `${isInText ? silence : '\n'}${answer.next(event.text)}`})
      isInText = true
      continue
    }
    const line = eventLine(event, view)
    if (line === null) continue
    const breaks = isInText ? `${answer.end()}\n` : ''
    // Other events start a line of their own.
    steps.push({atMs, text: `${breaks}${paint(view, 'dim', `[${msOf(atMs)}]`)} ${line}\n`})
    isInText = false
  }
  return steps
}

function eventLine(event: Exclude<AnswerEvent, {type: 'delta'}>, view: TerminalView): string | null {
  switch (event.type) {
    case 'start':
      return cleanLine(
        `${event.generator}${event.model === null ? '' : `, ${event.model}`}, build ${event.build}`,
      )
    case 'sources':
      return [
        `round ${event.round}: ${event.sources.length} source(s) for ${event.query === '' ? '(query not kept)' : `“${oneLine(event.query, 60)}”`}`,
        ...event.sources.map(sourceLine),
      ].join('\n')
    case 'tool':
      return cleanLine(`${event.name} ${event.status}${event.summary ? `: ${event.summary}` : ''}`)
    case 'reasoning':
    case 'citation':
      return null
    case 'error':
      return `${paint(view, endingStyles[event.ending], event.ending)} ${event.code}: ${cleanText(event.message)}`
    case 'done':
      return paint(view, endingStyleOf(finishOf(event)), endingLabelOf(finishOf(event))) + whyOf(event)
  }
}

function finishOf({ending, finishReason}: DoneEvent): Pick<TranscriptItem, 'ending' | 'finishReason'> {
  return {ending, finishReason: finishReason ?? null}
}

function whyOf(event: SequencedEvent['event'] | undefined): string {
  if (event?.type === 'error') return ` (${event.code})`
  if (event?.type === 'done') {
    const why = event.reason ?? event.finishReason
    return why === undefined ? '' : ` (${why})`
  }
  return ''
}

/** If text is not kept, neither the question nor the answer's text is stored. */
function noTextOf({question, emptiedAt}: Transcript): string {
  if (emptiedAt !== undefined) return emptiedWords(emptiedAt)
  return question === '' ? '(not kept)' : '(no text)'
}

function sourceLine(source: Source): string {
  if (source.title === '') return `  [${source.n}] (not kept)`
  const place = sectionAddress(source)
  return `  [${source.n}] ${cleanLine([source.title, ...source.headings].join(' › '))}  ${cleanLine(place)}`.trimEnd()
}

function field(name: string, value: string): string {
  return label(name) + cleanText(value)
}

function label(name: string): string {
  return `${name.padEnd(13)} `
}

function paint(view: TerminalView, style: Style, text: string): string {
  return view.hasColors ? styleText(style, text, {validateStream: false}) : text
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
}

function msOf(ms: number | null): string {
  if (ms === null) return 'never'
  return ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`
}

function oneLine(text: string, length: number): string {
  const line = cleanLine(text).replace(/\s+/g, ' ').trim()
  const characters = [...line]
  return characters.length <= length ? line : `${characters.slice(0, length - 1).join('')}…`
}
