import {afterEach, describe, expect, test} from 'vitest'
import {closedAfterEach} from '../support/closed-after-each.ts'
import {answer, refusal} from '../support/fake-claude.ts'
import {connect, type Message} from '../support/socket-client.ts'
import {
  type DocentOptions,
  startDocent,
  startDocentWithClaude,
  type TestDocent,
} from '../support/start-docent.ts'

const startWith = closedAfterEach(startDocent)
const startWithClaude = closedAfterEach(startDocentWithClaude)
/** Called before the servers close. */
const endings: (() => void)[] = []

const start = (settings: DocentOptions['settings']) => startWith({settings: {trustProxy: '1', ...settings}})

afterEach(() => {
  for (const end of endings.splice(0)) end()
})

/** Asks as a visitor of this address, and reads the answer to its end. */
async function ask(
  product: TestDocent,
  visitor: string,
  question: string,
): Promise<{status: number; error?: Refusal}> {
  const headers = {'x-forwarded-for': visitor, accept: 'application/json'}
  const response = await product.ask({question}, {headers})
  const {error} = (await response.json()) as {error?: Refusal}
  return {status: response.status, ...(error ? {error} : {})}
}

interface Refusal {
  readonly code: string
  readonly limit?: string
  readonly message: string
  readonly retryAfterMs: number
}

/** Lets every answer of the model end as soon as it begins. */
function answerAll(product: TestDocent): void {
  let isOpen = true
  endings.push(() => {
    isOpen = false
  })
  void (async () => {
    for (let n = 0; isOpen; n++) {
      const call = await product.generator.call(n)
      call.say('Done.')
      call.finish()
    }
  })()
}

async function statusesOf(product: TestDocent, visitor: string, count: number): Promise<number[]> {
  const statuses: number[] = []
  for (let i = 0; i < count; i++) statuses.push((await ask(product, visitor, 'How?')).status)
  return statuses
}

const refusalOf = ({error}: Message) => error as Refusal | undefined

describe('a burst of questions on one socket', () => {
  test.each([
    ['the answers of a day', {answersPerDay: 5, answersPerDayPerVisitor: 0}, 5, 'answers_per_day'],
    ['the share of a day', {answersPerDay: 1000, answersPerDayPerVisitor: 7}, 7, 'share_of_day'],
    ['the answers at a time', {maxConcurrentAnswersPerVisitor: 4}, 4, 'answers'],
    ['the answers that a socket reads', {}, 32, 'reading'],
    ['the questions of a minute', {rateLimitPerMinute: 9}, 9, 'questions'],
  ])('starts no more than %s allow', async (_name, options, allowed, limit) => {
    const product = await start(options)
    const client = await connect(product)

    for (let i = 0; i < 200; i++) client.send({type: 'ask', question: `How ${i}?`, ref: `r${i}`})
    await expect
      .poll(() => client.all.filter(({type}) => type === 'asked' || type === 'refused').length, {
        timeout: 30_000,
      })
      .toBe(200)

    expect(client.all.filter(({type}) => type === 'asked')).toHaveLength(allowed)
    expect(product.answering.active).toBe(allowed)
    const limits = client.all
      .filter(({type}) => type === 'refused')
      .map((message) => refusalOf(message)?.limit)
    expect(new Set(limits)).toEqual(new Set([limit]))
    client.socket.terminate()
  })

  test('can continue when an answer ends, whoever reads it', async () => {
    const product = await start({maxConcurrentAnswersPerVisitor: 1})
    const client = await connect(product)
    client.send({type: 'ask', question: 'How?'})
    const {answerId} = await client.next(({type}) => type === 'asked')
    await product.generator.call(0)

    await fetch(`${product.url}/api/answers/${answerId}/stop`, {method: 'POST'})
    client.send({type: 'ask', question: 'How?', ref: 'again'})

    await client.next(({type, ref}) => type === 'asked' && ref === 'again')
    client.socket.terminate()
  })
})

