import {execFile} from 'node:child_process'
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir, userInfo} from 'node:os'
import {join} from 'node:path'
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest'
import {askLocally} from '../../src/cli/ask/ask-locally.ts'
import {backupCommand} from '../../src/cli/backup/backup-command.ts'
import {gapsCommand} from '../../src/cli/gaps/gaps-command.ts'
import {closedAfterIngest} from '../../src/cli/gaps/group-once.ts'
import {staffCommand} from '../../src/cli/staff/staff-command.ts'
import {transcriptsCommand} from '../../src/cli/transcripts/transcripts-command.ts'
import {verifiedCommand} from '../../src/cli/verified/verified-command.ts'
import {withdrawCommand} from '../../src/cli/withdraw/withdraw-command.ts'
import {openEmbedder} from '../../src/embedding/index.ts'
import {openGroupingStore} from '../../src/gaps/grouping/grouping-store.ts'
import {openGaps, openPostgresGaps} from '../../src/gaps/index.ts'
import {openPostgresGoldenQuestions} from '../../src/golden/index.ts'
import {ingest} from '../../src/ingestion/index.ts'
import {openPostgres, openReplica, type Postgres, type Replica} from '../../src/postgres/index.ts'
import {noRedactor} from '../../src/redaction/index.ts'
import {settingsFrom} from '../../src/settings/settings.ts'
import {openPostgresStaffStore, type StaffStore} from '../../src/staff/index.ts'
import {openPostgresTranscripts, type Transcripts} from '../../src/transcripts/index.ts'
import {openPostgresVerifiedAnswers} from '../../src/verified/index.ts'
import {directParser} from '../support/direct-parser.ts'
import {type CommandName, docent} from '../support/docent-command.ts'
import {addPastAnswers} from '../support/past-answers.ts'
import {hasPostgres, type PostgresCluster, startPostgres} from '../support/postgres.ts'
import {journalAnswer} from '../transcripts/samples.ts'

const user = userInfo().username

interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

interface Written {
  print(text: string): void
  warn(text: string): void
}

/** Runs a command in this process. */
async function outcomeOf(command: (output: Written) => Promise<number>): Promise<Outcome> {
  let stdout = ''
  let stderr = ''
  const code = await command({
    print: (text) => {
      stdout += text
    },
    warn: (text) => {
      stderr += text
    },
  })
  return {code, stdout, stderr}
}

/** A command as a process of its own, in an empty folder. */
function runProcess(
  command: CommandName,
  folder: string,
  url: string,
  ...args: readonly string[]
): Promise<Outcome> {
  const env = {...process.env, DATA_DIR: folder, DATABASE_URL: url}
  return new Promise((resolve) => {
    execFile(process.execPath, [...docent(command), ...args], {cwd: folder, env}, (error, stdout, stderr) =>
      resolve({code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr}),
    )
  })
}

const settingsOf = (dataDir: string, url: string) =>
  settingsFrom({DATA_DIR: dataDir, DATABASE_URL: url, SITE_URL: ''})

function runStaff(dataDir: string, url: string, ...args: readonly string[]): Promise<Outcome> {
  return outcomeOf((output) => staffCommand(args, {settings: () => settingsOf(dataDir, url), ...output}))
}

type SettingsCommand =
  | typeof verifiedCommand
  | typeof withdrawCommand
  | typeof backupCommand
  | typeof gapsCommand

/** A command that reads all it needs from the settings. */
function runWith(
  command: SettingsCommand,
  dataDir: string,
  url: string,
  ...args: readonly string[]
): Promise<Outcome> {
  return outcomeOf((output) => command(args, {settings: () => settingsOf(dataDir, url), ...output}))
}

function runTranscripts(dataDir: string, url: string, ...args: readonly string[]): Promise<Outcome> {
  return outcomeOf(({print, warn}) =>
    transcriptsCommand(args, {
      dataDir: () => dataDir,
      databaseUrl: () => url,
      serverUrl: () => 'http://localhost:3000',
      print: async (text) => print(text),
      warn,
      view: {columns: 100, hasColors: false},
    }),
  )
}

