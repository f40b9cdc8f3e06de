import type {ErrorCode, Usage} from '../../domain/index.ts'
import {
  type AnswerContext,
  type AnswerSoFar,
  closingWordsOf,
  type DocentFacts,
  docentFactsOf,
  finishOf,
  modelName,
  type SourceFields,
  sourceFieldsOf,
  tokensOf,
  type UrlCitation,
  urlCitationsOf,
} from './answer-facts.ts'
import {responseIdOf} from './response-request.ts'

/** The forms of the Responses API that a whole answer and its events share. https://platform.openai.com/docs/api-reference/responses/object */

/** `incomplete` for one that the model declined, or that a limit cut. */
export type ResponseStatus = 'in_progress' | 'completed' | 'incomplete' | 'failed'

export interface ResponseContext extends AnswerContext {
  readonly previousResponseId: string | null
}

export interface ResponseAnnotation extends UrlCitation {
  readonly type: 'url_citation'
}

export const annotationOf = (citation: UrlCitation): ResponseAnnotation => ({
  type: 'url_citation',
  ...citation,
})

export interface OutputText {
  readonly type: 'output_text'
  readonly text: string
  readonly annotations: readonly ResponseAnnotation[]
  readonly logprobs: readonly unknown[]
}

export const outputTextOf = (text: string, citations: readonly UrlCitation[]): OutputText => ({
  type: 'output_text',
  text,
  annotations: citations.map(annotationOf),
  logprobs: [],
})

export interface MessageItem {
  readonly id: string
  readonly type: 'message'
  readonly role: 'assistant'
  readonly status: 'in_progress' | 'completed' | 'incomplete'
  readonly content: readonly OutputText[]
}

export const messageItemOf = (
  answerId: string,
  status: MessageItem['status'],
  content: readonly OutputText[],
): MessageItem => ({id: `msg_${answerId}`, type: 'message', role: 'assistant', status, content})

export interface ReasoningItem {
  readonly id: string
  readonly type: 'reasoning'
  readonly summary: readonly {readonly type: 'summary_text'; readonly text: string}[]
}

/** @param summary empty while it is being written. */
export const reasoningItemOf = (answerId: string, summary: string): ReasoningItem => ({
  id: `rs_${answerId}`,
  type: 'reasoning',
  summary: summary === '' ? [] : [{type: 'summary_text', text: summary}],
})

export interface ResponseUsage {
  readonly input_tokens: number
  readonly input_tokens_details: {readonly cached_tokens: number}
  readonly output_tokens: number
  readonly output_tokens_details: {readonly reasoning_tokens: number}
  readonly total_tokens: number
}

function responseUsageOf(usage: Usage): ResponseUsage {
  const {input, cached, output, total} = tokensOf(usage)
  return {
    input_tokens: input,
    input_tokens_details: {cached_tokens: cached},
    output_tokens: output,
    output_tokens_details: {reasoning_tokens: 0},
    total_tokens: total,
  }
}

export type OutputItem = MessageItem | ReasoningItem

export interface ResponseParts {
  readonly build: string | null
  readonly status: ResponseStatus
  /** Null while nothing is known of it. */
  readonly answer: AnswerSoFar | null
  readonly output: readonly OutputItem[]
  readonly failure?: {readonly code: ErrorCode; readonly message: string} | null
}

/** A response of any status. Of the fields of OpenAI that say what was asked for it has what is true here. */
export interface OpenAiResponse extends SourceFields {
  readonly id: string
  readonly object: 'response'
  /** Seconds since the epoch. */
  readonly created_at: number
  readonly status: ResponseStatus
  readonly background: false
  readonly error: {readonly code: 'rate_limit_exceeded' | 'server_error'; readonly message: string} | null
  readonly incomplete_details: {readonly reason: 'max_output_tokens' | 'content_filter'} | null
  readonly instructions: null
  readonly max_output_tokens: null
  readonly metadata: Readonly<Record<string, never>>
  readonly model: string
  readonly output: readonly OutputItem[]
  readonly parallel_tool_calls: false
  readonly previous_response_id: string | null
  readonly conversation: {readonly id: string} | null
  readonly temperature: null
  readonly text: {readonly format: {readonly type: 'text'}}
  readonly tool_choice: 'none'
  readonly tools: readonly unknown[]
  readonly top_p: null
  readonly truncation: 'auto'
  /** Null before the end. */
  readonly usage: ResponseUsage | null
  readonly docent: DocentFacts & {
    readonly error?: {readonly code: ErrorCode; readonly message: string}
  }
}

export function responseOf(
  context: ResponseContext,
  {build, status, answer, output, failure = null}: ResponseParts,
): OpenAiResponse {
  const {answerId, conversationId, base, createdAt, previousResponseId} = context
  const hasEnded = status !== 'in_progress'
  return {
    id: responseIdOf(answerId),
    object: 'response',
    created_at: createdAt,
    status,
    background: false,
    error: failure === null ? null : responseErrorOf(failure),
    incomplete_details: answer === null || status !== 'incomplete' ? null : {reason: reasonOf(answer)},
    instructions: null,
    max_output_tokens: null,
    metadata: {},
    model: modelName,
    output,
    parallel_tool_calls: false,
    previous_response_id: previousResponseId,
    conversation: conversationId === null ? null : {id: conversationId},
    temperature: null,
    text: {format: {type: 'text'}},
    tool_choice: 'none',
    tools: [],
    top_p: null,
    truncation: 'auto',
    usage: answer === null || !hasEnded ? null : responseUsageOf(answer.usage),
    ...sourceFieldsOf(answer ?? {sources: [], citations: []}, base),
    docent: {
      ...docentFactsOf(context, build, hasEnded ? answer : null),
      ...(failure === null ? {} : {error: failure}),
    },
  }
}

/** An answer that has ended without an error as one response. @param reasoning empty for none. */
export function wholeResponseOf(
  context: ResponseContext,
  answer: AnswerSoFar & {readonly build: string},
  reasoning: string,
): OpenAiResponse {
  const status = statusOfEnded(answer)
  const text = outputTextOf(
    answer.text + closingWordsOf(context, answer),
    urlCitationsOf(answer, context.base),
  )
  return responseOf(context, {
    build: answer.build,
    status,
    answer,
    output: [
      ...(reasoning === '' ? [] : [reasoningItemOf(context.answerId, reasoning)]),
      messageItemOf(context.answerId, status, [text]),
    ],
  })
}

export function statusOfEnded(answer: AnswerSoFar): 'completed' | 'incomplete' {
  return finishOf(answer) === 'stop' ? 'completed' : 'incomplete'
}

function reasonOf(answer: AnswerSoFar): 'max_output_tokens' | 'content_filter' {
  return finishOf(answer) === 'content_filter' ? 'content_filter' : 'max_output_tokens'
}

/** OpenAI has a closed set of codes here; Docent's own is under `docent`. */
function responseErrorOf({
  code,
  message,
}: {
  readonly code: ErrorCode
  readonly message: string
}): OpenAiResponse['error'] {
  return {code: code === 'upstream_rate_limited' ? 'rate_limit_exceeded' : 'server_error', message}
}
