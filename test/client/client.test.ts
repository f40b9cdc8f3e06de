import {getEventListeners} from 'node:events'
import {describe, expect, test} from 'vitest'
import {
  type ClientOptions,
  createClient,
  type Fetch,
  type NumberedEvent,
} from '../../packages/client/src/index.ts'
import {answering, frame, openStreamOf, streamOf} from '../support/answering-fetch.ts'

const start = frame(1, 'start', {
  answerId: 'a1',
  conversationId: 'c1',
  ref: 'r1',
  build: 'b1',
  generator: 'extractive',
})
const ended = (seq: number, more: object = {}): string =>
  frame(seq, 'done', {ending: 'complete', abstained: false, ...more})

function clientOf(fetch: Fetch, more: ClientOptions = {}): ReturnType<typeof createClient> {
  return createClient({endpoint: 'https://d.example/', fetch, backoffMs: [0, 0], ...more})
}

async function typesOf(events: AsyncIterable<NumberedEvent>): Promise<string[]> {
  const types: string[] = []
  for await (const {seq, type} of events) types.push(`${seq} ${type}`)
  return types
}

describe('an answer', () => {
  test('gives typed events with their numbers, and the whole at the end', async () => {
    const sources = [{n: 1, id: 's1'}]
    const {fetch} = answering(() =>
      streamOf(
        start +
          frame(2, 'sources', {round: 1, query: 'q', sources}) +
          frame(3, 'delta', {text: 'Set '}) +
          frame(4, 'delta', {text: '`PORT`.'}) +
          frame(5, 'citation', {n: 1, start: 0, end: 11}) +
          ended(6, {finishReason: 'max_tokens', partial: true}),
      ),
    )
    const answer = clientOf(fetch).ask('q')

    expect(answer.answerId).toBeNull()
    expect(await typesOf(answer)).toEqual([
      ...['1 start', '2 sources', '3 delta', '4 delta', '5 citation', '6 done'],
    ])
    expect([answer.answerId, answer.seq]).toEqual(['a1', 6])
    expect(await answer.final()).toMatchObject({
      answerId: 'a1',
      conversationId: 'c1',
      text: 'Set `PORT`.',
      sources,
      citations: [{n: 1, start: 0, end: 11}],
      ending: 'complete',
      partial: true,
      finishReason: 'max_tokens',
      error: null,
    })
  })

  test('is not asked for before it is read, and then under a key of its own', async () => {
    const {fetch, calls} = answering(
      () => streamOf(start + ended(2)),
      () => streamOf(start + ended(2)),
    )
    const client = clientOf(fetch)
    const [one, two] = [client.ask('q'), client.ask('q')]
    expect(calls).toEqual([])

    await one.final()
    await two.final()

    const keys = calls.map(({init}) => (init.headers as Record<string, string>)['idempotency-key'])
    expect(keys[0]).toMatch(/^[\x21-\x7e]{16,200}$/)
    expect(keys[1]).not.toBe(keys[0])
  })

  test('sends what was given with the question, and leaves out what says nothing', async () => {
    const {fetch, calls} = answering(() => streamOf(start + ended(2)))
    const page = {url: 'https://docs.example/a', title: '', section: 'ports'}

    await clientOf(fetch, {headers: {'x-gateway': 'g'}})
      .ask({question: 'q', version: null, lang: 'de', history: [], bufferMs: 0, page, idempotencyKey: 'mine'})
      .final()

    expect(JSON.parse(String(calls[0]?.init.body))).toEqual({
      question: 'q',
      lang: 'de',
      bufferMs: 0,
      page: {url: 'https://docs.example/a', section: 'ports'},
      resumable: true,
    })
    expect(calls[0]?.init.headers).toMatchObject({'idempotency-key': 'mine', 'x-gateway': 'g'})
  })

  test('that failed on its way is had as far as it came, with what happened', async () => {
    const failure = {ending: 'error', code: 'upstream_cut', message: 'It broke off.', retryable: true}
    const {fetch} = answering(() =>
      streamOf(start + frame(2, 'delta', {text: 'Half'}) + frame(3, 'error', failure)),
    )

    expect(await clientOf(fetch).ask('q').final()).toMatchObject({
      text: 'Half',
      ending: 'error',
      error: {code: 'upstream_cut', message: 'It broke off.', retryable: true, retryAfterMs: null},
    })
  })

  test('that is refused rejects with the reason, for who iterates and for who waits', async () => {
    const refusal = (): Response =>
      Response.json({error: {code: 'version_not_found', message: 'No such version.'}}, {status: 404})
    const {fetch} = answering(refusal, refusal)
    const refused = {
      name: 'RefusedError',
      code: 'version_not_found',
      status: 404,
      message: 'No such version.',
    }
    const answer = clientOf(fetch).ask('q')

    await expect(typesOf(answer)).rejects.toMatchObject(refused)
    await expect(answer.final()).rejects.toMatchObject(refused)
    await expect(clientOf(fetch).ask('q').final()).rejects.toMatchObject(refused)
  })

  test('that cannot be read to its end says how far it was read', async () => {
    const {fetch} = answering(() => streamOf(start + frame(2, 'delta', {text: 'Half'})))

    await expect(clientOf(fetch).ask('q').final()).rejects.toMatchObject({
      name: 'AnswerLostError',
      reason: 'unreachable',
      answerId: 'a1',
      after: 2,
    })
  })

  test('is read once', async () => {
    const {fetch} = answering(() => streamOf(start + ended(2)))
    const answer = clientOf(fetch).ask('q')
    await typesOf(answer)

    await expect(typesOf(answer)).rejects.toThrow('client.resume')
    expect((await answer.final()).ending).toBe('complete')
  })

  test('tells of the connection to who wants to know', async () => {
    const {fetch} = answering(
      () => streamOf(start, {fails: true}),
      () => streamOf(ended(2)),
    )
    const seen: string[] = []

    for await (const update of clientOf(fetch).ask('q').updates())
      seen.push(update.type === 'connection' ? update.status : update.type)

    expect(seen).toEqual(['open', 'start', 'reconnecting', 'open', 'done'])
  })
})

