import {once} from 'node:events'
import {type AddressInfo, createServer, connect as dial, type Socket} from 'node:net'

/** Where a connection is dropped. */
export interface Cut {
  readonly name: string
  /**
   * How many bytes of what the server sends still reach the client; negative until that can be said.
   * @param sent what came on a connection since the client last sent something, a character for each byte
   */
  readonly place: (sent: string) => number
}

/** A place some bytes behind the beginning of the nth time that a text stands there; the text is Latin-1. */
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
 * Passes TCP connections on to a port of this machine, and drops them where it is asked to: the first that comes to the
 * first place, then the first that comes to the second.
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
      // What came before belongs to an earlier request on this connection.
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
