import {once} from 'node:events'
import {connect} from 'node:net'
import {describe, expect, test} from 'vitest'
import {closedAfterEach} from '../support/closed-after-each.ts'
import {allEventsOf, eventsOf, type ReadEvent, replayed, seqOf, textOf} from '../support/event-reader.ts'
import {startDocent, type TestDocent} from '../support/start-docent.ts'

const start = closedAfterEach(startDocent)

/** Reads until a type of event has come; the rest stays unread. */
async function readUntil(events: AsyncGenerator<ReadEvent>, type: string, count = 1): Promise<ReadEvent[]> {
  const read: ReadEvent[] = []
  let seen = 0
  while (seen < count) {
    const {value, done} = await events.next()
    if (done) throw new Error(`the stream ended before ${type}`)
    read.push(value)
    if (value.type === type) seen++
  }
  return read
}

describe('an answer as a stream', () => {
  test('begins with start and sources, continues with deltas, and ends with one done', async () => {
    const product = await start()

    const response = await product.ask({question: 'How do I install it?'})
    const call = await product.generator.call(0)
    call.say('Run ', '`npm ci`.')
    call.push({type: 'citation', n: 1, start: 0, end: 13})
    call.finish()
    const events = await allEventsOf(response)

    expect(response.status).toBe(200)
    expect(events.map(({type}) => type)).toEqual(['start', 'sources', 'delta', 'delta', 'citation', 'done'])
    expect(events.map(seqOf)).toEqual([1, 2, 3, 4, 5, 6])
    const answerId = events[0]!.data['answerId']
    expect(events.every(({id}) => id?.startsWith(`${answerId}:`))).toBe(true)
    expect(events[1]!.data).toMatchObject({round: 1, sources: [{n: 1, title: 'Install'}, {n: 2}]})
    expect(events.at(-1)!.data).toMatchObject({ending: 'complete', abstained: false})
    expect(events.every(({data}) => !('type' in data))).toBe(true)
  })

  test('[buffering proxy] [compression asked for] sends its head for proxies and its first bytes before anything is generated', async () => {
    const product = await start()

    const response = await product.ask({question: 'How?'}, {headers: {'accept-encoding': 'gzip'}})
    const first = await response.body!.getReader().read()

    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/)
    expect(response.headers.get('cache-control')).toContain('no-transform')
    expect(response.headers.get('x-accel-buffering')).toBe('no')
    expect(response.headers.get('content-encoding')).toBeNull()
    expect(new TextDecoder().decode(first.value)).toMatch(/^retry: \d+\n: .+\n\n/)
  })

  test('[quiet line] keeps an idle connection open with comments', async () => {
    const product = await start({settings: {heartbeatMs: 20}})

    const response = await product.ask({question: 'How?'})
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    while ((text.match(/: keep-alive\n\n/g) ?? []).length < 3) text += (await reader.read()).value

    expect(text).toContain('event: sources')
    await reader.cancel()
  })

  test('[line breaks in text] a line break in a text cannot break a frame', async () => {
    const product = await start()

    const response = await product.ask({question: 'How?'})
    const call = await product.generator.call(0)
    call.say('a\n\nevent: done\ndata: {}\n\n', '\r\n\u2028b')
    call.finish()

    expect(textOf(await allEventsOf(response))).toBe('a\n\nevent: done\ndata: {}\n\n\r\n\u2028b')
  })

  test('says that the docs do not answer, with the nearest pages and no model called', async () => {
    const product = await start()

    const events = await allEventsOf(await product.ask({question: 'xyzzy?'}))

    expect(events.map(({type}) => type)).toEqual(['start', 'sources', 'done'])
    expect(events[2]!.data).toMatchObject({
      ending: 'abstained',
      abstained: true,
      nearest: [{url: '/docs/install'}],
    })
    expect(product.generator.calls).toEqual([])
  })

  test('an error after the first delta arrives as an event, in words for readers', async () => {
    const product = await start()

    const response = await product.ask({question: 'How?'})
    const call = await product.generator.call(0)
    call.say('Half an ')
    call.fail(new Error('connect ECONNREFUSED 10.0.0.7 with key sk-secret'))
    const events = await allEventsOf(response)

    expect(events.at(-1)).toMatchObject({type: 'error', data: {ending: 'error', retryable: true}})
    expect(textOf(events)).toBe('Half an ')
    expect(JSON.stringify(events)).not.toContain('10.0.0.7')
  })

  test('[unusual request] */* and no Accept at all mean a stream', async () => {
    const product = await start()

    for (const accept of ['*/*', 'text/event-stream', 'text/html, */*;q=0.1']) {
      const response = await product.ask({question: 'xyzzy'}, {headers: {accept}})
      await response.body!.cancel()
      expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/)
    }
  })

  test('[unusual request] HTTP/1.0 gets the same events without chunks, and the end of the connection', async () => {
    const product = await start()

    const socket = connect(product.port, '127.0.0.1')
    const body = JSON.stringify({question: 'xyzzy'})
    socket.write(
      `POST /api/answers HTTP/1.0\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    )
    let text = ''
    socket.setEncoding('utf8').on('data', (part) => {
      text += part
    })
    await once(socket, 'close')

    expect(text).not.toMatch(/transfer-encoding/i)
    const [, frames] = text.split('\r\n\r\n', 2)
    expect(frames).toMatch(/^retry: /)
    expect(frames).toMatch(/event: done\ndata: \{.*\}\n\n$/)
  })
})

describe('a reader that leaves', () => {
  test('ends the work at once, and the log says disconnected', async () => {
    const product = await start()
    const hangUp = new AbortController()

    const response = await product.ask({question: 'How?'}, {signal: hangUp.signal})
    const events = eventsOf(response)
    const [first] = await readUntil(events, 'start')
    const call = await product.generator.call(0)
    call.say('One.')
    await readUntil(events, 'delta')
    hangUp.abort()
    await call.aborted

    const answerId = String(first!.data['answerId'])
    await expect.poll(async () => (await product.transcripts.get(answerId))?.ending).toBe('disconnected')
    expect((await product.transcripts.get(answerId))?.text).toBe('One.')
  })

  test('leaves no stream, listener or run behind', async () => {
    const product = await start()

    for (let i = 0; i < 5; i++) {
      const hangUp = new AbortController()
      await product.ask({question: 'How?'}, {signal: hangUp.signal})
      const call = await product.generator.call(i)
      hangUp.abort()
      await call.aborted
    }

    await expect.poll(() => product.answering.active).toBe(0)
    await expect
      .poll(async () => (await fetch(`${product.url}/metrics`)).text())
      .toContain('docent_streams_open{transport="sse"} 0')
  })

  test('[half-closed connection] [reset connection] may close half of its connection, or reset it', async () => {
    const product = await start()
    const body = JSON.stringify({question: 'How?'})

    for (const [index, leave] of (['end', 'resetAndDestroy'] as const).entries()) {
      const socket = connect(product.port, '127.0.0.1')
      socket.on('error', () => {})
      socket.write(
        `POST /api/answers HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      )
      await once(socket, 'data')
      const call = await product.generator.call(index)
      socket[leave]()
      await call.aborted
    }

    await expect
      .poll(async () => (await product.transcripts.list({})).items.map(({ending}) => ending))
      .toEqual(['disconnected', 'disconnected'])
  })

  test('can come back if the question is resumable', async () => {
    const product = await start({settings: {resumeGraceMs: 60_000}})
    const hangUp = new AbortController()
    const response = await product.ask({question: 'How?', resumable: true}, {signal: hangUp.signal})
    const events = eventsOf(response)
    const call = await product.generator.call(0)
    call.say('One. ')
    const seen = [...(await readUntil(events, 'delta'))]
    hangUp.abort()
    await expect
      .poll(async () => (await fetch(`${product.url}/metrics`)).text())
      .toContain('docent_streams_open{transport="sse"} 0')

    call.say('Two.')
    call.finish()
    const answerId = String(seen[0]!.data['answerId'])
    const again = await fetch(`${product.url}/api/answers/${answerId}/events`, {
      headers: {'last-event-id': seen.at(-1)!.id!},
    })
    const rest = await allEventsOf(again)

    expect(call.signal.aborted).toBe(false)
    expect([...seen, ...rest].map(seqOf)).toEqual([1, 2, 3, 4, 5])
    expect(textOf([...seen, ...rest])).toBe('One. Two.')
  })
})

