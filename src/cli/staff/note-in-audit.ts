import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {cleanText} from '../../lib/clean-text.ts'
import {type AuditAction, type AuditDetails, openStaffStore} from '../../staff/index.ts'
import {systemUser} from './system-user.ts'

export interface CommandLine {
  readonly what: AuditAction
  readonly which?: string
  readonly details?: AuditDetails
}

/**
 * Writes what a command does with transcripts to the audit log of a data folder, if a server has made one there. A failure
 * is a warning: whoever runs the command can read the files without it.
 */
export async function noteInAudit(
  dataDir: string,
  {what, which, details}: CommandLine,
  warn: (text: string) => void,
): Promise<void> {
  const file = join(dataDir, 'staff.sqlite')
  if (!existsSync(file)) return
  try {
    const store = openStaffStore({file, waitMs: 15_000})
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
