import type {Role} from './role.ts'

/** What the audit log has lines for. */
export const auditActions = [
  'sign_in',
  'sign_in_failed',
  'sign_out',
  'transcripts_listed',
  'transcript_read',
  'transcripts_exported',
  'export_ended',
  'transcript_reviewed',
  'transcript_deleted',
  'visitor_deletion_began',
  'visitor_deleted',
  'transcripts_purged',
  'transcripts_backed_up',
  'page_withdrawn',
  'person_invited',
  'invitation_withdrawn',
  'invitation_taken_up',
  'token_changed',
  'role_changed',
  'sessions_ended',
  'switched_off',
  'switched_on',
  'person_removed',
  'reindex_started',
  'reindex_cancelled',
  'build_activated',
  'verified_proposed',
  'verified_changed',
  'verified_published',
  'verified_withdrawn',
  'verified_deleted',
  'golden_added',
  'golden_deleted',
  'gap_read',
  'gap_changed',
  'gaps_grouped',
  'handover_made',
  'handover_withdrawn',
] as const

export type AuditAction = (typeof auditActions)[number]

/** Somebody on the staff, as the audit log names them. */
export interface Actor {
  /** The id of a person; or `shared:ROLE`, `link`, `command:USER`, `unknown`. */
  readonly who: string
  /** A name to show. */
  readonly name: string
  /** Null for who could not sign in. */
  readonly role: Role | null
}

export type AuditDetails = Readonly<Record<string, string | number | boolean>>

export interface AuditEntry extends Actor {
  readonly what: AuditAction
  /** What it was done to: the `ref` of an answer, the id of a person or a build. Never an id that opens something. */
  readonly which: string | null
  /** More about it, such as the filters of a list and the number of rows. */
  readonly details: AuditDetails | null
  /** A keyed digest of the address; null where there was none. */
  readonly address: string | null
}

export interface AuditLine extends AuditEntry {
  /** Counts up; a line that was removed before its time leaves a gap. */
  readonly line: number
  /** Milliseconds since the epoch. */
  readonly at: number
}

export interface AuditFilter {
  /**
   * A `who` or a name as in `Actor`, the name in any case. Lines match that have it as the one or as the other, and lines
   * of who has that name now, so no name can hide the lines of somebody else.
   */
  readonly who?: string
  readonly what?: AuditAction
  /** Milliseconds since the epoch, inclusive. */
  readonly from?: number
  /** Milliseconds since the epoch, exclusive. */
  readonly to?: number
}

export interface AuditPage {
  /** Newest first. */
  readonly items: readonly AuditLine[]
  /** Opaque; null on the last page. */
  readonly nextCursor: string | null
}
