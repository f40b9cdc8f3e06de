export {
  type Actor,
  type AuditAction,
  type AuditDetails,
  type AuditEntry,
  type AuditFilter,
  type AuditLine,
  auditActions,
} from './audit.ts'
export {
  defaultHandoverDays,
  type Handover,
  type HandoverPage,
  type HandoverStore,
  isHandoverOpen,
  maxHandoverDays,
  maxHandoverNote,
} from './handover.ts'
export {backUpStaff, openStaffStore} from './open-staff-store.ts'
export {hasInvisible, isVisible} from './person-name.ts'
export {openPostgresStaffStore, type PostgresStaffStoreOptions} from './postgres/open-postgres-staff-store.ts'
export {type Permission, permissionsOf, type Role, roles} from './role.ts'
export {type Invited, type Person, type StaffStore, sessionMs} from './staff-store.ts'
