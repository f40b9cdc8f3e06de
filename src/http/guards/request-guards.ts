import type {IncomingMessage} from 'node:http'
import type {RequestHandler} from 'express'
import {cleanLine} from '../../lib/clean-text.ts'
import {headOf} from '../../lib/cut.ts'
import {type Limits, visitorOf} from '../limits/limits.ts'
import type {Log} from '../log.ts'
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

/** Refuses requests for hosts that are not ours, and says once in the log what to do when one is. */
export function guardHost(checkHost: (request: IncomingMessage) => void, log: Log): RequestHandler {
  const say = once((host: string) => log.warn({host: cleanLine(headOf(host, 100))}, hostAdvice))
  return (request, _response, next) => {
    try {
      checkHost(request)
    } catch (error) {
      say(request.headers.host ?? '')
      throw error
    }
    next()
  }
}

const hostAdvice =
  'requests for this host name are refused. If it is yours, name it in ALLOWED_HOSTS, or let the proxy send X-Forwarded-For.'

/** What is worth one line in the log, and no flood of them. */
export function once<Facts extends unknown[]>(say: (...facts: Facts) => void): (...facts: Facts) => void {
  let isSaid = false
  return (...facts) => {
    if (!isSaid) say(...facts)
    isSaid = true
  }
}

/** Counts every request of a visitor but the checks of health, before any work is done for it. */
export function requestLimit(limits: Limits, allowedOrigins: readonly string[]): RequestHandler {
  return async (request, response, next) => {
    if (request.path !== '/healthz' && request.path !== '/readyz') {
      try {
        await limits.countRequest(visitorOf(request))
      } catch (error) {
        letPageRead(request, response, allowedOrigins)
        throw error
      }
    }
    next()
  }
}
