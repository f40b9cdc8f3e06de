import {applyPostgresMigrations, type Postgres} from '../../postgres/index.ts'
import {keepAuditShort} from '../audit-retention.ts'
import type {StaffStoreOptions} from '../open-staff-store.ts'
import type {StaffStore} from '../staff-store.ts'
import {postgresAudit} from './audit.ts'
import {postgresHandovers} from './handovers.ts'
import {postgresStaffMigrations} from './migrations.ts'
import {postgresPeople} from './people.ts'

export interface PostgresStaffStoreOptions
  extends Pick<StaffStoreOptions, 'auditDays' | 'maxAuditLines' | 'now' | 'onProblem'> {
  /** Stays open when the store is closed. */
  readonly postgres: Postgres
}

/**
 * Opens people, sessions, the audit log and hand-over links in a PostgreSQL that any number of processes may use. Times are by
 * the clock of this process.
 * @throws DocentError `storage` if the database cannot be reached or was written by a newer Docent.
 */
export async function openPostgresStaffStore(options: PostgresStaffStoreOptions): Promise<StaffStore> {
  const {postgres, auditDays, maxAuditLines = 1_000_000, now = Date.now, onProblem} = options
  await applyPostgresMigrations(postgres, 'staff', postgresStaffMigrations)
  const {removeSome, ...audit} = postgresAudit(postgres, now)
  const endRetention = keepAuditShort({
    auditDays,
    now,
    removeSome: (before) => removeSome(before, maxAuditLines),
    onProblem,
  })
  return {
    ...postgresPeople(postgres, now),
    ...audit,
    ...postgresHandovers(postgres, now),
    close: endRetention,
  }
}
