import {refOf} from '../answering/ids.ts'

/** The part of a pino logger that this room uses. */
export interface Log {
  debug(facts: object, message: string): void
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

/** Says nothing. */
export const silentLog: Log = {debug() {}, info() {}, warn() {}, error() {}}

/**
 * The path of a request as a log may have it: without the query, which may hold words or a sign-in token, and with the
 * ids in it, which open what they name, by their `refOf`.
 */
export function loggedPath({baseUrl, path}: {readonly baseUrl: string; readonly path: string}): string {
  return `${baseUrl}${path}`.replace(
    /(\/(?:answers|conversations|transcripts)\/)(?!export$)([^/]+)/g,
    (_, before: string, id: string) => before + refOf(id),
  )
}
