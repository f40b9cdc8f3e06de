import {refOf} from '../answers/index.ts'

/** The part of a pino logger that this room uses. */
export interface Log {
  debug(facts: object, message: string): void
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

/** Says nothing. */
export const silentLog: Log = {debug() {}, info() {}, warn() {}, error() {}}

/** Below these an answer's or a conversation's id follows. */
const holdsIds = /^(?:answers|conversations|transcripts)$/i
const looksLikeId = /^(?:[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|c[\w-]{32})$/i

/**
 * The path of a request as a log may have it: without the query, which may hold words or a sign-in token, and with the
 * ids in it, which open what they name, by their `refOf`; wherever they stand, and however the path is spelled.
 */
export function loggedPath({baseUrl, path}: {readonly baseUrl: string; readonly path: string}): string {
  let before = ''
  return `${baseUrl}${path}`
    .split('/')
    .map((segment) => {
      if (segment === '') return ''
      const isId = (holdsIds.test(before) && segment !== 'export') || looksLikeId.test(segment)
      before = segment
      return isId ? refOf(segment) : segment
    })
    .join('/')
}
