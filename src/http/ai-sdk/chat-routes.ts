import express, {type Request, type Response, type Router} from 'express'
import {DocentError, type Ending} from '../../domain/index.ts'
import {type AnswerStreamDeps, askAs, streamAnswer} from '../answers/answer-streams.ts'
import type {AskedIn} from '../answers/ending-words.ts'
import {endWithStreamHead} from '../answers/event-stream.ts'
import {verifyDepth} from '../guards/json-depth.ts'
import {requireJson} from '../guards/require-json.ts'
import {visitorOf} from '../limits/limits.ts'
import {absoluteUrl, publicBase} from '../public-base.ts'
import {type ChatRequest, chatRequestOf, maxChatBytes, stopRequestOf} from './chat-request.ts'
import {owedAnswers} from './owed-answers.ts'
import {uiMessageFrames} from './ui-message-frames.ts'

export interface ChatRoutesDeps extends AnswerStreamDeps {
  /** Where this server is reached; null for where each request was sent. */
  readonly publicUrl: string | null
}

/** Reads bodies of chats, which are larger than others. Comes before the parser of the other routes. */
export const chatJson = express.json({limit: maxChatBytes, verify: verifyDepth})

/**
 * Adds the routes of `useChat`: ask, resume and stop, as the UI message stream of the AI SDK.
 * @see https://ai-sdk.dev/docs/ai-sdk-ui/stream-protocol
 */
export function addChatRoutes(router: Router, deps: ChatRoutesDeps): void {
  const {answering, limits, visitorKeys} = deps
  const owed = owedAnswers()

  router.post('/api/chat', async (request, response) => {
    requireJson(request)
    const {question, chatId, bufferMs, textEndCitations} = chatRequestOf(request.body)
    const chat = chatId === null ? null : chatOf(request, chatId)
    const asked = await askAs(request, response, {question, channel: 'ai-sdk', chat}, deps)
    if (asked === null) return
    const {answerId} = asked
    if (asked.isNew) owed.begun(answerId)
    const words = {question: question.question, lang: question.lang ?? null}
    await stream(request, response, {answerId, asked: words, bufferMs, textEndCitations, isAsker: true})
  })

  router.get('/api/chat/:id/stream', async (request, response) => {
    const answer = await answering.latestOfChat(chatOf(request, request.params.id))
    // Any other status than 204 would put the chat into its state of error.
    if (answer === null || !owed.isOwed(answer)) return void response.status(204).end()
    response.setHeader(...streamVersion)
    if (request.method === 'HEAD') return endWithStreamHead(response)
    if (!(await limits.openStream(visitorOf(request), response))) return
    const {answerId, question, lang = null} = answer
    const textEndCitations = request.query['textEndCitations'] === '1'
    await stream(request, response, {answerId, asked: {question, lang}, bufferMs: null, textEndCitations})
  })

  router.post('/api/chat/:id/stop', async (request, response) => {
    const {activeStreamId} = stopRequestOf(request.body)
    const answer = await answering.latestOfChat(chatOf(request, request.params.id))
    if (answer === null) throw new DocentError('not_found', 'Nothing was asked in this chat.')
    // A stop that comes late must not end the answer to the next question.
    const ending: Ending = await answering.stop(activeStreamId ?? answer.answerId)
    response.json({ending})
  })

  function chatOf(request: Request, chatId: string): string {
    return visitorKeys.chatOf(visitorOf(request), request.get('user-agent') ?? '', chatId)
  }

  async function stream(request: Request, response: Response, answer: StreamedAnswer): Promise<void> {
    const {answerId, asked, bufferMs, textEndCitations, isAsker = false} = answer
    const base = publicBase(request, deps.publicUrl)
    const addressOf = (url: string) => absoluteUrl(url, base)
    response.setHeader(...streamVersion)
    await streamAnswer(
      response,
      answerId,
      {
        bufferMs,
        isAsker,
        // Some readers of other languages take a `retry:` line alone for an event.
        retryMs: null,
        encode: uiMessageFrames({answerId, asked, addressOf, textEndCitations}),
        onDelivered: () => owed.delivered(answerId),
      },
      deps,
    )
  }
}

const streamVersion = ['x-vercel-ai-ui-message-stream', 'v1'] as const

interface StreamedAnswer extends Pick<ChatRequest, 'bufferMs' | 'textEndCitations'> {
  readonly answerId: string
  readonly asked: AskedIn
  readonly isAsker?: boolean
}
