import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest'
import {openGroupingStore} from '../../src/gaps/grouping/grouping-store.ts'
import {openGaps, openPostgresGaps} from '../../src/gaps/index.ts'
import {openPostgres} from '../../src/postgres/index.ts'
import {askToEnd} from '../support/console-docent.ts'
import {type DocsTeamDocent, startDocsTeam} from '../support/docs-team.ts'
import {hasPostgres, type PostgresCluster, startPostgres} from '../support/postgres.ts'
import {samplePage} from '../support/sample-pages.ts'
import {staffApi} from '../support/staff-people.ts'
import {startDocent, type TestDocent} from '../support/start-docent.ts'

const patient = {timeout: 240_000, interval: 200}

/** Two servers on one database, each with builds of its own: staff see the same in the console of either. */
describe.skipIf(!hasPostgres)('what staff of two servers on one database work with', () => {
  let cluster: PostgresCluster
  let one: DocsTeamDocent
  let two: DocsTeamDocent
  /** What the program of the operator was told. */
  const told: {readonly type: string; readonly data: Readonly<Record<string, unknown>>}[] = []
  const receiver = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    told.push(JSON.parse(body))
    response.end()
  })

  beforeAll(async () => {
    cluster = await startPostgres()
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
    const settings = {
      databaseUrl: await cluster.newDatabase(),
      notifyUrls: [`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`],
      notifySecret: 'a-secret-of-the-test',
    }
    one = await startDocsTeam({hasModel: true, generator: null, settings})
    two = await startDocsTeam({hasModel: true, generator: null, settings})
  }, 240_000)
  afterAll(async () => {
    await Promise.all([one.close(), two.close()])
    receiver.close()
    await cluster.close()
  }, 120_000)

  const list = async (docent: TestDocent) => (await staffApi(docent, 'GET', '/gaps?state=all&scope=all')).body

  /** Groups on one of them, and waits until either has it done. */
  async function groupOn(docent: TestDocent): Promise<void> {
    const before = (await list(docent)).asOf
    expect((await staffApi(docent, 'POST', '/gaps/group')).status).toBe(202)
    await vi.waitFor(async () => {
      for (const each of [one, two]) {
        const {pending, asOf} = await list(each)
        expect({pending, isNew: asOf !== before}).toEqual({pending: false, isNew: true})
      }
    }, patient)
  }

  test('gaps are of the questions to both, grouped by either, changed on either and told of once', async () => {
    await askToEnd(one, 'Can I connect it to my wifi?')
    await askToEnd(two, 'wifi setup')
    await groupOn(one)
    const [gap] = (await list(two)).items
    expect(gap).toMatchObject({size: 2, title: expect.stringContaining('wifi'), state: 'open'})
    expect((await list(one)).reason).toBeNull()

    const change = {revision: 1, note: 'A page is missing.', assignee: 'Ada'}
    expect((await staffApi(two, 'PATCH', `/gaps/${gap.id}`, change)).status).toBe(200)
    expect((await staffApi(one, 'GET', `/gaps/${gap.id}`)).body).toMatchObject({
      revision: 2,
      note: change.note,
    })

    await askToEnd(two, 'Which colours does the lid come in?')
    await groupOn(two)
    await groupOn(one)
    const opened = (await list(one)).items.find(({size}: {size: number}) => size === 1)
    await expect
      .poll(() => told.filter(({type}) => type === 'gap.opened').map(({data}) => data['gap']), patient)
      .toEqual(opened.scope === 'here' ? [opened.id] : [])

    const {questions} = (await staffApi(one, 'GET', `/gaps/${gap.id}`)).body
    for (const {answerId} of questions)
      expect((await staffApi(two, 'DELETE', `/transcripts/${answerId}`)).status).toBe(204)
    expect((await staffApi(one, 'GET', `/gaps/${gap.id}`)).status).toBe(404)
    const open = opened.scope === 'here' ? 1 : 0
    for (const docent of [one, two])
      await expect
        .poll(async () => (await fetch(`${docent.url}/metrics`)).text(), patient)
        .toMatch(new RegExp(`^docent_gaps_open ${open}$`, 'm'))
  }, 600_000)

  test('golden questions that are added on one are listed and deleted on the other', async () => {
    const {answerId} = await askToEnd(one, 'Which port does the server listen on?')
    const made = await staffApi(one, 'POST', `/transcripts/${answerId}/golden`, {
      relevant: [{url: '/docs/settings', anchor: 'change-the-port'}],
    })
    expect(made).toMatchObject({status: 201, body: {added: 1}})

    const {items, path} = (await staffApi(two, 'GET', '/golden')).body
    expect(items).toMatchObject([{id: made.body.ids[0], question: 'Which port does the server listen on?'}])
    expect(path).toContain('DATABASE_URL')
    expect((await staffApi(two, 'DELETE', `/golden/${items[0].id}`)).status).toBe(204)
    expect((await staffApi(one, 'GET', '/golden')).body.items).toEqual([])
  }, 120_000)
})

describe.skipIf(!hasPostgres)('servers that move to a database', () => {
  let cluster: PostgresCluster
  const folder = mkdtempSync(join(tmpdir(), 'docent-moving-'))
  beforeAll(async () => {
    cluster = await startPostgres()
  }, 120_000)
  afterAll(async () => {
    await cluster.close()
    rmSync(folder, {recursive: true, force: true})
  })

  test('bring the golden questions and what was decided of gaps', async () => {
    writeFileSync(join(folder, 'golden.jsonl'), '{"question": "By hand?", "relevant": ["/a"]}\n')
    const before = openGroupingStore({file: join(folder, 'gaps.sqlite')})
    await before.take([], new Map(['noted', 'untouched'].map((id) => [id, Float32Array.of(1)])))
    before.close()
    const file = openGaps({file: join(folder, 'gaps.sqlite')})
    await file.change('noted', {by: 'Ada', revision: 1, note: 'Soon.', state: 'dismissed'})
    file.close()

    const settings = {databaseUrl: await cluster.newDatabase()}
    const pages = [samplePage('a.md', 'A', [['One', 'Some words of the docs.']])]
    const docents = await Promise.all([
      startDocent({settings, pages, dataDir: folder}),
      startDocent({settings, pages}),
    ])
    for (const docent of docents) {
      expect((await staffApi(docent, 'GET', '/golden')).body.items).toMatchObject([{question: 'By hand?'}])
    }
    const postgres = await openPostgres({url: settings.databaseUrl})
    const gaps = await openPostgresGaps({postgres})
    const {items} = await gaps.list({}, {sort: 'size', cursor: null, limit: 9})
    expect(items).toMatchObject([{id: 'noted', note: 'Soon.', state: 'dismissed'}])
    await postgres.close()
    await Promise.all(docents.map((docent) => docent.close()))
  }, 120_000)
})
