import {fork} from 'node:child_process'
import {mkdtempSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, describe, expect, test, vi} from 'vitest'
import {buildProgram} from '../../scripts/build/build-program.mjs'
import {applyMigrations, openSqlite} from '../../src/native/index.ts'
import type {AuditEntry, StaffStore} from '../../src/staff/index.ts'
import {staffMigrations} from '../../src/staff/migrations.ts'
import {openStaffStore, type StaffStoreOptions} from '../../src/staff/open-staff-store.ts'
import {staffStoreContract} from '../contracts/staff-store.contract.ts'

const auditProcess = await buildProgram('test/staff/audit-process.ts')
const folders: string[] = []
const stores: StaffStore[] = []
const dayMs = 24 * 60 * 60 * 1000

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'docent-staff-store-'))
  folders.push(folder)
  return join(folder, 'staff.sqlite')
}

function open(options: StaffStoreOptions): StaffStore {
  const store = openStaffStore(options)
  stores.push(store)
  return store
}

afterEach(() => {
  for (const store of stores.splice(0)) store.close()
  for (const folder of folders.splice(0)) rmSync(folder, {recursive: true, force: true})
})

staffStoreContract('the file', (now) => openStaffStore({file: newFile(), now}))
staffStoreContract('memory', (now) => openStaffStore({file: ':memory:', now}))

const read: AuditEntry = {
  who: 'a',
  name: 'Ada',
  role: 'support',
  what: 'transcript_read',
  which: null,
  details: null,
  address: null,
}

async function linesOf(store: StaffStore): Promise<number[]> {
  return (await store.audit({}, {limit: 200})).items.map(({line}) => line)
}

describe('the file of the staff', () => {
  test('is seen alike by two processes', async () => {
    const file = newFile()
    const [server, command] = [open({file}), open({file})]
    const {person, invitation} = await command.invite({name: 'Ada', role: 'docs', by: 'root'})
    const {token} = (await server.takeUp(invitation.secret))!
    const before = await server.personOfToken(token)
    await command.switchOff(person.id)

    expect(before?.name).toBe('Ada')
    expect(await server.personOfToken(token)).toBeNull()
  })

  test('is waited for while another process writes, without holding the thread', async () => {
    const file = newFile()
    const store = open({file})
    const other = openSqlite(file)
    other.exec('BEGIN IMMEDIATE')
    let turns = 0
    const timer = setInterval(() => turns++, 1)

    const recorded = store.record(read)
    await new Promise((resolve) => setTimeout(resolve, 300))
    const turnsWhileWaiting = turns
    other.exec('ROLLBACK')
    await recorded
    clearInterval(timer)
    other.close()

    expect(turnsWhileWaiting).toBeGreaterThan(5)
    expect(await linesOf(store)).toEqual([1])
  })

  test('that stays locked is reported, and works again afterwards', async () => {
    const file = newFile()
    const store = open({file, waitMs: 50})
    const other = openSqlite(file)
    other.exec('BEGIN IMMEDIATE')
    await expect(store.record(read)).rejects.toMatchObject({code: 'storage'})
    other.exec('ROLLBACK')
    other.close()

    await store.record(read)
    expect(await linesOf(store)).toEqual([1])
  })

  test.each([['is no database', 'not a database, but some text that is long enough to be looked at']])(
    'that %s is refused and left as it is',
    (_, content) => {
      const file = newFile()
      writeFileSync(file, content, {mode: 0o644})

      expect(() => openStaffStore({file})).toThrow(expect.objectContaining({code: 'storage'}))
      expect(statSync(file).size).toBe(content.length)
      expect(statSync(file).mode & 0o777).toBe(0o600)
    },
  )

  test('of a newer version is refused', () => {
    const file = newFile()
    openStaffStore({file}).close()
    const db = openSqlite(file)
    db.prepare("INSERT INTO migrations VALUES ('999_later', '')").run()
    db.close()

    expect(() => openStaffStore({file})).toThrow(/written by a newer Docent/)
  })

  test('of an earlier version is taken over with its lines, which are found by name', async () => {
    const file = newFile()
    const earlier = openSqlite(file)
    applyMigrations(earlier, file, staffMigrations.slice(0, 1))
    earlier.exec(`INSERT INTO audit (at, who, name, role, what) VALUES (1, 'gone', 'Ada', 'docs', 'sign_in')`)
    earlier.close()

    expect((await open({file}).audit({who: 'ada'})).items).toMatchObject([{line: 1, who: 'gone'}])
  })

  test('may have somebody of a reserved name from earlier, who hides no lines and can be removed', async () => {
    const file = newFile()
    const store = open({file})
    const other = openSqlite(file)
    other.exec(`INSERT INTO people (id, name, name_key, role, invited_at, invited_by)
      VALUES ('old', 'shared:support', 'shared:support', 'docs', 1, 'x')`)
    other.close()
    await store.record({...read, who: 'shared:support', name: 'support (shared token)'})
    await store.record({...read, who: 'old', name: 'shared:support'})
    const {items} = await store.audit({who: 'shared:support'})
    await store.switchOff('old')
    await store.remove((await store.find('shared:support'))!.id)

    expect(items.map(({who}) => who)).toEqual(['old', 'shared:support'])
    expect(await store.people()).toEqual([])
  })

  test('keeps every line that was reported written when its process is killed', async () => {
    const file = newFile()
    const child = fork(auditProcess, {stdio: ['ignore', 'ignore', 'inherit', 'ipc']})
    let written = 0
    let token = ''
    child.on('message', (message: {written?: number; token?: string}) => {
      token = message.token ?? token
      written = message.written ?? written
      if (written === 60) child.kill('SIGKILL')
    })
    child.send(file)
    await new Promise((resolve) => child.once('exit', resolve))

    const store = open({file})
    const {items} = await store.audit({}, {limit: 200})
    const numbers = items.map(({details}) => Number(details?.['n'])).toReversed()
    expect(written).toBeGreaterThanOrEqual(60)
    expect(numbers.length).toBeGreaterThanOrEqual(written)
    expect(numbers).toEqual(numbers.map((_, index) => index + 1))
    expect((await store.personOfToken(token))?.name).toBe('Ada')
  })
})

