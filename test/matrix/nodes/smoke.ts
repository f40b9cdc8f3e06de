/**
 * A smoke test of the product on the Node that runs this file: garbage collection of statements, ingest, start, ask,
 * stop, kill, end. Uses the real programs, with this checkout's node_modules.
 *
 * Run with: npm run test:matrix -- nodes, which passes a data folder.
 * A data folder that another Node wrote is reused: its index is served and its transcripts are read.
 */
import {strictEqual as equal, ok} from 'node:assert'
import {type ChildProcess, spawn, spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, mkdtempSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as delay, setImmediate as turn} from 'node:timers/promises'
import {openSqlite, sqlitePackage} from '../../../src/native/sqlite.ts'
import {packageRoot as root} from '../../../src/package/index.ts'
import {docent} from '../../support/docent-command.ts'
import {eventsOf, type ReadEvent, textOf} from '../../support/event-reader.ts'
import {
  type FakeStep,
  messageStart,
  startFakeClaude,
  textDelta,
  textStart,
} from '../../support/fake-claude.ts'
import {step} from '../../support/step.ts'

const dataDir = process.argv[2] ?? mkdtempSync(join(tmpdir(), 'docent-smoke-'))
const hadData = existsSync(join(dataDir, 'CURRENT'))
const adminToken = 'admin-token-for-the-smoke'
/** The first words of a reply, then silence. */
const neverEnding: FakeStep[] = [
  ...[messageStart(), textStart(), textDelta('Set the port with '), textDelta('`PORT`.')].map(
    (event): FakeStep => [0, {event}],
  ),
  [0, 'stall'],
]
/** Much longer than a slow machine needs. */
const maxStartMs = 300_000

await step('garbage collection of statements', collectStatements)
await step(hadData ? 'an index of another Node.js is used unchanged' : 'ingest', ingest)
const server = await step('start', () => start({GENERATOR: 'extractive'}))
const whole = await step('ask', () => ask(server.url))
await step('SIGTERM', () => end(server))
const claude = await startFakeClaude({reply: () => neverEnding})
const withClaude = {ANTHROPIC_API_KEY: 'sk-of-the-smoke', ANTHROPIC_BASE_URL: claude.url}
const second = await step('start with Claude', () => start(withClaude))
const stopped = await step('stop', () => stopOne(second.url))
const broken = await step('kill -9 in the middle of an answer', () => killWhileAnswering(second))
const third = await step('start after the kill', () => start(withClaude))
await step('every answer is in the log with its ending', async () => {
  await checkEnding(third.url, whole, 'complete')
  await checkEnding(third.url, stopped, 'stopped')
  await checkEnding(third.url, broken, 'interrupted')
})
await step('SIGTERM', () => end(third))
await claude.close()
console.log(`Node ${process.versions.node} with ${sqlitePackage} passed.`)

/** An incompatible pair of better-sqlite3 and Node crashes here within a second. */
async function collectStatements(): Promise<void> {
  ok(globalThis.gc, 'run with --expose-gc')
  for (let round = 0; round < 40; round++) {
    for (let i = 0; i < 50; i++) {
      const db = openSqlite(':memory:')
      db.exec('CREATE TABLE t (a); INSERT INTO t VALUES (1), (2)')
      equal(db.prepare('SELECT sum(a) FROM t').pluck().get(), 3)
      for (const _ of db.prepare('SELECT a FROM t').iterate()) break
      if (i % 2 === 0) db.close()
    }
    globalThis.gc()
    await turn()
  }
}

async function ingest(): Promise<void> {
  const {status, stdout, stderr} = spawnSync(
    process.execPath,
    [...docent('ingest'), '--content', 'content', '--data', dataDir, '--json'],
    {cwd: root, encoding: 'utf8'},
  )
  equal(status, 0, stderr)
  // Warnings of Node or of a package would appear in the output of every command.
  equal(stderr, '')
  const report = JSON.parse(stdout) as {outcome: string; pages: {total: number; setAside: number}}
  equal(report.outcome, hadData ? 'unchanged' : 'published')
  ok(report.pages.total > 10)
  equal(report.pages.setAside, 0)
}