describe('the answers of a day', () => {
  test('are those that called a model: questions that are not in the docs do not count', async () => {
    const product = await start({answersPerDay: 5})
    answerAll(product)

    for (let i = 0; i < 12; i++) expect((await ask(product, '192.0.2.1', 'xyzzy')).status).toBe(200)

    expect(await statusesOf(product, '192.0.2.2', 6)).toEqual([200, 200, 200, 200, 200, 429])
  })

  test('are shared: a visitor who has used up a fifth is refused, and others are not', async () => {
    const product = await start({answersPerDay: 30})
    answerAll(product)

    const mine = await statusesOf(product, '192.0.2.1', 7)
    const refused = await ask(product, '192.0.2.1', 'How?')
    const others = await statusesOf(product, '192.0.2.2', 6)

    expect(mine).toEqual([200, 200, 200, 200, 200, 200, 429])
    expect(refused.error).toMatchObject({code: 'rate_limited', limit: 'share_of_day'})
    expect(refused.error?.message).toMatch(/^Your share .* midnight UTC\.$/)
    expect(refused.error?.retryAfterMs).toBeGreaterThan(0)
    expect(others).toEqual(Array(6).fill(200))
  })

  test('without a share are for whoever comes first, and say when they are used up', async () => {
    const product = await start({answersPerDay: 7, answersPerDayPerVisitor: 0})
    answerAll(product)

    const mine = await statusesOf(product, '192.0.2.1', 8)
    const refused = await ask(product, '192.0.2.2', 'How?')

    expect(mine).toEqual([...Array(7).fill(200), 429])
    expect(refused.error).toMatchObject({limit: 'answers_per_day'})
    expect(refused.error?.message).toMatch(/^Today’s answers .* midnight UTC\.$/)
  })

  test('that are being written are held, but may still be released: so it says to wait a moment', async () => {
    const product = await start({answersPerDay: 1})
    const first = ask(product, '192.0.2.1', 'How?')
    const call = await product.generator.call(0)

    const meanwhile = await ask(product, '192.0.2.2', 'How?')
    call.finish('refusal')
    await first
    const after = await ask(product, '192.0.2.2', 'How?')

    expect(meanwhile.error?.retryAfterMs).toBeLessThan(10_000)
    expect([meanwhile.status, after.status]).toEqual([429, 429])
    expect(meanwhile.error?.message).not.toBe(after.error?.message)
  })

  test('count an answer once, however often its key is sent again', async () => {
    const product = await start({answersPerDay: 2})
    answerAll(product)
    const headers = {accept: 'application/json', 'idempotency-key': 'k'}

    for (let i = 0; i < 5; i++) {
      const response = await product.ask({question: 'How?'}, {headers})
      await response.text()
      expect(response.status).toBe(200)
    }

    expect(await statusesOf(product, '192.0.2.2', 2)).toEqual([200, 429])
  })

  test('do not affect an answer that has begun: sent again with its key, it is joined', async () => {
    const product = await start({
      answersPerDay: 1,
      answersPerDayPerVisitor: 0,
      rateLimitPerMinute: 1,
      maxConcurrentAnswersPerVisitor: 1,
    })
    const headers = {'x-forwarded-for': '203.0.113.7', 'idempotency-key': 'sent-again'}
    const first = await product.ask({question: 'How?'}, {headers})
    const again = await product.ask({question: 'How?'}, {headers})
    const other = await product.ask({question: 'Why?'}, {headers: {'x-forwarded-for': '203.0.113.7'}})
    const call = await product.generator.call(0)
    call.say('So.')
    call.finish()

    expect([first.status, again.status, other.status]).toEqual([200, 200, 429])
    expect(await again.text()).toContain('event: done')
    await first.text()
  })

  test('count neither what Claude refused nor what it was not asked', async () => {
    const product = await startWithClaude({settings: {answersPerDay: 2}})
    product.upstream.otherwise(refusal(401, 'authentication_error', 'no such key'))
    const endOf = async () => {
      const reading = await product.read()
      const {status} = reading.response
      if (status === 200) await reading.all()
      else reading.leave()
      return status
    }

    // Enough for the circuit to open, if these are signs of an outage.
    const quoted = [await endOf(), await endOf(), await endOf(), await endOf()]
    product.upstream.otherwise(answer('Set PORT.'))
    const written = [await endOf(), await endOf(), await endOf()]

    expect(quoted).toEqual([200, 200, 200, 200])
    expect(written).toEqual([200, 200, 429])
  })

  test('count an answer that was stopped while the model was being asked', async () => {
    const product = await start({answersPerDay: 1})
    const asked = ask(product, '192.0.2.1', 'How?')
    const call = await product.generator.call(0)
    const answerId = (await product.transcripts.list({}, {})).items[0]!.answerId

    await product.answering.stop(answerId)
    await asked

    expect(call.signal.aborted).toBe(true)
    expect(await statusesOf(product, '192.0.2.2', 1)).toEqual([429])
  })
})

