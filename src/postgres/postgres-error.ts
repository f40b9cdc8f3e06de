import {DocentError} from '../domain/index.ts'

/** Classes of SQLSTATE after which the same statement may succeed on a new connection, or in a moment. */
const transientClasses = new Set(['08', '40', '53', '55', '57', '58'])
/** Codes of Node for a connection that broke off or could not be made. */
const connectionCodes = /^(?:ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|EAI_AGAIN|ENOTFOUND|ENOENT)/

/**
 * Whether a retry may succeed: the connection broke off, the server restarts, is full or busy, or another transaction was in
 * the way. False for a statement that is wrong, or may not be done.
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function isTransient(error: unknown): boolean {
  const code = codeOf(error)
  if (code === null) return error instanceof Error && /timeout|terminated|closed|ended/i.test(error.message)
  return connectionCodes.test(code) || transientClasses.has(code.slice(0, 2))
}

/** An error of PostgreSQL, or of the way to it, as DocentError `storage`; DocentErrors as they are. The address is not named. */
export function postgresError(error: unknown): DocentError {
  if (error instanceof DocentError) return error
  const code = codeOf(error)
  const reason = reasonOf(error)
  return new DocentError('storage', `PostgreSQL: ${reason}.${adviceOn(code, reason)}`, {
    cause: error,
    details: code === null ? {} : {postgres: code},
  })
}

function codeOf(error: unknown): string | null {
  const code = (error as {readonly code?: unknown} | null)?.code
  return typeof code === 'string' ? code : null
}

/** An AggregateError of several addresses that were tried has no message of its own. */
function reasonOf(error: unknown): string {
  const first = error instanceof AggregateError ? error.errors[0] : error
  const message = first instanceof Error ? first.message : String(first)
  return message.replace(/\.$/, '').slice(0, 300)
}

function adviceOn(code: string | null, reason: string): string {
  if (code === '28P01' || code === '28000') return ' Check the user and the password in DATABASE_URL.'
  if (code === '3D000') return ' Create the database that DATABASE_URL names, or name another one.'
  if (code === '42501') return ' Give the user of DATABASE_URL the right to create a schema in its database.'
  if (code === '53300') return ' Allow more connections in PostgreSQL, or lower DATABASE_CONNECTIONS.'
  if (code !== null && connectionCodes.test(code))
    return ' Check that it runs, and host and port in DATABASE_URL.'
  return /timeout/i.test(reason) ? ' It does not answer, or all connections are in use.' : ''
}
