import type {AnswerSnapshot} from '../../answers/index.ts'
import type {Usage} from '../../domain/index.ts'
import {
  type AnswerContext,
  closingWordsOf,
  docentFactsOf,
  finishOf,
  modelName,
  sourceFieldsOf,
  tokensOf,
  type UrlCitation,
  urlCitationsOf,
} from './answer-facts.ts'

/** The forms of the Chat Completions API that a whole answer and its chunks share. */

export const completionIdOf = (answerId: string): string => `chatcmpl-${answerId}`

export const annotationsOf = (citations: readonly UrlCitation[]) =>
  citations.map((citation) => ({type: 'url_citation' as const, url_citation: citation}))

export function completionUsageOf(usage: Usage) {
  const {input, cached, output, total} = tokensOf(usage)
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: total,
    prompt_tokens_details: {cached_tokens: cached},
  }
}

/**
 * An answer that has ended without an error as a chat completion.
 * @param reasoning empty for none.
 */
export function chatCompletionOf(context: AnswerContext, answer: AnswerSnapshot, reasoning: string) {
  const {answerId, base, createdAt} = context
  return {
    id: completionIdOf(answerId),
    object: 'chat.completion' as const,
    created: createdAt,
    model: modelName,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant' as const,
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
