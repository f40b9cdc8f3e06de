import {execFile} from 'node:child_process'
import {mkdtempSync, readdirSync, rmSync, statSync} from 'node:fs'
import {tmpdir, userInfo} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {afterEach, describe, expect, test} from 'vitest'
import {staffCommand} from '../../src/cli/staff/staff-command.ts'
import {transcriptsCommand} from '../../src/cli/transcripts/transcripts-command.ts'
import {openStaffStore} from '../../src/staff/index.ts'
import {closedAfterEach} from '../support/closed-after-each.ts'
import {docent} from '../support/docent-command.ts'
import {allEventsOf} from '../support/event-reader.ts'
import {bearer, join as joinStaff, staffApi} from '../support/staff-people.ts'
import {startDocent} from '../support/start-docent.ts'

const start = closedAfterEach(startDocent)
const root = fileURLToPath(new URL('../..', import.meta.url))
const folders: string[] = []
const user = userInfo().username

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'docent-staff-command-'))
  folders.push(folder)
  return folder
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, {recursive: true, force: true})
})

interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The command in this process. */
async function run(dataDir: string, ...args: readonly string[]): Promise<Outcome> {
  let stdout = ''
  let stderr = ''
  const code = await staffCommand(args, {
    settings: () => ({dataDir, host: '0.0.0.0', port: 4321}),
    print: (text) => {
      stdout += text
    },
    warn: (text) => {
      stderr += text
    },
  })
  return {code, stdout, stderr}
}

/** The command as a process of its own. */
function runScript(...args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(process.execPath, [...docent('staff'), ...args], {cwd: root}, (error, stdout, stderr) =>
      resolve({code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr}),
    )
  })
}

const transcripts = (dataDir: string, ...args: readonly string[]) =>
  transcriptsCommand([...args, '--data', dataDir], {
    dataDir: () => dataDir,
    print: async () => {},
    warn() {},
    view: {columns: 100, hasColors: false},
  })

