import {z} from 'zod'
import {type AuditFilter, auditActions, type Role, roles} from '../../staff/index.ts'
import {endMomentOf, momentOf} from '../../transcripts/index.ts'
import {
  cursorWords,
  defined,
  moment,
  momentWords,
  parsedBody,
  parsedQuery,
  wholeNumber,
} from '../request-schemas.ts'

const secret = z.string().min(1).max(500)

/** `{token}`: to sign in with, or an invitation. */
export const tokenBody = z.object({token: secret})

export const inviteBody = z.object({name: z.string().max(1_000), role: z.enum(roles)})

/** The name is checked by the store. @throws DocentError `invalid_request`. */
export function inviteRequestOf(body: unknown): {readonly name: string; readonly role: Role} {
  return parsedBody(inviteBody, body)
}

export const roleBody = z.object({role: z.enum(roles)})

/** @throws DocentError `invalid_request`. */
export function roleOf(body: unknown): Role {
  return parsedBody(roleBody, body).role
}

export const auditQuery = z.object({
  who: z.string().max(1_000).optional().describe('The id or the name of who did it.'),
  what: z.enum(auditActions).optional().describe('What was done.'),
  from: moment(momentOf).optional().describe(momentWords),
  to: moment(endMomentOf).optional().describe(`${momentWords} Exclusive; a day is taken whole.`),
  cursor: z.string().max(1_000).optional().describe(cursorWords),
  limit: wholeNumber(1, 200).optional().describe('Lines on a page.'),
})

export interface AuditQuery {
  readonly filter: AuditFilter
  readonly page: {readonly cursor?: string; readonly limit?: number}
}

/** @throws DocentError `invalid_request`, also for a parameter that is not known. */
export function auditQueryOf(query: unknown): AuditQuery {
  const {cursor, limit, ...filter} = parsedQuery(auditQuery, query)
  return {filter: defined(filter), page: defined({cursor, limit})}
}
