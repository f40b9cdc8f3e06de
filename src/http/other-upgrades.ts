import type {IncomingMessage, Server} from 'node:http'
import type {Duplex} from 'node:stream'

/** Headers that offer another protocol. Without them the request is a plain HTTP request. */
const offers: ReadonlySet<string> = new Set(['upgrade', 'http2-settings'])

export function isForWebSocket({headers}: IncomingMessage): boolean {
  return /(?:^|,)\s*websocket\s*(?:,|$)/i.test(headers.upgrade ?? '')
}

/**
 * Makes a server answer a request as if it had offered no other protocol, which HTTP requires of servers that do not
 * support it (`Upgrade: h2c`, sent by curl and Java's client). For versions of Node without `shouldUpgradeCallback`: by
 * then they have detached the connection from the parser, and the request may have a body. So its headers are put back
 * without the offer, and the connection is handled as a new one.
 */
export function answerWithoutUpgrade(
  server: Server,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  const {method, url, httpVersion, rawHeaders} = request
  const lines = [`${method} ${url} HTTP/${httpVersion}`]
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!
    const value = name.toLowerCase() === 'connection' ? withoutOffers(rawHeaders[i + 1]!) : rawHeaders[i + 1]!
    if (!offers.has(name.toLowerCase()) && value !== '') lines.push(`${name}: ${value}`)
  }
  socket.unshift(head)
  // Node reads headers as Latin-1, one character per byte.
  socket.unshift(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'))
  server.emit('connection', socket)
}

function withoutOffers(connection: string): string {
  const options = connection.split(',').map((option) => option.trim())
  return options.filter((option) => !offers.has(option.toLowerCase())).join(', ')
}
