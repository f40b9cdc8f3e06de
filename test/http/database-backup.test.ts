import {execFile} from 'node:child_process'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest'
import {openPostgres} from '../../src/postgres/index.ts'
import {allEventsOf} from '../support/event-reader.ts'
import {hasPostgres, type PostgresCluster, postgresPrograms, startPostgres} from '../support/postgres.ts'
import {samplePage} from '../support/sample-pages.ts'
import {adminToken, startDocent, type TestDocent} from '../support/start-docent.ts'

const run = promisify(execFile)
const pages = [samplePage('install.md', 'Install', [['Steps', 'Unpack the archive.']])]

/** As `content/scaling.md` says how a backup of the database is made and restored. */
describe.skipIf(!hasPostgres)('a backup of the database', () => {
  let cluster: PostgresCluster
  let folder: string
  const closing: (() => unknown)[] = []

  beforeAll(async () => {
    cluster = await startPostgres()
    folder = mkdtempSync(join(tmpdir(), 'docent-dump-'))
  }, 120_000)
  afterAll(async () => {
    await cluster.close()
    rmSync(folder, {recursive: true, force: true})
  })
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close()
  })

  const program = (name: string) => join(postgresPrograms()!, name)

  async function restore(dump: string, url: string): Promise<void> {
    await run(program('psql'), [url, '-c', 'DROP SCHEMA IF EXISTS docent CASCADE'])
    await run(program('pg_restore'), [`--dbname=${url}`, dump])
  }

  async function start(databaseUrl: string, dataDir?: string): Promise<TestDocent> {
    const docent = await startDocent({
      settings: {databaseUrl},
      ...(dataDir === undefined ? {pages} : {dataDir, pages: null}),
    })
    closing.push(() => docent.close())
    return docent
  }

  function staff(docent: TestDocent, path: string, init: RequestInit = {}): Promise<Response> {
    const headers = {authorization: `Bearer ${adminToken}`, 'content-type': 'application/json'}
    return fetch(`${docent.url}/api/admin/${path}`, {headers, ...init})
  }

  /** What staff see of what was asked, and of each other. */
  async function seenBy(docent: TestDocent): Promise<object> {
    const {items} = (await (await staff(docent, 'transcripts')).json()) as {items: object[]}
    const {people} = (await (await staff(docent, 'people')).json()) as {people: object[]}
    return {items, people}
  }

  async function used(docent: TestDocent, name = 'Ada'): Promise<void> {
    for (const question of ['How do I install it?', 'xyzzy']) {
      const reading = docent.ask({question})
      if (question !== 'xyzzy') {
        const call = await docent.generator.call(0)
        call.say('Unpack ', 'it.')
        call.finish()
      }
      expect((await allEventsOf(await reading)).at(-1)).toMatchObject({type: 'done'})
    }
    await docent.transcripts.flush()
    const body = JSON.stringify({name, role: 'docs'})
    expect((await staff(docent, 'people', {method: 'POST', body})).status).toBe(201)
  }

  test('restores all of it to an empty database, and to the one that it was made of', async () => {
    const url = await cluster.newDatabase()
    const one = await start(url)
    await used(one)
    const seen = await seenBy(one)
    const dump = join(folder, 'docent.dump')
    await run(program('pg_dump'), ['--format=custom', '--schema=docent', `--file=${dump}`, url])
    await one.close()

    const other = await cluster.newDatabase()
    await restore(dump, other)
    const two = await start(other, join(folder, 'data-two'))
    expect(two.build).toBe(one.build)
    expect(await seenBy(two)).toEqual(seen)
    await used(two, 'Grace')
    await two.close()

    // Over what has come since.
    await restore(dump, other)
    const again = await start(other, join(folder, 'data-two'))
    expect([again.build, await seenBy(again)]).toEqual([one.build, seen])
    expect((await (await fetch(`${again.url}/readyz`)).json()) as object).toMatchObject({
      journal: {status: 'ok'},
    })
  })

  test('may leave out the builds: the first server publishes its own again', async () => {
    const url = await cluster.newDatabase()
    const dataDir = join(folder, 'data-kept')
    const first = await startDocent({settings: {databaseUrl: url}, dataDir, pages})
    closing.push(() => first.close())
    await used(first)
    const seen = await seenBy(first)
    const dump = join(folder, 'small.dump')
    const without = ['docent.build*', 'docent.current_build'].map((name) => `--exclude-table-data=${name}`)
    await run(program('pg_dump'), ['--format=custom', '--schema=docent', ...without, `--file=${dump}`, url])
    await first.close()

    const other = await cluster.newDatabase()
    await restore(dump, other)
    const postgres = await openPostgres({url: other, connections: 1})
    closing.push(() => postgres.close())
    expect(await postgres.row('SELECT count(*) AS count FROM docent.build_chunks')).toEqual({count: 0})

    const second = await start(other, dataDir)
    expect([second.build, await seenBy(second)]).toEqual([first.build, seen])
    const elsewhere = await start(other, join(folder, 'data-elsewhere'))
    expect(elsewhere.build).toBe(first.build)
  })
})
