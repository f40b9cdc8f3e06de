import {parseArgs} from 'node:util'
import {howToRun} from '../../package/index.ts'
import {type AuditAction, type AuditFilter, auditActions, type Role, roles} from '../../staff/index.ts'
import {periodOf} from '../period.ts'
import {UsageError} from '../usage-error.ts'

export const help = `Usage: ${howToRun('staff', 'COMMAND [OPTIONS]')}

Commands
  list                    List the people of the staff.
  invite NAME             Invite somebody, with --role. Prints a link that works once, for seven days. For a name that is
                          there already, another link: for who has lost the first one, or the token.
  withdraw NAME           Withdraw an invitation.
  role NAME               Change the role, with --role. In effect at once.
  end-sessions NAME       Sign somebody out everywhere. The token works.
  switch-off NAME         End the token and all sessions of somebody, at once.
  switch-on NAME          Invite somebody again who was switched off.
  remove NAME             Remove somebody who is switched off. What they wrote keeps their name.
  audit                   List what staff did, the newest first.
  backup FILE             Copy people and the audit log to a file, also while a server runs.

Options
  --data DIR              The server's data folder (default: DATA_DIR, or data).
  --role NAME             invite, role: ${roles.join(', ')}.
  --url URL               invite, switch-on: where the server is, for the link (default: PUBLIC_URL, or from HOST and PORT).
  --who NAME              audit: by this person, or shared:ROLE, link, command:USER, unknown.
  --what ACTION           audit: of this kind, e.g. transcript_read.
  --from DATE, --to DATE  audit: from one day to another, both included (UTC), e.g. 2026-05-31. With a time, e.g.
                          2026-05-31T14:00Z, --to is exclusive.
  --limit N               audit: number of lines, 1 to 200 (default 20).
  --cursor TEXT           audit: what --json gave as nextCursor.
  --json                  list, audit: JSON instead of text.

A person may be named by name or id. The commands work while the server runs, and without it. What they do is in the audit log.
With DATABASE_URL they work on that database, which backup does not copy.
`

/** @throws what `parseArgs` throws. */
export function parseArguments(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      help: {type: 'boolean', short: 'h'},
      data: {type: 'string'},
      role: {type: 'string'},
      url: {type: 'string'},
      who: {type: 'string'},
      what: {type: 'string'},
      from: {type: 'string'},
      to: {type: 'string'},
      limit: {type: 'string'},
      cursor: {type: 'string'},
      json: {type: 'boolean'},
    },
  })
}

export type Values = ReturnType<typeof parseArguments>['values']

/** @throws UsageError */
export function roleIn({role}: Values): Role {
  const known = roles.find((name) => name === role)
  if (known === undefined) throw new UsageError(`--role must be one of ${roles.join(', ')}`)
  return known
}

/** @throws UsageError */
export function auditFilterOf({who, what, from, to}: Values): AuditFilter {
  if (what !== undefined && !auditActions.includes(what as AuditAction)) {
    throw new UsageError(`--what must be one of ${auditActions.join(', ')}`)
  }
  return {
    ...(who === undefined ? {} : {who}),
    ...(what === undefined ? {} : {what: what as AuditAction}),
    ...periodOf({from, to}),
  }
}
