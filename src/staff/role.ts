export const roles = ['admin', 'docs', 'support'] as const

export type Role = (typeof roles)[number]

/** What a role may do, as words for a console. The server checks the role at each route. */
export const permissions = [
  'read_transcripts',
  'review_transcripts',
  'export_transcripts',
  'export_unredacted',
  'hand_over',
  'delete_transcripts',
  'read_figures',
  'read_builds',
  'activate_builds',
  'reindex',
  'propose_verified',
  'publish_verified',
  'read_golden',
  'add_golden',
  'delete_golden',
  'read_gaps',
  'change_gaps',
  'manage_people',
  'read_audit',
] as const

export type Permission = (typeof permissions)[number]

const allowed: Readonly<Record<Exclude<Role, 'admin'>, readonly Permission[]>> = {
  support: [
    'read_transcripts',
    'review_transcripts',
    'export_transcripts',
    'hand_over',
    'read_figures',
    'propose_verified',
    'read_golden',
    'add_golden',
    'read_gaps',
  ],
  docs: [
    'read_figures',
    'read_builds',
    'activate_builds',
    'reindex',
    'propose_verified',
    'publish_verified',
    'read_golden',
    'delete_golden',
    'read_gaps',
    'change_gaps',
  ],
}

/** What a role may do; an admin may do all. */
export function permissionsOf(role: Role): readonly Permission[] {
  return role === 'admin' ? permissions : allowed[role]
}
