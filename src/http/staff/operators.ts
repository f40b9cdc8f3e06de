import type {NextFunction, Request, Response} from 'express'
import {DocentError} from '../../domain/index.ts'
import {hostOf, isForwarded, isLoopbackAddress, isLoopbackName} from '../guards/this-machine.ts'
import {visitorOf} from '../limits/limits.ts'
import type {Guesses} from './guesses.ts'
import {isSameSecret} from './secrets.ts'
import {bearerOf, type Staff} from './staff.ts'

export interface OperatorOptions {
  /** Null: figures are for this machine alone. */
  readonly metricsToken?: string | null
  /** A number of hops, or addresses as Express takes them; null to believe no proxy. */
  readonly trustProxy: string | null
}

/** Who runs this server, beside staff: whoever may read its figures and why it is not well. */
export interface Operators {
  /** Lets requests for figures through. Sends 401 without the token, 403 from elsewhere when none is set. */
  readonly only: (request: Request, response: Response, next: NextFunction) => void
  /** Whether a request is theirs or staff's. A wrong token counts as one, and is no error here. */
  includes(request: Request): boolean
}

export function createOperators(options: OperatorOptions, staff: Staff, guesses: Guesses): Operators {
  const {metricsToken = null, trustProxy} = options

  function hasToken(request: Request): boolean {
    const bearer = bearerOf(request)
    return metricsToken !== null && bearer !== null && isSameSecret(bearer, metricsToken)
  }

  return {
    only(request, response, next) {
      if (metricsToken === null) {
        if (!isFromThisMachine(request, trustProxy !== null)) {
          throw new DocentError(
            'forbidden',
            'Without METRICS_TOKEN the figures are for this machine alone. Set it, and send it as a Bearer token.',
          )
        }
      } else if (!hasToken(request)) {
        if (bearerOf(request) !== null) guesses.countWrong(visitorOf(request))
        throw new DocentError('unauthorized', 'Send METRICS_TOKEN as a Bearer token.')
      }
      response.setHeader('cache-control', 'no-store')
      next()
    },
    includes(request) {
      if (hasToken(request) || isFromThisMachine(request, trustProxy !== null)) return true
      try {
        return staff.roleOf(request) !== null
      } catch {
        // One wrong token too many: a stranger to whoever asks how the server is.
        return false
      }
    },
  }
}

/**
 * Whether a request was made on this machine. What a proxy here passes on was not, unless a trusted one says so; a page
 * that reaches us by a name of its own was not either.
 */
function isFromThisMachine(request: Request, isProxyTrusted: boolean): boolean {
  const isToldByProxy = isProxyTrusted && request.get('x-forwarded-for') !== undefined
  return (
    isLoopbackAddress(request.socket.remoteAddress) &&
    isLoopbackAddress(request.ip) &&
    isLoopbackName(hostOf(request)?.name ?? '') &&
    (isToldByProxy || !isForwarded(request))
  )
}
