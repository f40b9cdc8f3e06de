import {cleanText} from '../../lib/clean-text.ts'
import type {AuditAction, AuditDetails} from '../../staff/index.ts'
import type {Stores} from '../stores.ts'
import {systemUser} from './system-user.ts'

export interface CommandLine {
  readonly what: AuditAction
  readonly which?: string
  readonly details?: AuditDetails
}

/**
 * Writes what a command does with transcripts to the audit log, if a server has made one. A failure is a warning: whoever
 * runs the command can read the transcripts without it.
 */
export async function noteInAudit(
  stores: Stores,
  {what, which, details}: CommandLine,
  warn: (text: string) => void,
): Promise<void> {
  if (!stores.hasAuditLog()) return
  try {
    const store = await stores.staff()
    try {
      await store.record({
        ...systemUser(),
        what,
        which: which ?? null,
        details: details ?? null,
        address: null,
      })
    } finally {
      store.close()
    }
  } catch (error) {
    warn(`This is not in the audit log: ${cleanText((error as Error).message)}\n`)
  }
}
