import {describe, expect, test} from 'vitest'
import {PreparedSources} from '../../src/answering/prepared-sources.ts'
import type {Retrieval, RetrievalQuery} from '../../src/retrieval/index.ts'
import {closedAfterEach} from '../support/closed-after-each.ts'
import {samplePage} from '../support/sample-pages.ts'
import {startDocent} from '../support/start-docent.ts'

const start = closedAfterEach(startDocent)
const post = (url: string, body: object): Promise<Response> =>
  fetch(`${url}/api/sources`, {
    method: 'POST',
    headers: {'content-type': 'application/json'},
    body: JSON.stringify(body),
  })

describe('POST /api/sources', () => {
  test('gives the sources of the answer that is asked right after, which takes them over', async () => {
    const product = await start({generator: null})
    const before = product.retriever.queries.length

    const found = (await (await post(product.url, {question: 'How do I install it?'})).json()) as Record<
      string,
      unknown
    >
    const reading = await product.read({question: 'How do I install it?'})
    const events = await reading.all()

    const sources = events.find(({type}) => type === 'sources')?.data
    expect(found).toMatchObject({build: product.build, reason: null, answerability: 'yes'})
    expect(sources).toMatchObject({sources: found['sources'], query: found['query']})
    expect(product.retriever.queries.length - before).toBe(1)
  })

  test('says why the answer would abstain, without sources', async () => {
    const product = await start()

    expect(await (await post(product.url, {question: 'What is xyzzy?'})).json()).toMatchObject({
      sources: [],
      reason: expect.any(String),
    })
  })

  test('searches nothing for a text that asks nothing', async () => {
    const product = await start()

    expect(await (await post(product.url, {question: 'thanks'})).json()).toMatchObject({
      sources: [],
      reason: null,
    })
    expect(product.retriever.queries).toEqual([])
  })

  test('leaves no transcript, and counts as a search', async () => {
    const product = await start({settings: {searchLimitPerMinute: 1}})

    expect((await post(product.url, {question: 'How?'})).status).toBe(200)
    expect((await post(product.url, {question: 'How?'})).status).toBe(429)
    expect((await product.transcripts.list({}, {})).items).toEqual([])
  })

  test('never uses up the questions of a visitor, however much is typed', async () => {
    const product = await start({
      generator: null,
      settings: {rateLimitPerMinute: 1, maxConcurrentAnswersPerVisitor: 1},
    })
    for (let i = 0; i < 3; i++) {
      expect((await post(product.url, {question: `How do I install it ${i}?`})).status).toBe(200)
      expect((await fetch(`${product.url}/api/search?prefix=1&q=install+${i}`)).status).toBe(200)
    }

    const events = await (await product.read({question: 'How do I install it?'})).all()
    expect(events.at(-1)).toMatchObject({type: 'done'})
  })

  test('refuses what an ask would refuse', async () => {
    const product = await start({pages: [samplePage('a.md', 'A', [['', 'Text.']])]})

    expect((await post(product.url, {question: ' '})).status).toBe(400)
    expect((await post(product.url, {question: 'x'.repeat(5_000)})).status).toBe(400)
  })
})

describe('sources found before a question is asked', () => {
  const query: RetrievalQuery = {question: 'q', history: [], version: null, lang: null, limit: 8}
  let now = 0
  let build = 'one'
  let calls: {readonly query: RetrievalQuery; readonly mayCallModel: boolean | undefined}[] = []
  const make = (rewritesFollowUps = false): PreparedSources => {
    now = 0
    build = 'one'
    calls = []
    const retriever = {
      async retrieve(asked: RetrievalQuery, options: {mayCallModel?: boolean} = {}): Promise<Retrieval> {
        calls.push({query: asked, mayCallModel: options.mayCallModel})
        return {build, query: asked.question, sources: [], abstention: null, timings: {}}
      },
    }
    return new PreparedSources(retriever, {
      currentBuild: () => build,
      rewritesFollowUps,
      keepMs: 1_000,
      now: () => now,
    })
  }
  const {signal} = new AbortController()

  test('are taken by the same question within the time they are kept, and found without a model', async () => {
    const sources = make()
    await sources.prepare(query, {signal})
    await sources.retrieve({...query})
    expect(calls).toEqual([{query, mayCallModel: false}])

    now = 1_001
    await sources.retrieve(query)
    expect(calls).toHaveLength(2)
  })

  test.each([
    ['another question', {question: 'other'}],
    ['another conversation', {history: [{role: 'user', content: 'before'}]}],
    ['another version', {version: '2'}],
    ['another language', {lang: 'de'}],
    ['another page', {page: {url: '/a', title: null, section: null}}],
  ] as const)('are not taken by %s', async (_what, other) => {
    const sources = make()
    await sources.prepare(query, {signal})
    await sources.retrieve({...query, ...other})

    expect(calls).toHaveLength(2)
  })

  test('are not taken once another build is served', async () => {
    const sources = make()
    await sources.prepare(query, {signal})
    build = 'two'

    expect((await sources.retrieve(query)).build).toBe('two')
  })

  test('are not kept for a follow-up that a model will rewrite', async () => {
    const sources = make(true)
    const followUp = {...query, history: [{role: 'user' as const, content: 'before'}]}
    await sources.prepare(followUp, {signal})
    await sources.retrieve(followUp)

    expect(calls.map(({mayCallModel}) => mayCallModel)).toEqual([false, undefined])
  })
})
