import type {IncomingMessage, Server} from 'node:http'
import type {Duplex} from 'node:stream'
import type {Express, Request} from 'express'
import {type RawData, type WebSocket, WebSocketServer} from 'ws'
import type {Answering} from '../answering/answering.ts'
import {DocentError, isTerminal, toDocentError} from '../domain/index.ts'
import {errorBodyOf, statusOf} from './error-response.ts'
import {keyOfVisitor, type Limits, visitorOf} from './limits.ts'
import type {Log} from './log.ts'
import type {Metrics} from './metrics.ts'
import {isAllowedOrigin} from './origins.ts'
import {askRequestOf, idempotencyKeyOf, type SocketMessage, socketMessageOf} from './request-schemas.ts'

export interface WebSocketDeps {
  readonly answering: Answering
  readonly limits: Limits
  readonly metrics: Metrics
  readonly log: Log
  readonly allowedOrigins: readonly string[]
  /** @throws DocentError `host_not_allowed`. */
  readonly checkHost: (request: IncomingMessage) => void
  readonly heartbeatMs: number
  readonly slowReaderTimeoutMs: number
  readonly bufferMs: number
}

export interface WebSocketDoor {
  /** Says goodbye to every client (1001). */
  close(): void
}

/** The largest message a client may send: a question with a long history fits. */
const maxPayloadBytes = 64 * 1024
/** Bytes that may wait for a slow client before its answers wait as well. */
const highWaterBytes = 64 * 1024
/** Answers that one socket may read at the same time. */
const maxReading = 32

/**
 * Answers over WebSocket at `/api/ws`, beside a server's HTTP. A client sends `ask`, `stop` and `resume`, several
 * answers at once if it likes; each event comes as one JSON object with `answerId`, `seq` and `type`. A `ref` in a
 * request is given back with the answer to it. What is refused comes as `{type: "refused", ref?, error}`.
 *
 * An upgrade passes by Express, so origin, limits and visitor are looked at here again.
 */
export function openWebSocketDoor(server: Server, app: Express, deps: WebSocketDeps): WebSocketDoor {
  const sockets = new WebSocketServer({noServer: true, perMessageDeflate: false, maxPayload: maxPayloadBytes})

  server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    // Express's own request methods (ip behind trusted proxies, host) for a request that Express does not see.
    const request = Object.setPrototypeOf(incoming, app.request) as Request
    try {
      const path = new URL(incoming.url ?? '/', 'http://localhost').pathname
      if (path !== '/api/ws') throw new DocentError('not_found', 'There is no WebSocket at this address.')
      deps.checkHost(incoming)
      if (!isAllowedOrigin(request, deps.allowedOrigins)) {
        throw new DocentError('origin_not_allowed', 'Pages of this origin may not use this server.')
      }
      const visitor = visitorOf(request)
      const closeStream = deps.limits.openStream(visitor)
      socket.once('close', closeStream)
      sockets.handleUpgrade(incoming, socket, head, (client) => serve(client, visitor, deps))
    } catch (error) {
      refuseUpgrade(socket, toDocentError(error))
    }
  })

  return {
    close() {
      for (const client of sockets.clients) client.close(1001, 'the server is stopping')
      sockets.close()
    },
  }
}

