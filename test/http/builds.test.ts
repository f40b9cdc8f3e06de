import {cpSync, readFileSync, truncateSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test, vi} from 'vitest'
import {listBuilds} from '../../src/cli/ingest/builds.ts'
import {silentLog} from '../../src/http/log.ts'
import {localBuilds} from '../../src/search-index/index.ts'
import {closedAfterEach} from '../support/closed-after-each.ts'
import {kettleDocs, startDocsTeam} from '../support/docs-team.ts'
import {allEventsOf, type ReadEvent} from '../support/event-reader.ts'
import {bearer, staffApi} from '../support/staff-people.ts'
import {docsToken, startDocent, supportToken, type TestDocent} from '../support/start-docent.ts'

const start = closedAfterEach(startDocsTeam)
const restart = closedAfterEach(startDocent)
const docs = bearer(docsToken)
const get = (product: TestDocent, path: string) => staffApi(product, 'GET', path, undefined, docs)
const post = (product: TestDocent, path: string, body: object = {}) =>
  staffApi(product, 'POST', path, body, docs)

/** Reindexes, and returns the events of it. */
async function reindex(product: TestDocent, options: object = {}): Promise<ReadEvent[]> {
  const {body} = await post(product, '/reindex', options)
  return allEventsOf(await fetch(product.url + body.events, {headers: docs}))
}

async function buildIds(product: TestDocent): Promise<string[]> {
  return (await get(product, '/builds')).body.builds.map(({id}: {id: string}) => id)
}

describe('a build', () => {
  test('keeps the report of its ingest, and says what the docs have wrong', async () => {
    const product = await start()
    const [id] = await buildIds(product)

    const {status, body} = await get(product, `/builds/${id}`)

    expect(status).toBe(200)
    expect(body.build).toMatchObject({id, isCurrent: true, problem: null, manifest: {counts: {pages: 4}}})
    expect(body.report).toMatchObject({outcome: 'published', build: id, pages: {total: 4, new: 4}})
    expect(body.report.diagnostics).toContainEqual(
      expect.objectContaining({path: 'guide/repair.md', rule: 'broken-anchor'}),
    )
  })

  test('without a report, or with one that was spoilt, is shown without', async () => {
    const product = await start()
    const [id] = await buildIds(product)
    writeFileSync(join(product.dataDir, 'builds', id!, 'report.json'), '{"outcome":')

    expect((await get(product, `/builds/${id}`)).body).toMatchObject({build: {id}, report: null})
  })

  test('is described with shares that are no whole numbers', async () => {
    const product = await start()
    const [id] = await buildIds(product)
    const file = join(product.dataDir, 'builds', id!, 'manifest.json')
    const manifest = JSON.parse(readFileSync(file, 'utf8'))
    const recall = {at10: 0.998, at64: 0.996, at256: 0.9}
    manifest.hnsw = {...manifest.hnsw, recall}
    manifest.summary.golden = {questions: 3, hitAt5: 2 / 3}
    writeFileSync(file, JSON.stringify(manifest))

    const {body} = await get(product, '/builds')

    expect(body.builds[0].manifest).toMatchObject({hnsw: {recall}, summary: {golden: {hitAt5: 2 / 3}}})
    product.api.assertNoDifference()
  })

  test('that is gone, or is none, is not found', async () => {
    const product = await start()
    for (const id of ['20260101T000000000Z-00000000', '..%2F..', 'x'])
      expect((await get(product, `/builds/${id}`)).status).toBe(404)
  })
})

describe('the difference between two builds', () => {
  test('is by page and section, with the text of each before and after', async () => {
    const product = await start()
    const [from] = await buildIds(product)
    product.folder.write('settings.md', kettleDocs['settings.md']!.replace('8118', '9229'))
    product.folder.write('guide/fix.md', kettleDocs['guide/repair.md']!)
    product.folder.remove('guide/repair.md')
    product.folder.remove('old.md')
    product.folder.write('tea.md', '# Tea\n\nGreen tea wants 75 degrees.\n')
    await reindex(product)
    const [to] = await buildIds(product)

    const {body} = await get(product, `/builds/${to}/changes?from=${from}`)

    expect(body.totals).toEqual({
      pages: {added: 1, changed: 1, moved: 1, removed: 1, unchanged: 1},
      sections: {added: 1, changed: 1, removed: 1},
    })
    expect(body.pages.map(({path, kind}: {path: string; kind: string}) => [path, kind])).toEqual([
      ['guide/fix.md', 'moved'],
      ['old.md', 'removed'],
      ['settings.md', 'changed'],
      ['tea.md', 'added'],
    ])
    expect(body.pages[0]).toMatchObject({from: 'guide/repair.md', sections: []})
    expect(body.pages[2].sections).toEqual([
      {anchor: 'change-the-port', headings: ['Change the port'], kind: 'changed'},
    ])
    const section = await get(
      product,
      `/builds/${to}/changes/section?from=${from}&path=settings.md&anchor=change-the-port`,
    )
    expect(section.body.before).toContain('8118')
    expect(section.body.after).toContain('9229')
    // The other way round, what was added is removed.
    const back = await get(product, `/builds/${from}/changes?from=${to}&kind=removed`)
    expect(back.body.pages).toMatchObject([{path: 'tea.md'}])
    expect(back.body.matches).toBe(1)
  })

  test('comes page by page, and has no page twice', async () => {
    const product = await start()
    const [from] = await buildIds(product)
    for (let n = 0; n < 7; n++) product.folder.write(`new-${n}.md`, `# Page ${n}\n\nNumber ${n} is new.\n`)
    await reindex(product)
    const [to] = await buildIds(product)
    const paths: string[] = []
    let cursor: string | null = '0'
    while (cursor !== null) {
      const {body} = await get(product, `/builds/${to}/changes?from=${from}&limit=3&cursor=${cursor}`)
      paths.push(...body.pages.map(({path}: {path: string}) => path))
      cursor = body.nextCursor
    }
    expect(paths).toEqual(Array.from({length: 7}, (_, n) => `new-${n}.md`))
  })

  test('to embed everything again changes nothing that is read', async () => {
    const product = await start()
    const [from] = await buildIds(product)
    await reindex(product, {full: true})
    const [to] = await buildIds(product)

    const {body} = await get(product, `/builds/${to}/changes?from=${from}`)

    expect(to).not.toBe(from)
    expect(body.pages).toEqual([])
    expect(body.totals.pages.unchanged).toBe(4)
  })

  test('with a build that is damaged says so, to staff, and the server goes on', async () => {
    const product = await start()
    const [from] = await buildIds(product)
    product.folder.write('tea.md', '# Tea\n\nGreen tea wants 75 degrees.\n')
    await reindex(product)
    const [to] = await buildIds(product)
    truncateSync(join(product.dataDir, 'builds', from!, 'index.sqlite'), 5_000)

    const {status, body} = await get(product, `/builds/${to}/changes?from=${from}`)

    expect(status).toBe(409)
    expect(body.error.message).toMatch(/damaged/)
    expect((await get(product, '/builds')).status).toBe(200)
  })
})

