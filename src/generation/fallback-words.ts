import type {DocentError, ErrorCode} from '../domain/index.ts'
import type {Generator} from './generator.ts'

/** What the log calls a generator. */
export function nameOf({name, model}: Generator): string {
  return model ?? `the ${name} generator`
}

/** For the reader. */
export function retrySentence(code: ErrorCode): string {
  return `The language model ${troubleOf(code)}; trying again.`
}

/** For the reader. */
export function handOverSentence(code: ErrorCode, next: Generator): string {
  return next.model === null
    ? `The language model ${troubleOf(code)}; quoting the docs instead.`
    : `The language model ${troubleOf(code)}; asking another one.`
}

function troubleOf(code: ErrorCode): string {
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

/** For the log: what an upstream says of an error may quote the question, and stays in the transcript. */
export function whatFailed({code, details}: DocentError): string {
  const {status, type, cause} = details
  const facts = [status, type, cause].filter((fact) => typeof fact === 'number' || isName(fact))
  return facts.length === 0 ? code : `${code} (${facts.join(' ')})`
}

/** As `invalid_request_error` or `ECONNRESET`: nobody's words. */
function isName(fact: unknown): boolean {
  return typeof fact === 'string' && /^\w{1,60}$/.test(fact)
}
