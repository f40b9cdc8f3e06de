import {createHmac} from 'node:crypto'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi} from 'vitest'
import {DocentError} from '../../src/domain/index.ts'
import {openPostgresGoldenQuestions} from '../../src/golden/index.ts'
import {openPostgres} from '../../src/postgres/index.ts'
import {createRedactor} from '../../src/redaction/index.ts'
import {openBuilds} from '../../src/search-index/index.ts'
import type {Parts} from '../../src/server/index.ts'
import {allEventsOf} from '../support/event-reader.ts'
import {ingestFolder, newFolder} from '../support/ingest-world.ts'
import {hasPostgres, type PostgresCluster, startPostgres} from '../support/postgres.ts'
import {samplePage} from '../support/sample-pages.ts'
import {adminToken, type DocentOptions, startDocent, type TestDocent} from '../support/start-docent.ts'

type Ingest = NonNullable<Parts['ingest']>
interface Job {
  readonly id: string
  readonly state: string
  readonly progress: unknown
  readonly canCancel: boolean
  readonly problem: {readonly message: string} | null
}

const pages = [samplePage('install.md', 'Install', [['Steps', 'Unpack the archive.']])]
const webhookSecret = 'secret-of-the-webhook'

/** What the docs team sees of two servers on one database. */
describe.skipIf(!hasPostgres)('the docs of two servers on one database', () => {
  let cluster: PostgresCluster
  let databaseUrl: string
  const closing: (() => unknown)[] = []

  beforeAll(async () => {
    cluster = await startPostgres()
  }, 120_000)
  afterAll(() => cluster.close())
  beforeEach(async () => {
    databaseUrl = await cluster.newDatabase()
  })
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close()
  })

  async function start(options: DocentOptions = {}): Promise<TestDocent> {
    const docent = await startDocent({
      ...options,
      settings: {databaseUrl, webhookSecret, ...options.settings},
    })
    closing.push(() => docent.close())
    return docent
  }

  function staff(docent: TestDocent, path: string, init: RequestInit = {}): Promise<Response> {
    const headers = {authorization: `Bearer ${adminToken}`, 'content-type': 'application/json'}
    return fetch(`${docent.url}/api/admin/${path}`, {headers, ...init})
  }

  async function jobsOf(docent: TestDocent): Promise<Job[]> {
    return ((await (await staff(docent, 'reindex')).json()) as {jobs: Job[]}).jobs
  }

  /** An ingest that the test ends. */
  function ingestByHand() {
    let end: (report: object) => void = () => {}
    let kill: (error: Error) => void = () => {}
    const report = new Promise<object>((resolve, reject) => {
      end = resolve
      kill = reject
    })
    report.catch(() => {})
    let goOn = () => {}
    const next = new Promise<void>((resolve) => {
      goOn = resolve
    })
    const isKilled = vi.fn(() => kill(new DocentError('internal', 'killed')))
    const ingest = (() => ({
      progress: (async function* () {
        yield {stage: 'pages', done: 1, total: 2}
        await Promise.race([report.catch(() => {}), next])
        yield {stage: 'pages', done: 2, total: 2}
        await report.catch(() => {})
      })(),
      report,
      kill: isKilled,
    })) as unknown as Ingest
    return {ingest, end: (outcome: object) => end(outcome), goOn: () => goOn(), isKilled}
  }

  async function begun(docent: TestDocent): Promise<string> {
    const response = await staff(docent, 'reindex', {method: 'POST', body: '{}'})
    expect(response.status).toBe(202)
    return ((await response.json()) as {id: string}).id
  }

  test('a reindex of one is listed by the other, followed there to its end, and keeps another from starting', async () => {
    const hand = ingestByHand()
    const [one, two] = [await start({ingest: hand.ingest}), await start()]
    const id = await begun(one)
    await vi.waitFor(
      async () =>
        expect(await jobsOf(two)).toMatchObject([
          {id, state: 'running', canCancel: true, progress: {stage: 'pages'}},
        ]),
      {timeout: 20_000},
    )

    const second = await staff(two, 'reindex', {method: 'POST', body: '{}'})
    expect(second.status).toBe(409)
    expect(await second.json()).toMatchObject({error: {code: 'locked', jobId: id}})
    const following = staff(two, `reindex/${id}/events`).then(allEventsOf)
    await vi.waitFor(async () => expect((await jobsOf(two))[0]).toMatchObject({state: 'running'}))
    hand.end({outcome: 'published', build: 'build-2'})

    const events = await following
    expect(events.at(-1)).toMatchObject({type: 'done', data: {report: {outcome: 'published'}}})
    expect(await jobsOf(two)).toMatchObject([{id, state: 'done', outcome: 'published', build: 'build-2'}])
    // And what was read on one goes on at the other.
    const last = events.at(-1)!.id!
    const again = await staff(one, `reindex/${id}/events?after=${Number(last.split(':')[1]) - 1}`)
    expect(await allEventsOf(again)).toEqual([events.at(-1)])
    expect((await staff(two, 'reindex/no-such-job/events')).status).toBe(404)
  })

  test('a reindex of one is cancelled by way of the other', async () => {
    const hand = ingestByHand()
    const [one, two] = [await start({ingest: hand.ingest}), await start()]
    const id = await begun(one)
    await vi.waitFor(async () => expect(await jobsOf(two)).toMatchObject([{canCancel: true}]), {
      timeout: 20_000,
    })

    expect((await staff(two, `reindex/${id}/cancel`, {method: 'POST', body: '{}'})).status).toBe(200)

    await vi.waitFor(async () => expect(await jobsOf(two)).toMatchObject([{id, state: 'cancelled'}]), {
      timeout: 20_000,
    })
    expect(hand.isKilled).toHaveBeenCalledTimes(1)
    expect((await staff(two, `reindex/${id}/cancel`, {method: 'POST', body: '{}'})).status).toBe(409)
    expect((await staff(two, 'reindex/no-such-job/cancel', {method: 'POST', body: '{}'})).status).toBe(404)
  })

  test('a cancel whose message is lost is seen with the next word of the job', async () => {
    const hand = ingestByHand()
    const [one, two] = [await start({ingest: hand.ingest}), await start()]
    const id = await begun(one)
    await vi.waitFor(async () => expect(await jobsOf(two)).toMatchObject([{canCancel: true}]), {
      timeout: 20_000,
    })
    const postgres = await openPostgres({url: databaseUrl, connections: 1})
    closing.push(() => postgres.close())
    await postgres.run('UPDATE docent.reindex_jobs SET is_cancel_asked = true')
    expect(hand.isKilled).not.toHaveBeenCalled()

    hand.goOn()

    await vi.waitFor(async () => expect(await jobsOf(two)).toMatchObject([{id, state: 'cancelled'}]), {
      timeout: 20_000,
    })
    expect(hand.isKilled).toHaveBeenCalledTimes(1)
  })

  test('a reindex whose server died has failed, and keeps nobody from starting another', async () => {
    const hand = ingestByHand()
    const one = await start({ingest: hand.ingest})
    const id = await begun(one)
    await vi.waitFor(async () => expect(await jobsOf(one)).toMatchObject([{state: 'running'}]))
    const postgres = await openPostgres({url: databaseUrl, connections: 1})
    closing.push(() => postgres.close())
    const two = await start({ingest: ingestByHand().ingest})
    await vi.waitFor(async () => expect(await jobsOf(two)).toMatchObject([{id}]), {timeout: 20_000})

    await postgres.run("UPDATE docent.reindex_jobs SET replica = 'one-that-died'")

    expect(await jobsOf(two)).toMatchObject([
      {id, state: 'failed', canCancel: false, problem: {message: expect.stringContaining('has stopped')}},
    ])
    const events = await allEventsOf(await staff(two, `reindex/${id}/events`))
    expect(events.at(-1)).toMatchObject({type: 'error', data: {code: 'internal'}})
    await begun(two)
  })

  test('a push that meets an ingest of another process waits for it, and then the docs are read', async () => {
    const tries: string[] = []
    const ingest = (() => {
      tries.push('try')
      const report =
        tries.length === 1
          ? Promise.reject(new DocentError('locked', 'the index of all servers is being changed'))
          : Promise.resolve({outcome: 'unchanged', build: null})
      report.catch(() => {})
      return {progress: (async function* () {})(), report, kill() {}}
    }) as unknown as Ingest
    const one = await start({ingest})
    const body = JSON.stringify({ref: 'refs/heads/main'})
    const signature = `sha256=${createHmac('sha256', webhookSecret).update(body).digest('hex')}`
    const pushed = await fetch(`${one.url}/api/admin/reindex`, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        'x-hub-signature-256': signature,
        'x-github-event': 'push',
      },
    })
    expect(pushed.status).toBe(202)

    await vi.waitFor(
      async () => expect(await jobsOf(one)).toMatchObject([{state: 'waiting', canCancel: true}]),
      {
        timeout: 20_000,
      },
    )
    await vi.waitFor(async () => expect(await jobsOf(one)).toMatchObject([{state: 'done'}]), {
      timeout: 30_000,
    })
    expect(tries).toHaveLength(2)
  })

  test('an ingest of another machine asks the golden questions that staff made at a server', async () => {
    await start()
    const postgres = await openPostgres({url: databaseUrl, connections: 1})
    closing.push(() => postgres.close())
    const golden = await openPostgresGoldenQuestions({postgres, redactor: createRedactor()})
    const draft = {question: 'How are zebras fed?', relevant: ['/zebras#feeding'], lang: null, version: null}
    await golden.add([draft], {by: 'Ada', from: null})
    const folder = newFolder({'zebras.md': '# Zebras\n\n## Feeding\n\nZebras are fed with hay at noon.\n'})

    const report = await ingestFolder(folder, {database: {url: databaseUrl, buildsDir: null}})

    expect(report).toMatchObject({
      outcome: 'published',
      staffQuestions: {questions: 1, asked: 1, found: 1, problem: null},
    })
  })

  test('a new build is served by all within seconds; one that cannot fetch it says so, there and to the docs team', async () => {
    const folders = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'docent-replicas-')))
    for (const folder of folders) closing.push(() => rmSync(folder, {recursive: true, force: true}))
    const one = await start({dataDir: folders[0]!, pages})
    const first = one.build
    const two = await start({dataDir: folders[1]!, pages})
    const served = async (docent: TestDocent) =>
      (await (
        await fetch(`${docent.url}/readyz`, {headers: {authorization: `Bearer ${adminToken}`}})
      ).json()) as {
        build: string
        index?: {reason: string}
      }
    const publish = async () => {
      const builds = await openBuilds(folders[0]!, {url: databaseUrl, buildsDir: null})
      const lock = await builds.lock()
      const base = await builds.openBase((await builds.currentId())!)
      const writer = await builds.begin({embedding: base!.manifest.embedding, chunker: 'direct', base})
      await builds.publish(writer.id, await writer.finish())
      base!.records.close()
      await lock.release()
      await builds.close()
      return writer.id
    }
    expect([(await served(one)).build, (await served(two)).build]).toEqual([first, first])

    const second = await publish()
    await vi.waitFor(
      async () => expect([(await served(one)).build, (await served(two)).build]).toEqual([second, second]),
      {timeout: 20_000},
    )

    // A copy of this one cannot be had by the other.
    const postgres = await openPostgres({url: databaseUrl, connections: 1})
    closing.push(() => postgres.close())
    await postgres.run(`
      CREATE FUNCTION docent.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
      ALTER TABLE docent.build_parts DISABLE TRIGGER ALL;
      CREATE TRIGGER refused BEFORE INSERT ON docent.build_parts FOR EACH ROW EXECUTE FUNCTION docent.refuse()`)
    const third = await publish()
    await vi.waitFor(
      async () => {
        expect((await served(one)).build).toBe(third)
        expect(await served(two)).toMatchObject({
          build: second,
          index: {reason: expect.stringContaining(`${third} cannot be had`)},
        })
      },
      {timeout: 20_000},
    )
    // Seen from the one that is well.
    await vi.waitFor(
      async () => {
        const {servers} = (await (await staff(one, 'builds')).json()) as {servers: object[]}
        expect(servers).toHaveLength(2)
        expect(servers).toContainEqual(expect.objectContaining({build: third, problem: null}))
        expect(servers).toContainEqual(
          expect.objectContaining({build: second, problem: expect.stringContaining('cannot be had')}),
        )
      },
      {timeout: 20_000},
    )

    const figures = await (
      await fetch(`${two.url}/metrics`, {headers: {authorization: `Bearer ${adminToken}`}})
    ).text()
    expect(figures).toMatch(/^docent_index_degraded 1$/m)
    expect(figures).toMatch(
      new RegExp(`^docent_server_info\\{server="\\S+",version="\\S+",build="${second}"\\} 1$`, 'm'),
    )

    // Going back brings both to the same again.
    expect((await staff(one, `builds/${second}/activate`, {method: 'POST', body: '{}'})).status).toBe(200)
    await vi.waitFor(
      async () => {
        expect((await served(one)).build).toBe(second)
        expect(await served(two)).toEqual(expect.not.objectContaining({index: expect.anything()}))
      },
      {timeout: 20_000},
    )
  })
})
