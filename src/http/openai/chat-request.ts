import {z} from 'zod'
import type {Question} from '../../domain/index.ts'
import {parsed} from '../request-schemas.ts'
import {lastMessages, messageContent, readMessages} from './client-messages.ts'
import {commonFields, questionFrom, textFormat, toolChoice} from './common-fields.ts'

const message = z.object({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
  content: messageContent.nullish(),
})

/**
 * The body of `POST /v1/chat/completions`, as far as it is read. Fields that there are not here are ignored, as
 * `temperature` and `max_tokens`. https://platform.openai.com/docs/api-reference/chat/create
 */
export const chatCompletionRequest = z.object({
  ...commonFields,
  messages: lastMessages(message),
  stream_options: z.object({include_usage: z.boolean().nullish()}).nullish(),
  n: z.literal(1, 'must be 1: a question has one answer').nullish(),
  logprobs: z.literal(false, 'must be false: probabilities of tokens are not known').nullish(),
  response_format: textFormat,
  tool_choice: toolChoice,
  function_call: toolChoice,
  modalities: z.array(z.literal('text', 'must be text: answers are text alone')).max(10).nullish(),
})

export interface ChatRequest {
  readonly question: Question
  readonly isStream: boolean
  /** Whether a last chunk says what was used. */
  readonly includesUsage: boolean
}

/** @throws DocentError `invalid_request`. */
export function chatRequestOf(body: unknown): ChatRequest {
  const {messages, stream, stream_options: options, docent} = parsed(chatCompletionRequest, body)
  return {
    question: questionFrom(readMessages(messages, 'messages'), docent),
    isStream: stream ?? false,
    includesUsage: options?.include_usage ?? false,
  }
}
