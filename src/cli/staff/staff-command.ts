import {DocentError} from '../../domain/index.ts'
import {cleanLine, escapedJson} from '../../lib/clean-text.ts'
import {loadSettings} from '../../settings/index.ts'
import {
  type AuditAction,
  type AuditDetails,
  type AuditLine,
  backUpStaff,
  type Invited,
  type Person,
  type StaffStore,
} from '../../staff/index.ts'
import {exitCodeOf} from '../exit-code.ts'
import {baseUrlOf, type ServerAddress, serverUrlOf} from '../server-address.ts'
import {onlyInFile, type StoresSettings, withStores} from '../stores.ts'
import {type Output, standardOutput} from '../terminal.ts'
import {numberOf} from '../transcripts/options.ts'
import {UsageError} from '../usage-error.ts'
import {auditFilterOf, help, parseArguments, roleIn, type Values} from './options.ts'
import {systemUser} from './system-user.ts'

/** `docent staff`: people and the audit log, also while the server runs. */
export async function run(args: readonly string[]): Promise<number> {
  return staffCommand(args, {settings: loadSettings, ...standardOutput()})
}

export interface StaffCommandEnvironment extends Output {
  readonly settings: () => ServerAddress & StoresSettings
}

/** Runs one command of `docent staff` and returns its exit code: 0 done, 1 not possible, 2 bad usage or settings. */
export async function staffCommand(
  args: readonly string[],
  environment: StaffCommandEnvironment,
): Promise<number> {
  return exitCodeOf('staff', () => command(args, environment), environment.warn)
}

interface Call extends StaffCommandEnvironment {
  readonly store: StaffStore
  readonly values: Values
  /** The name, id or file that was given; '' for commands without one. */
  readonly given: string
  /** The SQLite file with it; null where it is in a database. */
  readonly file: string | null
}

interface StaffSubcommand {
  /** What it needs to be given; null for nothing. */
  readonly needs: 'the NAME of a person' | 'the FILE to write' | null
  readonly run: (call: Call) => Promise<void>
}

const commands: Readonly<Record<string, StaffSubcommand>> = {
  list: {needs: null, run: list},
  invite: {needs: 'the NAME of a person', run: invite},
  withdraw: {
    needs: 'the NAME of a person',
    run: (call) => change(call, 'invitation_withdrawn', (id) => call.store.withdrawInvitation(id)),
  },
  role: {needs: 'the NAME of a person', run: changeRole},
  'end-sessions': {
    needs: 'the NAME of a person',
    run: (call) => change(call, 'sessions_ended', (id) => call.store.endSessions(id)),
  },
  'switch-off': {
    needs: 'the NAME of a person',
    run: (call) => change(call, 'switched_off', (id) => call.store.switchOff(id)),
  },
  'switch-on': {needs: 'the NAME of a person', run: switchOn},
  remove: {
    needs: 'the NAME of a person',
    run: (call) => change(call, 'person_removed', (id) => call.store.remove(id)),
  },
  audit: {needs: null, run: showAudit},
  backup: {needs: 'the FILE to write', run: backUp},
}

async function command(args: readonly string[], environment: StaffCommandEnvironment): Promise<number> {
  const {values, positionals} = parseArguments(args)
  const [name, given, ...more] = positionals
  if (values.help || name === undefined || name === 'help') {
    environment.print(help)
    return values.help || name === 'help' ? 0 : 2
  }
  if (!Object.hasOwn(commands, name)) throw new UsageError(`${name} is not a command`)
  const {needs, run} = commands[name]!
  if (needs !== null && given === undefined) throw new UsageError(`${name} needs ${needs}`)
  const unexpected = needs !== null ? more : positionals.slice(1)
  if (unexpected.length > 0) {
    throw new UsageError(`unexpected ${unexpected.join(' ')}; put a name of several words in quotes`)
  }
  const {dataDir, databaseUrl} = environment.settings()
  const where = {dataDir: values.data ?? dataDir, databaseUrl}
  return withStores(where, async (stores) => {
    const store = await stores.staff()
    try {
      await run({...environment, store, values, file: stores.fileOf('staff'), given: given ?? ''})
    } finally {
      store.close()
    }
    return 0
  })
}

