import type {ChildProcess} from 'node:child_process'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi} from 'vitest'
import {type AnswerResult, createClient} from '../../packages/client/src/index.ts'
import {packageRoot} from '../../src/package/index.ts'
import {openPostgres, type Postgres} from '../../src/postgres/index.ts'
import {
  blockStop,
  type FakeClaude,
  type FakeStep,
  messageDelta,
  messageStart,
  messageStop,
  startFakeClaude,
  textDelta,
  textStart,
} from '../support/fake-claude.ts'
import {freePort} from '../support/free-port.ts'
import {hasNginx, type Nginx, startNginx} from '../support/nginx.ts'
import {hasPostgres, type PostgresCluster, startPostgres} from '../support/postgres.ts'
import {writeSampleContent} from '../support/sample-content.ts'
import {launchServe, type ReadyProcess, untilReady} from '../support/serve-process.ts'

// Many starts of the whole product, on a machine that may be busy with others.
vi.setConfig({testTimeout: 300_000, hookTimeout: 300_000})

/** How many answers are read at once; more by hand, as `REPLICA_STREAMS=1000`. */
const streams = Number(process.env['REPLICA_STREAMS'] ?? 50)
/** Pause between two words of the model, so that 50 answers do not fill a small machine. */
const wordMs = Math.max(100, streams * 2)
const question = 'How do I install Kettle on Linux?'
const shortQuestion = 'How do I install Kettle on macOS?'
const adminToken = 'admin-token-for-tests'
const serverCount = 3
/** Longer than all of it takes on any machine. */
const long = {timeout: 240_000, interval: 100}

interface Frame {
  readonly answerId: string
  readonly seq: number
}

/** Who reads an answer to its end, as the page does, and all that came over the wire. */
interface Reader {
  answerId: string | null
  text: string
  readonly seqs: number[]
  /** The numbers of events by connection, after the number that was asked for. */
  readonly connections: {readonly after: number; readonly frames: Frame[]}[]
  readonly final: Promise<AnswerResult>
}