describe('leaving an answer', () => {
  test('by break closes the connection and removes every listener', async () => {
    const leaving = new AbortController()
    let isClosed = false
    const {fetch, calls} = answering(() =>
      openStreamOf(start, () => {
        isClosed = true
      }),
    )
    const answer = clientOf(fetch).ask('q', {signal: leaving.signal})

    for await (const event of answer) if (event.type === 'start') break

    await expect.poll(() => [isClosed, calls[0]!.init.signal!.aborted]).toEqual([true, true])
    await expect.poll(() => getEventListeners(leaving.signal, 'abort')).toEqual([])
    await expect(answer.final()).rejects.toMatchObject({name: 'AbortError'})
  })

  test('does not wait for a server that says nothing', async () => {
    const {fetch, calls} = answering(() => openStreamOf(start))
    const events = clientOf(fetch).ask('q')[Symbol.asyncIterator]()
    await events.next()

    const next = events.next()
    await events.return?.()

    expect(await next).toEqual({done: true, value: undefined})
    expect(calls[0]!.init.signal!.aborted).toBe(true)
  })

  test('by a signal throws its reason, also while the connection is being made anew', async () => {
    const leaving = new AbortController()
    const {fetch, calls} = answering(() => streamOf(start))
    const answer = clientOf(fetch, {backoffMs: [600_000]}).ask('q', {signal: leaving.signal})
    const reason = new Error('The page was closed')

    const left = (async () => {
      for await (const update of answer.updates())
        if (update.type === 'connection' && update.status === 'reconnecting')
          setTimeout(() => leaving.abort(reason))
    })()

    await expect(left).rejects.toBe(reason)
    await expect(answer.final()).rejects.toBe(reason)
    expect(calls).toHaveLength(1)
    expect(getEventListeners(leaving.signal, 'abort')).toEqual([])
  })

  test('with a signal that was aborted before sends nothing', async () => {
    const {fetch, calls} = answering()

    await expect(clientOf(fetch).ask('q', {signal: AbortSignal.abort()}).final()).rejects.toMatchObject({
      name: 'AbortError',
    })
    expect(calls).toEqual([])
  })
})

