import type {Request, Response, Router} from 'express'
import {type DocentError, rateLimited, readerMessageOf, toDocentError} from '../../domain/index.ts'
import {type Handover, type HandoverStore, isHandoverOpen} from '../../staff/index.ts'
import type {TranscriptStore} from '../../transcripts/index.ts'
import {statusOf} from '../error-response.ts'
import {visitorOf} from '../limits/limits.ts'
import type {Log} from '../log.ts'
import type {Guesses} from '../staff/guesses.ts'
import {handedOver} from './handed-over.ts'
import {noHandoverPage} from './handover-page.ts'
import type {HandoverRenderer} from './handover-renderer.ts'

export interface HandoverRouteDeps {
  readonly store: Pick<HandoverStore, 'handoverOfKey' | 'countOpening'>
  readonly transcripts: Pick<TranscriptStore, 'get' | 'list'>
  readonly renderer: HandoverRenderer
  readonly guesses: Guesses
  /** What the assistant is called. */
  readonly name: string
  readonly log: Log
}

/** Conversations that are read and rendered at one time. */
const maxPending = 8

/** No scripts, no forms, no frames; styles of this server alone. */
const policy =
  "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const unknownLink = noHandoverPage.bind(
  null,
  'There is nothing at this address',
  'The link may be cut off or misspelled. Ask whoever gave it to you for a new one.',
)
const endedLink = noHandoverPage.bind(
  null,
  'This link no longer works',
  'It was withdrawn or has ended, or the conversation was deleted. Ask whoever gave it to you for a new one.',
)

/** Adds the page that shows one conversation to whoever has its link. */
export function addHandoverRoute(router: Router, deps: HandoverRouteDeps): void {
  const {store, transcripts, renderer, guesses, name, log} = deps
  /** By the id of the link: who opens one twice waits for the same page. */
  const pending = new Map<string, Promise<string | null>>()

  router.get('/handover/:key', async (request, response) => {
    setHeaders(response)
    try {
      const handover = await linkOf(request)
      if (handover === null) return void response.status(404).send(unknownLink())
      const page = isHandoverOpen(handover, Date.now()) ? await pageOfLink(handover) : null
      if (page === null) return void response.status(410).send(endedLink())
      // Programs that look at links in mails and chats send HEAD.
      if (request.method !== 'HEAD') await countOpening(handover)
      response.send(page)
    } catch (error) {
      sendProblem(response, toDocentError(error))
    }
  })

  async function linkOf(request: Request): Promise<Handover | null> {
    const key = String(request.params['key'])
    const handover = key.length > 100 ? null : await store.handoverOfKey(key)
    if (handover === null) guesses.countWrong(visitorOf(request))
    return handover
  }

  function pageOfLink(handover: Handover): Promise<string | null> {
    const {id, madeAt, endsAt} = handover
    const known = pending.get(id)
    if (known !== undefined) return known
    if (pending.size >= maxPending)
      throw rateLimited('all_pages', 'Too many pages are being rendered.', {retryAfterMs: 2_000})
    const page = handedOver(handover, transcripts)
      .then((conversation) =>
        conversation === null ? null : renderer.render({conversation, name, madeAt, endsAt}),
      )
      .finally(() => pending.delete(id))
    pending.set(id, page)
    return page
  }

  async function countOpening({id}: Handover): Promise<void> {
    try {
      await store.countOpening(id)
    } catch (err) {
      log.warn({err}, 'it could not be counted that a hand-over link was opened')
    }
  }

  function sendProblem(response: Response, error: DocentError): void {
    const {code} = error
    if (statusOf[code] >= 500) log.error({err: error, code}, 'a hand-over link could not be shown')
    if (error.retryAfterMs !== null)
      response.setHeader('retry-after', Math.max(1, Math.ceil(error.retryAfterMs / 1000)))
    const text = code === 'rate_limited' ? 'Too many requests. Please wait a moment.' : readerMessageOf(code)
    response.status(statusOf[code]).send(noHandoverPage('This page cannot be shown now', text))
  }
}

function setHeaders(response: Response): void {
  response.setHeader('content-security-policy', policy)
  response.setHeader('cache-control', 'no-store')
  response.setHeader('referrer-policy', 'no-referrer')
  response.setHeader('x-robots-tag', 'noindex, nofollow')
  response.type('html')
}