describe.skipIf(!hasPostgres)('with DATABASE_URL', () => {
  let cluster: PostgresCluster
  let dataDir: string
  let url: string
  let postgres: Postgres
  let replica: Replica
  let staff: StaffStore
  /** Of a server that runs. */
  let server: Transcripts

  beforeAll(async () => {
    cluster = await startPostgres()
  }, 120_000)
  afterAll(() => cluster?.close())

  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'docent-commands-'))
    url = await cluster.newDatabase()
    postgres = await openPostgres({url})
    const lease = {name: 'server', leaseMs: 600_000}
    replica = await openReplica(postgres, lease)
    server = await openPostgresTranscripts({postgres, lease})
    staff = await openPostgresStaffStore({postgres})
  }, 120_000)

  afterEach(async () => {
    await server.close()
    staff.close()
    await replica.close()
    await postgres.close()
    rmSync(dataDir, {recursive: true, force: true})
  }, 120_000)

  /** What the audit log says that commands did, the oldest first. */
  async function audited(): Promise<(string | null)[][]> {
    const {items} = await staff.audit({who: `command:${user}`}, {limit: 200})
    return items.map(({what, which}) => [what, which]).reverse()
  }

  /** Three answers: two old ones that have ended, and one that is being written. */
  async function writeAnswers(): Promise<void> {
    const visitor = 'visitor-1'
    journalAnswer(server, 'aaa-1', {
      entry: {startedAt: Date.parse('2026-01-01'), question: 'Old port?', visitor},
    })
    journalAnswer(server, 'aaa-2', {entry: {startedAt: Date.parse('2026-02-01')}, ending: 'stopped'})
    journalAnswer(server, 'bbb-3', {entry: {startedAt: Date.now(), visitor}, ending: null})
    await server.flush()
  }

  const ids = async () => (await server.list({})).items.map(({answerId}) => answerId).sort()

  test('docent staff invites, changes and removes people in the database, with audit lines', async () => {
    const run = (...args: string[]) => runStaff(dataDir, url, ...args)

    expect(await run('list')).toMatchObject({code: 0, stdout: 'Nobody has been invited yet.\n'})
    const invited = await run('invite', 'Ada', '--role', 'docs')
    expect(invited).toMatchObject({code: 0, stdout: expect.stringContaining('/console/join?invitation=')})
    const secret = new URL(invited.stdout.trim()).searchParams.get('invitation')!
    const taken = await staff.takeUp(secret)
    expect(taken).toMatchObject({person: {name: 'Ada', role: 'docs', status: 'active'}})
    expect(await run('role', 'ada', '--role', 'admin')).toMatchObject({code: 0})
    expect(await staff.personOfToken(taken!.token)).toMatchObject({role: 'admin'})
    expect(await run('switch-off', 'Ada')).toMatchObject({code: 0})
    expect(await staff.personOfToken(taken!.token)).toBeNull()
    expect((await run('list', '--json')).stdout).toContain('"status": "off"')
    expect(await run('remove', 'Ada')).toMatchObject({code: 0})
    expect(await run('role', 'Ada', '--role', 'admin')).toMatchObject({
      code: 1,
      stderr: 'There is nobody called Ada.\n',
    })

    const {id} = taken!.person
    expect(await audited()).toEqual([
      ['person_invited', id],
      ['role_changed', id],
      ['switched_off', id],
      ['person_removed', id],
    ])
    expect((await run('audit', '--what', 'role_changed')).stdout).toContain('"before":"docs"')
    expect(readdirSync(dataDir)).toEqual([])
  }, 120_000)

  test('docent transcripts lists, shows, exports and reviews while a server writes', async () => {
    await writeAnswers()
    const run = (...args: string[]) => runTranscripts(dataDir, url, ...args)

    const list = await run('list')
    expect(list.stdout.trim().split('\n')).toEqual([
      expect.stringMatching(/^bbb-3 .* running/),
      expect.stringMatching(/^aaa-2 .* stopped/),
      expect.stringMatching(/^aaa-1 .* complete/),
    ])
    expect(JSON.parse((await run('list', '--ending', 'stopped', '--json')).stdout)).toMatchObject([
      {answerId: 'aaa-2'},
    ])
    expect((await run('show', 'bbb')).stdout).toContain('Set `PORT`.')
    const near = await run('show', 'aaa')
    expect(near).toMatchObject({code: 1})
    expect(near.stderr).toContain('aaa-1')
    expect(near.stderr).toContain('aaa-2')
    expect(await run('show', 'a%')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('There is no transcript'),
    })
    const exported = await run('export', '--q', 'old')
    expect(JSON.parse(exported.stdout)).toEqual(JSON.parse(JSON.stringify(await server.get('aaa-1'))))
    const file = join(dataDir, 'export.csv')
    expect(await run('export', '--format', 'csv', '--out', file)).toMatchObject({code: 0})
    expect(
      readFileSync(file, 'utf8')
        .trim()
        .split('\r\n')
        .map((line) => line.split(',')[0]),
    ).toEqual(['answerId', 'aaa-1', 'aaa-2', 'bbb-3'])

    expect(await run('review', 'aaa-1', '--verdict', 'good', '--by', 'Ada')).toMatchObject({code: 0})
    expect(await run('review', 'aaa-1', '--verdict', 'wrong', '--by', 'Bob')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Ada (command) has reviewed this already'),
    })
    expect(
      await run('review', 'aaa-1', '--verdict', 'wrong', '--by', 'Bob', '--replace', '--note', 'No.'),
    ).toMatchObject({code: 0})
    const {review, ref} = (await server.get('aaa-1'))!
    expect(review).toMatchObject({verdict: 'wrong', by: 'Bob (command)', note: 'No.'})
    expect(await audited()).toContainEqual(['transcript_reviewed', ref])
    expect(await audited()).toContainEqual(['transcripts_exported', null])
    expect(readdirSync(dataDir)).toEqual(['export.csv'])
  }, 120_000)

  test('docent transcripts hands conversations over by links of the database', async () => {
    await writeAnswers()
    const run = (...args: string[]) => runTranscripts(dataDir, url, ...args)

    const made = await run('handover', 'aaa-1', '--days', '3', '--note', 'for Ada')
    const key = made.stdout.trim().split('/').at(-1)!
    const handover = await staff.handoverOfKey(key)
    expect(handover).toMatchObject({ref: (await server.get('aaa-1'))!.ref, note: 'for Ada'})
    expect(await run('handover', 'bbb-3')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('still being written'),
    })
    expect((await run('handovers')).stdout).toContain('for Ada')
    expect(await run('withdraw', handover!.id)).toMatchObject({code: 0, stdout: 'Withdrawn.\n'})
    expect((await staff.findHandover(handover!.id))?.withdrawnAt).not.toBeNull()
  }, 120_000)

  test('docent transcripts removes old answers, and those of a visitor, and leaves what is being written', async () => {
    await writeAnswers()
    const run = (...args: string[]) => runTranscripts(dataDir, url, ...args)

    expect(await run('delete', '--visitor', 'nobody')).toMatchObject({code: 1})
    expect(await run('delete', '--visitor-of', 'bbb')).toMatchObject({
      code: 0,
      stdout: 'Removed 1 answer.\n',
    })
    expect(await ids()).toEqual(['aaa-2', 'bbb-3'])
    expect(await run('purge', '--older-than', '0')).toMatchObject({code: 0, stdout: 'Removed 1 answer.\n'})
    expect(await ids()).toEqual(['bbb-3'])
    expect(await audited()).toEqual([
      ['visitor_deletion_began', 'nobody'],
      ['visitor_deletion_began', 'visitor-1'],
      ['visitor_deleted', 'visitor-1'],
      ['transcripts_purged', null],
    ])
  }, 120_000)

  /** Indexes pages, by their names, into the data folder. */
  async function index(pages: Readonly<Record<string, string>>): Promise<void> {
    const content = mkdtempSync(join(tmpdir(), 'docent-commands-content-'))
    try {
      for (const [name, text] of Object.entries(pages)) writeFileSync(join(content, name), text)
      const database = {url, buildsDir: null}
      await ingest({
        ...{content, dataDir, database},
        openParser: directParser,
        embedder: () => openEmbedder({model: null}),
      })
    } finally {
      rmSync(content, {recursive: true, force: true})
    }
  }

  test('docent verified writes, publishes, withdraws and deletes in the database, with audit lines', async () => {
    await index({'port.md': '# Ports\n\n## Set the port\n\nTo set the port, set PORT to a number.\n'})
    const run = (...args: string[]) => runWith(verifiedCommand, dataDir, url, ...args)
    const ofServer = await openPostgresVerifiedAnswers({postgres, waitMs: 60_000})
    const question = 'How do I set the port?'

    const added = await run(
      ...['add', '--question', question, '--text', 'Set `PORT`.'],
      ...['--url', '/docs/port#set-the-port', '--json'],
    )
    const {id, lang} = JSON.parse(added.stdout) as {readonly id: string; readonly lang: string | null}
    const given = async () => (await ofServer.publishedFor(question, {lang, version: null}))?.text ?? null
    expect(await given()).toBeNull()
    expect(await run('publish', id.slice(0, 8), '--revision', '1')).toMatchObject({code: 0})
    expect(await given()).toBe('Set `PORT`.')
    expect(await run('change', id, '--text', 'Use the panel.')).toMatchObject({code: 0})
    expect(await given()).toBe('Use the panel.')
    expect((await run('list', '--state', 'published')).stdout).toContain(question)
    expect(await run('withdraw', id, '--revision', '2')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Its revision is 3'),
    })
    expect(await run('withdraw', id)).toMatchObject({code: 0})
    expect(await given()).toBeNull()
    expect(await run('delete', id)).toMatchObject({code: 0})
    expect(await ofServer.list()).toEqual([])
    expect((await audited()).map(([what]) => what)).toEqual([
      'verified_proposed',
      'verified_published',
      'verified_changed',
      'verified_withdrawn',
      'verified_deleted',
    ])
    expect(readdirSync(dataDir)).not.toContain('verified.sqlite')
    ofServer.close()
  }, 240_000)

  test('docent ask gives the verified answers of the database, and writes no transcript into it', async () => {
    await index({'port.md': '# Ports\n\n## Set the port\n\nTo set the port, set PORT to a number.\n'})
    const run = (...args: string[]) => runWith(verifiedCommand, dataDir, url, ...args)
    const question = 'How do I set the port?'
    const added = await run(
      ...['add', '--question', question, '--text', 'Use the panel.'],
      ...['--url', '/docs/port#set-the-port', '--json'],
    )
    const {id} = JSON.parse(added.stdout) as {readonly id: string}
    const ask = async () => {
      const settings = settingsFrom({
        ...{DATA_DIR: dataDir, DATABASE_URL: url, GENERATOR: 'extractive'},
      })
      const {signal} = new AbortController()
      const answer = await askLocally({question, version: null, lang: null, signal}, settings)
      let text = ''
      for await (const event of answer.events) if (event.type === 'delta') text += event.text
      await answer.close()
      return text
    }

    expect(await ask()).toContain('set PORT to a number')
    expect(await run('publish', id)).toMatchObject({code: 0})
    expect(await ask()).toBe('Use the panel.')
    expect(await ids()).toEqual([])
    expect(readdirSync(dataDir).filter((name) => name.endsWith('.sqlite'))).toEqual([])
  }, 240_000)

  test('docent withdraw takes a page out of the builds of all servers and of answers in the database', async () => {
    await index({'page-1.md': '# Page 1\n\nSay plumbago.\n', 'page-2.md': '# Page 2\n\nText.\n'})
    journalAnswer(server, 'with', {pieces: ['Say ', 'plumbago', '.']})
    await server.flush()
    const run = (...args: string[]) => runWith(withdrawCommand, dataDir, url, ...args)
    const away = 'postgres://docent@127.0.0.1:1/docs'

    expect(await run('page-1.md')).toMatchObject({code: 1, stderr: expect.stringContaining('reindex')})
    await index({'page-2.md': '# Page 2\n\nText.\n'})
    const builds = () => readdirSync(join(dataDir, 'builds'))
    const before = builds()
    expect(await runWith(withdrawCommand, dataDir, away, 'page-1.md')).toMatchObject({code: 1, stdout: ''})
    const planned = await run('page-1.md', '--dry-run')
    expect(planned).toMatchObject({code: 0})
    expect(planned.stdout).toContain('Answers that named the page: 1. Of these, 1 rested on it')
    expect(builds()).toEqual(before)
    expect((await server.get('with'))?.text).toContain('plumbago')

    writeFileSync(join(dataDir, 'transcripts.sqlite'), 'of an earlier time')
    const done = await run('page-1.md')
    expect(done).toMatchObject({code: 0})
    expect(done.stdout).toContain('Answers that named the page: 1. Of these, 1 rested on it')
    expect(done.stderr).toContain(`no server uses it: ${join(dataDir, 'transcripts.sqlite')}`)
    expect(builds().length).toBeLessThan(before.length)
    expect(JSON.stringify(await server.get('with'))).not.toContain('plumbago')
    expect(await audited()).toEqual([['page_withdrawn', null]])
    expect(await run('/docs/page-1')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Nothing that is kept names'),
    })
  }, 240_000)

  test('docent gaps groups and shows what all servers failed to answer, and an ingest says what it closes', async () => {
    const settings = settingsOf(dataDir, url)
    const ingested = {dataDir, build: 'b1', signal: new AbortController().signal}
    expect(await closedAfterIngest(settings, ingested)).toBeNull()
    expect(await runWith(gapsCommand, dataDir, url)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Nothing was grouped yet'),
    })
    await addPastAnswers(
      server,
      ['Can I connect it to my wifi?', 'wifi setup', 'How tall is it?'].map((question) => ({
        ...{question, startedAt: Date.now(), ending: 'abstained'},
      })),
    )
    const grouped = await runWith(gapsCommand, dataDir, url, 'group', '--json')
    expect(grouped).toMatchObject({code: 0, stderr: ''})
    expect(JSON.parse(grouped.stdout)).toMatchObject({isDone: true, build: null})
    const {items} = JSON.parse((await runWith(gapsCommand, dataDir, url, '--all', '--json')).stdout)
    expect(items.map(({title}: {title: string}) => title)).toContain('How tall is it?')
    const {id} = items.find(({title}: {title: string}) => title === 'How tall is it?')
    const shown = await runWith(gapsCommand, dataDir, url, 'show', id.slice(0, 8))
    expect(shown).toMatchObject({code: 0, stdout: expect.stringContaining('1 answers in 1 conversation')})
    expect(await audited()).toEqual([
      ['gaps_grouped', null],
      ['gap_read', id],
    ])
    expect(await closedAfterIngest(settings, ingested)).toBeNull()
    await postgres.run("INSERT INTO docent.gap_state (name, value) VALUES ('checked', 'b1')")
    expect(await closedAfterIngest(settings, ingested)).toEqual([])
  }, 240_000)

  test('docent withdraw takes a page out of the gaps of the database, and of those that a data folder still has', async () => {
    const sections = JSON.stringify([{title: 'P', url: '/docs/page-1#a', headings: []}])
    const gaps = await openPostgresGaps({postgres})
    await postgres.run("INSERT INTO docent.gaps (id, centre, nearest) VALUES ('g', '', $1)", [sections])
    const file = openGroupingStore({file: join(dataDir, 'gaps.sqlite')})
    await file.take([], new Map([['h', Float32Array.of(1)]]))
    await file.setNearest('h', 'x', JSON.parse(sections))

    const outcome = await runWith(withdrawCommand, dataDir, url, '/docs/page-1')
    expect(outcome).toMatchObject({code: 0})
    expect(await gaps.get('g')).toMatchObject({nearest: []})
    file.close()
    const old = openGaps({file: join(dataDir, 'gaps.sqlite')})
    expect(await old.get('h')).toMatchObject({nearest: []})
    old.close()
    expect(JSON.stringify(await staff.audit({what: 'page_withdrawn'}, {limit: 5}))).toContain('"gaps":2')
  }, 240_000)

  test('docent eval asks the golden questions of the database', async () => {
    mkdirSync(join(dataDir, 'content'))
    writeFileSync(join(dataDir, 'content/port.md'), '# Port\n\nThe server listens on port 8118.\n')
    const run = () => runProcess('eval', dataDir, url, '--golden', '--json')
    expect(await run()).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('nobody has made a golden question'),
    })
    const golden = await openPostgresGoldenQuestions({postgres, redactor: noRedactor})
    const draft = {question: 'Which port does the server listen on?', relevant: ['/port']}
    await golden.add([{...draft, lang: null, version: null}], {by: 'Ada', from: null})

    const {code, stdout} = await run()
    expect({code, ...(JSON.parse(stdout) as object)}).toMatchObject({code: 0, counts: {questions: 1}})
  }, 240_000)

  test('docent backup copies what is in the data folder, and names the tool for the database', async () => {
    const copy = join(dataDir, 'copy')
    const run = () => runWith(backupCommand, dataDir, url, copy)

    const nothing = await run()
    expect(nothing).toMatchObject({code: 1, stdout: ''})
    expect(nothing.stderr).toContain('nothing to copy')
    expect(nothing.stderr).toContain('pg_dump --schema=docent')
    writeFileSync(join(dataDir, 'golden.jsonl'), '{}\n')
    expect(await run()).toMatchObject({
      code: 0,
      stdout: 'Copied golden.jsonl\n',
      stderr: expect.stringContaining('pg_dump --schema=docent'),
    })
    expect(readdirSync(copy)).toEqual(['golden.jsonl'])
  }, 120_000)

  test('what can be done with files alone says how it is done with a database', async () => {
    const copy = join(dataDir, 'copy.sqlite')

    for (const outcome of [
      await runTranscripts(dataDir, url, 'backup', copy),
      await runStaff(dataDir, url, 'backup', copy),
    ]) {
      expect(outcome).toMatchObject({code: 1, stdout: ''})
      expect(outcome.stderr).toContain('pg_dump')
    }
    expect(await runTranscripts(dataDir, url, 'check')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('pg_amcheck'),
    })
    expect(readdirSync(dataDir)).toEqual([])
  }, 120_000)

  test('the setting is read from the environment', async () => {
    await writeAnswers()
    const away = 'postgres://docent:plumbago@127.0.0.1:1/docs'

    const [listed, people, unreachable] = await Promise.all([
      runProcess('transcripts', dataDir, url, 'list', '--json', '--ending', 'stopped'),
      runProcess('staff', dataDir, url, 'list'),
      runProcess('ask', dataDir, away, 'How do I set the port?'),
    ])

    expect(listed).toMatchObject({code: 0, stderr: ''})
    expect(JSON.parse(listed.stdout)).toMatchObject([{answerId: 'aaa-2'}])
    expect(people).toEqual({code: 0, stdout: 'Nobody has been invited yet.\n', stderr: ''})
    expect(unreachable).toMatchObject({code: 1, stdout: ''})
    expect(unreachable.stderr).toContain('PostgreSQL: ')
    expect(unreachable.stderr).not.toContain('plumbago')
  }, 240_000)

  test('a database that cannot be reached is a problem of one line, without the password', async () => {
    const away = 'postgres://docent:plumbago@127.0.0.1:1/docs'

    for (const outcome of [
      await runTranscripts(dataDir, away, 'list'),
      await runTranscripts(dataDir, away, 'purge', '--older-than', '1'),
      await runStaff(dataDir, away, 'list'),
      await runWith(verifiedCommand, dataDir, away, 'list'),
      await runWith(withdrawCommand, dataDir, away, '/docs/page-1'),
    ]) {
      expect(outcome).toMatchObject({code: 1, stdout: ''})
      expect(outcome.stderr).toMatch(/^PostgreSQL: [^\n]*DATABASE_URL[^\n]*\n$/)
      expect(outcome.stderr).not.toContain('plumbago')
    }
  }, 120_000)
})