describe('npm run staff', () => {
  test('invites before a server has ever run, in a file for its owner only', async () => {
    const dataDir = newFolder()

    const invited = await run(dataDir, 'invite', 'Ada Lovelace', '--role', 'admin')
    const list = await run(dataDir, 'list')

    expect(invited).toMatchObject({code: 0, stderr: expect.stringContaining('It works once, until ')})
    expect(invited.stdout).toMatch(/^http:\/\/localhost:4321\/console\/join\?invitation=docent_[\w-]{43}\n$/)
    expect(list.stdout).toMatch(/^[\w-]{12} {2}admin +invited +Ada Lovelace {2}invitation until 20\d\d-/)
    for (const file of readdirSync(dataDir)) expect(statSync(join(dataDir, file)).mode & 0o077).toBe(0)

    const product = await start({dataDir})
    const token = /invitation=(\S+)/.exec(invited.stdout)![1]!
    const joined = await staffApi(product, 'POST', '/invitations', {token}, {})
    expect(joined.body.person).toMatchObject({name: 'Ada Lovelace', role: 'admin'})
  })

  test('changes people while the server runs, at once, and is in the audit log', async () => {
    const product = await start()
    const {dataDir} = product
    const ada = await joinStaff(product, 'Ada', 'support')
    const may = async (path: string) =>
      (await staffApi(product, 'GET', path, undefined, bearer(ada.token))).status

    const before = [await may('/transcripts'), await may('/builds')]
    const role = await runScript('role', 'ADA', '--role', 'docs', '--data', dataDir)
    const after = [await may('/transcripts'), await may('/builds')]
    await run(dataDir, 'switch-off', ada.id)
    const off = await may('/me')
    const on = await run(dataDir, 'switch-on', 'Ada', '--url', 'https://docs.example.com/')
    const withdrawn = await run(dataDir, 'withdraw', 'Ada')
    await run(dataDir, 'switch-off', 'Ada')
    const removed = await run(dataDir, 'remove', 'Ada')

    expect([before, after, off]).toEqual([[200, 403], [403, 200], 401])
    expect(role).toMatchObject({code: 0, stdout: 'Ada: role changed.\n'})
    expect(on.stdout).toMatch(/^https:\/\/docs\.example\.com\/console\/join\?invitation=/)
    expect([withdrawn.code, removed.code]).toEqual([0, 0])
    const {body} = await staffApi(product, 'GET', `/audit?who=command:${user}`)
    expect(body.items.map(({what, name, details}: Record<string, unknown>) => [what, name, details])).toEqual(
      [
        ['person_removed', `${user} (command)`, {name: 'Ada'}],
        ['switched_off', `${user} (command)`, {name: 'Ada'}],
        ['invitation_withdrawn', `${user} (command)`, {name: 'Ada'}],
        ['switched_on', `${user} (command)`, {name: 'Ada'}],
        ['switched_off', `${user} (command)`, {name: 'Ada'}],
        ['role_changed', `${user} (command)`, {name: 'Ada', role: 'docs', before: 'support'}],
      ],
    )
  })

  test('shows the audit log, as text and as JSON with a cursor', async () => {
    const dataDir = newFolder()
    await run(dataDir, 'invite', 'Ada', '--role', 'docs')
    await run(dataDir, 'invite', 'Bo', '--role', 'docs')
    await run(dataDir, 'invite', 'Bo')

    const text = await run(dataDir, 'audit', '--what', 'person_invited', '--limit', '2')
    const json = JSON.parse((await run(dataDir, 'audit', '--json', '--limit', '2')).stdout)
    const rest = JSON.parse((await run(dataDir, 'audit', '--json', '--cursor', json.nextCursor)).stdout)

    expect(text.stdout.split('\n').slice(0, 2)).toEqual([
      expect.stringMatching(new RegExp(`^20.* {2}${user} \\(command\\) {2}person_invited .*"name":"Bo"`)),
      expect.stringMatching(/"name":"Bo","role":"docs"/),
    ])
    expect(text.stderr).toContain('--limit shows more')
    expect([...json.items, ...rest.items]).toHaveLength(3)
    expect(rest.nextCursor).toBeNull()
  })

  test('copies people and the audit log beside a server, to a file from which another one goes on', async () => {
    const product = await start()
    const ada = await joinStaff(product, 'Ada', 'docs')
    const dataDir = newFolder()
    const copy = join(dataDir, 'staff.sqlite')

    const first = await run(product.dataDir, 'backup', copy)
    const again = await run(product.dataDir, 'backup', copy)
    const second = await start({dataDir})

    expect([first.code, again.code]).toEqual([0, 1])
    expect(again.stderr).toContain('already exists')
    expect(statSync(copy).mode & 0o077).toBe(0)
    expect((await staffApi(second, 'GET', '/me', undefined, bearer(ada.token))).body.name).toBe('Ada')
  })

  test('finds lines of who was removed by name, and those of shared tokens, in the command as over HTTP', async () => {
    const product = await start()
    const ada = await joinStaff(product, 'Ada', 'support')
    await staffApi(product, 'GET', '/transcripts', undefined, bearer(ada.token))
    await staffApi(product, 'POST', `/people/${ada.id}/switch-off`)
    await staffApi(product, 'DELETE', `/people/${ada.id}`)
    await joinStaff(product, 'ADA', 'support')
    await staffApi(product, 'POST', '/people', {name: 'shared:admin', role: 'docs'})

    for (const [who, expected] of [
      ['ada', ['invitation_taken_up', 'transcripts_listed', 'invitation_taken_up']],
      [ada.id, ['transcripts_listed', 'invitation_taken_up']],
      [
        'shared:admin',
        ['person_invited', 'person_invited', 'person_removed', 'switched_off', 'person_invited'],
      ],
    ] as const) {
      const {stdout} = await run(product.dataDir, 'audit', '--json', '--who', who)
      const {body} = await staffApi(product, 'GET', `/audit?who=${who}`)
      expect(JSON.parse(stdout).items).toEqual(body.items)
      expect(body.items.map(({what}: {what: string}) => what)).toEqual(expected)
    }
  })

  test('prints no control characters of a name that something else has stored', async () => {
    const dataDir = newFolder()
    const store = openStaffStore({file: join(dataDir, 'staff.sqlite')})
    await store.record({
      who: 'x',
      name: 'A\u001b[31md\u202ea\nnext',
      role: 'docs',
      what: 'sign_in',
      which: null,
      details: null,
      address: null,
    })
    store.close()

    expect((await run(dataDir, 'audit')).stdout).toMatch(/^20[^\n]* {2}Ada next {2}sign_in\n$/)
  })

  test.each([
    [['frobnicate'], 2, 'frobnicate is not a command'],
    [['invite'], 2, 'needs the NAME'],
    [['invite', 'Ada'], 2, '--role must be one of'],
    [['invite', 'Ada', '--role', 'owner'], 2, '--role must be one of'],
    [['invite', 'Ada', 'Lovelace', '--role', 'docs'], 2, 'in quotes'],
    [['invite', '–', '--role', 'docs'], 1, 'must contain a letter'],
    [['invite', 'shared:admin', '--role', 'docs'], 1, 'must not be like what the audit log calls'],
    [['invite', 'Ada', '--role', 'docs', '--url', 'nowhere'], 2, '--url must be'],
    [['audit', '--what', 'reading'], 2, '--what must be one of'],
    [['audit', '--limit', '0'], 2, '--limit must be'],
    [['audit', '--from', 'yesterday'], 2, '--from must be a date'],
    [['audit', '--from', '2026-06-01', '--to', '2026-05-31'], 2, '--from must be before --to; swap them'],
    [['switch-off', 'Nobody'], 1, 'nobody called Nobody'],
    [['list', '--nonsense'], 2, 'nonsense'],
  ])('%j says what is wrong, and does nothing', async (args, code, message) => {
    const dataDir = newFolder()
    const outcome = await run(dataDir, ...args)

    expect((await run(dataDir, 'list')).stdout).toBe('Nobody has been invited yet.\n')
    expect(outcome.code).toBe(code)
    expect(outcome.stderr).toContain(message)
    expect(outcome.stdout).toBe('')
  })

  test('makes no data folder where there is none', async () => {
    const outcome = await run(join(newFolder(), 'none'), 'list')

    expect(outcome).toMatchObject({code: 1, stderr: expect.stringContaining('There is no folder')})
  })
})

