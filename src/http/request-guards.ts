import type {RequestHandler} from 'express'
import {type Limits, visitorOf} from './limits.ts'
import type {Log} from './log.ts'
import {letPageRead} from './origins.ts'

/** Says once what a proxy costs that is not trusted. */
export function proxyNotice(log: Log): RequestHandler {
  const say = once(() =>
    log.warn(
      {},
      'requests come through a proxy, but TRUST_PROXY is not set: all visitors behind it count as one and share the limits of one. Set TRUST_PROXY=1, or to the address of the proxy.',
    ),
  )
  return ({headers}, _response, next) => {
    if ((headers['x-forwarded-for'] ?? headers.forwarded) !== undefined) say()
    next()
  }
}

/** What is worth one line in the log, and no flood of them. */
export function once(say: () => void): () => void {
  let isSaid = false
  return () => {
    if (!isSaid) say()
    isSaid = true
  }
}

/** Counts every request of a visitor but the checks of health, before any work is done for it. */
export function requestLimit(limits: Limits, allowedOrigins: readonly string[]): RequestHandler {
  return (request, response, next) => {
    if (request.path !== '/healthz' && request.path !== '/readyz') {
      try {
        limits.countRequest(visitorOf(request))
      } catch (error) {
        letPageRead(request, response, allowedOrigins)
        throw error
      }
    }
    next()
  }
}
