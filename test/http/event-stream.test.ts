import {once} from 'node:events'
import {createServer, get, type IncomingMessage, type ServerResponse} from 'node:http'
import {type AddressInfo, connect, type Socket} from 'node:net'
import fc from 'fast-check'
import {afterEach, describe, expect, test, vi} from 'vitest'
import {type EventStreamOptions, openEventStream} from '../../src/http/answers/event-stream.ts'

const closing: (() => void)[] = []

afterEach(() => {
  vi.useRealTimers()
  for (const close of closing.splice(0)) close()
})

/** A response whose reader has sent its request and then reads nothing. */
async function requestThatNeverReads(): Promise<{response: ServerResponse; socket: Socket}> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').pause()
  socket.on('error', () => {})
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  const [, response] = (await once(server, 'request')) as [unknown, ServerResponse]
  closing.push(() => {
    socket.destroy()
    server.close()
  })
  return {response, socket}
}

const options: EventStreamOptions = {heartbeatMs: 60_000, slowReaderTimeoutMs: 60_000}
const tooMuch = `data: ${'x'.repeat(64 << 20)}\n\n`

describe('a stream to a reader that does not read', () => {
  test('makes its writer wait, until the reader leaves', async () => {
    const {response, socket} = await requestThatNeverReads()
    const stream = openEventStream(response, options)

    let isSent = false
    const waiting = stream.send(tooMuch)?.then(() => {
      isSent = true
    })
    await new Promise(setImmediate)
    expect(isSent).toBe(false)
    socket.destroy()
    await waiting

    expect(isSent).toBe(true)
    expect(stream.signal.aborted).toBe(true)
    expect(response.listenerCount('drain')).toBe(0)
  })

  test('is closed after the timeout', async () => {
    const {response} = await requestThatNeverReads()
    let slow = 0
    const stream = openEventStream(response, {
      ...options,
      slowReaderTimeoutMs: 50,
      onSlowReader: () => slow++,
    })

    await stream.send(tooMuch)

    expect(slow).toBe(1)
    expect(response.destroyed).toBe(true)
  })

  test('gets no heartbeats', async () => {
    const {response} = await requestThatNeverReads()
    vi.useFakeTimers({toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval']})
    const stream = openEventStream(response, {...options, heartbeatMs: 5})
    const written = vi.spyOn(response.socket!, 'write')
    void stream.send(tooMuch)
    const before = response.writableLength
    const writes = written.mock.calls.length

    vi.advanceTimersByTime(1000)

    expect(response.writableLength).toBeLessThanOrEqual(before)
    expect(written).toHaveBeenCalledTimes(writes)
  })

  test('keeps no listeners however often it waits', async () => {
    const {response, socket} = await requestThatNeverReads()
    const stream = openEventStream(response, options)
    const listeners = response.listenerCount('close')

    for (let i = 0; i < 20; i++) {
      const waiting = stream.send(`data: ${'x'.repeat(4 << 20)}\n\n`)
      socket.resume()
      await waiting
      socket.pause()
    }

    expect(response.listenerCount('close')).toBeLessThanOrEqual(listeners)
    expect(response.listenerCount('drain')).toBe(0)
  })
})

describe('a stream to a reader that is gone already', () => {
  test('is over from the start', async () => {
    const {response, socket} = await requestThatNeverReads()
    socket.destroy()
    await once(response, 'close')

    const stream = openEventStream(response, options)

    expect(stream.signal.aborted).toBe(true)
    expect(stream.send('data: 1\n\n')).toBeNull()
  })
})

describe('frames sent in one turn', () => {
  test('leave in one write', async () => {
    const {response} = await requestThatNeverReads()
    const stream = openEventStream(response, options)
    // The head has left.
    await new Promise(setImmediate)
    const write = vi.spyOn(response, 'write')

    for (let i = 0; i < 10; i++) stream.send(`data: ${i}\n\n`)
    await new Promise(setImmediate)

    expect(write).toHaveBeenCalledTimes(1)
  })
})

test('frames sent in the turn of the head come after it', async () => {
  const server = createServer((_request, response) => {
    const stream = openEventStream(response, options)
    stream.send('data: 1\n\n')
    stream.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const {port} = server.address() as AddressInfo
  try {
    const response = await fetch(`http://127.0.0.1:${port}`)

    expect(await response.text()).toBe('retry: 1000\n: docent\n\ndata: 1\n\n')
  } finally {
    server.close()
  }
})

describe('whatever the frames and however slowly they are read', () => {
  const frame = fc
    .tuple(fc.string({unit: 'grapheme', maxLength: 40}), fc.constantFrom(1, 1, 1, 50, 2_000, 20_000))
    .map(([words, times]) => `data: ${JSON.stringify(words.repeat(times))}\n\n`)
  const framesOfTurns = fc.array(fc.array(frame, {maxLength: 5}), {maxLength: 8})

  test('they arrive whole and in order', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    closing.push(() => server.close())
    await once(server, 'listening')
    const {port} = server.address() as AddressInfo

    await fc.assert(
      fc.asyncProperty(framesOfTurns, fc.nat(8), async (turns, readsFrom) => {
        const sent = get({port, host: '127.0.0.1', agent: false})
        const [, response] = (await once(server, 'request')) as [unknown, ServerResponse]
        const stream = openEventStream(response, options)
        const [incoming] = (await once(sent, 'response')) as [IncomingMessage]
        let body = ''
        const startReading = (): void => {
          incoming.setEncoding('utf8').on('data', (text: string) => {
            body += text
          })
        }

        for (const [turn, frames] of turns.entries()) {
          if (turn === readsFrom) startReading()
          let wait: Promise<void> | null = null
          for (const each of frames) wait = stream.send(each)
          if (wait !== null && turn >= readsFrom) await wait
          await new Promise(setImmediate)
        }
        stream.end()
        if (turns.length <= readsFrom) startReading()
        await once(incoming, 'end')

        expect(body).toBe(`retry: 1000\n: docent\n\n${turns.flat().join('')}`)
      }),
      {numRuns: 25},
    )
  })
})
