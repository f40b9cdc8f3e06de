import {setMaxListeners} from 'node:events'
import {setTimeout as delay, setImmediate as nextTurn} from 'node:timers/promises'
import type {RawData, WebSocket} from 'ws'
import {DocentError, rateLimited, toDocentError} from '../../domain/index.ts'
import {errorBodyOf, statusOf} from '../error-response.ts'
import {checkJsonDepth} from '../guards/json-depth.ts'
import {slotLimit} from '../limits/concurrency-limits.ts'
import {askRequestOf, idempotencyKeyOf, type SocketMessage, socketMessageOf} from '../request-schemas.ts'
import type {AnswerStreamDeps} from './answer-streams.ts'

/** What a client sends: a message, or a ping that needs a pong. Null: a frame that needs no response. */
type ClientFrame = {readonly text: string} | {readonly ping: Buffer} | null

/** Bytes that may be buffered for a slow client before its answers are paused. */
const highWaterBytes = 64 * 1024
/** Maximum number of answers that one socket may read at the same time. */
const maxReading = 32

/**
 * Serves one client until it leaves. Its messages are handled one at a time, and nothing more is read meanwhile, so a
 * client that sends without end, or without reading, fills no memory and delays nobody else. Answers are read
 * concurrently, so a stop does not wait for one.
 */
