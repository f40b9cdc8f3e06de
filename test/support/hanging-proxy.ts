import {once} from 'node:events'
import {type AddressInfo, connect, createServer, type Socket} from 'node:net'

/** A proxy of a server that can hang, as where a network drops packets: connections stay open and nothing comes. */
export interface HangingProxy {
  readonly port: number
  /** While true nothing is passed on, and what was sent meanwhile is lost. */
  setHanging(hangs: boolean): void
  close(): Promise<void>
}

export async function startHangingProxy(target: number): Promise<HangingProxy> {
  let hangs = false
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1')
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from)
      from.on('data', (data) => {
        if (!hangs) to.write(data)
      })
      from.on('error', () => {})
      from.on('close', () => {
        sockets.delete(from)
        if (!hangs) to.destroy()
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    setHanging(now) {
      hangs = now
      // What was lost is not repeated: the connections of before are of no use.
      if (!now) for (const socket of sockets) socket.destroy()
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
