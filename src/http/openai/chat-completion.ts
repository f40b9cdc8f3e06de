import type {AnswerSnapshot} from '../../answers/index.ts'
import type {Usage} from '../../domain/index.ts'
import {
  type AnswerContext,
  closingWordsOf,
  type DocentFacts,
  docentFactsOf,
  finishOf,
  modelName,
  type OpenAiFinish,
  type SourceFields,
  sourceFieldsOf,
  tokensOf,
  type UrlCitation,
  urlCitationsOf,
} from './answer-facts.ts'

/** The forms of the Chat Completions API that a whole answer and its chunks share. */

export const completionIdOf = (answerId: string): string => `chatcmpl-${answerId}`

export interface UrlCitationAnnotation {
  readonly type: 'url_citation'
  readonly url_citation: UrlCitation
}

export const annotationsOf = (citations: readonly UrlCitation[]): UrlCitationAnnotation[] =>
  citations.map((citation) => ({type: 'url_citation', url_citation: citation}))

export interface CompletionUsage {
  readonly prompt_tokens: number
  readonly completion_tokens: number
  readonly total_tokens: number
  readonly prompt_tokens_details: {readonly cached_tokens: number}
}

export function completionUsageOf(usage: Usage): CompletionUsage {
  const {input, cached, output, total} = tokensOf(usage)
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: total,
    prompt_tokens_details: {cached_tokens: cached},
  }
}

/** An answer as a chat completion. https://platform.openai.com/docs/api-reference/chat/object */
export interface ChatCompletion extends SourceFields {
  readonly id: string
  readonly object: 'chat.completion'
  /** Seconds since the epoch. */
  readonly created: number
  readonly model: string
  /** One. */
  readonly choices: readonly {
    readonly index: number
    readonly message: {
      readonly role: 'assistant'
      readonly content: string
      readonly refusal: null
      /** What the model thought, where it said so. */
      readonly reasoning_content?: string
      readonly annotations: readonly UrlCitationAnnotation[]
    }
    readonly logprobs: null
    readonly finish_reason: OpenAiFinish
  }[]
  readonly usage: CompletionUsage
  readonly docent: DocentFacts
}

/**
 * An answer that has ended without an error as a chat completion.
 * @param reasoning empty for none.
 */
export function chatCompletionOf(
  context: AnswerContext,
  answer: AnswerSnapshot,
  reasoning: string,
): ChatCompletion {
  const {answerId, base, createdAt} = context
  return {
    id: completionIdOf(answerId),
    object: 'chat.completion',
    created: createdAt,
    model: modelName,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: answer.text + closingWordsOf(context, answer),
          refusal: null,
          ...(reasoning === '' ? {} : {reasoning_content: reasoning}),
          annotations: annotationsOf(urlCitationsOf(answer, base)),
        },
        logprobs: null,
        finish_reason: finishOf(answer),
      },
    ],
    usage: completionUsageOf(answer.usage),
    ...sourceFieldsOf(answer, base),
    docent: docentFactsOf(context, answer.build, answer),
  }
}
