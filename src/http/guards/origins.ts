import type {NextFunction, Request, Response} from 'express'
import {DocentError} from '../../domain/index.ts'
import {methodsForVisitors, routes} from '../routes.ts'

/**
 * Whether the page that sent a request is allowed to: pages of this server always, others if they are listed. Requests
 * that do not come from a page (curl, a server) have no Origin and are allowed; a browser always sends one where it
 * matters.
 */
export function isAllowedOrigin(request: Request, allowed: readonly string[]): boolean {
  const origin = request.get('origin')
  return origin === undefined || isOwnPage(request) || allowed.includes('*') || allowed.includes(origin)
}

/** Whether a request comes from one of this server's own pages, or not from a page at all. */
export function isOwnPage(request: Request): boolean {
  // Browsers set this header and scripts cannot, so it is reliable even if a proxy has changed the Host.
  if (request.get('sec-fetch-site') === 'same-origin') return true
  const origin = request.get('origin')
  if (origin === undefined) return true
  try {
    // Only hosts are compared, not schemes: behind a proxy that terminates TLS the request is http.
    return new URL(origin).host === request.host
  } catch {
    return false
  }
}

/**
 * Whether the browser itself says that a page of this server made a request, which no page of another site, and none of a
 * neighbouring subdomain or port, can have it say. False for a request that says nothing of the kind, as of a program.
 */
export function isProvenOwnPage(request: Request): boolean {
  const site = request.get('sec-fetch-site')
  if (site !== undefined) return site === 'same-origin'
  return request.get('origin') !== undefined && isOwnPage(request)
}

const requestHeaders =
  'accept, authorization, cache-control, content-type, idempotency-key, last-event-id, mcp-method, mcp-name, mcp-protocol-version, mcp-session-id'
const exposedHeaders = 'Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset'

/** What OpenAI's libraries, and others for its API, add to each request, and read from its response. */
const openAiRequestHeaders = /^(?:x-stainless-[a-z-]{1,40}|openai-[a-z-]{1,40}|user-agent)$/
const openAiExposedHeaders = `${exposedHeaders}, X-Should-Retry, X-Request-Id`

/** Lets an allowed page read the response to its request, errors included. */
export function setCorsHeaders(
  request: Request,
  response: Response,
  allowed: readonly string[],
  exposed: string = exposedHeaders,
): void {
  const origin = request.get('origin')
  if (!allowed.includes('*')) response.vary('Origin')
  if (origin === undefined || !isAllowedOrigin(request, allowed)) return
  response.setHeader('access-control-allow-origin', allowed.includes('*') ? '*' : origin)
  response.setHeader('access-control-expose-headers', exposed)
}

/** @throws DocentError `origin_not_allowed` for a page that may not use this server. */
export function refuseUnlistedOrigin(request: Request, allowed: readonly string[]): void {
  if (isAllowedOrigin(request, allowed)) return
  throw new DocentError(
    'origin_not_allowed',
    'Pages of this origin may not use this server. ALLOWED_ORIGINS lists the origins that may.',
    {details: {origin: request.get('origin')}},
  )
}

/**
 * Cross-origin rules of the visitors' API: an unlisted origin is refused, a listed one may read answers. Cookies
 * are never allowed across origins: visitors have none, and those of staff are for the console only.
 * @param clients `openai` allows its libraries' own headers, too.
 */
export function corsRules(allowed: readonly string[], clients: 'own' | 'openai' = 'own') {
  const methods = methodsForVisitors(routes)
  const exposed = clients === 'openai' ? openAiExposedHeaders : exposedHeaders
  return (request: Request, response: Response, next: NextFunction): void => {
    setCorsHeaders(request, response, allowed, exposed)
    refuseUnlistedOrigin(request, allowed)
    if (request.method === 'OPTIONS') {
      response.setHeader('access-control-allow-methods', methods)
      const others = clients === 'openai' ? askedHeaders(request, openAiRequestHeaders) : []
      if (clients === 'openai') response.vary('Access-Control-Request-Headers')
      response.setHeader('access-control-allow-headers', [requestHeaders, ...others].join(', '))
      response.setHeader('access-control-max-age', '600')
      response.status(204).end()
      return
    }
    next()
  }
}

/** The headers that a preflight asks for, those of one family. */
function askedHeaders(request: Request, family: RegExp): string[] {
  const asked = request.get('access-control-request-headers') ?? ''
  return asked
    .split(',', 50)
    .map((name) => name.trim().toLowerCase())
    .filter((name) => family.test(name))
}

/** The staff API is for the console and for programs, never for pages of other sites. */
export function ownPagesOnly(request: Request, _response: Response, next: NextFunction): void {
  if (!isOwnPage(request)) {
    throw new DocentError('origin_not_allowed', 'The staff API is for pages of this server only.')
  }
  next()
}
