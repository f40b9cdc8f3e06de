import {expect, test} from 'vitest'
import {closedAfterEach} from '../support/closed-after-each.ts'
import {startDocsTeam} from '../support/docs-team.ts'
import {bearer, staffApi} from '../support/staff-people.ts'
import {docsToken, startDocent, type TestDocent} from '../support/start-docent.ts'

const start = closedAfterEach(startDocsTeam)
const startPlain = closedAfterEach(startDocent)
const explain = (product: TestDocent, q: string, more = '') =>
  staffApi(product, 'GET', `/search/explain?q=${encodeURIComponent(q)}${more}`, undefined, bearer(docsToken))

test('a search is shown stage by stage, and comes to what an answer is written from', async () => {
  const product = await start({generator: null})
  const {body} = await explain(product, 'How do I change the port?')
  const found = await fetch(`${product.url}/api/sources`, {
    method: 'POST',
    headers: {'content-type': 'application/json'},
    body: JSON.stringify({question: 'How do I change the port?'}),
  })
  const {sources} = (await found.json()) as {sources: {n: number; url: string; anchor: string}[]}

  expect(body).toMatchObject({build: product.build, abstention: null})
  expect(body.answerability).toBeGreaterThanOrEqual(body.threshold)
  expect(body.terms).toContainEqual({
    word: 'port',
    weight: expect.any(Number),
    known: true,
    corrections: null,
  })
  const [best] = body.sections
  expect(best).toMatchObject({
    path: 'settings.md',
    anchor: 'change-the-port',
    words: {rank: 1},
    ranked: {rank: 1, features: {bm25: expect.any(Number), cosine: expect.any(Number)}},
    source: 1,
  })
  expect(best.text).toContain('8118')
  const shown = body.sections.filter(({source}: {source: number | null}) => source !== null)
  expect(shown.map(({source, url, anchor}: never) => ({n: source, url, anchor}))).toEqual(
    sources.map(({n, url, anchor}) => ({n, url, anchor})),
  )
  expect(body.sources.map(({n}: {n: number}) => n)).toEqual(sources.map(({n}) => n))
  for (const {words, sentWords} of body.sources) expect(sentWords).toBeLessThanOrEqual(words)
  expect(body.timings.total).toBeGreaterThanOrEqual(body.timings.fuse)
})

test('one that would be refused says why, and how far it was from being answered', async () => {
  const product = await start({generator: null})
  const {body} = await explain(product, 'zzyzx frobnicate')
  expect(body.abstention.reason).toMatch(/^(no_hits|off_topic|other_product|low_score)$/)
  expect(body.terms.every(({known}: {known: boolean}) => !known)).toBe(true)
})

test('nothing of it is in the transcripts, and a version that there is not is said', async () => {
  const product = await start({generator: null})
  await explain(product, 'How do I change the port?')
  expect((await staffApi(product, 'GET', '/transcripts')).body.items).toEqual([])
  expect((await explain(product, 'port', '&version=9.9')).body.error.code).toBe('version_not_found')
})

test('a server that searches by a part of its own says that it cannot explain', async () => {
  const product = await startPlain()
  const {status, body} = await explain(product, 'port')
  expect([status, body.error.code]).toEqual([409, 'conflict'])
})
