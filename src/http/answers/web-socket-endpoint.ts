import {type IncomingMessage, type Server, STATUS_CODES} from 'node:http'
import type {Duplex} from 'node:stream'
import type {Express, Request} from 'express'
import {WebSocketServer} from 'ws'
import {DocentError, toDocentError} from '../../domain/index.ts'
import {type Connections, hasTooManyHeaders} from '../connections.ts'
import {errorBodyOf, statusOf} from '../error-response.ts'
import {isAllowedOrigin} from '../guards/origins.ts'
import {visitorOf} from '../limits/limits.ts'
import {answerWithoutUpgrade, isForWebSocket} from '../other-upgrades.ts'
import type {AnswerStreamDeps} from './answer-streams.ts'
import {serveWebSocket} from './web-socket-session.ts'

export interface WebSocketDeps extends AnswerStreamDeps {
  readonly connections: Connections
  readonly allowedOrigins: readonly string[]
  /** @throws DocentError `host_not_allowed`. */
  readonly checkHost: (request: IncomingMessage) => void
}

export interface WebSocketEndpoint {
  /** Closes the connection of every client with code 1001. */
  close(): void
}

/** The largest message a client may send: a question with a long history fits. */
const maxPayloadBytes = 64 * 1024
/** How long a client may take to answer the closing handshake. */
const closeTimeoutMs = 5000
/** How long a refused client may take to read the response. */
const refusalTimeoutMs = 5000

/**
 * Serves answers over WebSocket at `/api/ws`, on the same server as HTTP. A client sends `ask`, `stop` and `resume`, for
 * several answers at once if it likes; each event is sent as one JSON object with `answerId`, `seq` and `type`. A `ref`
 * in a request is returned in the response to it. A refusal is sent as `{type: "refused", ref?, error}`.
 *
 * Upgrades bypass Express, so origin, limits and visitor are checked here again. Offers of protocols other than WebSocket
 * are ignored.
 */
export function attachWebSocketEndpoint(
  server: Server,
  app: Express,
  deps: WebSocketDeps,
): WebSocketEndpoint {
  const {limits, metrics, connections, allowedOrigins} = deps
  const options = {
    noServer: true,
    perMessageDeflate: false,
    maxPayload: maxPayloadBytes,
    closeTimeout: closeTimeoutMs,
    // A pong is a response like any other, and waits its turn.
    autoPong: false,
  }
  const sockets = new WebSocketServer(options)

  server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    // An earlier request on this connection is still being answered.
    if (connections.isAnswering(incoming.socket) || hasTooManyHeaders(incoming)) socket.destroy()
    else if (isForWebSocket(incoming)) void open(incoming, socket, head)
    else answerWithoutUpgrade(server, incoming, socket, head)
  })

  async function open(incoming: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => socket.destroy())
    // Adds the getters of Express (`ip` behind trusted proxies, `host`) to a request that Express does not handle.
    const request = Object.setPrototypeOf(incoming, app.request) as Request
    try {
      const visitor = visitorOf(request)
      await limits.countRequest(visitor)
      if (pathOf(request) !== '/api/ws') {
        throw new DocentError('not_found', 'There is no WebSocket at this address.')
      }
      deps.checkHost(incoming)
      if (!isAllowedOrigin(request, allowedOrigins)) {
        throw new DocentError('origin_not_allowed', 'Pages of this origin may not use this server.')
      }
      if (!(await limits.openStream(visitor, socket))) return
      sockets.handleUpgrade(incoming, socket, head, (client) => serveWebSocket(client, visitor, deps))
    } catch (thrown) {
      const error = toDocentError(thrown)
      metrics.refused(error.code)
      refuseUpgrade(socket, error)
    }
  }

  return {
    close() {
      for (const client of sockets.clients) {
        client.close(1001, 'the server is stopping')
        // A paused client must be read as well, to receive its close frame.
        client.resume()
      }
      sockets.close()
    },
  }
}

/** @throws DocentError `invalid_request` for an invalid URL. */
function pathOf({url = ''}: IncomingMessage): string {
  try {
    return new URL(url, 'http://localhost').pathname
  } catch (cause) {
    throw new DocentError('invalid_request', 'The address of the request is malformed.', {cause})
  }
}

/** The HTTP server no longer manages this connection, so it is ended here, whether the client reads the response or not. */
function refuseUpgrade(socket: Duplex, error: DocentError): void {
  const status = statusOf[error.code]
  const body = JSON.stringify(errorBodyOf(error))
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: no-store',
    ...(error.retryAfterMs === null
      ? []
      : [`retry-after: ${Math.max(1, Math.ceil(error.retryAfterMs / 1000))}`]),
    'connection: close',
  ]
  const timer = setTimeout(() => socket.destroy(), refusalTimeoutMs)
  socket.once('close', () => clearTimeout(timer))
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy())
}
