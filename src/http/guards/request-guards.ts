import type {IncomingMessage} from 'node:http'
import type {RequestHandler} from 'express'
import {cleanLine} from '../../lib/clean-text.ts'
import {headOf} from '../../lib/cut.ts'
import {type Limits, visitorOf} from '../limits/limits.ts'
import type {Log} from '../log.ts'
import {setCorsHeaders} from './origins.ts'

/** Warns once if requests come through a proxy that is not trusted. */
export function warnOfUntrustedProxy(log: Log): RequestHandler {
  const warn = once(() =>
    log.warn(
      {},
      'requests come through a proxy, but TRUST_PROXY is not set: all visitors behind it share the limits of one visitor. Set TRUST_PROXY to 1, or to the address of the proxy.',
    ),
  )
  return ({headers}, _response, next) => {
    if ((headers['x-forwarded-for'] ?? headers.forwarded) !== undefined) warn()
    next()
  }
}

/** Refuses requests for unknown host names, and logs once what to do if the name is right. */
export function guardHost(checkHost: (request: IncomingMessage) => void, log: Log): RequestHandler {
  const warn = once((host: string) => log.warn({host: cleanLine(headOf(host, 100))}, hostAdvice))
  return (request, _response, next) => {
    try {
      checkHost(request)
    } catch (error) {
      warn(request.headers.host ?? '')
      throw error
    }
    next()
  }
}

const hostAdvice =
  'requests for this host name are refused. If it is yours, add it to ALLOWED_HOSTS, or have the proxy send X-Forwarded-For.'

/** Wraps a log call so that only the first call has an effect. */
export function once<Args extends unknown[]>(log: (...args: Args) => void): (...args: Args) => void {
  let isLogged = false
  return (...args) => {
    if (!isLogged) log(...args)
    isLogged = true
  }
}

/** Counts every request of a visitor except health checks, before any work is done for it. */
export function requestLimit(limits: Limits, allowedOrigins: readonly string[]): RequestHandler {
  return async (request, response, next) => {
    if (request.path !== '/healthz' && request.path !== '/readyz') {
      try {
        await limits.countRequest(visitorOf(request))
      } catch (error) {
        setCorsHeaders(request, response, allowedOrigins)
        throw error
      }
    }
    next()
  }
}
