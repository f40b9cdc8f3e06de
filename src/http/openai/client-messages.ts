import {z} from 'zod'
import type {Turn} from '../../domain/index.ts'
import {cleanLine} from '../../lib/clean-text.ts'
import {headOf} from '../../lib/cut.ts'
import {
  list,
  maxQuestionLength,
  maxTurnLength,
  maxTurns,
  questionText,
  tooLongAsQuestion,
  turnText,
} from '../request-schemas.ts'
import {invalidField} from './openai-errors.ts'

/** The messages of OpenAI's two APIs, and what Docent reads from them. */

const part = z.looseObject({type: z.string()})

export const messageContent = z.union(
  [z.string(), list(part, 1_000)],
  'must be a text, or a list of at most 1000 parts that have a type',
)

/** What is read of a message. */
export interface ClientMessage {
  readonly role?: string | undefined
  readonly content?: string | readonly z.infer<typeof part>[] | null | undefined
}

/** So many messages are looked at for `maxTurns` turns: between these there may be calls of tools and their results. */
const maxRead = 1_000

/**
 * The last messages of a list. Whoever sends more has a long conversation, which is no mistake; what is not read is not
 * checked either, and problems are counted from the first that is read.
 */
export const lastMessages = <T extends z.ZodType>(item: T) =>
  z
    .array(z.unknown(), 'must be a list of messages')
    .min(1, 'must have a message of the user: the question')
    .transform((messages) => messages.slice(-maxRead))
    .pipe(z.array(item))

export interface ReadMessages {
  readonly question: string
  /** Oldest first. */
  readonly history: readonly Turn[]
}

/**
 * The last message of the user is the question; what the user and the assistant wrote before is the history, as far as it
 * is text. All other messages are left out, those of the system too: what the model is told is for the docs team to say.
 * @param field the name of the list.
 * @throws DocentError `invalid_request`.
 */
export function readMessages(messages: readonly ClientMessage[], field: string): ReadMessages {
  const last = messages.findLastIndex(({role}) => role === 'user')
  if (last === -1) throw invalidField(field, 'must have a message of the user: the question')
  const question = questionOf(messages[last]!, `${field}.${last}.content`)
  const history: Turn[] = []
  for (let at = last - 1; at >= 0 && history.length < maxTurns; at--) {
    const {role, content} = messages[at]!
    if (role !== 'user' && role !== 'assistant') continue
    const text = turnText.parse(headOf(textsOf(content).join('\n'), maxTurnLength))
    if (text.trim() !== '') history.push({role, content: text})
  }
  return {question, history: history.reverse()}
}

/** @throws DocentError `invalid_request` for a message that is no question. */
export function questionOf({content}: ClientMessage, field: string): string {
  if (Array.isArray(content)) {
    const other = content.findIndex((each) => textOf(each) === null)
    if (other !== -1) {
      const type = cleanLine(headOf(String(content[other].type), 60))
      throw invalidField(
        `${field}.${other}`,
        `a part of type ${JSON.stringify(type)} cannot be read: Docent reads text alone, no images, files or sound`,
      )
    }
  }
  const text = textsOf(content).join('\n')
  if (text.length > maxQuestionLength) {
    throw invalidField(field, tooLongAsQuestion(text.length))
  }
  const question = questionText.safeParse(text)
  if (!question.success) throw invalidField(field, question.error.issues[0]!.message)
  return question.data.trim()
}

function textsOf(content: ClientMessage['content']): string[] {
  if (typeof content === 'string') return [content]
  return (content ?? []).flatMap((each) => textOf(each) ?? [])
}

/** The text of a part; null for a part of another kind. */
function textOf({type, text}: z.infer<typeof part>): string | null {
  return ['text', 'input_text', 'output_text'].includes(type) && typeof text === 'string' ? text : null
}
