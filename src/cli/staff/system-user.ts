import {userInfo} from 'node:os'
import type {Actor} from '../../staff/index.ts'

/** Who runs a command, as reviews and the audit log name them: the user of the system, who can do all that an admin can. */
export function systemUser(): Actor {
  const user = userName()
  return {who: `command:${user}`, name: `${user} (command)`, role: 'admin'}
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    // In a container a user may have no name.
    return String(process.getuid?.() ?? 'unknown')
  }
}