describe.skipIf(!hasPostgres || !hasNginx)('three servers on one database behind nginx', () => {
  let folder: string
  let cluster: PostgresCluster
  let databaseUrl: string
  let postgres: Postgres
  let upstream: FakeClaude
  let nginx: Nginx
  let servers: ReadyProcess[] = []
  let ports: number[]
  /** Ends the answers that are being written, each after some more words. */
  let release: () => void
  /** The same for answers to `shortQuestion` alone. */
  let releaseShort: () => void
  const running = new Set<ChildProcess>()

  async function startServer(index: number, extra: Record<string, string> = {}): Promise<ReadyProcess> {
    const launched = launchServe(folder, {
      PORT: String(ports[index]),
      CONTENT_DIR: join(folder, 'content'),
      DATA_DIR: join(folder, `data-${index}`),
      DATABASE_URL: databaseUrl,
      ADMIN_TOKEN: adminToken,
      ANTHROPIC_API_KEY: 'sk-canary-key',
      ANTHROPIC_BASE_URL: upstream.url,
      TRUST_PROXY: '1',
      RATE_LIMIT_PER_MINUTE: '0',
      REQUEST_LIMIT_PER_MINUTE: '0',
      MAX_CONCURRENT_ANSWERS_PER_VISITOR: '0',
      MAX_CONCURRENT_ANSWERS: '5000',
      ANSWER_TIMEOUT_MS: '600000',
      // Time for the short answers of a slow machine.
      SHUTDOWN_GRACE_MS: '15000',
      FIRST_TOKEN_TIMEOUT_MS: '300000',
      RESUME_GRACE_MS: '300000',
      ...extra,
    })
    running.add(launched.child)
    launched.child.once('exit', () => running.delete(launched.child))
    return untilReady(launched)
  }

  /** Starts those that do not run, as a supervisor would. */
  async function startMissing(): Promise<void> {
    const isGone = ({child}: ReadyProcess) => child.exitCode !== null || child.signalCode !== null
    for (let index = 0; index < serverCount; index++) {
      const server = servers[index]
      if (server === undefined || isGone(server)) servers[index] = await startServer(index)
    }
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'docent-replicas-'))
    await writeSampleContent(join(folder, 'content'))
    cluster = await startPostgres()
    databaseUrl = await cluster.newDatabase()
    postgres = await openPostgres({url: databaseUrl, connections: 1})
    upstream = await startFakeClaude()
    ports = []
    for (let index = 0; index < serverCount; index++) ports.push(await freePort())
    // One of them indexes the docs, and the others wait for its build and fetch it.
    servers = await Promise.all(ports.map((_, index) => startServer(index)))
    expect(await postgres.row('SELECT count(*) AS count FROM docent.builds')).toEqual({count: 1})
    nginx = await startNginx({
      folder: join(folder, 'nginx'),
      servers: servers.map(({url}) => url),
      site: join(packageRoot, 'examples/replicas/nginx.conf'),
    })
  })

  beforeEach(async () => {
    await startMissing()
    const released = new AbortController()
    const releasedShort = new AbortController()
    release = () => released.abort()
    releaseShort = () => releasedShort.abort()
    upstream.otherwise(({body}) => {
      const isShort = JSON.stringify(body).includes(shortQuestion)
      return talkUntil(isShort ? releasedShort.signal : released.signal)
    })
  })

  afterEach(() => {
    release()
    releaseShort()
  })

  afterAll(async () => {
    for (const child of [...running, nginx?.child]) child?.kill('SIGKILL')
    await Promise.all([upstream?.close(), postgres?.close()])
    await cluster?.close()
    await rm(folder, {recursive: true, force: true})
  })

  const staffFetch = (url: string, path: string) =>
    fetch(`${url}/api/admin/${path}`, {headers: {authorization: `Bearer ${adminToken}`}})

  const transcript = async (url: string, answerId: string) =>
    (await (await staffFetch(url, `transcripts/${answerId}`)).json()) as {
      readonly text: string
      readonly ending: string | null
      readonly error?: {readonly code: string} | null
    }

  /**
   * Asks, or reads an answer from its beginning, over nginx, and goes on through nginx as often as the connection breaks off.
   * @param first where the first request goes instead
   * @param asked the question, where there is no answer yet
   */
  function read(answerId: string | null, first = nginx.url, asked = question): Reader {
    const connections: Reader['connections'] = []
    const client = createClient({
      endpoint: nginx.url,
      // Longer than the database is away on a slow machine.
      backoffMs: Array.from({length: 200}, () => 250),
      async fetch(url, init) {
        const to = connections.length === 0 ? url.replace(nginx.url, first) : url
        const frames: Frame[] = []
        const lastId = new Headers(init?.headers).get('last-event-id')
        connections.push({after: Number(lastId?.split(':')[1] ?? 0), frames})
        const response = await fetch(to, init)
        if (response.body === null) return response
        return new Response(response.body.pipeThrough(noting(frames)), response)
      },
    })
    const answer = answerId === null ? client.ask(asked) : client.resume(answerId)
    const follow = async () => {
      for await (const event of answer) {
        reader.answerId ??= answer.answerId
        reader.seqs.push(event.seq)
        if (event.type === 'delta') reader.text += event.text
      }
      return answer.final()
    }
    const reader: Reader = {answerId, text: '', seqs: [], connections, final: Promise.resolve(null!)}
    const final = follow()
    // It is awaited later.
    final.catch(() => {})
    return Object.assign(reader, {final})
  }

  /** Begins answers over nginx, each with one who asked and one more who reads it, and waits until all read. */
  async function begin(count: number): Promise<{readonly asked: Reader[]; readonly all: Reader[]}> {
    const asked = Array.from({length: count}, () => read(null))
    await untilAllRead(asked)
    const all = [...asked, ...asked.map(({answerId}) => read(answerId))]
    await untilAllRead(all)
    await expect.poll(async () => (await writers(asked)).size, long).toBe(count)
    return {asked, all}
  }

  const untilAllRead = (readers: readonly Reader[]) =>
    expect.poll(() => readers.filter(({text}) => text === '').length, long).toBe(0)

  /** Which server writes each answer, by its place. */
  async function writers(readers: readonly Reader[]): Promise<Map<string, number>> {
    const rows = await postgres.rows<{readonly id: string; readonly replica: string}>(
      'SELECT id, replica FROM docent.answers WHERE id = ANY($1)',
      [readers.map(({answerId}) => answerId)],
    )
    return new Map(
      rows.map(({id, replica}) => [
        id,
        servers.findIndex(({child}) => new RegExp(`-${child.pid}-[0-9a-f]+$`).test(replica)),
      ]),
    )
  }

  /** What the database has of the text of each answer now. */
  async function written(readers: readonly Reader[]): Promise<Map<string, string>> {
    const [, living] = servers
    const texts = await Promise.all(
      readers.map(async ({answerId}) => {
        const response = await fetch(`${living!.url}/api/answers/${answerId}`)
        return [answerId!, ((await response.json()) as {text: string}).text] as const
      }),
    )
    return new Map(texts)
  }

  /** Every event at most once and in order, on each connection and over all, and one that ends it. */
  function expectInOrder({seqs, connections}: Reader): void {
    const isAscending = (numbers: readonly number[]) =>
      numbers.every((seq, index) => index === 0 || seq > numbers[index - 1]!)
    expect(isAscending(seqs)).toBe(true)
    // Without a gap, but for the event that ends an answer whose server died.
    expect(seqs.slice(0, -1)).toEqual(seqs.slice(0, -1).map((_, index) => index + 1))
    for (const {after, frames} of connections) {
      expect(isAscending([after, ...frames.map(({seq}) => seq)])).toBe(true)
    }
    const terminal = seqs.at(-1)!
    expect(connections.flatMap(({frames}) => frames).filter(({seq}) => seq === terminal)).toHaveLength(1)
  }

  test('one that is killed: its answers are interrupted, those of the others complete, and no reader misses or repeats a word', async () => {
    const {asked, all} = await begin(streams)
    const writerOf = await writers(asked)
    expect(new Set(writerOf.values())).toEqual(new Set([0, 1, 2]))
    const before = await written(asked)
    servers[0]!.child.kill('SIGKILL')
    const killedAt = performance.now()
    await servers[0]!.exited
    const ofDead = all.filter(({answerId}) => writerOf.get(answerId!) === 0)
    const ends = await Promise.all(
      ofDead.map(({final}) => final.then(() => (performance.now() - killedAt) / 1000)),
    )
    const cut = all.filter(({connections}) => connections.length > 1).length
    release()
    const results = new Map<Reader, AnswerResult>()
    for (const reader of all) results.set(reader, await reader.final)

    let unflushed = 0
    for (const [reader, result] of results) {
      const isOfDead = writerOf.get(reader.answerId!) === 0
      expectInOrder(reader)
      expect([result.ending, result.error?.code]).toEqual(
        isOfDead ? ['interrupted', 'server_restarted'] : ['complete', undefined],
      )
      for (const living of servers.slice(1)) {
        const kept = await transcript(living.url, reader.answerId!)
        expect(kept.ending).toBe(result.ending)
        if (!isOfDead) expect(kept.text).toBe(reader.text)
        else {
          expect(reader.text.startsWith(kept.text)).toBe(true)
          expect(kept.text.startsWith(before.get(reader.answerId!)!)).toBe(true)
          unflushed = Math.max(unflushed, reader.text.length - kept.text.length)
        }
      }
    }
    console.info(
      `${streams} answers, ${all.length} readers, ${cut} resumed, ${ofDead.length} of the dead: ended after ${Math.min(...ends).toFixed(1)} to ${Math.max(...ends).toFixed(1)} s, at most ${unflushed} characters unflushed`,
    )
  })

  test('a stop through another server ends the request to the model', async () => {
    const reader = read(null, servers[0]!.url)
    await untilAllRead([reader])
    const request = upstream.requests.at(-1)!
    expect((await writers([reader])).get(reader.answerId!)).toBe(0)

    const stoppedAt = performance.now()
    const response = await fetch(`${servers[1]!.url}/api/answers/${reader.answerId}/stop`, {method: 'POST'})
    const toldMs = performance.now() - stoppedAt
    await request.closed

    expect(await response.json()).toEqual({ending: 'stopped'})
    expect(request.aborted).toBe(true)
    expect(await reader.final).toMatchObject({ending: 'stopped'})
    expectInOrder(reader)
    console.info(
      `stopped upstream after ${(request.closedAt! - stoppedAt).toFixed(0)} ms, told after ${toldMs.toFixed(0)} ms`,
    )
  })

  test('a database that is killed and comes back: all answers go on and are kept whole', async () => {
    const {asked, all} = await begin(Math.min(streams, 50))
    const journals = () =>
      Promise.all(
        servers.map(async ({url}) => {
          const ready = (await (await fetch(`${url}/readyz`)).json()) as {journal?: {status: string}}
          return ready.journal?.status
        }),
      )
    expect(await journals()).toEqual(['ok', 'ok', 'ok'])

    await cluster.kill()
    await expect.poll(journals, long).toEqual(['degraded', 'degraded', 'degraded'])
    await cluster.start()
    await expect.poll(journals, long).toEqual(['ok', 'ok', 'ok'])
    release()

    for (const reader of all) {
      expect(await reader.final).toMatchObject({ending: 'complete'})
      expectInOrder(reader)
    }
    for (const {answerId, text} of asked) {
      for (const {url} of servers) {
        await expect.poll(() => transcript(url, answerId!), long).toMatchObject({text, ending: 'complete'})
      }
    }
  })

  test('one that is told to stop: answers end, readers are handed over, and questions go to the others', async () => {
    const stopping = servers[0]!
    // Of its own, of which some end in time; and of another server, read through this one.
    const short = Array.from({length: 3}, () => read(null, stopping.url, shortQuestion))
    const endless = Array.from({length: 3}, () => read(null, stopping.url))
    const own = [...short, ...endless]
    await untilAllRead(own)
    const elsewhere = Array.from({length: 4}, () => read(null, servers[1]!.url))
    await untilAllRead(elsewhere)
    const throughIt = elsewhere.map(({answerId}) => read(answerId, stopping.url))
    await untilAllRead(throughIt)
    const writerOf = await writers([...own, ...elsewhere])
    expect(own.map(({answerId}) => writerOf.get(answerId!))).toEqual(own.map(() => 0))
    expect(elsewhere.map(({answerId}) => writerOf.get(answerId!))).toEqual(elsewhere.map(() => 1))

    stopping.child.kill('SIGTERM')
    await expect.poll(stopping.stderr, long).toContain('"msg":"stopping"')
    const later = Array.from({length: 9}, () => read(null))
    await untilAllRead(later)
    const laterWriters = await writers(later)
    releaseShort()
    expect(await stopping.exited).toBe(0)
    release()

    expect([...laterWriters.values()].every((index) => index > 0)).toBe(true)
    for (const reader of own) {
      const result = await reader.final
      expectInOrder(reader)
      expect([result.ending, result.error?.code]).toEqual(
        short.includes(reader) ? ['complete', undefined] : ['interrupted', 'shutting_down'],
      )
      expect(await transcript(servers[1]!.url, reader.answerId!)).toMatchObject({
        ending: result.ending,
        text: reader.text,
      })
    }
    for (const reader of [...elsewhere, ...throughIt, ...later]) {
      expect(await reader.final).toMatchObject({ending: 'complete'})
      expectInOrder(reader)
      expect((await transcript(servers[1]!.url, reader.answerId!)).text).toBe(reader.text)
    }
    expect(throughIt.map(({connections}) => connections.length > 1)).toEqual(throughIt.map(() => true))
  })
})

/** Words without an end until it is released; then some more, and the end. */
async function* talkUntil(released: AbortSignal): AsyncGenerator<FakeStep> {
  yield [0, {event: messageStart()}]
  yield [0, {event: textStart()}]
  let words = 0
  while (!released.aborted) yield [wordMs, {event: textDelta(`word${++words} `)}]
  for (let more = 0; more < 5; more++) yield [0, {event: textDelta(`last${more} `)}]
  for (const event of [blockStop(), messageDelta(), messageStop()]) yield [0, {event}]
}

/** Notes the numbers of the events in a stream of them. */
function noting(frames: Frame[]): TransformStream<Uint8Array, Uint8Array> {
  const decoder = new TextDecoder()
  let rest = ''
  return new TransformStream({
    transform(bytes, controller) {
      const lines = (rest + decoder.decode(bytes, {stream: true})).split('\n')
      rest = lines.pop()!
      for (const line of lines) {
        const [, answerId, seq] = /^id: (.+):(\d+)$/.exec(line) ?? []
        if (answerId !== undefined) frames.push({answerId, seq: Number(seq)})
      }
      controller.enqueue(bytes)
    },
  })
}
