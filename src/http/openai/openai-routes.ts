import type {Request, Response, Router} from 'express'
import {type AnswerSnapshot, refOf} from '../../answers/index.ts'
import {
  type Channel,
  DocentError,
  type GeneratorName,
  type Question,
  type SequencedEvent,
} from '../../domain/index.ts'
import {type AnswerStreamDeps, askAs, streamAnswer, wholeAnswer} from '../answers/answer-streams.ts'
import {statusOf} from '../error-response.ts'
import {requireJson} from '../guards/require-json.ts'
import {publicBase} from '../public-base.ts'
import {type AnswerContext, docentFactsOf, modelName} from './answer-facts.ts'
import {chatChunks} from './chat-chunks.ts'
import {chatCompletionOf} from './chat-completion.ts'
import {chatRequestOf} from './chat-request.ts'
import {openAiErrorOf} from './openai-errors.ts'
import {responseEvents} from './response-events.ts'
import {wholeResponseOf} from './response-object.ts'
import {responseRequestOf} from './response-request.ts'
import {turnsOfAnswer} from './turns-of-answer.ts'

export interface OpenAiRoutesDeps extends AnswerStreamDeps {
  /** Null: where each request was sent. */
  readonly publicUrl: string | null
  readonly generator: GeneratorName
  readonly model: string | null
}

/** How an answer is sent in one API. */
interface Forms {
  readonly isStream: boolean
  frames(context: AnswerContext): (event: SequencedEvent) => string
  /** @param reasoning empty for none. */
  whole(context: AnswerContext, answer: AnswerSnapshot, reasoning: string): object
}

/** Adds the routes of clients made for OpenAI's API. CORS, the API token and the body parser come before. */
export function addOpenAiRoutes(router: Router, deps: OpenAiRoutesDeps): void {
  router.post('/v1/chat/completions', async (request, response) => {
    requireJson(request)
    const {question, isStream, includesUsage} = chatRequestOf(request.body)
    await answer(
      request,
      response,
      {question, channel: 'openai'},
      {
        isStream,
        frames: (context) => chatChunks(context, {includesUsage}),
        whole: chatCompletionOf,
      },
    )
  })

  router.post('/v1/responses', async (request, response) => {
    requireJson(request)
    const {question, isStream, previousResponseId} = await responseRequestOf(request.body, (answerId) =>
      turnsOfAnswer(answerId, deps.answering),
    )
    await answer(
      request,
      response,
      {question, channel: 'openai-responses'},
      {
        isStream,
        frames: (context) => responseEvents({...context, previousResponseId}),
        whole: (context, ...ended) => wholeResponseOf({...context, previousResponseId}, ...ended),
      },
    )
  })

  // Since this process began, for want of a better time; clients sort by it.
  const created = Math.floor(Date.now() / 1000)
  const model = {
    id: modelName,
    object: 'model',
    created,
    owned_by: 'docent',
    docent: {generator: deps.generator, model: deps.model},
  }

  router.get('/v1/models', (_request, response) => {
    response.setHeader('cache-control', 'no-cache')
    response.json({object: 'list', data: [model]})
  })

  router.get('/v1/models/:id', (request, response) => {
    if (request.params.id !== modelName) {
      throw new DocentError('not_found', `There is one model here, ${modelName}; it answers for any name.`, {
        details: {openAiCode: 'model_not_found', problems: [{field: 'model', problem: 'is not known'}]},
      })
    }
    response.setHeader('cache-control', 'no-cache')
    response.json(model)
  })

  async function answer(
    request: Request,
    response: Response,
    asking: {readonly question: Question; readonly channel: Channel},
    {isStream, frames, whole}: Forms,
  ): Promise<void> {
    const asked = await askAs(request, response, asking, deps)
    if (asked === null) return
    const {answerId, conversationId} = asked
    const context: AnswerContext = {
      answerId,
      conversationId,
      question: asking.question.question,
      lang: asking.question.lang ?? null,
      base: publicBase(request, deps.publicUrl),
      createdAt: Math.floor(Date.now() / 1000),
    }
    // What a user of these libraries reports when something is wrong; staff find the transcript by it.
    response.setHeader('x-request-id', refOf(answerId))
    if (!isStream) return await sendWhole(response, context, whole)
    // OpenAI's library for Python takes a `retry:` line alone for an event, and fails on its missing data.
    await streamAnswer(response, answerId, {retryMs: null, encode: frames(context)}, deps)
  }

  async function sendWhole(response: Response, context: AnswerContext, whole: Forms['whole']): Promise<void> {
    let reasoning = ''
    const ended = await wholeAnswer(response, context.answerId, deps, (event) => {
      if (event.type === 'reasoning') reasoning += event.text
    })
    if (ended === null) return
    const {snapshot} = ended
    response.setHeader('cache-control', 'no-store')
    if (snapshot.error === null) return void response.json(whole(context, snapshot, reasoning))
    const {error, text, build} = snapshot
    if (!error.retryable) response.setHeader('x-should-retry', 'false')
    response
      .status(statusOf[error.code])
      .json({error: openAiErrorOf({...error, ...docentFactsOf(context, build, snapshot), text})})
  }
}
