import {createHmac} from 'node:crypto'
import {createServer, type IncomingMessage} from 'node:http'
import type {AddressInfo} from 'node:net'
import {describe, expect, test} from 'vitest'
import {openNotifier, openOutbox, receiverOf} from '../../src/notify/index.ts'
import {closedAfterEach} from '../support/closed-after-each.ts'

/** Messages to a receiver that fails in every way before it takes them. */

const secret = `whsec_${Buffer.from('twenty-four bytes of key').toString('base64')}`

interface Received {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

const receiver = closedAfterEach(async (statuses: (number | 'hangs')[]) => {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    received.push({path: request.url!, headers: request.headers, body})
    const status = statuses.shift() ?? 200
    if (status !== 'hangs') response.writeHead(status, {location: '/elsewhere'}).end('x'.repeat(100_000))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
  return {
    ...{received, url},
    close: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
})

const started = closedAfterEach(async (urls: string[], maxMessages?: number) => {
  const results: string[] = []
  const problems: string[] = []
  const outbox = openOutbox({
    file: ':memory:',
    receivers: urls.map(receiverOf),
    ...(maxMessages === undefined ? {} : {maxMessages}),
  })
  const notifier = openNotifier({
    ...{outbox, urls, secret, pausesMs: [20, 20, 20, 20], timeLimitMs: 400},
    events: ['answer.failed', 'gap.opened'],
    onResult: (result, count) => results.push(`${result} ${count}`),
    onProblem: (problem) => problems.push(String(problem)),
  })
  let isClosed = false
  return {
    ...{notifier, results, problems, outbox},
    close: async () => {
      if (!isClosed) await notifier.close()
      isClosed = true
    },
  }
})

describe('a webhook', () => {
  test('is signed, and tried again after errors, silence and redirects, with the same id', async () => {
    const {received, url} = await receiver([500, 'hangs', 302])
    const {notifier, results, problems} = await started([url])
    notifier.notify('answer.disliked', {ref: 'not asked for'})
    notifier.notify('answer.failed', {ref: 'r', ending: 'error'})
    await expect
      .poll(() => results, {timeout: 20_000})
      .toEqual(['failed 1', 'failed 1', 'failed 1', 'sent 1'])

    expect(received.map(({path}) => path)).toEqual(['/hook', '/hook', '/hook', '/hook'])
    expect(new Set(received.map(({headers}) => headers['webhook-id'])).size).toBe(1)
    for (const {headers, body} of received) {
      const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
      const signature = createHmac('sha256', 'twenty-four bytes of key').update(signed).digest('base64')
      expect(headers['webhook-signature']).toBe(`v1,${signature}`)
      expect(Math.abs(Number(headers['webhook-timestamp']) - Date.now() / 1000)).toBeLessThan(30)
      expect(JSON.parse(body)).toEqual({
        ...{type: 'answer.failed', timestamp: expect.stringMatching(/^\d{4}-.*Z$/)},
        data: {ref: 'r', ending: 'error'},
      })
    }
    expect(problems).toEqual([expect.stringContaining('it answered with 500')])
    expect(await notifier.waiting()).toBe(0)
  })

  test('is given up after five tries, and one receiver delays no other', async () => {
    const dead = await receiver([500, 500, 500, 500, 500])
    const well = await receiver([])
    const {notifier, results} = await started([dead.url, well.url])
    notifier.notify('answer.failed', {ref: 'r'})
    await expect
      .poll(() => results.toSorted(), {timeout: 20_000})
      .toEqual([...['failed 1', 'failed 1', 'failed 1', 'failed 1', 'given_up 1', 'sent 1']])
    expect([dead.received.length, well.received.length]).toEqual([5, 1])
  })

  test('waits with others up to a number, the oldest go; closing ends a receiver that hangs', async () => {
    const {url, received} = await receiver(['hangs', 'hangs', 'hangs'])
    const {notifier, results, outbox, close} = await started([url], 3)
    for (let n = 0; n < 10; n++) notifier.notify('answer.failed', {n})
    await expect.poll(() => results.filter((one) => one === 'dropped 1').length).toBe(7)
    await expect.poll(() => received.length).toBeGreaterThan(0)
    expect(await outbox.count()).toBe(3)
    const begun = performance.now()
    await close()
    expect(performance.now() - begun).toBeLessThan(350)
  })

  test('of a gap is sent once for as long as it is open, and for none that was open before', async () => {
    const {received, url} = await receiver([])
    const {notifier} = await started([url])
    const open = (...ids: string[]) =>
      notifier.gapsAreOpen(async () => new Map(ids.map((gap) => [gap, {gap}])))
    await open('a', 'b')
    await open('a', 'b', 'c')
    await open('b', 'c')
    await open('a', 'b', 'c')
    await expect.poll(() => received.map(({body}) => JSON.parse(body).data.gap)).toEqual(['c', 'a'])
  })
})
