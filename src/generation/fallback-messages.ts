import type {DocentError, ErrorCode} from '../domain/index.ts'
import type {Generator} from './generator.ts'

/** The name of a generator in the log. */
export function nameOf({name, model}: Generator): string {
  return model ?? `the ${name} generator`
}

/** For the reader. */
export function retryMessage(code: ErrorCode): string {
  return `The language model ${problemOf(code)}; trying again.`
}

/** For the reader. */
export function fallbackMessage(code: ErrorCode, next: Generator): string {
  return next.model === null
    ? `The language model ${problemOf(code)}; quoting the docs instead.`
    : `The language model ${problemOf(code)}; asking another one.`
}

function problemOf(code: ErrorCode): string {
  switch (code) {
    case 'upstream_auth':
      return 'is not set up correctly'
    case 'upstream_rate_limited':
      return 'is busy'
    case 'upstream_overloaded':
      return 'is overloaded'
    case 'stall_timeout':
      return 'does not respond'
    case 'upstream_rejected':
      return 'refused the request'
    case 'upstream_unreachable':
      return 'is not reachable'
    default:
      return 'failed'
  }
}

/** For the log. The message has what the server said, without what the visitor wrote; see `upstreamError`. */
export function failureSummary({code, details, message}: DocentError): string {
  const {status, type, cause} = details
  const names = [status, type, cause].filter((value) => typeof value === 'number' || isName(value))
  return `${names.length === 0 ? code : `${code} (${names.join(' ')})`}. ${message}`
}

/** As `invalid_request_error` or `ECONNRESET`, not text. */
function isName(value: unknown): boolean {
  return typeof value === 'string' && /^\w{1,60}$/.test(value)
}
