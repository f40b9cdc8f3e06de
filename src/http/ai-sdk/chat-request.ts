import {z} from 'zod'
import {DocentError, type Turn} from '../../domain/index.ts'
import {headOf} from '../../lib/cut.ts'
import {wellFormed} from '../../lib/well-formed.ts'
import {refusalOf} from '../field-problems.ts'
import {
  type AskRequest,
  askBody,
  askRequestOf,
  list,
  maxQuestionLength,
  maxTurnLength,
  maxTurns,
  parsed,
  tooLongAsQuestion,
} from '../request-schemas.ts'

/** Chat clients send the whole conversation with each question, sources and all. In bytes. */
export const maxChatBytes = 512 * 1024

const part = z.looseObject({type: z.string().max(200), text: z.string().optional()})

const message = z.object({
  role: z.enum(['system', 'user', 'assistant']),
  parts: list(part, 2000).optional(),
  /** As in messages of AI SDK 4. */
  content: z.string().optional(),
  metadata: z.unknown().optional(),
})

type Message = z.infer<typeof message>

/** The body that `HttpChatTransport` sends, with what `POST /api/answers` takes beside the question. */
export const chatBody = z.object({
  // As a segment of an address, a dot would be taken for the folder.
  id: z
    .string()
    .min(1)
    .max(200)
    .refine((id) => id !== '.' && id !== '..', 'must not be a dot, or two')
    .optional(),
  messages: list(message, 1000)
    .meta({minItems: 1})
    .describe('The conversation; its last message of the user is the question.'),
  ...askBody.pick({conversationId: true, version: true, lang: true, page: true, bufferMs: true}).shape,
  /** Default true: the client may have been told to resume, which the server cannot know. */
  resumable: z.boolean().default(true),
  /** Whether `text-end` may carry citations, which only AI SDK 7 reads, and which early versions do not accept. */
  textEndCitations: z.boolean().default(false),
})

export interface ChatRequest extends Omit<AskRequest, 'continueAnswerId'> {
  /** The client's own name for the chat; null if it sent none, then the answer cannot be resumed by it. */
  readonly chatId: string | null
  readonly textEndCitations: boolean
}

/**
 * Validates the body of `POST /api/chat`: the last message of the user is the question, and those before it are the
 * history. System messages are left out, since what Docent is told to do is not the visitor's to change.
 * @throws DocentError `invalid_request`.
 */
export function chatRequestOf(body: unknown): ChatRequest {
  const {id, messages, conversationId, textEndCitations, ...rest} = parsed(chatBody, body)
  const at = messages.findLastIndex(({role}) => role === 'user')
  if (at === -1) throw new DocentError('invalid_request', 'messages: must have a message of the user')
  const question = textOf(messages[at]!)
  if (question.trim() === '')
    throw new DocentError(
      'invalid_request',
      'messages: the last message of the user has no text; files are not read',
    )
  if (question.length > maxQuestionLength) {
    const field = `messages.${at}.${messages[at]!.parts === undefined ? 'content' : 'parts'}`
    throw refusalOf([field], () => ({field, problem: tooLongAsQuestion(question.length)}))
  }
  const earlier = messages.slice(0, at)
  const {continueAnswerId: _, ...request} = askRequestOf({
    ...rest,
    question,
    history: historyOf(earlier),
    conversationId: conversationId ?? conversationOf(earlier),
  })
  return {...request, chatId: id ?? null, textEndCitations}
}

function textOf({parts, content}: Message): string {
  if (parts === undefined) return content ?? ''
  return parts.flatMap(({type, text}) => (type === 'text' && text !== undefined ? [text] : [])).join('\n\n')
}

/** Endings after which the text is no answer, and not to be built on. */
const brokenEndings: ReadonlySet<unknown> = new Set([
  'abstained',
  'stopped',
  'disconnected',
  'timeout',
  'error',
  'interrupted',
])

function historyOf(messages: readonly Message[]): Turn[] {
  return messages
    .flatMap((message): Turn[] => {
      const {role} = message
      const content = headOf(wellFormed(textOf(message)), maxTurnLength)
      if (role === 'system' || content.trim() === '') return []
      return role === 'assistant' && brokenEndings.has(fieldOf(message, 'ending')) ? [] : [{role, content}]
    })
    .slice(-maxTurns)
}

/** The key of the conversation, which came with an earlier answer; undefined where none has one. */
function conversationOf(messages: readonly Message[]): string | undefined {
  const keys = messages.flatMap((message) => {
    const key = message.role === 'assistant' ? fieldOf(message, 'conversationId') : undefined
    return typeof key === 'string' && /^[\w-]{1,64}$/.test(key) ? [key] : []
  })
  return keys.at(-1)
}

function fieldOf({metadata}: Message, name: string): unknown {
  return typeof metadata === 'object' && metadata !== null && Object.hasOwn(metadata, name)
    ? (metadata as Record<string, unknown>)[name]
    : undefined
}

/** Validates the body of `POST /api/chat/:id/stop`, which may be missing. @throws DocentError `invalid_request`. */
export function stopRequestOf(body: unknown): {readonly activeStreamId: string | null} {
  const {activeStreamId} = parsed(stopBody, body ?? {})
  return {activeStreamId: activeStreamId ?? null}
}

export const stopBody = z.object({
  activeStreamId: z
    .string()
    .regex(/^[\w-]{1,64}$/, 'must be the id of a message')
    .nullish(),
})
