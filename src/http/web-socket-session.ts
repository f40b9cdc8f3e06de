import {setMaxListeners} from 'node:events'
import {setTimeout as delay, setImmediate as nextTurn} from 'node:timers/promises'
import type {RawData, WebSocket} from 'ws'
import type {Answering, AskedAnswer} from '../answering/index.ts'
import {DocentError, toDocentError} from '../domain/index.ts'
import {errorBodyOf, statusOf} from './error-response.ts'
import {checkJsonDepth} from './guards/json-depth.ts'
import type {Limits} from './limits/limits.ts'
import {slotsOf} from './limits/slots.ts'
import type {KeyOfVisitor} from './limits/visitor-keys.ts'
import type {Log} from './log.ts'
import type {Metrics} from './metrics.ts'
import {askRequestOf, idempotencyKeyOf, type SocketMessage, socketMessageOf} from './request-schemas.ts'

export interface WebSocketSessionDeps {
  readonly answering: Answering
  readonly limits: Limits
  readonly keyOfVisitor: KeyOfVisitor
  readonly metrics: Metrics
  readonly log: Log
  readonly heartbeatMs: number
  readonly slowReaderTimeoutMs: number
  readonly bufferMs: number
}

/** What a client sends that costs something: a message, or a ping that wants its pong. Null: what wants nothing. */
type Received = {readonly text: string} | {readonly ping: Buffer} | null

/** Bytes that may wait for a slow client before its answers wait as well. */
const highWaterBytes = 64 * 1024
/** Answers that one socket may read at the same time. */
const maxReading = 32

/**
 * Serves one client until it leaves. What it sends is taken one at a time, and no more is read meanwhile: so a client
 * that sends without end, or without reading, fills no memory and stops nobody else. Answers are read beside that, so
 * a stop does not wait for one.
 */
