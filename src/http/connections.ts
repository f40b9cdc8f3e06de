import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import type {Socket} from 'node:net'
import {holderOf} from './limits.ts'
import {oneATurn} from './one-a-turn.ts'
import {isForWebSocket} from './plain-upgrade.ts'
import {slotsOf} from './slots.ts'

export interface ConnectionOptions {
  /** Connections of one address at the same time; 0 for no limit. */
  readonly maxConnectionsPerAddress: number
  /** Whether an address is a trusted proxy's, whose connections are everybody's and are not counted. */
  readonly isProxy: (address: string) => boolean
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
}

interface Connection {
  /** Whose it is, for taking turns; null for a proxy's. */
  readonly holder: string | null
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
/** A stream notices a slow reader by itself, and says so: it comes first. */
const streamsFirstMs = 1000

/**
 * An HTTP server whose connections are bounded in number and time, and kept to one request at a time.
 *
 * Node parses what a client sends ahead and would start all of it; but only the response whose turn it is has the
 * socket, and only that one is told when the socket closes. The others would hold their files, and write their answers
 * on, for nobody. So a request waits until the response before it has closed, and what waits when the connection
 * closes never begins. Requests of one address begin one a turn of the event loop, over however many connections.
 */
export function createBoundedServer(
  handle: RequestListener,
  options: ConnectionOptions,
): {readonly server: Server; readonly connections: Connections} {
  const {maxConnectionsPerAddress, isProxy, slowReaderTimeoutMs, onRefused} = options
  const connections = new Map<Socket, Connection>()
  const takeConnection = slotsOf(maxConnectionsPerAddress)
  const inTurn = oneATurn()

  function accept(socket: Socket): void {
    // A request whose Upgrade was taken off brings its connection a second time.
    if (connections.has(socket)) return
    const address = socket.remoteAddress
    const holder = address === undefined || isProxy(address) ? null : holderOf(address)
    const free = holder === null ? () => {} : takeConnection(holder)
    if (free === null) {
      onRefused()
      socket.destroy()
      return
    }
    connections.set(socket, {holder, exchanges: [], hasAnswered: false})
    socket.once('close', () => {
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
    if (exchanges.length >= maxExchanges) {
      socket.destroy()
      return
    }
    exchanges.push({request, response})
    if (exchanges.length === 1) beginNext(connection, socket)
  }

  function begin(connection: Connection, {request, response}: Exchange): void {
    response.once('close', () => {
      connection.hasAnswered = true
      connection.exchanges.shift()
      beginNext(connection, request.socket)
    })
    handle(request, response)
  }

  function beginNext(connection: Connection, socket: Socket): void {
    if (connection.exchanges.length === 0 || socket.destroyed) return
    if (connection.holder === null) beginFirst(connection, socket)
    else inTurn(connection.holder, () => beginFirst(connection, socket))
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