interface Started {
  readonly child: ChildProcess
  readonly url: string
}

async function start(settings: Readonly<Record<string, string>>): Promise<Started> {
  const child = spawn(process.execPath, [...docent('serve')], {
    cwd: root,
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      DATA_DIR: dataDir,
      ADMIN_TOKEN: adminToken,
      LOG_LEVEL: 'warn',
      RATE_LIMIT_PER_MINUTE: '0',
      REQUEST_LIMIT_PER_MINUTE: '0',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), maxStartMs)
  let out = ''
  for await (const text of child.stdout!.setEncoding('utf8')) {
    out += text
    const url = /Docent is ready: (http:\S+?)\/\n/.exec(out)?.[1]
    if (url === undefined) continue
    clearTimeout(timer)
    return {child, url}
  }
  throw new Error(`the server ended before it was ready: ${out}`)
}

function post(url: string, body: unknown): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: {'content-type': 'application/json'},
    body: JSON.stringify(body),
  })
}

async function ask(url: string): Promise<string> {
  const events: ReadEvent[] = []
  const question = {question: 'How do I change the port?'}
  for await (const event of eventsOf(await post(`${url}/api/answers`, question))) events.push(event)
  equal(events.at(-1)?.type, 'done')
  equal(events.at(-1)?.data['ending'], 'complete')
  ok(events.some(({type}) => type === 'citation'))
  ok(textOf(events).includes('PORT'), textOf(events))
  return String(events[0]!.data['answerId'])
}

/** Begins an answer that never ends by itself. */
async function firstWords(url: string): Promise<{answerId: string; rest: AsyncGenerator<ReadEvent>}> {
  const rest = eventsOf(await post(`${url}/api/answers`, {question: 'How do I change the port?'}))
  let answerId = ''
  for (;;) {
    const {value, done} = await rest.next()
    if (done) throw new Error('the answer ended before its first word')
    if (value.type === 'start') answerId = String(value.data['answerId'])
    if (value.type === 'delta') return {answerId, rest}
  }
}

async function stopOne(url: string): Promise<string> {
  const {answerId, rest} = await firstWords(url)
  const response = await post(`${url}/api/answers/${answerId}/stop`, {})
  equal(((await response.json()) as {ending: string}).ending, 'stopped')
  let last: ReadEvent | undefined
  for await (const event of rest) last = event
  equal(last?.data['ending'], 'stopped')
  return answerId
}

async function killWhileAnswering({child, url}: Started): Promise<string> {
  const {answerId, rest} = await firstWords(url)
  await isLogged(answerId)
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
  await rest.return(undefined).catch(() => undefined)
  return answerId
}

/** Waits until the words are on disk: a killed process may lose the most recent ones. */
async function isLogged(answerId: string): Promise<void> {
  const db = openSqlite(join(dataDir, 'transcripts.sqlite'), {readonly: true})
  const events = db
    .prepare('SELECT count(*) FROM events JOIN answers ON events.answer = answers.row WHERE answers.id = ?')
    .pluck()
  while ((events.get(answerId) as number) < 3) await delay(20)
  db.close()
}

async function checkEnding(url: string, answerId: string, ending: string): Promise<void> {
  const response = await fetch(`${url}/api/admin/transcripts/${answerId}`, {
    headers: {authorization: `Bearer ${adminToken}`},
  })
  equal(response.status, 200)
  const transcript = (await response.json()) as {ending: string; events: unknown[]}
  equal(transcript.ending, ending)
  ok(transcript.events.length >= 3)
}

async function end({child}: Started): Promise<void> {
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  equal((await exited)[0], 0)
}
