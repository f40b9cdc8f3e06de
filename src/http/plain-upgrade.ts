import type {IncomingMessage, Server} from 'node:http'
import type {Duplex} from 'node:stream'

/** Headers that offer another protocol; without them a request is the plain one that it also is. */
const offers: ReadonlySet<string> = new Set(['upgrade', 'http2-settings'])

export function isForWebSocket({headers}: IncomingMessage): boolean {
  return /(?:^|,)\s*websocket\s*(?:,|$)/i.test(headers.upgrade ?? '')
}

/**
 * Lets a server answer a request as if it had offered no other protocol, as HTTP asks of servers that do not speak it
 * (`Upgrade: h2c` of curl and of Java's client). For versions of Node without `shouldUpgradeCallback`: they have let
 * go of the connection by then, and the request may have a body. So its head is put back without the offer, and the
 * connection begins anew.
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
  // Node reads heads as Latin-1, each byte a character.
  socket.unshift(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'))
  server.emit('connection', socket)
}

function withoutOffers(connection: string): string {
  const options = connection.split(',').map((option) => option.trim())
  return options.filter((option) => !offers.has(option.toLowerCase())).join(', ')
}
