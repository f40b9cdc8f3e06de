import {once} from 'node:events'
import {describe, expect, test} from 'vitest'
import {WebSocket} from 'ws'
import {closedAfterEach} from '../support/closed-after-each.ts'
import {connect} from '../support/socket-client.ts'
import {startDocent} from '../support/start-docent.ts'

const start = closedAfterEach(startDocent)

describe('answers over WebSocket', () => {
  test('are the same events, numbered, as objects', async () => {
    const product = await start()
    const client = await connect(product)

    client.send({type: 'ask', question: 'How?', ref: 'r1'})
    const call = await product.generator.call(0)
    call.say('Run it.')
    call.finish()
    await client.next(({type}) => type === 'done')

    const [asked, ...events] = client.all
    expect(asked).toMatchObject({type: 'asked', ref: 'r1', answerId: events[0]!['answerId']})
    expect(events.map(({type, seq}) => `${seq} ${type}`)).toEqual([
      '1 start',
      '2 sources',
      '3 delta',
      '4 done',
    ])
    client.socket.close()
  })

  test('know the page that they are asked from', async () => {
    const product = await start()
    const client = await connect(product)

    client.send({type: 'ask', question: 'How?', page: {url: '/docs/port', title: 'Port'}})
    const {answerId} = await client.next(({type}) => type === 'asked')
    const call = await product.generator.call(0)
    call.say('Run it.')
    call.finish()
    await client.next(({type}) => type === 'done')

    const {page} = await product.transcript(String(answerId))
    expect(page).toMatchObject({url: '/docs/port', title: 'Port'})
    client.socket.close()
  })

  test('one that the model declined is marked as partial, also when it is read again', async () => {
    const product = await start()
    const client = await connect(product)

    client.send({type: 'ask', question: 'How?'})
    ;(await product.generator.call(0)).finish('refusal')
    const done = await client.next(({type}) => type === 'done')
    client.send({type: 'resume', answerId: done['answerId'], after: 2})
    const again = await client.next(({type}) => type === 'done')

    expect(done).toMatchObject({ending: 'complete', finishReason: 'refusal', partial: true})
    expect(again).toEqual(done)
    client.socket.close()
  })

  test('several at once on one socket, each with its id', async () => {
    const product = await start()
    const client = await connect(product)

    client.send({type: 'ask', question: 'One?', ref: 'one'})
    client.send({type: 'ask', question: 'Two?', ref: 'two'})
    const one = await product.generator.call(0)
    const two = await product.generator.call(1)
    two.say('2')
    one.say('1')
    one.finish()
    two.finish()
    await client.next(({type}) => type === 'done')
    await client.next(({type}) => type === 'done')

    const idOf = (ref: string) => client.all.find((message) => message['ref'] === ref)?.['answerId']
    const textFor = (ref: string) =>
      client.all
        .filter(({type, answerId}) => type === 'delta' && answerId === idOf(ref))
        .map(({text}) => text)
    expect(textFor('one')).toHaveLength(1)
    expect(textFor('two')).toHaveLength(1)
    expect(textFor('one')).not.toEqual(textFor('two'))
    client.socket.close()
  })

  test('stop ends one, resume reads it again, past the end it says so', async () => {
    const product = await start()
    const client = await connect(product)
    client.send({type: 'ask', question: 'How?'})
    const {answerId} = await client.next(({type}) => type === 'asked')
    const call = await product.generator.call(0)
    call.say('One.')
    await client.next(({type}) => type === 'delta')

    client.send({type: 'stop', answerId, ref: 's'})
    const stopped = await client.next(({ref}) => ref === 's')
    const done =
      client.all.find(({type}) => type === 'done') ?? (await client.next(({type}) => type === 'done'))
    client.send({type: 'resume', answerId, after: 2})
    const again = await client.next(({type}) => type === 'delta')
    await client.next(({type}) => type === 'done')
    client.send({type: 'resume', answerId, after: 4, ref: 'past'})
    const past = await client.next(({ref}) => ref === 'past')

    expect(stopped).toMatchObject({type: 'ended', ending: 'stopped'})
    expect(done).toMatchObject({ending: 'stopped'})
    expect(again).toMatchObject({seq: 3, text: 'One.'})
    expect(past).toMatchObject({type: 'ended', ending: 'stopped'})
    expect(call.signal.aborted).toBe(true)
    client.socket.close()
  })

  test.each([
    ['a close', 1000],
    ['no word at all', 1006],
  ])('[broken WebSocket] a client that leaves with %s ends the work', async (_name, code) => {
    const product = await start()
    const client = await connect(product)
    client.send({type: 'ask', question: 'How?'})
    const {answerId} = await client.next(({type}) => type === 'asked')
    const call = await product.generator.call(0)

    if (code === 1000) client.socket.close(1000)
    else client.socket.terminate()
    await call.aborted

    await expect
      .poll(async () => (await product.transcripts.get(String(answerId)))?.ending)
      .toBe('disconnected')
  })

  test('what is refused comes back with its ref, and the socket stays', async () => {
    const product = await start({settings: {rateLimitPerMinute: 1}})
    const client = await connect(product)

    client.socket.send('{broken')
    client.send({type: 'dance', ref: 'a'})
    client.send({type: 'ask', question: '', ref: 'b'})
    client.send({type: 'stop', answerId: 'none', ref: 'c'})
    client.send({type: 'resume', answerId: 'none', ref: 'd'})
    client.send({type: 'ask', question: 'xyzzy', ref: 'e'})
    client.send({type: 'ask', question: 'xyzzy', ref: 'f'})
    await client.next(({type, ref}) => type === 'refused' && ref === 'f')

    const refused = client.all.filter(({type}) => type === 'refused')
    const codes = refused.map(({ref, error}) => [ref, (error as {code: string}).code])
    expect(Object.fromEntries(codes)).toEqual({
      undefined: 'invalid_request',
      a: 'invalid_request',
      b: 'invalid_request',
      c: 'not_found',
      d: 'not_found',
      f: 'rate_limited',
    })
    expect(client.socket.readyState).toBe(client.socket.OPEN)
    client.socket.close()
  })

  test('[broken WebSocket] a binary message and one too large close the socket with their own codes', async () => {
    const product = await start()
    const codes: number[] = []

    for (const data of [Buffer.from('{"type":"ask"}'), 'x'.repeat(100_000)]) {
      const client = await connect(product)
      client.socket.send(data)
      const [code] = await once(client.socket, 'close')
      codes.push(code)
    }

    expect(codes).toEqual([1003, 1009])
  })

  test.each([
    ['an unlisted origin', '/api/ws', 'https://evil.example', 403],
    ['another address', '/api/other', undefined, 404],
  ])('[broken WebSocket] %s is refused at the upgrade', async (_name, path, origin, status) => {
    const product = await start()

    const socket = new WebSocket(
      `ws://127.0.0.1:${product.port}${path}`,
      origin === undefined ? {} : {origin},
    )
    const [, response] = await once(socket, 'unexpected-response')
    socket.on('error', () => {})

    expect(response.statusCode).toBe(status)
    socket.terminate()
  })

  test('[broken WebSocket] a client that answers no ping is dropped', async () => {
    const product = await start({settings: {heartbeatMs: 30}})
    const socket = new WebSocket(`ws://127.0.0.1:${product.port}/api/ws`, {autoPong: false})

    const [code] = await once(socket, 'close')

    expect(code).toBe(1006)
  })

  test('[broken WebSocket] a server that closes sends a close frame', async () => {
    const product = await startDocent()
    const client = await connect(product)

    const closed = once(client.socket, 'close')
    await product.close()
    const [code] = await closed

    expect(code).toBe(1001)
  })
})
