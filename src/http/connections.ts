import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import type {Socket} from 'node:net'
import {holderOf} from './limits/limits.ts'
import {oneATurn} from './limits/one-a-turn.ts'
import {budgetOf, slotsOf} from './limits/slots.ts'
import {isForWebSocket} from './plain-upgrade.ts'

export interface ConnectionOptions {
  /** Connections of one address at the same time; 0 for no limit. */
  readonly maxConnectionsPerAddress: number
  /** Whether an address is a trusted proxy's, whose connections are everybody's and are not counted. */
  readonly isProxy: (address: string) => boolean
  /** Who makes a request, behind a trusted proxy as well. */
  readonly visitorOf: (request: IncomingMessage) => string
  /** A peer that takes nothing of what was written for so long is cut off. */
  readonly slowReaderTimeoutMs: number
  /** Told once for each connection that was closed because its address has too many. */
  readonly onRefused: () => void
}

/** A server's connections. */
export interface Connections {
  /** Whether a request on this connection is not answered yet. */
  isAnswering(socket: Socket): boolean
  /** All that are open, upgraded ones included. */
  readonly open: Iterable<Socket>
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly visitor: string
  /** Gives back what it takes of the visitor's memory. */
  readonly free: () => void
}

interface Connection {
  /** The first is being answered, the others wait. */
  readonly exchanges: Exchange[]
  hasAnswered: boolean
}

/** Above the 60 s after which common proxies drop an idle connection: they must close first, not we. */
const keepAliveTimeoutMs = 75_000
/** Longest time for a whole request, its head and its body, to arrive; then it is answered 408. */
const requestTimeoutMs = 30_000
/** How often requests are looked at for that. */
const requestCheckMs = 5000
/** Requests that a connection may have under way, the one being answered included. */
const maxExchanges = 8
/** Headers of a request: one with as many is answered 431. */
const maxHeaders = 100
/** What the requests of a visitor that are not answered yet may weigh together: thousands of usual ones. */
const maxVisitorWeight = 8 * 1024 * 1024
/** What a header takes in memory beside its text. */
const headerWeight = 100
/** A stream notices a slow reader by itself, and says so: it comes first. */
const streamsFirstMs = 1000

/**
 * An HTTP server whose connections are bounded in number and time, and kept to one request at a time.
 *
 * Node parses what a client sends ahead and would start all of it; but only the response whose turn it is has the
 * socket, and only that one is told when the socket closes. The others would hold their files, and write their answers
 * on, for nobody. So a request waits until the response before it has closed, and what waits when the connection
 * closes never begins. Requests of one visitor begin one a turn of the event loop, over however many connections, and
 * what is held of them until they are answered is bounded.
 */
export function createBoundedServer(
  handle: RequestListener,
  options: ConnectionOptions,
): {readonly server: Server; readonly connections: Connections} {
  const {maxConnectionsPerAddress, isProxy, visitorOf, slowReaderTimeoutMs, onRefused} = options
  const connections = new Map<Socket, Connection>()
  const takeConnection = slotsOf(maxConnectionsPerAddress)
  const takeMemory = budgetOf(maxVisitorWeight)
  const inTurn = oneATurn()

  function accept(socket: Socket): void {
    // A request whose Upgrade was taken off brings its connection a second time.
    if (connections.has(socket)) return
    const address = socket.remoteAddress
    const isCounted = address !== undefined && !isProxy(address)
    const free = isCounted ? takeConnection(holderOf(address)) : () => {}
    if (free === null) {
      onRefused()
      socket.destroy()
      return
    }
    connections.set(socket, {exchanges: [], hasAnswered: false})
    socket.once('close', () => {
      for (const exchange of connections.get(socket)?.exchanges ?? []) exchange.free()
      connections.delete(socket)
      free()
    })
  }

  function take(request: IncomingMessage, response: ServerResponse): void {
    const {socket} = request
    const connection = connections.get(socket)
    // The rest of what was read with the request that was one too many.
    if (connection === undefined || socket.destroyed) return
    const {exchanges} = connection
    const visitor = visitorOf(request)
    const free = exchanges.length < maxExchanges ? takeMemory(visitor, weightOf(request)) : null
    if (free === null) {
      socket.destroy()
      return
    }
    exchanges.push({request, response, visitor, free})
    if (exchanges.length === 1) beginNext(connection, socket)
  }

  function begin(connection: Connection, {request, response}: Exchange): void {
    response.once('close', () => {
      connection.hasAnswered = true
      connection.exchanges.shift()?.free()
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
    // Not its turn: Node has answered something in between by itself, or ends the connection with the one before.
    else if (!socket.writableEnded) socket.destroy()
  }

  /** A peer that takes nothing, or a connection kept alive for nothing. Others wait for their answer. */
  function onQuiet(socket: Socket): void {
    const connection = connections.get(socket)
    const isIdle = connection === undefined || (connection.exchanges.length === 0 && connection.hasAnswered)
    if (isIdle || socket.writableLength > 0) socket.destroy()
  }

  const serverOptions = {
    // Older versions of Node do not know it; there the WebSocket's door takes such requests back.
    shouldUpgradeCallback: isForWebSocket,
    requestTimeout: requestTimeoutMs,
    headersTimeout: requestTimeoutMs,
    connectionsCheckingInterval: requestCheckMs,
    keepAliveTimeout: keepAliveTimeoutMs,
  }
  const server = createServer(serverOptions, take)
  server.maxHeadersCount = maxHeaders
  server.on('connection', accept)
  server.setTimeout(slowReaderTimeoutMs + streamsFirstMs, onQuiet)

  return {
    server,
    connections: {
      isAnswering: (socket) => (connections.get(socket)?.exchanges.length ?? 0) > 0,
      open: {[Symbol.iterator]: () => connections.keys()},
    },
  }
}

/** Whether there were more than are read. Without the rest a request may be another one: it is not to be served. */
export function hasTooManyHeaders({rawHeaders}: IncomingMessage): boolean {
  return rawHeaders.length >= 2 * maxHeaders
}

/** About how many bytes a request takes in memory, its body left out: that is read when its turn has come. */
function weightOf({url = '', rawHeaders}: IncomingMessage): number {
  return (
    rawHeaders.reduce((sum, {length}) => sum + length, url.length) + rawHeaders.length * (headerWeight / 2)
  )
}