async function list({store, values, print}: Call): Promise<void> {
  const people = await store.people()
  if (values.json) return print(`${escapedJson(JSON.stringify(people, null, 2))}\n`)
  if (people.length === 0) return print('Nobody has been invited yet.\n')
  for (const {id, name, role, status, invitationEndsAt} of people) {
    const invitation = invitationEndsAt === null ? '' : `  invitation until ${timeOf(invitationEndsAt)}`
    print(`${id}  ${role.padEnd(8)}${status.padEnd(8)} ${cleanLine(name)}${invitation}\n`)
  }
}

async function invite(call: Call): Promise<void> {
  const {store, values, given} = call
  const base = baseOf(call)
  const known = await store.find(given)
  if (known !== null && (values.role === undefined || values.role === known.role)) {
    await record(call, 'person_invited', known)
    return printLink(call, base, await store.inviteAgain(known.id))
  }
  if (known !== null) throw new UsageError(`${known.name} has another role; change it with the command role`)
  const role = roleIn(values)
  const invited = await store.invite({name: given, role, by: systemUser().name})
  await record(call, 'person_invited', invited.person, {role})
  printLink(call, base, invited)
}

async function switchOn(call: Call): Promise<void> {
  const base = baseOf(call)
  const person = await personOf(call)
  if (person.status !== 'off') throw new DocentError('conflict', `${person.name} is not switched off.`)
  await record(call, 'switched_on', person)
  printLink(call, base, await call.store.inviteAgain(person.id))
}

async function changeRole(call: Call): Promise<void> {
  const role = roleIn(call.values)
  const {role: before} = await personOf(call)
  await change(call, 'role_changed', (id) => call.store.setRole(id, role), {role, before})
}

async function change(
  call: Call,
  what: AuditAction,
  run: (id: string) => Promise<Person>,
  details: AuditDetails = {},
): Promise<void> {
  const person = await personOf(call)
  const after = await run(person.id)
  await record(call, what, person, details)
  call.print(`${cleanLine(after.name)}: ${what.replaceAll('_', ' ')}.\n`)
}

async function backUp({file, given, print}: Call): Promise<void> {
  await backUpStaff(onlyInFile(file, 'People and the audit log'), given)
  print(`Copied people and the audit log to ${given}.\n`)
}

async function showAudit({store, values, print, warn}: Call): Promise<void> {
  const limit = numberOf('--limit', values.limit ?? '20', 1, 200)
  const {items, nextCursor} = await store.audit(auditFilterOf(values), {
    limit,
    ...(values.cursor === undefined ? {} : {cursor: values.cursor}),
  })
  if (values.json) return print(`${escapedJson(JSON.stringify({items, nextCursor}, null, 2))}\n`)
  if (items.length === 0) return print('No lines match.\n')
  for (const line of items) print(`${auditText(line)}\n`)
  if (nextCursor !== null) warn('There are more; --limit shows more.\n')
}

function auditText({at, name, what, which, details}: AuditLine): string {
  const more = details === null ? [] : [JSON.stringify(details)]
  return cleanLine([timeOf(at), name, what, ...(which === null ? [] : [which]), ...more].join('  '))
}

/** @throws DocentError `not_found`. */
async function personOf({store, given}: Call): Promise<Person> {
  const person = await store.find(given)
  if (person === null) throw new DocentError('not_found', `There is nobody called ${given}.`)
  return person
}

function record(
  {store}: Call,
  what: AuditAction,
  {id, name}: Person,
  details: AuditDetails = {},
): Promise<void> {
  return store.record({...systemUser(), what, which: id, details: {name, ...details}, address: null})
}

/** @throws UsageError */
function baseOf({values, settings}: Call): string {
  return baseUrlOf(values.url, () => serverUrlOf(settings()))
}

function printLink({print, warn}: Call, base: string, {person, invitation}: Invited): void {
  print(`${base}/console/join?invitation=${invitation.secret}\n`)
  warn(
    `This invites ${cleanLine(person.name)} as ${person.role}. It works once, until ${timeOf(invitation.endsAt)}, and is not shown again.\n`,
  )
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
}
