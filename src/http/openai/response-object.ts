import type {ErrorCode, Usage} from '../../domain/index.ts'
import {
  type AnswerContext,
  type AnswerSoFar,
  closingWordsOf,
  docentFactsOf,
  finishOf,
  modelName,
  sourceFieldsOf,
  tokensOf,
  type UrlCitation,
  urlCitationsOf,
} from './answer-facts.ts'
import {responseIdOf} from './response-request.ts'

/** The forms of the Responses API that a whole answer and its events share. https://platform.openai.com/docs/api-reference/responses/object */

export type ResponseStatus = 'in_progress' | 'completed' | 'incomplete' | 'failed'

export interface ResponseContext extends AnswerContext {
  readonly previousResponseId: string | null
}

export const annotationOf = (citation: UrlCitation) => ({type: 'url_citation' as const, ...citation})

export const outputTextOf = (text: string, citations: readonly UrlCitation[]) => ({
  type: 'output_text' as const,
  text,
  annotations: citations.map(annotationOf),
  logprobs: [],
})

export const messageItemOf = (
  answerId: string,
  status: 'in_progress' | 'completed' | 'incomplete',
  content: readonly ReturnType<typeof outputTextOf>[],
) => ({id: `msg_${answerId}`, type: 'message' as const, role: 'assistant' as const, status, content})

/** @param summary empty while it is being written. */
export const reasoningItemOf = (answerId: string, summary: string) => ({
  id: `rs_${answerId}`,
  type: 'reasoning' as const,
  summary: summary === '' ? [] : [{type: 'summary_text' as const, text: summary}],
})

function responseUsageOf(usage: Usage) {
  const {input, cached, output, total} = tokensOf(usage)
  return {
    input_tokens: input,
    input_tokens_details: {cached_tokens: cached},
    output_tokens: output,
    output_tokens_details: {reasoning_tokens: 0},
    total_tokens: total,
  }
}

export interface ResponseParts {
  readonly build: string | null
  readonly status: ResponseStatus
  /** Null while nothing is known of it. */
  readonly answer: AnswerSoFar | null
  readonly output: readonly object[]
  readonly failure?: {readonly code: ErrorCode; readonly message: string} | null
}

/** A response of any status. Of the fields of OpenAI that say what was asked for it has what is true here. */
export function responseOf(
  context: ResponseContext,
  {build, status, answer, output, failure = null}: ResponseParts,
) {
  const {answerId, conversationId, base, createdAt, previousResponseId} = context
  const hasEnded = status !== 'in_progress'
  return {
    id: responseIdOf(answerId),
    object: 'response' as const,
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
    text: {format: {type: 'text' as const}},
    tool_choice: 'none' as const,
    tools: [],
    top_p: null,
    truncation: 'auto' as const,
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
) {
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
function responseErrorOf({code, message}: {readonly code: ErrorCode; readonly message: string}) {
  return {code: code === 'upstream_rate_limited' ? 'rate_limit_exceeded' : 'server_error', message}
}
