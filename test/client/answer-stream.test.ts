import {describe, expect, test} from 'vitest'
import {
  type AskRequest,
  askAnswer,
  type Fetch,
  followAnswer,
  type Network,
  RefusedError,
  type StreamOptions,
  type StreamUpdate,
} from '../../packages/client/src/index.ts'
import {answering, frame, openStreamOf, streamOf} from '../support/answering-fetch.ts'

const request: AskRequest = {question: 'q', idempotencyKey: 'k1'}
const online: Network = {isOnline: () => true, back: async () => {}}

function optionsWith(fetch: Fetch, more: Partial<StreamOptions> = {}): StreamOptions {
  return {
    endpoint: 'https://d.example',
    signal: new AbortController().signal,
    fetch,
    network: online,
    backoffMs: [0, 0],
    ...more,
  }
}

/** As `fetch` on a connection that brings nothing. */
function unanswered(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
}

async function all(news: AsyncIterable<StreamUpdate>): Promise<string[]> {
  const seen: string[] = []
  for await (const item of news) {
    seen.push(
      item.type === 'event'
        ? `${item.seq} ${item.event.type}`
        : item.type === 'connection'
          ? item.status
          : `broke off: ${item.cause}`,
    )
  }
  return seen
}

describe('reading an answer', () => {
  test('gives every event once and in order, whatever pieces the network makes', async () => {
    const text = `retry: 1000\n: hello\n\n${frame(1, 'start')}${frame(2, 'delta', {text: 'é😀'})}${frame(3, 'done')}`

    for (const size of [1, 2, 3, 5, 1000]) {
      const {fetch} = answering(() => streamOf(text, {size}))

      expect(await all(askAnswer(request, optionsWith(fetch)))).toEqual([
        'open',
        '1 start',
        '2 delta',
        '3 done',
      ])
    }
  })

  test.each([
    ['an end of the stream', false],
    ['a broken connection', true],
  ])(
    '%s without a terminal event is resumed behind the last event, not taken for finished',
    async (_name, fails) => {
      const {fetch, calls} = answering(
        () => streamOf(frame(1, 'start') + frame(2, 'delta'), {fails}),
        () => streamOf(frame(2, 'delta') + frame(3, 'delta') + frame(4, 'done')),
      )

      const seen = await all(askAnswer(request, optionsWith(fetch)))

      expect(seen).toEqual(['open', '1 start', '2 delta', 'reconnecting', 'open', '3 delta', '4 done'])
      expect(calls[1]?.url).toBe('https://d.example/api/answers/a1/events?after=2')
      expect(calls[1]?.init.headers).toMatchObject({'last-event-id': 'a1:2'})
    },
  )

  test('gives up after attempts that bring nothing, and says that it broke off', async () => {
    const {fetch, calls} = answering(() => streamOf(frame(1, 'start')))

    const seen = await all(askAnswer(request, optionsWith(fetch)))

    expect(seen).toEqual(['open', '1 start', 'reconnecting', 'reconnecting', 'broke off: unreachable'])
    expect(calls).toHaveLength(3)
  })

  test('counts attempts anew once an event has come', async () => {
    const {fetch} = answering(
      () => streamOf(frame(1, 'start')),
      () => streamOf(frame(2, 'delta')),
      () => streamOf(frame(3, 'delta')),
      () => streamOf(frame(4, 'delta')),
      () => streamOf(frame(5, 'done')),
    )

    expect((await all(askAnswer(request, optionsWith(fetch)))).at(-1)).toBe('5 done')
  })

  test('sends a question that got lost again, under the same key', async () => {
    const {fetch, calls} = answering(
      () => {
        throw new TypeError('Failed to fetch')
      },
      () => streamOf(frame(1, 'start') + frame(2, 'done')),
    )

    await all(askAnswer(request, optionsWith(fetch)))

    expect(calls.map(({init}) => (init.headers as Record<string, string>)['idempotency-key'])).toEqual([
      'k1',
      'k1',
    ])
    expect(JSON.parse(String(calls[0]?.init.body))).toEqual({question: 'q', resumable: true})
  })

  test('a refusal carries the code, the words and the wait', async () => {
    const {fetch} = answering(() =>
      Response.json(
        {error: {code: 'rate_limited', message: 'Later.'}},
        {status: 429, headers: {'retry-after': '7'}},
      ),
    )

    await expect(all(askAnswer(request, optionsWith(fetch)))).rejects.toMatchObject({
      name: 'RefusedError',
      code: 'rate_limited',
      message: 'Later.',
      retryAfterMs: 7000,
    })
  })

  const refusalFor = (response: Response): Promise<unknown> =>
    all(askAnswer(request, optionsWith(answering(() => response).fetch))).catch((error: unknown) => error)

  test('a refusal says which limit it met', async () => {
    const error = {code: 'rate_limited', message: 'Tomorrow.', limit: 'answers_per_day', retryAfterMs: 9_000}

    // The header may be hidden from another origin.
    expect(await refusalFor(Response.json({error}, {status: 429}))).toMatchObject({
      limit: 'answers_per_day',
      retryAfterMs: 9_000,
    })
  })

  test.each([
    [429, 'rate_limited'],
    [503, 'not_ready'],
    [413, 'too_large'],
    [502, 'internal'],
  ])('a proxy’s page with the status %d is %s', async (status, code) => {
    const page = new Response('<html>', {status, headers: {'content-type': 'text/html', 'retry-after': '30'}})

    expect(await refusalFor(page)).toMatchObject({code, message: '', retryAfterMs: 30_000})
  })

  test.each([
    [{error: 'Slow down.'}],
    [{error: null}],
    [null],
    [{message: 'Slow down.'}],
    [{error: {code: 7}}],
  ])('a proxy’s own JSON, as %j, says no more than its status', async (body) => {
    expect(await refusalFor(Response.json(body, {status: 429}))).toMatchObject({
      code: 'rate_limited',
      message: '',
      retryAfterMs: null,
      limit: null,
    })
  })

  test('the time to wait may be a date, by the server’s own clock', async () => {
    const headers = {
      date: 'Wed, 21 Oct 2015 07:28:00 GMT',
      'retry-after': 'Wed, 21 Oct 2015 07:30:00 GMT',
    }

    expect(await refusalFor(new Response('', {status: 429, headers}))).toMatchObject({retryAfterMs: 120_000})
  })

  test('a time that has passed, or makes no sense, is none; one without end is cut', async () => {
    const waitFor = async (after: string): Promise<unknown> =>
      ((await refusalFor(new Response('', {status: 429, headers: {'retry-after': after}}))) as RefusedError)
        .retryAfterMs

    expect(await waitFor('Wed, 21 Oct 2015 07:30:00 GMT')).toBeNull()
    expect(await waitFor('soon')).toBeNull()
    expect(await waitFor('9'.repeat(30))).toBe(6 * 24 * 60 * 60 * 1_000)
  })

  test('a page of a proxy in place of a stream is a refusal, not an answer', async () => {
    const {fetch} = answering(
      () => new Response('<html>', {status: 200, headers: {'content-type': 'text/html'}}),
    )

    await expect(all(askAnswer(request, optionsWith(fetch)))).rejects.toBeInstanceOf(RefusedError)
  })

  test('an answer the server no longer has is said to be gone', async () => {
    const {fetch} = answering(() => Response.json({error: {code: 'not_found', message: ''}}, {status: 404}))

    expect(await all(followAnswer('a1', 4, optionsWith(fetch)))).toEqual(['broke off: gone'])
  })

  test('waits while there is no network, without using up attempts', async () => {
    let isOnline = false
    const {fetch} = answering(
      () => streamOf(frame(1, 'start'), {fails: true}),
      () => streamOf(frame(2, 'done')),
    )
    const network: Network = {
      isOnline: () => isOnline,
      back: async () => {
        isOnline = true
      },
    }

    const seen = await all(askAnswer(request, optionsWith(fetch, {network})))

    expect(seen).toEqual(['open', '1 start', 'offline', 'reconnecting', 'open', '2 done'])
  })

  test('a line that falls silent is taken for dead and resumed', async () => {
    const {fetch} = answering(
      () => openStreamOf(frame(1, 'start')),
      () => streamOf(frame(2, 'done')),
    )

    const seen = await all(askAnswer(request, optionsWith(fetch, {silenceMs: 30})))

    expect(seen).toEqual(['open', '1 start', 'reconnecting', 'open', '2 done'])
  })

  test('a server that never answers the request is silent as well', async () => {
    const {fetch, calls} = answering(
      () => unanswered(calls[0]!.init.signal!),
      () => streamOf(frame(1, 'start') + frame(2, 'done')),
    )

    const seen = await all(askAnswer(request, optionsWith(fetch, {silenceMs: 30})))

    expect(seen).toEqual(['reconnecting', 'open', '1 start', '2 done'])
  })

  test('a reader that takes its time does not count as silence', async () => {
    const {fetch, calls} = answering(() => streamOf(frame(1, 'start') + frame(2, 'done'), {size: 1000}))
    const seen: string[] = []

    for await (const item of askAnswer(request, optionsWith(fetch, {silenceMs: 20}))) {
      seen.push(item.type === 'event' ? item.event.type : item.type)
      await new Promise((resolve) => setTimeout(resolve, 60))
    }

    expect(seen).toEqual(['connection', 'start', 'done'])
    expect(calls).toHaveLength(1)
  })

  test('a frame without end is given up, and the connection closed', async () => {
    const closed: string[] = []
    const endless = (): Response => openStreamOf('data: '.padEnd(5_000_000, 'x'), () => closed.push('closed'))
    const {fetch} = answering(endless, endless, endless)

    expect(await all(askAnswer(request, optionsWith(fetch)))).toEqual([
      ...['open', 'reconnecting', 'open', 'reconnecting', 'open'],
      'broke off: unreachable',
    ])
    expect(closed).toHaveLength(3)
  })

  test('leaving ends the request and throws the reason', async () => {
    const leaving = new AbortController()
    let isCancelled = false
    const {fetch} = answering(() =>
      openStreamOf(frame(1, 'start'), () => {
        isCancelled = true
      }),
    )
    const news = askAnswer(request, optionsWith(fetch, {signal: leaving.signal}))
    await news.next()
    await news.next()

    const next = news.next()
    leaving.abort()

    await expect(next).rejects.toMatchObject({name: 'AbortError'})
    expect(isCancelled).toBe(true)
  })
})