describe('a partial answer', () => {
  test('is marked in the JSON object, and counted separately', async () => {
    const product = await start()
    const whole = product.ask({question: 'How?'}, {headers: {accept: 'application/json'}})
    ;(await product.generator.call(0)).say('All.')
    ;(await product.generator.call(0)).finish()
    const declined = product.ask({question: 'How?'}, {headers: {accept: 'application/json'}})
    ;(await product.generator.call(1)).finish('refusal')

    expect(await (await whole).json()).toMatchObject({finishReason: 'end', partial: false})
    expect(await (await declined).json()).toMatchObject({
      ending: 'complete',
      finishReason: 'refusal',
      partial: true,
    })
    const metrics = await (await fetch(`${product.url}/metrics`)).text()
    const series = (partial: string) =>
      `docent_answers_total{ending="complete",code="",channel="http",partial="${partial}"} 1`
    expect(metrics).toContain(series(''))
    expect(metrics).toContain(series('refusal'))
  })
})

describe('a reader that does not read', () => {
  test('[stalled reader] holds the generator back, and is dropped after the limit', async () => {
    const product = await start({settings: {slowReaderTimeoutMs: 300}})
    const body = JSON.stringify({question: 'How?'})
    const socket = connect(product.port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write(
      `POST /api/answers HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    )
    await once(socket, 'data')
    socket.pause()

    const call = await product.generator.call(0)
    // Far more than sockets and the run's lead hold together: 64 MB.
    const input = {query: 'x'.repeat(8000)}
    for (let i = 0; i < 8000; i++)
      call.push({type: 'tool', id: String(i), name: 'search', status: 'done', input})
    await call.aborted

    expect(call.taken).toBeLessThan(4000)
    await expect.poll(async () => (await product.transcripts.list({})).items[0]?.ending).toBe('disconnected')
    expect(await (await fetch(`${product.url}/metrics`)).text()).toContain('docent_slow_readers_total 1')
    socket.destroy()
  })
})

describe('resuming', () => {
  async function ended(product: TestDocent, question = 'How?'): Promise<ReadEvent[]> {
    const calls = product.generator.calls.length
    const response = await product.ask({question})
    const call = await product.generator.call(calls)
    call.say('One. ', 'Two. ', 'Three.')
    call.finish()
    return allEventsOf(response)
  }
  const resume = (product: TestDocent, answerId: string, init?: RequestInit, query = '') =>
    fetch(`${product.url}/api/answers/${answerId}/events${query}`, init)

  test('[resume after the end] after the end sends what is missing, once and in order, then 204', async () => {
    const product = await start()
    const whole = await ended(product)
    const answerId = String(whole[0]!.data['answerId'])

    for (let seen = 0; seen < whole.length; seen++) {
      const rest = await allEventsOf(await resume(product, answerId, {}, `?after=${seen}`))
      expect(rest).toEqual(replayed(whole.slice(seen)))
    }
    const past = await resume(product, answerId, {headers: {'last-event-id': whole.at(-1)!.id!}})

    expect(past.status).toBe(204)
  })

  test('[resume midway] in the middle continues live', async () => {
    const product = await start()
    const first = await product.ask({question: 'How?'})
    const events = eventsOf(first)
    const call = await product.generator.call(0)
    call.say('One. ')
    const seen = await readUntil(events, 'delta')
    const answerId = String(seen[0]!.data['answerId'])

    const second = await resume(product, answerId, {}, '?after=2')
    call.say('Two.')
    call.finish()
    const [others, own] = await Promise.all([allEventsOf(second), readUntil(events, 'done')])

    expect(others.map(seqOf)).toEqual([3, 4, 5])
    expect(textOf(others)).toBe('One. Two.')
    expect(textOf([...seen, ...own])).toBe('One. Two.')
    expect(product.generator.calls).toHaveLength(1)
  })

  test.each(['nonsense', '-3', '999999999999999999999', 'other-answer:2', ':', '%00', 'ä'])(
    '[bad event id] with the Last-Event-ID %j starts from the beginning',
    async (garbage) => {
      const product = await start()
      const whole = await ended(product)

      const answerId = String(whole[0]!.data['answerId'])
      const headers = {'last-event-id': Buffer.from(garbage).toString('latin1')}
      const again = await allEventsOf(await resume(product, answerId, {headers}))

      expect(again).toEqual(replayed(whole))
    },
  )

  test('an empty ?after= is none', async () => {
    const product = await start()
    const whole = await ended(product)

    const again = await resume(product, String(whole[0]!.data['answerId']), {}, '?after=&bufferMs=')

    expect(await allEventsOf(again)).toEqual(replayed(whole))
  })

  test.each(['-1', 'x', '1e3', '1.5', '9'.repeat(30)])(
    '[bad event id] with ?after=%s is refused',
    async (after) => {
      const product = await start()
      const whole = await ended(product)

      const refused = await resume(product, String(whole[0]!.data['answerId']), {}, `?after=${after}`)

      expect(refused.status).toBe(400)
      expect(await refused.json()).toMatchObject({error: {code: 'invalid_request'}})
    },
  )

  test.each(['unknown', '%00', '..%2f..%2fetc', 'a'.repeat(500), "'; drop table answers --", '%E0%A4%A'])(
    '[unknown answer] an answer called %j is unknown, and nothing else is revealed',
    async (id) => {
      const product = await start()

      for (const [method, path] of [
        ['GET', `/api/answers/${id}/events`],
        ['GET', `/api/answers/${id}`],
        ['POST', `/api/answers/${id}/stop`],
      ]) {
        const response = await fetch(product.url + path, {method: method!})
        expect([400, 404]).toContain(response.status)
        expect(Object.keys(await response.json())).toEqual(['error'])
      }
    },
  )

  test('[unusual request] HEAD sends only headers and does not count as a reader', async () => {
    const product = await start()
    const first = await product.ask({question: 'How?'})
    const events = eventsOf(first)
    const [begun] = await readUntil(events, 'start')
    const answerId = String(begun!.data['answerId'])

    const head = await fetch(`${product.url}/api/answers/${answerId}/events`, {method: 'HEAD'})
    const call = await product.generator.call(0)
    call.say('Still here.')
    call.finish()
    await readUntil(events, 'done')

    expect(head.status).toBe(200)
    expect(head.headers.get('content-type')).toMatch(/^text\/event-stream/)
  })
})

describe('stopping', () => {
  test('aborts the work now, notifies the reader, and can be repeated', async () => {
    const product = await start()
    const events = eventsOf(await product.ask({question: 'How?'}))
    const call = await product.generator.call(0)
    call.say('One.')
    const [begun] = await readUntil(events, 'delta')
    const stop = () => fetch(`${product.url}/api/answers/${begun!.data['answerId']}/stop`, {method: 'POST'})

    const first = await (await stop()).json()
    const last = (await readUntil(events, 'done')).at(-1)
    const second = await (await stop()).json()

    expect([first, second]).toEqual([{ending: 'stopped'}, {ending: 'stopped'}])
    expect(last!.data).toMatchObject({ending: 'stopped'})
    expect(call.signal.aborted).toBe(true)
  })
})

describe('an answer as JSON', () => {
  const asJson = {headers: {accept: 'application/json'}}

  test('[answer as JSON] is the same answer in one object', async () => {
    const product = await start()

    const asked = product.ask({question: 'How?'}, asJson)
    const call = await product.generator.call(0)
    call.say('Run ', 'it.')
    call.push({type: 'citation', n: 1, start: 0, end: 7})
    call.finish()
    const response = await asked
    const answer = (await response.json()) as Record<string, unknown>

    expect(answer).toMatchObject({
      conversationId: expect.stringMatching(/^c[\w-]{32}$/),
      build: product.build,
      ending: 'complete',
      abstained: false,
      text: 'Run it.',
      sources: [{n: 1}, {n: 2}],
      citations: [{n: 1, start: 0, end: 7}],
    })
    expect(answer).toHaveProperty('usage')
    expect(answer).toHaveProperty('timings.totalMs')
    const fetched = await fetch(`${product.url}/api/answers/${answer['answerId']}`)
    expect(await fetched.json()).toEqual({...answer, conversationId: null})
  })

  test('[answer as JSON] reports a failure by status and ending, with the partial text', async () => {
    const product = await start()

    const asked = product.ask({question: 'How?'}, asJson)
    const call = await product.generator.call(0)
    call.say('Half')
    call.fail(new Error('boom'))
    const response = await asked

    expect(response.status).toBe(500)
    expect(await response.json()).toMatchObject({ending: 'error', text: 'Half', error: {code: 'internal'}})
  })

  test('disconnecting ends the work as it does for a stream', async () => {
    const product = await start()
    const hangUp = new AbortController()

    const asked = product.ask({question: 'How?'}, {...asJson, signal: hangUp.signal})
    const call = await product.generator.call(0)
    hangUp.abort()

    await expect(asked).rejects.toThrow()
    await call.aborted
  })
})

describe('the same question sent twice', () => {
  test('[sent twice] with one Idempotency-Key is answered once', async () => {
    const product = await start()
    const init = {headers: {'idempotency-key': 'key-1'}}

    const responses = await Promise.all([
      product.ask({question: 'How?'}, init),
      product.ask({question: 'How?'}, init),
    ])
    const call = await product.generator.call(0)
    call.say('Once.')
    call.finish()
    const [one, two] = await Promise.all(responses.map(allEventsOf))

    expect(replayed(one!)).toEqual(replayed(two!))
    expect(one![0]!.data['conversationId'] === null).not.toBe(two![0]!.data['conversationId'] === null)
    expect(product.generator.calls).toHaveLength(1)
  })

  test('with its key and Last-Event-ID continues after that event; past the end there is nothing more', async () => {
    const product = await start()
    const ask = (lastEventId?: string) => {
      const resume = lastEventId === undefined ? {} : {'last-event-id': lastEventId}
      return product.ask({question: 'How?'}, {headers: {'idempotency-key': 'key-1', ...resume}})
    }
    const whole = allEventsOf(await ask())
    const call = await product.generator.call(0)
    call.say('Once.')
    call.finish()
    const events = await whole

    expect(await allEventsOf(await ask(events[1]!.id))).toEqual(events.slice(2))
    expect((await ask(events.at(-1)!.id)).status).toBe(204)
    // The id of an answer that another question got says nothing about this one.
    expect(replayed(await allEventsOf(await ask('another-answer:2')))).toEqual(replayed(events))
    expect(product.generator.calls).toHaveLength(1)
  })
})

describe('the same key from two visitors', () => {
  test('begins two answers: nobody joins the answer of another', async () => {
    const product = await start({settings: {trustProxy: '1'}})
    const from = (address: string) =>
      product.ask(
        {question: 'xyzzy'},
        {headers: {'idempotency-key': 'key-1', 'x-forwarded-for': address, accept: 'application/json'}},
      )
    const idOf = async (response: Response) => ((await response.json()) as {answerId: string}).answerId

    const [one, again, other] = [
      await idOf(await from('192.0.2.1')),
      await idOf(await from('192.0.2.1')),
      await idOf(await from('192.0.2.2')),
    ]

    expect(again).toBe(one)
    expect(other).not.toBe(one)
    // What is logged names neither the key nor the visitor.
    expect((await product.transcripts.get(one))?.idempotencyKey).toMatch(/^[\w-]{43}$/)
  })
})

describe('feedback', () => {
  test('is kept with the answer, and the latest wins', async () => {
    const product = await start()
    const [begun] = await allEventsOf(await product.ask({question: 'xyzzy'}))
    const answerId = String(begun!.data['answerId'])
    const rate = (body: object) =>
      fetch(`${product.url}/api/answers/${answerId}/feedback`, {
        method: 'POST',
        headers: {'content-type': 'application/json'},
        body: JSON.stringify(body),
      })

    await rate({rating: 'up'})
    const response = await rate({rating: 'down', reasons: ['outdated'], comment: 'Old.'})

    expect(response.status).toBe(200)
    expect((await product.transcripts.get(answerId))?.feedback).toMatchObject({
      rating: 'down',
      reasons: ['outdated'],
      comment: 'Old.',
    })
    expect((await rate({rating: 'sideways'})).status).toBe(400)
  })

  test('says without a rating that the docs lack this, which staff find and metrics count once', async () => {
    const product = await start()
    const [begun] = await allEventsOf(await product.ask({question: 'xyzzy'}))
    const answerId = String(begun!.data['answerId'])
    const tell = (body: object) =>
      fetch(`${product.url}/api/answers/${answerId}/feedback`, {
        method: 'POST',
        headers: {'content-type': 'application/json'},
        body: JSON.stringify(body),
      })

    const responses = [await tell({missing: true}), await tell({missing: true}), await tell({rating: 'down'})]

    expect(responses.map(({status}) => status)).toEqual([200, 200, 200])
    expect(await responses[2]!.json()).toMatchObject({feedback: {rating: 'down', missing: true}})
    expect((await product.transcripts.list({missing: true})).items).toMatchObject([{answerId, missing: true}])
    const metrics = await (await fetch(`${product.url}/metrics`)).text()
    expect(metrics).toMatch(/^docent_missing_in_docs_total 1$/m)
    for (const body of [{}, {missing: false}, {comment: 'Lacks this.'}]) {
      expect((await tell(body)).status).toBe(400)
    }
  })
})

describe('a conversation', () => {
  test('deleted while one of its answers is written ends that answer, and nothing of it is kept', async () => {
    const product = await start()
    const events = eventsOf(await product.ask({question: 'How?'}))
    const other = eventsOf(await product.ask({question: 'How?'}))
    const [call, otherCall] = [await product.generator.call(0), await product.generator.call(1)]
    call.say('One.')
    const [begun] = await readUntil(events, 'delta')
    const {answerId, conversationId} = begun!.data as {answerId: string; conversationId: string}

    const response = await fetch(`${product.url}/api/conversations/${conversationId}`, {method: 'DELETE'})
    const last = (await readUntil(events, 'done')).at(-1)
    const gone = await fetch(`${product.url}/api/answers/${answerId}`)
    otherCall.say('Two.')
    otherCall.finish()
    await readUntil(other, 'done')

    expect(await response.json()).toEqual({deleted: 1})
    expect(call.signal.aborted).toBe(true)
    expect(last!.data).toMatchObject({ending: 'stopped'})
    expect(gone.status).toBe(404)
    expect(await product.transcripts.get(answerId)).toBeNull()
    expect(await product.transcripts.eventsAfter(answerId, 0)).toEqual([])
    expect(product.answering.active).toBe(0)
  })

  test('is deleted when its visitor asks for that', async () => {
    const product = await start()
    const [begun] = await allEventsOf(await product.ask({question: 'xyzzy'}))
    const {answerId, conversationId} = begun!.data as {answerId: string; conversationId: string}

    const response = await fetch(`${product.url}/api/conversations/${conversationId}`, {method: 'DELETE'})

    expect(await response.json()).toEqual({deleted: 1})
    expect(await product.transcripts.get(answerId)).toBeNull()
  })
})
