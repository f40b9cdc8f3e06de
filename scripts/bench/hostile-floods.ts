/**
 * What hostile clients do to a server, one flood each: the attacker's process of `bench hostile`. Each flood comes from
 * one address and stays on this machine. Controlled over IPC; see `hostile.ts`.
 */
import {connect, type Socket} from 'node:net'
import {setTimeout as delay} from 'node:timers/promises'

export interface FloodPlan {
  readonly name: string
  readonly port: number
  /** The attacker's IP address. */
  readonly address: string
  readonly seconds: number
  /** Paths of pages below `/docs`. */
  readonly pages: readonly string[]
}

export interface FloodResult {
  readonly bytesSent: number
  readonly bytesRead: number
}

/** The sockets of one attack. */
interface Attack extends FloodPlan {
  /** Opens a connection; all are closed when the flood is over. */
  open(options?: {readonly reads?: boolean; readonly allowHalfOpen?: boolean}): Socket
  readonly isOver: () => boolean
}

type Flood = (attack: Attack) => Promise<void> | void

const head = (method: string, path: string, more = '') =>
  `${method} ${path} HTTP/1.1\r\nHost: localhost\r\n${more}\r\n`
const get = (path: string, more = '') => head('GET', path, more)

function post(path: string, body: string, length = Buffer.byteLength(body)): string {
  return head('POST', path, `Content-Type: application/json\r\nContent-Length: ${length}\r\n`) + body
}

let questionNumber = 0
const ask = () =>
  post(
    '/api/answers',
    JSON.stringify({question: `how do I kare ${questionNumber++} to the mire?`, bufferMs: 0}),
  )

/** A WebSocket text frame of a client, with a mask of zeros. */
function frame(text: string): Buffer {
  const body = Buffer.from(text)
  const length = body.length < 126 ? [0x80 | body.length] : [0x80 | 126, body.length >> 8, body.length & 0xff]
  return Buffer.concat([Buffer.from([0x81, ...length, 0, 0, 0, 0]), body])
}

async function openWebSocket(attack: Attack, reads: boolean): Promise<Socket> {
  const socket = attack.open({reads: true})
  socket.write(
    get(
      '/api/ws',
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n',
    ),
  )
  await Promise.race([new Promise((resolve) => socket.once('data', resolve)), delay(5_000)])
  if (!reads) socket.pause()
  return socket
}

/** Writes the same bytes as fast as the socket accepts them. */
async function writeContinuously(socket: Socket, bytes: Buffer, {isOver}: Attack): Promise<void> {
  while (!isOver() && !socket.destroyed) {
    if (socket.write(bytes)) await new Promise(setImmediate)
    else await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), delay(1_000)])
  }
}

/** Sends requests over several connections, each request as soon as the previous one is answered. */
async function repeat(
  attack: Pick<Attack, 'open' | 'isOver'>,
  connections: number,
  request: (n: number) => string,
): Promise<void> {
  let n = 0
  const sendRequests = async () => {
    let socket = attack.open()
    while (!attack.isOver()) {
      if (socket.destroyed) socket = attack.open()
      socket.write(request(n++))
      const answered = new Promise((resolve) => socket.once('data', resolve).once('close', resolve))
      await Promise.race([answered, delay(5_000)])
    }
  }
  await Promise.all(times(connections, sendRequests))
}

/** Repeats a frame to about 16 KB. */
const repeatedTo16Kb = (bytes: Buffer) =>
  Buffer.concat(Array.from({length: Math.ceil(16_384 / bytes.length)}, () => bytes))
const times = <T>(count: number, make: (index: number) => T) =>
  Array.from({length: count}, (_, index) => make(index))

const empty = frame('{}')
/** A message with a hundred validation errors. */
const invalid = frame(JSON.stringify({type: 'ask', question: 'a', history: times(100, () => 0)}))