describe('the audit log', () => {
  test('is never changed, whatever writes to its file', async () => {
    const file = newFile()
    await open({file}).record(read)
    const other = openSqlite(file)

    expect(() => other.exec("UPDATE audit SET name = 'Bo'")).toThrow('never changed')
    other.close()
  })

  test('loses what is older than its days, when the server starts and every hour, and nothing else', async () => {
    vi.useFakeTimers({toFake: ['setInterval', 'clearInterval']})
    try {
      const file = newFile()
      let now = 0
      const options = {file, now: () => now}
      const first = open(options)
      for (let n = 0; n < 1_200; n++) await first.record(read)
      now = 9 * dayMs
      await first.record(read)
      now = 11 * dayMs
      const server = open({...options, auditDays: 10})
      await expect.poll(() => linesOf(server), {timeout: 30_000}).toEqual([1201])
      now = 20 * dayMs
      vi.advanceTimersByTime(60 * 60 * 1000)
      await expect.poll(() => linesOf(server), {timeout: 30_000}).toEqual([])
      await server.record(read)
      expect(await linesOf(server)).toEqual([1202])
    } finally {
      vi.useRealTimers()
    }
  })

  test('of 0 days is kept, up to a number of lines', async () => {
    const file = newFile()
    let now = 0
    const first = open({file, now: () => now})
    for (let n = 0; n < 20; n++) await first.record(read)
    now = 10_000 * dayMs
    const server = open({file, now: () => now, auditDays: 0, maxAuditLines: 15})

    await expect
      .poll(() => linesOf(server), {timeout: 30_000})
      .toEqual(Array.from({length: 15}, (_, n) => 20 - n))
  })

  test('finds a page by an index, whatever narrows it', () => {
    const file = newFile()
    open({file})
    const db = openSqlite(file)
    for (const where of [
      'who = 1',
      'what = 1',
      'who = 1 AND what = 1',
      'name = 1',
      'name = 1 AND what = 1 AND (at, line) < (1, 1)',
      'at >= 1 AND at < 2',
      '1',
    ]) {
      const plan = db
        .prepare(`EXPLAIN QUERY PLAN SELECT * FROM audit WHERE ${where} ORDER BY at DESC, line DESC LIMIT 5`)
        .all() as {detail: string}[]
      const steps = plan.map(({detail}) => detail).join('; ')
      expect(steps).toMatch(/USING INDEX audit_by_/)
      expect(steps).not.toContain('TEMP B-TREE')
    }
    db.close()
  })
})
