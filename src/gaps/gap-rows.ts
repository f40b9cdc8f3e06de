import {
  type ClosedBecause,
  type Gap,
  type GapReason,
  type GapScope,
  type GapSection,
  type GapState,
  gapReasons,
  severities,
} from './gap.ts'

/** Columns of a gap that are shown; its middle, which is large, is not among them. */
export const gapColumns = `id, state, revision, title_ref, example_refs, lang, version, severity, weight, size, conversations,
  recent, before, reasons, scope, first_asked_at, last_asked_at, nearest, assignee, note, closed_at, closed_by, closed_build,
  closed_section, closed_because, reopened_at, reopened_by`

export interface GapRow {
  readonly id: string
  readonly state: GapState
  readonly revision: number
  readonly title_ref: string
  readonly example_refs: string
  readonly lang: string | null
  readonly version: string | null
  readonly severity: number
  readonly weight: number
  readonly size: number
  readonly conversations: number
  readonly recent: number
  readonly before: number
  readonly reasons: string
  readonly scope: GapScope
  readonly first_asked_at: number
  readonly last_asked_at: number
  readonly nearest: string
  readonly assignee: string | null
  readonly note: string | null
  readonly closed_at: number | null
  readonly closed_by: string | null
  readonly closed_build: string | null
  readonly closed_section: string | null
  readonly closed_because: ClosedBecause | null
  readonly reopened_at: number | null
  readonly reopened_by: string | null
}

export function gapOf(row: GapRow): Gap {
  const reasons = JSON.parse(row.reasons) as Partial<Record<GapReason, number>>
  return {
    id: row.id,
    state: row.state,
    revision: row.revision,
    titleRef: row.title_ref,
    exampleRefs: JSON.parse(row.example_refs) as string[],
    lang: row.lang,
    version: row.version,
    severity: severities[row.severity]!,
    size: row.size,
    conversations: row.conversations,
    trend: {recent: row.recent, before: row.before},
    reasons: Object.fromEntries(gapReasons.map((reason) => [reason, reasons[reason] ?? 0])) as Gap['reasons'],
    scope: row.scope,
    firstAskedAt: row.first_asked_at,
    lastAskedAt: row.last_asked_at,
    nearest: JSON.parse(row.nearest) as GapSection[],
    assignee: row.assignee,
    note: row.note,
    closed: closedOf(row),
    reopened: row.reopened_at === null ? null : {at: row.reopened_at, by: row.reopened_by},
  }
}

function closedOf(row: GapRow): Gap['closed'] {
  if (row.state !== 'closed' || row.closed_at === null) return null
  return {
    at: row.closed_at,
    by: row.closed_by,
    build: row.closed_build,
    how: row.closed_by === null ? 'build' : 'person',
    section: row.closed_section === null ? null : (JSON.parse(row.closed_section) as GapSection),
    because: row.closed_because,
  }
}
