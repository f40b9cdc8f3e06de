import {z} from 'zod'
import type {Question, Turn} from '../../domain/index.ts'
import {identifier, maxTurns, parsed} from '../request-schemas.ts'
import {lastMessages, messageContent, questionOf, readMessages} from './client-messages.ts'
import {commonFields, questionFrom, textFormat, toolChoice} from './common-fields.ts'
import {invalidField} from './openai-errors.ts'

/** Items without a role, as calls of tools, are left out. */
const item = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant']).nullish(),
  content: messageContent.nullish(),
})

/**
 * The body of `POST /v1/responses`, as far as it is read. Fields that there are not here are ignored, as `instructions`
 * and `max_output_tokens`. https://platform.openai.com/docs/api-reference/responses/create
 */
export const createResponseRequest = z.object({
  ...commonFields,
  input: z.union(
    [z.string(), lastMessages(item)],
    'must be a text, or a list of messages of which one is the user’s',
  ),
  previous_response_id: z.string().min(1).max(200).nullish(),
  conversation: z
    .union([identifier, z.object({id: identifier})], 'must be the id of a conversation, or {id}')
    .nullish(),
  background: z.literal(false, 'must be false: an answer is read while it is written').nullish(),
  prompt: z.null('cannot be used: this server has no stored prompts').optional(),
  tool_choice: toolChoice,
  text: z.looseObject({format: textFormat}).nullish(),
})

export interface ResponseRequest {
  readonly question: Question
  readonly isStream: boolean
  /** As the client sent it. */
  readonly previousResponseId: string | null
}

/**
 * @param turnsOf the turns of an answer, by its id; null if there is no such answer.
 * @throws DocentError `invalid_request`.
 */
export async function responseRequestOf(
  body: unknown,
  turnsOf: (answerId: string) => Promise<readonly Turn[] | null>,
): Promise<ResponseRequest> {
  const {
    input,
    stream,
    docent,
    conversation,
    previous_response_id: previous,
  } = parsed(createResponseRequest, body)
  const read =
    typeof input === 'string'
      ? {question: questionOf({content: input}, 'input'), history: []}
      : readMessages(
          input.map(({role, content}) => ({role: role ?? undefined, content})),
          'input',
        )
  if (previous != null && conversation != null) {
    throw invalidField('previous_response_id', 'cannot be used together with conversation; leave one out')
  }
  const earlier = previous == null ? [] : await turnsBefore(previous, turnsOf)
  const conversationId = typeof conversation === 'object' ? conversation?.id : conversation
  return {
    question: questionFrom(
      {question: read.question, history: [...earlier, ...read.history].slice(-maxTurns)},
      docent,
      conversationId ?? docent?.conversation_id ?? null,
    ),
    isStream: stream ?? false,
    previousResponseId: previous ?? null,
  }
}

export const responseIdOf = (answerId: string): string => `resp_${answerId}`

async function turnsBefore(
  responseId: string,
  turnsOf: (answerId: string) => Promise<readonly Turn[] | null>,
): Promise<readonly Turn[]> {
  const answerId = /^resp_([\w-]{1,64})$/.exec(responseId)?.[1]
  const turns = answerId === undefined ? null : await turnsOf(answerId)
  if (turns === null) {
    throw invalidField(
      'previous_response_id',
      'there is no response with this id, or no more',
      'previous_response_not_found',
    )
  }
  return turns
}
