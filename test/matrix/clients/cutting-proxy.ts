import {once} from 'node:events'
import {type AddressInfo, createServer, connect as dial, type Socket} from 'node:net'

/** Where a connection is dropped. */
export interface Cut {
  readonly name: string
  /**
   * Number of the server's bytes that still reach the client; negative while unknown.
   * @param sent what the server sent since the client last sent something, one character for each byte
   */
  readonly place: (sent: string) => number
}

/** A cut `offset` bytes after the beginning of the nth occurrence of a Latin-1 text. */
export function cutAt(name: string, text: string, nth: number, offset: number): Cut {
  return {
    name,
    place(sent) {
      let at = -1
      for (let n = 0; n < nth; n++) {
        at = sent.indexOf(text, at + 1)
        if (at === -1) return -1
      }
      return at + offset
    },
  }
}

export interface CuttingProxy {
  readonly url: string
  /** Cuts that are still to be made. */
  readonly cutsLeft: readonly Cut[]
  /** Drops all connections. */
  close(): Promise<void>
}

/**
 * Passes TCP connections on to a port of this machine and drops them at the cuts: the first connection that reaches the
 * first cut, then the first that reaches the second.
 */
export async function startCuttingProxy(port: number, cuts: readonly Cut[]): Promise<CuttingProxy> {
  const cutsLeft = [...cuts]
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = dial(port, '127.0.0.1')
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
    let sent = ''
    let passed = 0
    client.on('data', (bytes) => {
      // Earlier bytes belong to an earlier request on this connection.
      sent = ''
      passed = 0
      upstream.write(bytes)
    })
    client.on('end', () => upstream.end())
    upstream.on('data', (bytes) => {
      sent += bytes.toString('latin1')
      const place = cutsLeft[0]?.place(sent) ?? -1
      if (place < 0 || place > sent.length) {
        passed = sent.length
        client.write(bytes)
        return
      }
      cutsLeft.shift()
      upstream.destroy()
      client.write(sent.slice(passed, Math.max(place, passed)), 'latin1', () => client.destroy())
    })
    upstream.on('end', () => client.end())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cutsLeft,
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
