import type {NextFunction, Request, Response} from 'express'
import {DocentError} from '../../domain/index.ts'
import {methodsForVisitors, routes} from '../routes.ts'

/**
 * Whether the page that sends a request may: pages of this server always, others by the list. Requests that are
 * sent by no page (curl, a server) carry no Origin and are allowed; a browser always sends one where it matters.
 */
export function isAllowedOrigin(request: Request, allowed: readonly string[]): boolean {
  const origin = request.get('origin')
  return origin === undefined || isOwnPage(request) || allowed.includes('*') || allowed.includes(origin)
}

/** Whether a request comes from one of this server's own pages, or from no page at all. */
export function isOwnPage(request: Request): boolean {
  // Browsers set this themselves and scripts cannot: it holds even where a proxy has changed the Host.
  if (request.get('sec-fetch-site') === 'same-origin') return true
  const origin = request.get('origin')
  if (origin === undefined) return true
  try {
    // Hosts are compared, not schemes: a proxy that ends TLS leaves us with http.
    return new URL(origin).host === request.host
  } catch {
    return false
  }
}

const requestHeaders = 'accept, authorization, cache-control, content-type, idempotency-key, last-event-id'
const exposedHeaders = 'Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset'

/** Lets the page that sent a request read what it gets, a refusal too, where it may use this server. */
export function letPageRead(request: Request, response: Response, allowed: readonly string[]): void {
  const origin = request.get('origin')
  if (!allowed.includes('*')) response.vary('Origin')
  if (origin === undefined || !isAllowedOrigin(request, allowed)) return
  response.setHeader('access-control-allow-origin', allowed.includes('*') ? '*' : origin)
  response.setHeader('access-control-expose-headers', exposedHeaders)
}

/**
 * Cross-origin rules of the visitors' API: an unlisted origin is refused, a listed one may read answers. Cookies
 * are never allowed across origins: visitors have none, and staff's belong to the console alone.
 */
export function crossOrigin(allowed: readonly string[]) {
  const methods = methodsForVisitors(routes)
  return (request: Request, response: Response, next: NextFunction): void => {
    letPageRead(request, response, allowed)
    if (!isAllowedOrigin(request, allowed)) {
      throw new DocentError(
        'origin_not_allowed',
        'Pages of this origin may not use this server. ALLOWED_ORIGINS lists those that may.',
        {details: {origin: request.get('origin')}},
      )
    }
    if (request.method === 'OPTIONS') {
      response.setHeader('access-control-allow-methods', methods)
      response.setHeader('access-control-allow-headers', requestHeaders)
      response.setHeader('access-control-max-age', '600')
      response.status(204).end()
      return
    }
    next()
  }
}

/** Staff's API serves the console and command lines, never another site's page. */
export function ownPagesOnly(request: Request, _response: Response, next: NextFunction): void {
  if (!isOwnPage(request)) {
    throw new DocentError('origin_not_allowed', 'The staff API is for pages of this server only.')
  }
  next()
}