describe('npm run transcripts', () => {
  test('has lines in the audit log of a server, by the user who ran it', async () => {
    const product = await start()
    const {dataDir} = product
    const [begun] = await allEventsOf(await product.ask({question: 'xyzzy'}))
    const answerId = String(begun!.data['answerId'])
    await product.transcripts.flush()

    await transcripts(dataDir, 'list', '--ending', 'abstained')
    await transcripts(dataDir, 'show', answerId.slice(0, 8))
    await transcripts(dataDir, 'show', answerId, '--prompt', '--sources')
    await transcripts(dataDir, 'export', '--format', 'csv')
    await transcripts(dataDir, 'purge', '--before', '2020-01-01')

    const {body} = await staffApi(product, 'GET', '/audit')
    expect(
      body.items
        .toReversed()
        .map(({what, which, details}: Record<string, unknown>) => [what, which, details]),
    ).toEqual([
      ['transcripts_listed', null, {ending: 'abstained'}],
      ...['transcript', 'prompt', 'sources'].map((part) => ['transcript_read', begun!.data['ref'], {part}]),
      ['transcripts_exported', null, {format: 'csv', redacted: false}],
      ['export_ended', null, {rows: 1, isWhole: true, format: 'csv', redacted: false}],
      ['transcripts_purged', null, {before: Date.parse('2020-01-01'), rows: 0}],
    ])
    expect(body.items[0]).toMatchObject({who: `command:${user}`, name: `${user} (command)`, address: null})
  })

  test('keeps no words of a search there, where no words are kept', async () => {
    const product = await start({settings: {transcripts: 'metadata'}})
    const {dataDir} = product
    await transcriptsCommand(['list', '--page', '/docs/jane', '--rating', 'up', '--data', dataDir], {
      dataDir: () => dataDir,
      keepsWords: () => false,
      print: async () => {},
      warn() {},
      view: {columns: 100, hasColors: false},
    })
    await staffApi(product, 'GET', '/transcripts?q=jane&version=jane')
    await staffApi(product, 'GET', '/transcripts/export?format=csv&model=jane&ending=error')

    const {body} = await staffApi(product, 'GET', '/audit')
    expect(body.items.map(({details}: {details: unknown}) => details)).toEqual([
      {rows: 0, isWhole: true, format: 'csv', redacted: false},
      {model: '(not kept)', ending: 'error', format: 'csv', redacted: false},
      {q: '(not kept)', version: '(not kept)'},
      {page: '(not kept)', rating: 'up'},
    ])
  })

  test('leaves a folder without one alone', async () => {
    const dataDir = newFolder()
    const product = await start({dataDir})
    await product.close()
    for (const file of readdirSync(dataDir)) if (file.startsWith('staff.')) rmSync(join(dataDir, file))

    expect(await transcripts(dataDir, 'list')).toBe(0)
    expect(readdirSync(dataDir).filter((file) => file.startsWith('staff.'))).toEqual([])
  })
})