export const floods: Readonly<Record<string, Flood>> = {
  'pipelined files, not read': async (attack) => {
    for (const socket of times(10, () => attack.open({reads: false}))) {
      socket.write(get('/widget.js').repeat(1_500))
    }
  },
  'pipelined questions, abandoned': async (attack) => {
    while (!attack.isOver()) {
      const sockets = times(10, () => attack.open())
      for (const socket of sockets) socket.write(ask() + ask() + ask() + ask())
      await delay(300)
      for (const socket of sockets) socket.destroy()
    }
  },
  'questions, abandoned': async (attack) => {
    while (!attack.isOver()) {
      const sockets = times(50, () => attack.open())
      for (const socket of sockets) socket.write(ask())
      await delay(300)
      for (const socket of sockets) socket.destroy()
    }
  },
  'WebSocket: empty messages, replies not read': async (attack) => {
    const sockets = await Promise.all(times(4, () => openWebSocket(attack, false)))
    await Promise.all(sockets.map((socket) => writeContinuously(socket, repeatedTo16Kb(empty), attack)))
  },
  'WebSocket: empty messages, replies read': async (attack) => {
    const socket = await openWebSocket(attack, true)
    while (!attack.isOver()) {
      socket.write(repeatedTo16Kb(empty).subarray(0, empty.length * 1_500))
      await delay(100)
    }
  },
  'WebSocket: messages with a hundred errors': async (attack) => {
    const sockets = await Promise.all(times(4, () => openWebSocket(attack, false)))
    await Promise.all(sockets.map((socket) => writeContinuously(socket, repeatedTo16Kb(invalid), attack)))
  },
  'WebSocket: 200 questions at once': async (attack) => {
    const socket = await openWebSocket(attack, true)
    socket.write(
      Buffer.concat(times(200, (n) => frame(JSON.stringify({type: 'ask', question: `kare ${n}?`})))),
    )
  },
  'WebSocket: opened and abandoned': async (attack) => {
    while (!attack.isOver()) {
      const sockets = await Promise.all(times(20, () => openWebSocket(attack, true)))
      for (const socket of sockets) socket.destroy()
    }
  },
  'refused upgrades, not closed': async (attack) => {
    for (let n = 0; n < 300; n++) {
      attack.open().write(get('/nope', 'Connection: Upgrade\r\nUpgrade: websocket\r\n'))
      await delay(2)
    }
  },
  'pages below /docs': ({pages, ...attack}) => repeat(attack, 16, (n) => get(pages[n % pages.length]!)),
  searches: (attack) => repeat(attack, 16, (n) => get(`/api/search?q=kare+${n}+to+mire`)),
  'searches of 450 words': async (attack) => {
    const words = times(450, (n) => `${['kare', 'mire', 'tolo'][n % 3]}${n % 90}`).join('+')
    await repeat(attack, 16, (n) => get(`/api/search?k=50&q=${words}+${n}`))
  },
  'deeply nested JSON': async (attack) => {
    const body = '['.repeat(30_000) + ']'.repeat(30_000)
    await repeat(attack, 32, () => post('/api/answers', body))
  },
  'pipelined requests with a thousand headers': async (attack) => {
    const fat = get('/api/info', times(950, (n) => `h${n}:${n}abcd\r\n`).join(''))
    for (let n = 0; n < 600 && !attack.isOver(); n++) {
      attack.open({reads: false}).write(fat.repeat(8))
      if (n % 20 === 0) await delay(5)
    }
  },
  'wrong tokens': async (attack) => {
    while (!attack.isOver()) {
      const guesses = times(8, (n) =>
        get('/api/admin/transcripts', `Authorization: Bearer guess-${n}-${Math.random()}\r\n`),
      )
      const sockets = times(20, () => attack.open())
      for (const socket of sockets) socket.write(guesses.join(''))
      await delay(200)
      for (const socket of sockets) socket.destroy()
    }
  },
  'slow bodies': async (attack) => {
    const sockets = times(700, () => attack.open())
    for (const socket of sockets) socket.write(post('/api/answers', '{"question": "', 1_000))
    while (!attack.isOver()) {
      await delay(1_000)
      for (const socket of sockets) if (!socket.destroyed) socket.write(' ')
    }
  },
  'idle connections': async (attack) => {
    for (let n = 0; n < 1_500; n++) {
      attack.open()
      if (n % 50 === 0) await delay(10)
    }
  },
  'half-closed connections, not read': async (attack) => {
    while (!attack.isOver()) {
      for (const socket of times(20, () => attack.open({reads: false, allowHalfOpen: true}))) {
        socket.end(get('/widget.js'))
      }
      await delay(100)
    }
  },
}

/** Floods for the planned time, then closes every socket. */
async function flood(plan: FloodPlan): Promise<FloodResult> {
  const sockets = new Set<Socket>()
  let bytesSent = 0
  let bytesRead = 0
  const until = performance.now() + plan.seconds * 1_000
  const attack: Attack = {
    ...plan,
    isOver: () => performance.now() > until,
    open({reads = true, allowHalfOpen = false} = {}) {
      const socket = connect({port: plan.port, host: '127.0.0.1', localAddress: plan.address, allowHalfOpen})
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        bytesSent += socket.bytesWritten
        bytesRead += socket.bytesRead
      })
      if (reads) socket.resume()
      return socket
    },
  }
  await floods[plan.name]!(attack)
  await delay(Math.max(0, until - performance.now()))
  for (const socket of sockets) socket.destroy()
  while (sockets.size > 0) await delay(10)
  return {bytesSent, bytesRead}
}

if (process.send && process.argv[2] === 'attacker') {
  process.on('message', async (plan: FloodPlan) => {
    process.send!(await flood(plan))
  })
  process.on('disconnect', () => process.exit())
}
