import {once} from 'node:events'
import {connect, type Socket} from 'node:net'

/** A client that sends what it is told to, byte by byte. */
export interface RawClient {
  readonly socket: Socket
  /** All that has come so far. */
  readonly text: string
  /** Whether the other side has ended or reset the connection. */
  readonly isClosed: boolean
}

/** Connects and sends; reads what comes unless told not to. */
export async function rawClient(
  port: number,
  text: string,
  {reads = true}: {readonly reads?: boolean} = {},
): Promise<RawClient> {
  // Left half-open, as a client that does not close does.
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
