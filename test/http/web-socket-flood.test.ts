import type {Socket} from 'node:net'
import {afterEach, describe, expect, test} from 'vitest'
import {WebSocket} from 'ws'
import {closedAfterEach} from '../support/closed-after-each.ts'
import {type RawClient, rawClient} from '../support/raw-client.ts'
import {connect} from '../support/socket-client.ts'
import {startDocent, type TestDocent} from '../support/start-docent.ts'

const startWith = closedAfterEach(startDocent)
const clients: RawClient[] = []

afterEach(() => {
  for (const {socket} of clients.splice(0)) socket.destroy()
})

async function start(slowReaderTimeoutMs: number): Promise<{product: TestDocent; sockets: Socket[]}> {
  const product = await startWith({settings: {slowReaderTimeoutMs}})
  const sockets: Socket[] = []
  product.http.server.on('connection', (socket: Socket) => sockets.push(socket))
  return {product, sockets}
}

/** A frame as clients send it, masked with nothing. */
function frame(opcode: number, text: string): Buffer {
  return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)])
}

/** Sends the same frame many times and reads nothing of what comes back. */
async function flood(product: TestDocent, sent: Buffer, count: number): Promise<RawClient> {
  const client = await rawClient(
    product.port,
    `GET /api/ws HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: ${'x'.repeat(22)}==\r\n\r\n`,
    {reads: false},
  )
  clients.push(client)
  client.socket.write(Buffer.concat(Array<Buffer>(count).fill(sent)))
  return client
}

const ping = 9
const pong = 10
const text = 1

describe('a client that sends without end and reads nothing', () => {
  test.each([
    ['messages', frame(text, '{}')],
    ['pings', frame(ping, 'x'.repeat(125))],
  ])(
    'is not read on, and is dropped in the end: %s',
    async (_name, sent) => {
      const {product, sockets} = await start(1000)
      let mostWaiting = 0
      const watch = setInterval(() => {
        for (const {writableLength} of sockets) mostWaiting = Math.max(mostWaiting, writableLength)
      }, 5)

      await flood(product, sent, 500_000)
      await expect
        .poll(() => sockets.length > 0 && sockets.every(({destroyed}) => destroyed), {timeout: 90_000})
        .toBe(true)

      clearInterval(watch)
      expect(mostWaiting).toBeLessThan(512 * 1024)
      expect(sockets[0]!.bytesRead).toBeLessThan(sent.length * 500_000)
    },
    120_000,
  )

  test.each([
    ['messages', frame(text, '{}')],
    ['pings', frame(ping, '')],
    ['pongs that nobody asked for', frame(pong, '')],
  ])(
    'leaves others their turn: %s',
    async (_name, sent) => {
      const {product, sockets} = await start(60_000)
      const client = await flood(product, sent, 100_000)
      // Read, so that nothing but fairness holds it back.
      client.socket.resume()
      await expect.poll(() => sockets[0]?.bytesRead ?? 0, {timeout: 20_000}).toBeGreaterThan(1000)

      for (let i = 0; i < 3; i++) expect((await fetch(`${product.url}/healthz`)).status).toBe(200)

      // Answered long before all of it was looked at.
      expect(sockets[0]!.bytesRead).toBeLessThan(sent.length * 100_000)
    },
    60_000,
  )
})

test('a client does not time out while its messages are waiting', async () => {
  const product = await startWith({settings: {heartbeatMs: 40, requestLimitPerMinute: 2}})
  const client = await connect(product)
  for (let i = 0; i < 20; i++) client.send({type: 'stop', answerId: 'none'})

  await new Promise((resolve) => setTimeout(resolve, 400))

  expect(client.socket.readyState).toBe(WebSocket.OPEN)
  client.socket.terminate()
})

test('its own pings are answered', async () => {
  const {product} = await start(1000)
  const client = await connect(product)
  const answered = new Promise((resolve) => client.socket.once('pong', (data) => resolve(String(data))))

  client.socket.ping('still there?')

  expect(await answered).toBe('still there?')
  client.socket.terminate()
})
