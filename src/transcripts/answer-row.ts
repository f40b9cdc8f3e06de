import type {JournalDetails, JournalledAnswer} from '../answers/index.ts'
import {answerStateOf} from '../answers/index.ts'
import {
  type Ending,
  type FinishReason,
  type GeneratorName,
  isPartialFinish,
  noUsage,
  type SequencedEvent,
  type Timings,
  type Turn,
  type Usage,
  type VisitorPage,
} from '../domain/index.ts'
import {headOf} from '../lib/cut.ts'
import {matchOf} from './matching-words.ts'
import type {Feedback, Review, Transcript, TranscriptItem, Verdict} from './transcript-store.ts'

/** What readers and staff make of an answer, also after its end: null or nothing until somebody does. */
interface FeedbackColumns {
  readonly rating: 'up' | 'down' | null
  readonly rating_reasons: string | null
  readonly rating_comment: string | null
  readonly rated_at: number | null
  /** 1 where the visitor said that the docs lack this. */
  readonly missing: number
  readonly verdict: Verdict | null
  readonly review_note: string | null
  readonly corrected_answer: string | null
  readonly reviewed_at: number | null
  readonly reviewer: string | null
  /** How often a reader took it up again. */
  readonly resumes: number
  /** Numbers of the sources that were opened, as JSON. */
  readonly opened: string
}

/** A row of `answers`, with the finish reason from its last event. */
export interface AnswerRow extends FeedbackColumns {
  readonly row: number
  readonly id: string
  readonly ref: string
  readonly conversation: string
  readonly question: string
  readonly version: string | null
  readonly lang: string | null
  /** A `VisitorPage` as JSON. */
  readonly page: string | null
  readonly build: string
  readonly generator: GeneratorName
  readonly model: string | null
  readonly embedding: string
  readonly started_at: number
  readonly settings: string
  readonly channel: string
  readonly idempotency_key: string | null
  readonly chat: string | null
  readonly visitor: string | null
  readonly ending: Ending | null
  readonly abstained: number
  readonly finish_reason: FinishReason | null
  readonly text: string
  readonly usage: string | null
  readonly timings: string | null
  readonly facts: string
}

/** A row of an answer without feedback or review. */
export function withoutFeedback(row: Omit<AnswerRow, keyof FeedbackColumns>): AnswerRow {
  return {
    ...row,
    rating: null,
    rating_reasons: null,
    rating_comment: null,
    rated_at: null,
    missing: 0,
    verdict: null,
    review_note: null,
    corrected_answer: null,
    reviewed_at: null,
    reviewer: null,
    resumes: 0,
    opened: '[]',
  }
}

const noTimings: Timings = {sourcesMs: null, firstTokenMs: null, longestStallMs: 0, totalMs: 0}

export function journalledOf(row: AnswerRow): JournalledAnswer {
  return {
    answerId: row.id,
    conversation: row.conversation,
    question: row.question,
    version: row.version,
    lang: row.lang,
    page: row.page === null ? null : (JSON.parse(row.page) as VisitorPage),
    build: row.build,
    generator: row.generator,
    model: row.model,
    embedding: row.embedding,
    startedAt: row.started_at,
    settings: JSON.parse(row.settings) as Record<string, unknown>,
    channel: row.channel,
    idempotencyKey: row.idempotency_key,
    chat: row.chat,
    visitor: row.visitor,
    ending: row.ending,
  }
}

/** The columns of an answer that its conversation needs. */
type TurnRow = Pick<AnswerRow, 'id' | 'question' | 'text' | 'ending' | 'finish_reason' | 'settings'>

/**
 * Turns of a conversation from its answers, oldest first. Left out are running answers and questions that are not kept,
 * answers that another one continued and completed, which contains their text, and all that the model declined: with
 * that in its history a model keeps declining, whatever is asked.
 * @see https://platform.claude.com/docs/en/test-and-evaluate/strengthen-guardrails/handle-streaming-refusals
 */
export function turnsOf(answers: readonly TurnRow[], limit: number): Turn[] {
  const kept = answers.filter(
    ({ending, question, finish_reason: finishReason}) =>
      ending !== null && question !== '' && finishReason !== 'refusal',
  )
  const completed = new Set(kept.filter(({ending}) => ending === 'complete').map(earlierOf))
  const turns = kept
    .filter(({id}) => !completed.has(id))
    .flatMap(({question, text, ending}): Turn[] => {
      const userTurn: Turn = {role: 'user', content: question}
      return ending === 'complete' && text !== ''
        ? [userTurn, {role: 'assistant', content: text}]
        : [userTurn]
    })
  return limit > 0 ? turns.slice(-limit) : []
}

/** The answer that this one continues; undefined for most. */
function earlierOf({settings}: TurnRow): string | undefined {
  return (JSON.parse(settings) as {readonly continues?: string}).continues
}

/** The transcript of an answer, from its row and all its events. */
export function transcriptOf(row: AnswerRow, events: readonly SequencedEvent[]): Transcript {
  const state = answerStateOf(events, row.started_at)
  return {
    ...journalledOf(row),
    ...(JSON.parse(row.facts) as JournalDetails),
    ref: row.ref,
    conversationId: null,
    finishReason: state.finishReason,
    partial: state.partial,
    text: row.ending === null ? state.text : row.text,
    sources: state.sources,
    usage: row.usage === null ? noUsage : (JSON.parse(row.usage) as Usage),
    timings: row.timings === null ? state.timings() : (JSON.parse(row.timings) as Timings),
    resumes: row.resumes,
    opened: JSON.parse(row.opened) as number[],
    feedback: feedbackOf(row),
    review: reviewOf(row),
    events,
  }
}

function feedbackOf(row: AnswerRow): Feedback | null {
  if (row.rating === null && row.missing === 0) return null
  return {
    rating: row.rating,
    missing: row.missing === 1,
    reasons: JSON.parse(row.rating_reasons ?? '[]') as string[],
    comment: row.rating_comment,
    at: row.rated_at ?? 0,
  }
}

function reviewOf(row: AnswerRow): Review | null {
  if (row.verdict === null) return null
  return {
    verdict: row.verdict,
    note: row.review_note,
    correctedAnswer: row.corrected_answer,
    by: row.reviewer,
    at: row.reviewed_at ?? 0,
  }
}

/** An item in a list of transcripts. @param q what was searched for, empty for nothing */
export function itemOf(row: AnswerRow, q = ''): TranscriptItem {
  return {
    answerId: row.id,
    ref: row.ref,
    conversation: row.conversation,
    conversationId: null,
    question: row.question,
    lang: row.lang,
    startedAt: row.started_at,
    ending: row.ending,
    abstained: row.abstained === 1,
    finishReason: row.finish_reason,
    partial: isPartialFinish(row.finish_reason),
    rating: row.rating,
    missing: row.missing === 1,
    verdict: row.verdict,
    build: row.build,
    generator: row.generator,
    model: row.model,
    channel: row.channel,
    timings: row.timings === null ? noTimings : (JSON.parse(row.timings) as Timings),
    excerpt: headOf(row.text, 200),
    match: q.trim() === '' ? null : matchOf(q, row),
  }
}
