import {describe, expect, test} from 'vitest'
import {noUsage} from '../../src/domain/index.ts'
import type {Analytics} from '../../src/transcripts/index.ts'
import {closedAfterEach} from '../support/closed-after-each.ts'
import {allEventsOf} from '../support/event-reader.ts'
import {adminToken, docsToken, startDocent, supportToken, type TestDocent} from '../support/start-docent.ts'

const start = closedAfterEach(startDocent)

const get = (product: TestDocent, query: string, token: string | null = supportToken) =>
  fetch(`${product.url}/api/admin/analytics${query}`, {
    headers: token === null ? {} : {authorization: `Bearer ${token}`},
  })

/** An abstention: the fake docs have none of it. */
async function abstained(product: TestDocent): Promise<string> {
  const [begun] = await allEventsOf(await product.ask({question: 'xyzzy'}))
  return String(begun!.data['answerId'])
}

describe('figures of a period', () => {
  test('are of the last 30 days, with what was just answered and rated', async () => {
    const product = await start()
    const answerId = await abstained(product)
    await abstained(product)
    await fetch(`${product.url}/api/answers/${answerId}/feedback`, {
      method: 'POST',
      headers: {'content-type': 'application/json'},
      body: JSON.stringify({rating: 'down'}),
    })

    const {total, periods, from, to} = (await (await get(product, '')).json()) as Analytics
    const metrics = await (await fetch(`${product.url}/metrics`)).text()

    expect(total).toMatchObject({answers: 2, conversations: 2, abstained: 2, ratings: {up: 0, down: 1}})
    expect(total.times.total?.answers).toBe(2)
    expect(periods.reduce((all, {answers}) => all + answers, 0)).toBe(2)
    expect(to - from).toBeGreaterThanOrEqual(30 * 24 * 60 * 60 * 1000)
    expect(metrics).toContain('docent_abstained_total 2')
    expect(metrics).toContain('docent_ratings_total{rating="down"} 1')
  })

  test('a day is a day of 24 hours, and an empty one has no answers', async () => {
    const product = await start()
    const reply = await get(product, '?from=2026-05-31&to=2026-05-31')
    const {total, periods} = (await reply.json()) as Analytics
    expect(reply.headers.get('cache-control')).toBe('no-store')
    expect(periods).toHaveLength(24)
    expect(total.answers).toBe(0)
  })

  test('say what the tokens cost, as each transcript does; null without a price', async () => {
    const prices = (model: string) =>
      new Map([[model, {input: 1, output: 10, cacheRead: 0.1, cacheWrite: 1}]])
    const costs: unknown[] = []
    for (const model of ['by-hand', 'another']) {
      const product = await start({settings: {modelPrices: prices(model)}})
      const reply = product.ask({question: 'How?'})
      const call = await product.generator.call(0)
      call.say('So.')
      const usage = {...noUsage, inputTokens: 2_000_000, outputTokens: 100_000}
      call.push({type: 'finish', finishReason: 'end', usage, upstreamRequestId: null})
      const [begun] = await allEventsOf(await reply)
      const {total, builds} = (await (await get(product, '')).json()) as Analytics & {
        total: {cost: number; tokens: {cost: number}[]}
        builds: {cost: number}[]
      }
      const transcript = await fetch(`${product.url}/api/admin/transcripts/${begun!.data['answerId']}`, {
        headers: {authorization: `Bearer ${supportToken}`},
      })
      costs.push([
        total.cost,
        total.tokens[0]!.cost,
        builds[0]!.cost,
        ((await transcript.json()) as {cost: unknown}).cost,
      ])
    }
    expect(costs).toEqual([
      [3, 3, 3, 3],
      [null, null, null, null],
    ])
  })

  test.each([
    ['?from=yesterday', /from: must be a date/],
    ['?from=2026-06-01&to=2026-05-01', /from: must be before to/],
    ['?from=2020-01-01&to=2026-01-01', /at most 800 days/],
    [`?build=${'b'.repeat(201)}`, /build/],
  ])('%s is refused, and says why', async (query, message) => {
    const product = await start()
    const reply = await get(product, query)
    expect(reply.status).toBe(400)
    expect(JSON.stringify(await reply.json())).toMatch(message)
  })

  test('are for all staff, and for nobody else', async () => {
    const product = await start()
    const statuses = await Promise.all(
      [adminToken, docsToken, supportToken, null, 'x'.repeat(20)].map(
        async (token) => (await get(product, '', token)).status,
      ),
    )
    expect(statuses).toEqual([200, 200, 200, 401, 401])
  })
})

test('who stops an answer has left: before its first word, or later', async () => {
  const product = await start()
  const stopped = async (call: number, text: string | null) => {
    const events = product.ask({question: 'How?'})
    const generated = await product.generator.call(call)
    if (text !== null) generated.say(text)
    const reply = await events
    const reader = reply.body!.getReader()
    let read = ''
    while (!read.includes(text ?? 'event: sources'))
      read += new TextDecoder().decode((await reader.read()).value)
    const answerId = /"answerId":"([\w-]+)"/.exec(read)![1]
    await fetch(`${product.url}/api/answers/${answerId}/stop`, {method: 'POST'})
    await reader.cancel()
  }
  await stopped(0, null)
  await stopped(1, 'All.')

  const {total} = (await (await get(product, '')).json()) as Analytics

  expect(total.left).toEqual({beforeFirstToken: 1, beforeEnd: 1})
  expect(await (await fetch(`${product.url}/metrics`)).text()).toMatch(
    /docent_visitors_left_total\{when="before_first_token"\} 1\n.*\{when="before_end"\} 1/,
  )
})
