import {once} from 'node:events'
import {connect, type Socket} from 'node:net'

/** A client that sends raw bytes. */
export interface RawClient {
  readonly socket: Socket
  /** Everything received so far. */
  readonly text: string
  /** Whether the server has ended or reset the connection. */
  readonly isClosed: boolean
}

/** Connects, sends `text` and reads the response, unless `reads` is false. */
export async function rawClient(
  port: number,
  text: string,
  {reads = true}: {readonly reads?: boolean} = {},
): Promise<RawClient> {
  // Half-open, like a client that does not close its side.
  const socket = connect({port, host: '127.0.0.1', allowHalfOpen: true})
  let received = ''
  let isClosed = false
  const close = () => {
    isClosed = true
  }
  socket.on('error', close).on('close', close).on('end', close)
  await once(socket, 'connect')
  socket.write(text)
  if (reads) {
    socket.setEncoding('latin1').on('data', (chunk) => {
      received += chunk
    })
  } else socket.pause()
  return {
    socket,
    get text() {
      return received
    },
    get isClosed() {
      return isClosed
    },
  }
}
