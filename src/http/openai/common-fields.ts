import {z} from 'zod'
import type {Question} from '../../domain/index.ts'
import {askBody, identifier} from '../request-schemas.ts'
import type {ReadMessages} from './client-messages.ts'

/** Fields that the requests of both of OpenAI's APIs have, and what there is in them that Docent cannot do. */

const noTools = 'must be auto or none: Docent calls no tools of its clients'

/** Tools that are only offered do no harm: nothing calls them. */
export const toolChoice = z.enum(['auto', 'none'], noTools).nullish()

export const textFormat = z
  .looseObject({type: z.literal('text', 'must be text: answers are Markdown with citations, not JSON')})
  .nullish()

/** What of `POST /api/answers` has no field of OpenAI's. */
const docentFields = z.object({
  conversation_id: identifier.nullish(),
  version: askBody.shape.version,
  lang: askBody.shape.lang,
  page: askBody.shape.page,
})

export const commonFields = {
  /** Any: there is one, and it is not the client's to choose. */
  model: z.string('must be a text such as docent').nullish(),
  stream: z.boolean('must be true or false').nullish(),
  docent: docentFields.nullish(),
}

/** @param conversationId replaces the one in `docent`. */
export function questionFrom(
  {question, history}: ReadMessages,
  docent: z.infer<typeof docentFields> | null | undefined,
  conversationId: string | null = docent?.conversation_id ?? null,
): Question {
  return {
    question,
    conversationId,
    history,
    version: docent?.version ?? null,
    lang: docent?.lang ?? null,
    page: docent?.page ?? null,
    // None of these clients can read on from where it was.
    resumable: false,
  }
}
