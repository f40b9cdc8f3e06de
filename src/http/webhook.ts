import {createHmac} from 'node:crypto'
import type {NextFunction, Request, Response} from 'express'
import {DocentError} from '../domain/index.ts'
import {isSameSecret} from '../lib/secrets.ts'
import {checkJsonDepth} from './guards/json-depth.ts'
import {visitorOf} from './limits/limits.ts'
import type {Reindexing} from './reindex/reindexing.ts'
import type {Guesses} from './staff/guesses.ts'

export interface WebhookDeps {
  /** What pushes are signed with; null accepts none. */
  readonly secret: string | null
  readonly guesses: Guesses
  readonly reindexing: Reindexing
  /** Whether a push event, in the form of GitHub or GitLab, may have changed the docs. */
  readonly isPushForDocs: (event: unknown) => boolean
}

/** The most that GitHub sends. */
const maxBytes = 25 * 1024 * 1024
/** Longer events are signed as a whole but not kept and read: they may be for the docs. */
const maxReadBytes = 1024 * 1024

/**
 * Reindexes after a push, signed as GitHub signs (`X-Hub-Signature-256`) or with GitLab's `X-Gitlab-Token`. A request that
 * is neither is left to the next handler. Sending an event again is harmless: what is indexed already is not indexed again.
 * @see https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries
 * @see https://docs.gitlab.com/user/project/integrations/webhooks
 */
export function webhook({secret, guesses, reindexing, isPushForDocs}: WebhookDeps) {
  return async (request: Request, response: Response, next: NextFunction): Promise<void> => {
    if (request.method !== 'POST' || request.path !== '/') return next()
    const signature = request.get('x-hub-signature-256')
    const token = request.get('x-gitlab-token')
    if (secret === null || (signature === undefined && token === undefined)) return next()
    const refuse = (): never => {
      guesses.countWrong(visitorOf(request))
      throw new DocentError('unauthorized', 'This is not signed with the WEBHOOK_SECRET of this server.')
    }
    // Compared before the body is read.
    if (signature === undefined && !isSameSecret(token ?? '', secret)) refuse()
    const {body, hmac} = await readBody(request, secret)
    if (signature !== undefined && !isSameSecret(signature, `sha256=${hmac}`)) refuse()

    response.setHeader('cache-control', 'no-store')
    const kind = kindOf(request)
    if (kind === 'ping') {
      response.json({message: 'The signature is valid. Pushes reindex the docs.'})
      return
    }
    const isForDocs = kind === 'push' && (body === null || isPushForDocs(eventOf(request, body)))
    if (!isForDocs) {
      const what = kind === 'push' ? 'this push is to a branch without docs' : 'this is not a push'
      response.status(202).json({message: `There is nothing to do: ${what}.`})
      return
    }
    const {id} = reindexing.request({by: 'webhook', name: null})
    const events = `/api/admin/reindex/${id}/events`
    response.status(202).location(events).json({id, events})
  }
}

function kindOf(request: Request): 'ping' | 'push' | 'other' {
  const event = request.get('x-github-event') ?? request.get('x-gitlab-event') ?? 'push'
  if (event === 'ping') return 'ping'
  return /^(?:push|push hook|tag push hook|system hook)$/i.test(event) ? 'push' : 'other'
}

/** The body, null if it is too long to be kept, and its HMAC in hexadecimal. */
async function readBody(
  request: Request,
  secret: string,
): Promise<{readonly body: Buffer | null; readonly hmac: string}> {
  const hmac = createHmac('sha256', secret)
  let kept: Buffer[] = []
  let bytes = 0
  for await (const chunk of chunksOf(request)) {
    bytes += chunk.length
    if (bytes > maxBytes) throw new DocentError('too_large', 'The event is larger than 25 MB.')
    hmac.update(chunk)
    if (bytes <= maxReadBytes) kept.push(chunk)
    else kept = []
  }
  return {body: bytes > maxReadBytes ? null : Buffer.concat(kept), hmac: hmac.digest('hex')}
}

/** @throws DocentError `invalid_request` if the sender leaves. */
async function* chunksOf(request: Request): AsyncGenerator<Buffer> {
  try {
    yield* request as AsyncIterable<Buffer>
  } catch (cause) {
    throw new DocentError('invalid_request', 'The event was cut off.', {cause})
  }
}

/** @throws DocentError `invalid_request`. */
function eventOf(request: Request, body: Buffer): unknown {
  const isForm = request.is('application/x-www-form-urlencoded') !== false
  const json = isForm ? Buffer.from(new URLSearchParams(body.toString('utf8')).get('payload') ?? '') : body
  checkJsonDepth(json)
  try {
    return JSON.parse(json.toString('utf8'))
  } catch (cause) {
    throw new DocentError('invalid_request', 'The event is not valid JSON.', {cause})
  }
}