describe('the requests of a minute', () => {
  test('are counted on every route, before any work; only the health checks are free', async () => {
    const product = await start({requestLimitPerMinute: 3, allowedOrigins: ['https://docs.example.com']})
    const headers = {'x-forwarded-for': '192.0.2.1', origin: 'https://docs.example.com'}
    const paths = ['/nothing', '/metrics', '/api/answers/none']
    for (const path of paths) await (await fetch(product.url + path, {headers})).text()

    const refused = await product.ask({question: 'How?'}, {headers})
    const health = await fetch(`${product.url}/healthz`, {headers})
    const other = await fetch(`${product.url}/nothing`, {headers: {'x-forwarded-for': '192.0.2.2'}})

    expect([refused.status, health.status, other.status]).toEqual([429, 200, 404])
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    // The widget of another site must be able to read why.
    expect(refused.headers.get('access-control-allow-origin')).toBe('https://docs.example.com')
    const {error} = (await refused.json()) as {error: Refusal}
    expect(error).toMatchObject({code: 'rate_limited', limit: 'requests'})
    expect(error.message).toMatch(/^No more than 3 requests in a minute; try again in \d+ seconds?\.$/)
    expect(product.generator.calls).toEqual([])
  })

  test('include messages on a socket: one is refused, then nothing is read, and answers continue', async () => {
    const product = await start({requestLimitPerMinute: 4})
    const client = await connect(product)
    client.send({type: 'ask', question: 'How?'})
    const call = await product.generator.call(0)
    for (let i = 0; i < 50; i++) client.send({type: 'stop', answerId: 'none', ref: `r${i}`})
    await client.next((message) => refusalOf(message)?.code === 'rate_limited')

    call.say('Going on.')
    await client.next(({type}) => type === 'delta')
    await new Promise((resolve) => setTimeout(resolve, 300))

    const refused = client.all.filter(({type}) => type === 'refused')
    // The connection itself, the question, and two of these.
    expect(refused.map(({ref}) => ref)).toEqual(['r0', 'r1', 'r2'])
    expect(client.socket.readyState).toBe(client.socket.OPEN)
    client.socket.terminate()
  })

  test('refuse a WebSocket upgrade as well', async () => {
    const product = await start({requestLimitPerMinute: 1})
    await fetch(`${product.url}/nothing`)

    await expect(connect(product)).rejects.toThrow('429')
  })
})

describe('a request with many mistakes', () => {
  const body = {question: 'How?', history: Array(100).fill(0)}

  test('is refused with a short message over HTTP', async () => {
    const product = await start({})

    const response = await product.ask(body)
    const text = await response.text()

    expect(response.status).toBe(400)
    expect(text.length).toBeLessThan(2000)
    expect(JSON.parse(text)).toMatchObject({
      error: {
        message: expect.stringMatching(/; and 95 more$/),
        problems: expect.objectContaining({length: 5}),
        moreProblems: 95,
      },
    })
  })

  test('is refused with a short message over WebSocket', async () => {
    const product = await start({})
    const client = await connect(product)

    client.send({type: 'ask', ...body})
    const refused = await client.next()

    expect(JSON.stringify(refused).length).toBeLessThan(2000)
    client.socket.terminate()
  })

  test('is not read to its end if it is too long', async () => {
    const product = await start({})

    const response = await product.ask({question: 'How?', history: Array(30_000).fill(0)})

    expect(await response.json()).toMatchObject({error: {problems: expect.objectContaining({length: 1})}})
  })
})