export function serveWebSocket(client: WebSocket, visitor: string, deps: AnswerStreamDeps): void {
  const {answering, limits, visitorKeys, metrics, log, heartbeatMs, slowReaderTimeoutMs} = deps
  const closed = new AbortController()
  // Each answer being read adds a listener.
  setMaxListeners(2 * maxReading, closed.signal)
  const closeMetrics = metrics.streamOpened('ws')
  const acquireReaderSlot = slotLimit(maxReading)
  const inbox: ClientFrame[] = []
  let isWorking = false
  let isAlive = true

  const heartbeat = setInterval(() => {
    // The pong of a paused client may not have been read yet.
    if (!isAlive && !client.isPaused) {
      client.terminate()
      return
    }
    isAlive = false
    client.ping()
  }, heartbeatMs)

  client.on('pong', () => {
    // An unsolicited pong is work like any message.
    if (isAlive) receive(null)
    isAlive = true
  })
  client.on('ping', (ping) => receive({ping}))
  // Protocol errors (oversize, bad UTF-8) close the socket with their own code; 'close' follows.
  client.on('error', () => {})
  client.on('close', () => {
    clearInterval(heartbeat)
    inbox.length = 0
    closed.abort()
    closeMetrics()
  })
  client.on('message', (data: RawData, isBinary: boolean) => {
    isAlive = true
    if (isBinary) client.close(1003, 'messages are JSON text')
    else receive({text: String(data)})
  })

  /** One read may contain many frames; nothing else is read until they are handled. */
  function receive(frame: ClientFrame): void {
    if (client.readyState !== client.OPEN) return
    inbox.push(frame)
    if (!isWorking) void drainInbox()
    else if (!client.isPaused) client.pause()
  }

  async function drainInbox(): Promise<void> {
    isWorking = true
    while (client.readyState === client.OPEN && inbox.length > 0) {
      await handleFrame(inbox.shift()!)
      // Lets other work run between two messages.
      await nextTurn()
    }
    isWorking = false
    isAlive = true
    client.resume()
  }

  async function handleFrame(frame: ClientFrame): Promise<void> {
    const value = frame !== null && 'text' in frame ? jsonOf(frame.text) : null
    const ref = refOf(value)
    try {
      await limits.countRequest(visitor)
      if (frame === null) return
      if ('ping' in frame) await send((done) => client.pong(frame.ping, false, done))
      else if (value === undefined) throw new DocentError('invalid_request', 'The message is not valid JSON.')
      else await handle(socketMessageOf(value))
    } catch (thrown) {
      const error = toDocentError(thrown)
      await refuse(error, ref)
      // Refused once; then nothing is read until the limit allows it again.
      if (error.details['limit'] === 'requests') await pause(error.retryAfterMs ?? 0)
    }
  }

  async function refuse(error: DocentError, ref: string | undefined): Promise<void> {
    if (closed.signal.aborted) return
    if (statusOf[error.code] >= 500) log.warn({err: error}, 'a WebSocket request failed')
    metrics.refused(error.code)
    await sendMessage({type: 'refused', ...withRef(ref), ...errorBodyOf(error)})
  }

  async function handle(message: SocketMessage): Promise<void> {
    switch (message.type) {
      case 'ask':
        return ask(message)
      case 'resume': {
        const {answerId, after, bufferMs = null, ref} = message
        const snapshot = await answering.snapshot(answerId)
        if (snapshot === null) throw new DocentError('not_found', 'There is no such answer.')
        const {ending} = snapshot
        const release = reserveReader()
        void read({answerId, after, bufferMs, isAsker: false, ref, release}, async (count) => {
          if (count === 0) await sendMessage({type: 'ended', answerId, ending, ...withRef(ref)})
        })
        return
      }
      case 'stop': {
        const {answerId, ref} = message
        const ending = await answering.stop(answerId)
        await sendMessage({type: 'ended', answerId, ending, ...withRef(ref)})
      }
    }
  }

  async function ask(message: SocketMessage & {readonly type: 'ask'}): Promise<void> {
    const {type: _, ref, idempotencyKey: given, ...body} = message
    const {question, bufferMs, continueAnswerId} = askRequestOf(body)
    const idempotencyKey = visitorKeys.keyOf(visitor, idempotencyKeyOf(given))
    const release = reserveReader()
    let answerId: string
    let conversationId: string | null
    try {
      const admit = () => limits.admitAnswer(visitor)
      const options = {
        channel: 'ws',
        idempotencyKey,
        visitor: visitorKeys.hashOf(visitor),
        continueAnswerId,
        admit,
      }
      ;({answerId, conversationId} = await answering.ask(question, options))
    } catch (error) {
      release()
      throw error
    }
    const sent = sendMessage({type: 'asked', answerId, conversationId, ...withRef(ref)})
    void read({answerId, after: 0, bufferMs, isAsker: true, ref, release})
    await sent
  }

  /** Reserves one of the socket's slots for reading an answer. Returns a function that releases it. */
  function reserveReader(): () => void {
    const release = acquireReaderSlot('')
    if (release !== null) return release
    throw rateLimited(
      'reading',
      'Too many answers are being read on this socket; try again when one has ended.',
      {
        retryAfterMs: 2000,
      },
    )
  }

  /** Sends the events of an answer until it ends, then calls `done` with their number. Errors are sent to the client. */
  async function read(
    {answerId, after, bufferMs, isAsker, ref, release}: ReadOptions,
    done: (count: number) => Promise<void> = async () => {},
  ): Promise<void> {
    let count = 0
    try {
      const options = {after, signal: closed.signal, bufferMs: bufferMs ?? deps.bufferMs, isAsker}
      await answering.deliver(answerId, options, ({seq, event}) => {
        count++
        metrics.eventSent(event.type)
        return sendMessage({answerId, seq, ...event})
      })
      await done(count)
    } catch (thrown) {
      await refuse(toDocentError(thrown), ref)
    } finally {
      release()
    }
  }

  function sendMessage(message: object): Promise<void> | null {
    return send((done) => client.send(JSON.stringify(message), done))
  }

  /** Returns a promise if too much is buffered already: it resolves when this has been sent as well. */
  function send(write: (done?: () => void) => void): Promise<void> | null {
    if (client.readyState !== client.OPEN) return null
    if (client.bufferedAmount < highWaterBytes) {
      write()
      return null
    }
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        metrics.readerDropped()
        log.warn({}, 'a slow WebSocket reader was dropped')
        client.terminate()
      }, slowReaderTimeoutMs)
      // Called with an error if the socket has closed, which the signal reports already.
      write(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  async function pause(ms: number): Promise<void> {
    // A client that leaves ends the wait.
    await delay(ms, undefined, {signal: closed.signal}).catch(() => {})
  }
}

interface ReadOptions {
  readonly answerId: string
  readonly after: number
  readonly bufferMs: number | null
  readonly isAsker: boolean
  readonly ref: string | undefined
  readonly release: () => void
}

function withRef(ref: string | undefined): {readonly ref?: string} {
  return ref === undefined ? {} : {ref}
}

/** Undefined for text that is not JSON, or is nested too deeply. */
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
