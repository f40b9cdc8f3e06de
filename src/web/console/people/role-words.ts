import type {Role} from './wire.ts'

export const roleWords: Readonly<Record<Role, string>> = {
  support: 'Support',
  docs: 'Docs',
  admin: 'Admin',
}

/** What each role is for, where one is chosen. */
export const roleTasks: Readonly<Record<Role, string>> = {
  support: 'reads, reviews and exports transcripts',
  docs: 'reindexes, and sees builds and figures',
  admin: 'does all of that, deletes, and manages people',
}

export const roles = Object.keys(roleWords) as readonly Role[]