describe('stopping an answer', () => {
  const stopReply = (): Response => Response.json({ending: 'stopped'})
  const stopUrl = 'https://d.example/api/answers/a1/stop'

  test('that has no id yet stops it as soon as it has one, without waiting', async () => {
    const {fetch, calls} = answering(() => streamOf(start + ended(2, {ending: 'stopped'})), stopReply)
    const answer = clientOf(fetch).ask('q')

    for await (const update of answer.updates()) if (update.type === 'connection') await answer.stop()

    expect(calls.map(({url}) => url).slice(1)).toEqual([stopUrl])
    expect((await answer.final()).ending).toBe('stopped')
  })

  test('that was not asked yet means that it never is', async () => {
    const {fetch, calls} = answering()
    const answer = clientOf(fetch).ask('q')

    await answer.stop()

    await expect(answer.final()).rejects.toMatchObject({name: 'AbortError'})
    expect(calls).toEqual([])
  })

  test('that has ended asks nothing of the server', async () => {
    const {fetch, calls} = answering(() => streamOf(start + ended(2)))
    const answer = clientOf(fetch).ask('q')
    await answer.final()

    await answer.stop()

    expect(calls).toHaveLength(1)
  })

  test('says how it ended', async () => {
    const {fetch, calls} = answering(stopReply)

    expect(await clientOf(fetch).stop('a1')).toBe('stopped')
    expect(calls[0]?.url).toBe(stopUrl)
  })
})

describe('a request', () => {
  const bodyOf = (init: RequestInit | undefined): unknown => JSON.parse(String(init?.body))

  test('for the sources of a question has the body of a question', async () => {
    const found = {build: 'b1', query: 'q', sources: [], answerability: 'partly', unknownWords: ['qux']}
    const {fetch, calls} = answering(() => Response.json(found))

    expect(await clientOf(fetch).sources({question: 'q', version: '2'})).toEqual(found)
    expect(calls[0]?.url).toBe('https://d.example/api/sources')
    expect(bodyOf(calls[0]?.init)).toEqual({question: 'q', version: '2'})
  })

  test('for a section has its address in the query', async () => {
    const {fetch, calls} = answering(() => Response.json({text: '…'}))

    await clientOf(fetch).section({url: '/docs/a b', anchor: 'ports', version: null})

    expect(calls[0]?.url).toBe('https://d.example/api/section?url=%2Fdocs%2Fa+b&anchor=ports')
  })

  test('can say that the docs lack the answer, without a rating', async () => {
    const {fetch, calls} = answering(() => Response.json({}))

    await clientOf(fetch).feedback('a/1', {missing: true})

    expect(calls[0]?.url).toBe('https://d.example/api/answers/a%2F1/feedback')
    expect(bodyOf(calls[0]?.init)).toEqual({missing: true})
  })

  test('that is refused rejects with the server’s code', async () => {
    const {fetch} = answering(() =>
      Response.json({error: {code: 'invalid_request', message: 'k is too large'}}, {status: 400}),
    )

    await expect(clientOf(fetch).search('q', {k: 99})).rejects.toMatchObject({
      code: 'invalid_request',
      message: 'k is too large',
    })
  })

  test('ends with its signal', async () => {
    const leaving = new AbortController()
    const {fetch, calls} = answering(
      () =>
        new Promise((_, reject) =>
          calls[0]!.init.signal!.addEventListener('abort', () => reject(calls[0]!.init.signal!.reason)),
        ),
    )

    const found = clientOf(fetch).search('q', {signal: leaving.signal})
    leaving.abort()

    await expect(found).rejects.toMatchObject({name: 'AbortError'})
  })

  test('deletes a conversation that is not there any more without complaint', async () => {
    const {fetch, calls} = answering(() => new Response(null, {status: 404}))

    await clientOf(fetch).deleteConversation('c1')

    expect(calls[0]).toMatchObject({url: 'https://d.example/api/conversations/c1', init: {method: 'DELETE'}})
  })
})
