import {once} from 'node:events'
import {WebSocket} from 'ws'

/** A message from the server. */
export type Message = Record<string, unknown> & {readonly type: string}

export interface SocketClient {
  readonly socket: WebSocket
  send(message: object): void
  /** The next message that matches; earlier ones are skipped. */
  next(fits?: (message: Message) => boolean): Promise<Message>
  readonly all: readonly Message[]
}

/** Opens a WebSocket client that reads all messages. */
export async function connect({port}: {readonly port: number}): Promise<SocketClient> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api/ws`)
  const all: Message[] = []
  let read = 0
  let wake = () => {}
  socket.on('message', (data) => {
    all.push(JSON.parse(String(data)))
    wake()
  })
  await once(socket, 'open')
  return {
    socket,
    all,
    send: (message) => socket.send(JSON.stringify(message)),
    async next(fits = () => true) {
      while (true) {
        const message = all[read++]
        if (message === undefined) {
          read--
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        } else if (fits(message)) return message
      }
    },
  }
}
