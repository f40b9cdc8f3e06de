import {looksLikeId, refOf} from '../answers/index.ts'

/** The part of a pino logger that this folder uses. */
export interface Log {
  debug(facts: object, message: string): void
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

/** Discards everything. */
export const silentLog: Log = {debug() {}, info() {}, warn() {}, error() {}}

/** Path segments that are followed by the id of an answer, a chat or a conversation, or the key of a hand-over link. */
const precedesId = /^(?:answers|chat|conversations|transcripts|handover)$/i

/** Words of routes in the place of an id: `/v1/chat/completions`. */
const notAnId = /^(?:export|completions)$/i

/**
 * The path of a request in a form that may be logged: without the query, which may contain text of a visitor or a sign-in
 * token, and with ids, which grant access, replaced by their `refOf`, wherever they are and however the path is spelled.
 */
export function loggedPath({baseUrl, path}: {readonly baseUrl: string; readonly path: string}): string {
  let before = ''
  return `${baseUrl}${path}`
    .split('/')
    .map((segment) => {
      if (segment === '') return ''
      const isId = (precedesId.test(before) && !notAnId.test(segment)) || looksLikeId(segment)
      before = segment
      return isId ? refOf(segment) : segment
    })
    .join('/')
}