export function serveWebSocket(client: WebSocket, visitor: string, deps: WebSocketSessionDeps): void {
  const {answering, limits, keyOfVisitor, metrics, log, heartbeatMs, slowReaderTimeoutMs} = deps
  const left = new AbortController()
  // Each answer that is read listens.
  setMaxListeners(2 * maxReading, left.signal)
  const closeMetrics = metrics.opened('ws')
  const takeReading = slotsOf(maxReading)
  const inbox: Received[] = []
  let isWorking = false
  let isAlive = true

  const heartbeat = setInterval(() => {
    // What a paused client has answered was not read yet.
    if (!isAlive && !client.isPaused) {
      client.terminate()
      return
    }
    isAlive = false
    client.ping()
  }, heartbeatMs)

  client.on('pong', () => {
    // One that nobody asked for is work like any message.
    if (isAlive) receive(null)
    isAlive = true
  })
  client.on('ping', (ping) => receive({ping}))
  // Protocol errors (oversize, bad UTF-8) close the socket with their own code; 'close' follows.
  client.on('error', () => {})
  client.on('close', () => {
    clearInterval(heartbeat)
    inbox.length = 0
    left.abort()
    closeMetrics()
  })
  client.on('message', (data: RawData, isBinary: boolean) => {
    isAlive = true
    if (isBinary) client.close(1003, 'messages are JSON text')
    else receive({text: String(data)})
  })

  /** What has been read at once may be many; nothing else is read until that is done. */
  function receive(received: Received): void {
    if (client.readyState !== client.OPEN) return
    inbox.push(received)
    if (!isWorking) void work()
    else if (!client.isPaused) client.pause()
  }

  async function work(): Promise<void> {
    isWorking = true
    while (client.readyState === client.OPEN && inbox.length > 0) {
      await answerTo(inbox.shift()!)
      // Whoever else waits for this thread comes between two messages.
      await nextTurn()
    }
    isWorking = false
    isAlive = true
    client.resume()
  }

  async function answerTo(received: Received): Promise<void> {
    const value = received !== null && 'text' in received ? jsonOf(received.text) : null
    const ref = refOf(value)
    try {
      await limits.countRequest(visitor)
      if (received === null) return
      if ('ping' in received) await send((done) => client.pong(received.ping, false, done))
      else if (value === undefined) throw new DocentError('invalid_request', 'The message is not valid JSON.')
      else await obey(socketMessageOf(value))
    } catch (thrown) {
      const error = toDocentError(thrown)
      await refuse(error, ref)
      // Said once; then nothing is read until there is room again.
      if (error.details['limit'] === 'requests') await waited(error.retryAfterMs ?? 0)
    }
  }

  async function refuse(error: DocentError, ref: string | undefined): Promise<void> {
    if (left.signal.aborted) return
    if (statusOf[error.code] >= 500) log.warn({err: error}, 'a WebSocket request failed')
    metrics.refused(error.code)
    await tell({type: 'refused', ...withRef(ref), ...errorBodyOf(error)})
  }

  async function obey(message: SocketMessage): Promise<void> {
    switch (message.type) {
      case 'ask':
        return ask(message)
      case 'resume': {
        const {answerId, after, bufferMs = null, ref} = message
        const snapshot = await answering.snapshot(answerId)
        if (snapshot === null) throw new DocentError('not_found', 'There is no such answer.')
        const {ending} = snapshot
        const free = reading()
        void read({answerId, after, bufferMs, isAsker: false, ref, free}, async (count) => {
          if (count === 0) await tell({type: 'ended', answerId, ending, ...withRef(ref)})
        })
        return
      }
      case 'stop': {
        const {answerId, ref} = message
        const ending = await answering.stop(answerId)
        await tell({type: 'ended', answerId, ending, ...withRef(ref)})
      }
    }
  }

  async function ask(message: SocketMessage & {readonly type: 'ask'}): Promise<void> {
    const {type: _, ref, idempotencyKey: given, ...body} = message
    const {question, bufferMs, continueAnswerId} = askRequestOf(body)
    const idempotencyKey = keyOfVisitor(visitor, idempotencyKeyOf(given))
    const free = reading()
    let asked: AskedAnswer | null = null
    try {
      const admit = () => limits.admitAnswer(visitor)
      asked = await answering.ask(question, {channel: 'ws', idempotencyKey, continueAnswerId, admit})
    } finally {
      if (asked === null) free()
    }
    if (asked === null) return
    const {answerId, conversationId} = asked
    const told = tell({type: 'asked', answerId, conversationId, ...withRef(ref)})
    void read({answerId, after: 0, bufferMs, isAsker: true, ref, free})
    await told
  }

  /** Takes a place among the answers that this socket reads; gives what frees it. */
  function reading(): () => void {
    const free = takeReading('')
    if (free !== null) return free
    throw new DocentError(
      'rate_limited',
      'Too many answers are being read on this socket; try again when one has ended.',
      {
        retryAfterMs: 2000,
        details: {limit: 'reading'},
      },
    )
  }

  /** Sends an answer's events to its end, then calls `done` with how many there were. What goes wrong is told. */
  async function read(
    {answerId, after, bufferMs, isAsker, ref, free}: Reading,
    done: (count: number) => Promise<void> = async () => {},
  ): Promise<void> {
    let count = 0
    try {
      const options = {after, signal: left.signal, bufferMs: bufferMs ?? deps.bufferMs, isAsker}
      await answering.deliver(answerId, options, ({seq, event}) => {
        count++
        metrics.sent(event.type)
        return tell({answerId, seq, ...event})
      })
      await done(count)
    } catch (thrown) {
      await refuse(toDocentError(thrown), ref)
    } finally {
      free()
    }
  }

  function tell(message: object): Promise<void> | null {
    return send((done) => client.send(JSON.stringify(message), done))
  }

  /** Gives a promise when too much waits already: it resolves when this has left too. */
  function send(write: (done?: () => void) => void): Promise<void> | null {
    if (client.readyState !== client.OPEN) return null
    if (client.bufferedAmount < highWaterBytes) {
      write()
      return null
    }
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        metrics.slowReader()
        log.warn({}, 'a WebSocket reader that takes nothing was dropped')
        client.terminate()
      }, slowReaderTimeoutMs)
      // Called with an error when the socket has closed: the signal tells that already.
      write(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  async function waited(ms: number): Promise<void> {
    // A client that leaves ends the wait.
    await delay(ms, undefined, {signal: left.signal}).catch(() => {})
  }
}

interface Reading {
  readonly answerId: string
  readonly after: number
  readonly bufferMs: number | null
  readonly isAsker: boolean
  readonly ref: string | undefined
  readonly free: () => void
}

function withRef(ref: string | undefined): {readonly ref?: string} {
  return ref === undefined ? {} : {ref}
}

/** Undefined for what is no JSON, or none that anything here asks for. */
function jsonOf(text: string): unknown {
  try {
    checkJsonDepth(Buffer.from(text))
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function refOf(value: unknown): string | undefined {
  const ref = typeof value === 'object' && value !== null && 'ref' in value ? value.ref : undefined
  return typeof ref === 'string' && ref.length <= 64 ? ref : undefined
}