describe('a server that starts with a damaged current build', () => {
  test('serves the one before, and the log, /readyz and every list of builds say so', async () => {
    const product = await start()
    product.folder.write('tea.md', '# Tea\n\nGreen tea wants 75 degrees.\n')
    await reindex(product)
    const [damaged, earlier] = await buildIds(product)
    truncateSync(join(product.dataDir, 'builds', damaged!, 'index.sqlite'), 5_000)
    const errors: unknown[] = []
    const log = {...silentLog, error: (facts: object) => errors.push(facts)}

    const dataDir = join(product.folder.dataDir, '..', 'again')
    for (const kept of ['builds', 'CURRENT'])
      cpSync(join(product.dataDir, kept), join(dataDir, kept), {recursive: true})
    const again = await restart({dataDir, pages: null, retriever: null, log})

    const why = new RegExp(`${damaged} is refused.*${earlier} is served instead.*Reindex`)
    expect(errors).toEqual([{build: earlier, problem: expect.stringMatching(why)}])
    expect(await (await fetch(`${again.url}/readyz`)).json()).toMatchObject({
      status: 'ready',
      build: earlier,
      index: {status: 'degraded', reason: expect.stringMatching(why)},
    })
    expect((await get(again, '/builds')).body.builds).toMatchObject([
      {id: damaged, isCurrent: false, manifest: null, problem: expect.stringMatching(why)},
      {id: earlier, isCurrent: true, manifest: {id: earlier}, problem: null},
    ])
    expect(await listedInTerminal(dataDir)).toMatch(
      new RegExp(`^  ${damaged}  cannot be used: .*\n\\* ${earlier} `),
    )
    expect(await post(again, `/builds/${damaged}/activate`)).toMatchObject({
      status: 409,
      body: {error: {code: 'conflict', message: `Build ${damaged} is damaged; ingest again.`}},
    })
    // What an ingest starts from stays what it was.
    expect(await localBuilds(dataDir).currentId()).toBe(damaged)
  })
})

async function listedInTerminal(dataDir: string): Promise<string> {
  const print = vi.spyOn(console, 'log').mockReturnValue()
  try {
    await listBuilds(localBuilds(dataDir), {place: dataDir, asJson: false})
    return print.mock.calls.map(([text]) => text).join('\n')
  } finally {
    print.mockRestore()
  }
}

test('support is refused all of it, and so are visitors', async () => {
  const product = await start()
  const [id] = await buildIds(product)
  const paths = [
    '/builds',
    `/builds/${id}`,
    `/builds/${id}/changes?from=${id}`,
    `/builds/${id}/changes/section?from=${id}&path=index.md&anchor=kettle`,
    '/reindex',
    '/coverage',
    '/search/explain?q=port',
  ]
  for (const path of paths) {
    expect([path, (await staffApi(product, 'GET', path, undefined, bearer(supportToken))).status]).toEqual([
      path,
      403,
    ])
    expect((await staffApi(product, 'GET', path, undefined, {})).status).toBe(401)
    expect([path, (await get(product, path)).status]).toEqual([path, 200])
  }
  for (const path of [`/builds/${id}/activate`, '/reindex', '/reindex/x/cancel'])
    expect((await staffApi(product, 'POST', path, {}, bearer(supportToken))).status).toBe(403)
})

test.each([
  ['/builds/ID/changes', /from/],
  ['/builds/ID/changes?from=ID&kind=odd', /kind/],
  ['/builds/ID/changes?from=ID&page=2', /page: is not a parameter/],
  ['/builds/ID/changes/section?from=ID', /path/],
  ['/coverage?from=yesterday', /from: must be a date/],
  ['/coverage?sort=odd', /sort/],
  ['/search/explain', /q/],
  ['/search/explain?q=%20', /q: must not be empty/],
])('what is asked for wrongly is said: %s', async (path, message) => {
  const product = await start()
  const [id] = await buildIds(product)
  const {status, body} = await get(product, path.replaceAll('ID', id!))
  expect(status).toBe(400)
  expect(body.error.message).toMatch(message)
})