function refuseUpgrade(socket: Duplex, error: DocentError): void {
  const body = JSON.stringify(errorBodyOf(error))
  socket.end(
    `HTTP/1.1 ${statusOf[error.code]} Refused\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
}

function serve(client: WebSocket, visitor: string, deps: WebSocketDeps): void {
  const {answering, limits, metrics, log, heartbeatMs, slowReaderTimeoutMs} = deps
  const reader = new AbortController()
  const closeMetrics = metrics.opened('ws')
  let reading = 0
  let isAlive = true

  const heartbeat = setInterval(() => {
    if (!isAlive) {
      client.terminate()
      return
    }
    isAlive = false
    client.ping()
  }, heartbeatMs)

  client.on('pong', () => {
    isAlive = true
  })
  // Protocol errors (oversize, bad UTF-8) close the socket with their own code; 'close' follows.
  client.on('error', () => {})
  client.on('close', () => {
    clearInterval(heartbeat)
    reader.abort()
    closeMetrics()
  })
  client.on('message', (data: RawData, isBinary: boolean) => {
    isAlive = true
    if (isBinary) {
      client.close(1003, 'messages are JSON text')
      return
    }
    void answerTo(String(data))
  })

  async function answerTo(text: string): Promise<void> {
    let ref: string | undefined
    try {
      const value = jsonOf(text)
      ref = refOf(value)
      await obey(socketMessageOf(value))
    } catch (thrown) {
      if (reader.signal.aborted) return
      const error = toDocentError(thrown)
      if (statusOf[error.code] >= 500) log.warn({err: error}, 'a WebSocket request failed')
      metrics.refused(error.code)
      tell({type: 'refused', ...(ref === undefined ? {} : {ref}), ...errorBodyOf(error)})
    }
  }

  async function obey(message: SocketMessage): Promise<void> {
    const ref = message.ref === undefined ? {} : {ref: message.ref}
    switch (message.type) {
      case 'ask': {
        const {type: _, ref: __, idempotencyKey, ...body} = message
        const {question, bufferMs, continueAnswerId} = askRequestOf(body)
        checkRoom()
        await limits.countQuestion(visitor)
        if (reader.signal.aborted) return
        const {answerId, conversationId} = answering.ask(question, {
          channel: 'ws',
          idempotencyKey: keyOfVisitor(visitor, idempotencyKeyOf(idempotencyKey)),
          continueAnswerId,
        })
        limits.began(visitor, answerId)
        tell({type: 'asked', answerId, conversationId, ...ref})
        await read(answerId, {after: 0, bufferMs, isAsker: true})
        return
      }
      case 'resume': {
        const snapshot = answering.snapshot(message.answerId)
        if (snapshot === null) throw new DocentError('not_found', 'There is no such answer.')
        checkRoom()
        const count = await read(message.answerId, {
          after: message.after,
          bufferMs: message.bufferMs ?? null,
          isAsker: false,
        })
        if (count === 0) tell({type: 'ended', answerId: message.answerId, ending: snapshot.ending, ...ref})
        return
      }
      case 'stop': {
        const ending = await answering.stop(message.answerId)
        tell({type: 'ended', answerId: message.answerId, ending, ...ref})
      }
    }
  }

  function checkRoom(): void {
    if (reading >= maxReading) {
      throw new DocentError('rate_limited', 'Too many answers are being read on this socket.', {
        retryAfterMs: 2000,
      })
    }
  }

  /** Sends an answer's events to its end; gives how many there were. */
  async function read(
    answerId: string,
    {after, bufferMs, isAsker}: {after: number; bufferMs: number | null; isAsker: boolean},
  ): Promise<number> {
    let count = 0
    reading++
    try {
      const options = {after, signal: reader.signal, bufferMs: bufferMs ?? deps.bufferMs, isAsker}
      await answering.deliver(answerId, options, ({seq, event}) => {
        count++
        if (isTerminal(event)) limits.ended(visitor, answerId)
        metrics.sent(event.type)
        return tell({answerId, seq, ...event})
      })
    } finally {
      reading--
    }
    return count
  }

  /** Gives a promise when too much waits already: it resolves when this message has left. */
  function tell(message: object): Promise<void> | null {
    if (client.readyState !== client.OPEN) return null
    const text = JSON.stringify(message)
    if (client.bufferedAmount < highWaterBytes) {
      client.send(text)
      return null
    }
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        metrics.slowReader()
        log.warn({}, 'a WebSocket reader that takes nothing was dropped')
        client.terminate()
      }, slowReaderTimeoutMs)
      // Called with an error when the socket has closed: the reader's signal tells that already.
      client.send(text, () => {
        clearTimeout(timer)
        resolve()
      })
    })
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new DocentError('invalid_request', 'The message is not valid JSON.', {cause})
  }
}

function refOf(value: unknown): string | undefined {
  const ref = typeof value === 'object' && value !== null && 'ref' in value ? value.ref : undefined
  return typeof ref === 'string' && ref.length <= 64 ? ref : undefined
}
