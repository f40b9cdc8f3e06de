import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import type {Socket} from 'node:net'
import {slotLimit, weightLimit} from './limits/concurrency-limits.ts'
import {visitorAt} from './limits/limits.ts'
import {turnScheduler} from './limits/turn-scheduler.ts'
import {isForWebSocket} from './other-upgrades.ts'

export interface ConnectionOptions {
  /** Maximum concurrent connections of one address; 0 for no limit. */
  readonly maxConnectionsPerAddress: number
  /** Whether an address belongs to a trusted proxy, whose connections are shared and not counted. */
  readonly isProxy: (address: string) => boolean
  /** Who makes a request, also behind a trusted proxy. */
  readonly visitorOf: (request: IncomingMessage) => string
  /** A peer that reads nothing for this long is disconnected. */
  readonly slowReaderTimeoutMs: number
  /** Called for each connection that was closed because its address has too many. */
  readonly onRefused: () => void
}

/** A server's connections. */
export interface Connections {
  /** Whether a request on this connection has not been answered yet. */
  isAnswering(socket: Socket): boolean
  /** All open connections, including upgraded ones. */
  readonly open: Iterable<Socket>
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly visitor: string
  /** Releases the memory counted for the visitor. */
  readonly release: () => void
}

interface Connection {
  /** The first is being answered, the others are waiting. */
  readonly exchanges: Exchange[]
  hasAnswered: boolean
}

/** Longer than the 60 s after which common proxies drop an idle connection: the proxy must close first. */
const keepAliveTimeoutMs = 75_000
/** Maximum time for a whole request, headers and body, to arrive; then it is answered with 408. */
const requestTimeoutMs = 30_000
/** How often that is checked. */
const requestCheckIntervalMs = 5000
/** Maximum number of unanswered requests on one connection, including the one being answered. */
const maxPendingRequests = 8
/** A request with this many headers is answered with 431. */
const maxHeaders = 100
/** Maximum memory of all unanswered requests of a visitor: enough for thousands of usual ones. */
const maxVisitorBytes = 8 * 1024 * 1024
/** Memory that a header takes in addition to its text. */
const headerOverheadBytes = 100
/** A stream detects a slow reader itself, and logs it. This leaves it time to do so first. */
const streamTimeoutLeadMs = 1000

/**
 * An HTTP server whose connections are bounded in number and time, and kept to one request at a time.
 *
 * Node parses pipelined requests and would start all of them; but only the response whose turn it is has the socket, and
 * only that one is notified when the socket closes. The others would keep their files open, and go on writing their
 * answers for nobody. So a request waits until the previous response has closed, and requests that are still waiting when
 * the connection closes never begin. Requests of one visitor begin one per turn of the event loop, on however many
 * connections, and the memory they take until they are answered is limited.
 */
export function createBoundedServer(
  handle: RequestListener,
  options: ConnectionOptions,
): {readonly server: Server; readonly connections: Connections} {
  const {maxConnectionsPerAddress, isProxy, visitorOf, slowReaderTimeoutMs, onRefused} = options
  const connections = new Map<Socket, Connection>()
  const acquireConnection = slotLimit(maxConnectionsPerAddress)
  const acquireMemory = weightLimit(maxVisitorBytes)
  const inTurn = turnScheduler()

  function accept(socket: Socket): void {
    // Emitted a second time for the connection of a request whose Upgrade header was removed.
    if (connections.has(socket)) return
    const address = socket.remoteAddress
    const isCounted = address !== undefined && !isProxy(address)
    const release = isCounted ? acquireConnection(visitorAt(address)) : () => {}
    if (release === null) {
      onRefused()
      socket.destroy()
      return
    }
    connections.set(socket, {exchanges: [], hasAnswered: false})
    socket.once('close', () => {
      for (const exchange of connections.get(socket)?.exchanges ?? []) exchange.release()
      connections.delete(socket)
      release()
    })
  }

  function enqueue(request: IncomingMessage, response: ServerResponse): void {
    const {socket} = request
    const connection = connections.get(socket)
    // More data that was read together with the request that exceeded the limit.
    if (connection === undefined || socket.destroyed) return
    const {exchanges} = connection
    const visitor = visitorOf(request)
    const release = exchanges.length < maxPendingRequests ? acquireMemory(visitor, bytesOf(request)) : null
    if (release === null) {
      socket.destroy()
      return
    }
    exchanges.push({request, response, visitor, release})
    if (exchanges.length === 1) beginNext(connection, socket)
  }

  function begin(connection: Connection, {request, response}: Exchange): void {
    response.once('close', () => {
      connection.hasAnswered = true
      connection.exchanges.shift()?.release()
      beginNext(connection, request.socket)
    })
    if (!hasTooManyHeaders(request)) handle(request, response)
    else response.writeHead(431, {connection: 'close'}).end()
  }

  function beginNext(connection: Connection, socket: Socket): void {
    const [next] = connection.exchanges
    if (next !== undefined && !socket.destroyed) inTurn(next.visitor, () => beginFirst(connection, socket))
  }

  function beginFirst(connection: Connection, socket: Socket): void {
    const [next] = connection.exchanges
    if (next === undefined || socket.destroyed) return
    if (next.response.socket !== null) begin(connection, next)
    // Not its turn: Node has answered a request in between itself, or ends the connection after the previous one.
    else if (!socket.writableEnded) socket.destroy()
  }

  /** Closes a connection if its peer reads nothing or if it is idle. Others are waiting for their answer. */
  function onTimeout(socket: Socket): void {
    const connection = connections.get(socket)
    const isIdle = connection === undefined || (connection.exchanges.length === 0 && connection.hasAnswered)
    if (isIdle || socket.writableLength > 0) socket.destroy()
  }

  const serverOptions = {
    // Older versions of Node ignore it; there the WebSocket endpoint hands such requests back.
    shouldUpgradeCallback: isForWebSocket,
    requestTimeout: requestTimeoutMs,
    headersTimeout: requestTimeoutMs,
    connectionsCheckingInterval: requestCheckIntervalMs,
    keepAliveTimeout: keepAliveTimeoutMs,
  }
  const server = createServer(serverOptions, enqueue)
  server.maxHeadersCount = maxHeaders
  server.on('connection', accept)
  server.setTimeout(slowReaderTimeoutMs + streamTimeoutLeadMs, onTimeout)

  return {
    server,
    connections: {
      isAnswering: (socket) => (connections.get(socket)?.exchanges.length ?? 0) > 0,
      open: {[Symbol.iterator]: () => connections.keys()},
    },
  }
}

/** Whether headers were cut off. Without the rest the request may mean something else, so it must not be served. */
export function hasTooManyHeaders({rawHeaders}: IncomingMessage): boolean {
  return rawHeaders.length >= 2 * maxHeaders
}

/** Approximate memory of a request in bytes, without its body, which is read only when its turn has come. */
function bytesOf({url = '', rawHeaders}: IncomingMessage): number {
  return (
    rawHeaders.reduce((sum, {length}) => sum + length, url.length) +
    rawHeaders.length * (headerOverheadBytes / 2)
  )
}
