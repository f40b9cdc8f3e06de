import type {AnswerEvent, Channel} from '../../src/domain/index.ts'
import type {Transcripts} from '../../src/transcripts/open-transcripts.ts'
import {appendEvent, beginAnswer} from '../transcripts/samples.ts'

export interface PastAnswer {
  readonly question?: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly build?: string
  readonly conversation?: string
  readonly ending?: 'complete' | 'stopped' | 'disconnected' | 'error' | 'abstained'
  /** Null: no word came. */
  readonly firstTokenMs?: number | null
  readonly totalMs?: number
  readonly stallMs?: number
  readonly pages?: readonly string[]
  readonly model?: string
  readonly tokens?: number
  readonly lang?: string
  readonly channel?: Channel
  readonly rating?: 'up' | 'down'
}

let answers = 0

/** Answers as if they had been given then, each with its events. Returns their ids. */
export async function addPastAnswers(
  transcripts: Transcripts,
  all: readonly PastAnswer[],
): Promise<readonly string[]> {
  const ids: string[] = []
  for (const what of all) {
    const answerId = `past-${answers++}`
    ids.push(answerId)
    addPastAnswer(transcripts, answerId, what)
    // As many as are written at once.
    if (ids.length % 200 === 0) await transcripts.flush()
  }
  await transcripts.flush()
  for (const [index, {rating}] of all.entries()) {
    if (rating !== undefined) await transcripts.setFeedback(ids[index]!, {rating, reasons: [], comment: null})
  }
  return ids
}

function addPastAnswer(transcripts: Transcripts, answerId: string, what: PastAnswer): void {
  const {
    startedAt,
    build = 'build-1',
    ending = 'complete',
    firstTokenMs = 400,
    pages = [],
    model = 'm',
  } = what
  const {
    conversation = answerId,
    lang = 'en',
    channel = 'http',
    totalMs = 2_000,
    stallMs = 90,
    tokens = 7,
  } = what
  const question = what.question ?? 'How do I set the port?'
  beginAnswer(transcripts, answerId, {startedAt, build, conversation, model, lang, channel, question})
  const timings = {sourcesMs: 20, firstTokenMs, longestStallMs: stallMs, totalMs}
  const usage = {
    inputTokens: tokens,
    outputTokens: 1 + (tokens >> 3),
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
  }
  const source = (url: string, index: number) => ({
    n: index + 1,
    id: `${url}#`,
    title: url,
    headings: [],
    url,
    anchor: '',
    score: 1,
    snippet: '',
    highlights: [],
  })
  const events: AnswerEvent[] = [
    {type: 'sources', round: 1, query: question, sources: pages.map(source)},
    ...(firstTokenMs === null ? [] : [{type: 'delta', text: 'Yes.'} as const]),
    ...(ending === 'complete'
      ? pages.map((_, index): AnswerEvent => ({type: 'citation', n: index + 1, start: 0, end: 2}))
      : []),
    ending === 'error'
      ? {type: 'error', ending, code: 'upstream_cut', message: 'No.', retryable: true}
      : {type: 'done', ending, abstained: ending === 'abstained', usage, timings},
  ]
  for (const [index, event] of events.entries()) {
    appendEvent(transcripts, answerId, {seq: index + 1, at: startedAt + index, event})
  }
}
