import {createHmac} from 'node:crypto'
import type {Request} from 'express'
import {DocentError} from '../../domain/index.ts'
import {TwoGenerationCache} from '../../lib/two-generation-cache.ts'
import type {Actor, AuditAction, AuditDetails, StaffStore} from '../../staff/index.ts'
import {loggedFilter, type TranscriptFilter} from '../../transcripts/index.ts'
import {visitorOf} from '../limits/limits.ts'
import {unknownActor} from './member.ts'

export interface AuditSubject {
  readonly which?: string
  readonly details?: AuditDetails
}

/** Writes what staff do to the audit log. */
export interface Auditor {
  /** Writes a line before the thing is done. @throws DocentError `not_audited`: then it must not be done. */
  before(request: Request, actor: Actor, what: AuditAction, subject?: AuditSubject): Promise<void>
  /** Writes a line for what is done in any case; a failure is reported to the operator. */
  note(request: Request, actor: Actor, what: AuditAction, subject?: AuditSubject): Promise<void>
  /**
   * Writes a line before transcripts are listed, one in ten minutes for the same list: a console reads it again and again,
   * page by page. @throws DocentError `not_audited`.
   */
  beforeList(request: Request, actor: Actor, filter: TranscriptFilter): Promise<void>
  /** Writes a line before transcripts are exported. @throws DocentError `not_audited`. */
  beforeExport(request: Request, actor: Actor, filter: TranscriptFilter, how: ExportForm): Promise<void>
  /** Notes a sign-in with a wrong secret. Of a flood of them only some get a line; the next one says how many had none. */
  noteFailure(request: Request, by: 'token' | 'link' | 'invitation'): Promise<void>
}

interface ExportForm {
  readonly format: string
  readonly redacted: boolean
}

export interface AuditorOptions {
  readonly store: Pick<StaffStore, 'record'>
  /** Makes digests of addresses that nobody without it can recover them from. */
  readonly secret: Buffer
  /** Whether the words of a search are kept; default true. */
  readonly keepsWords?: boolean
  readonly onProblem: (error: unknown) => void
  readonly now?: () => number
}

const listedMs = 10 * 60 * 1000
const maxListsRemembered = 2_000
/** Failed sign-ins that get a line in an hour, so that guessing cannot push other lines out of the log. */
const maxFailures = 100
const failuresMs = 60 * 60 * 1000

export function createAuditor(options: AuditorOptions): Auditor {
  const {store, secret, keepsWords = true, onProblem, now = Date.now} = options
  const listed = new TwoGenerationCache<string, number>(maxListsRemembered)
  let failures = {count: 0, endsAt: 0}
  let unwritten = 0

  function addressOf(request: Request): string {
    return createHmac('sha256', secret)
      .update(`audit\n${visitorOf(request)}`)
      .digest('base64url')
      .slice(0, 16)
  }

  function record(request: Request, actor: Actor, what: AuditAction, subject: AuditSubject): Promise<void> {
    const {who, name, role} = actor
    const {which = null, details = null} = subject
    return store.record({who, name, role, what, which, details, address: addressOf(request)})
  }

  async function before(
    request: Request,
    actor: Actor,
    what: AuditAction,
    subject: AuditSubject = {},
  ): Promise<void> {
    try {
      await record(request, actor, what, subject)
    } catch (cause) {
      throw new DocentError(
        'not_audited',
        `The audit log cannot be written, so staff are refused: ${(cause as Error).message}`,
        {cause},
      )
    }
  }

  async function note(
    request: Request,
    actor: Actor,
    what: AuditAction,
    subject: AuditSubject = {},
  ): Promise<void> {
    try {
      await record(request, actor, what, subject)
    } catch (error) {
      onProblem(error)
    }
  }

  return {
    before,
    note,
    async beforeList(request, actor, filter) {
      const details = loggedFilter(filter, () => keepsWords)
      const key = `${actor.who} ${JSON.stringify(details)}`
      if (now() < (listed.get(key) ?? 0)) return
      await before(request, actor, 'transcripts_listed', {details})
      listed.set(key, now() + listedMs)
    },
    beforeExport: (request, actor, filter, how) =>
      before(request, actor, 'transcripts_exported', {
        details: {...loggedFilter(filter, () => keepsWords), ...how},
      }),
    async noteFailure(request, by) {
      if (now() >= failures.endsAt) failures = {count: 0, endsAt: now() + failuresMs}
      if (failures.count >= maxFailures) {
        unwritten++
        return
      }
      failures.count++
      const details = {by, ...(unwritten === 0 ? {} : {withoutLine: unwritten})}
      unwritten = 0
      await note(request, unknownActor, 'sign_in_failed', {details})
    },
  }
}
