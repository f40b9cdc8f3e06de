import {randomUUID} from 'node:crypto'
import {setTimeout as delay} from 'node:timers/promises'
import {type ClientEvent, isTerminal, type QuestionTarget, type ReadAnswer} from './client.ts'

/** What every implementation of `WebSocket` has. */
export interface WebSocketClass {
  new (url: string): WebSocketLike
}

interface WebSocketLike {
  addEventListener(type: 'message', listener: (event: {readonly data: unknown}) => void): void
  addEventListener(type: 'open' | 'close' | 'error', listener: () => void): void
  send(text: string): void
  close(): void
}

type Message = Readonly<Record<string, unknown>> & {readonly type: string}

const pauseMs = 50

function addressOf(url: string): string {
  return `${url.replace('http', 'ws')}/api/ws`
}

/** Asks on a socket. After a cut, resumes on a new one after the last event, or joins the answer by its key. */
export function readByWebSocket(WebSocket: WebSocketClass): ReadAnswer {
  return async (asked, onEvent) => {
    const idempotencyKey = randomUUID()
    let last: ClientEvent | undefined
    while (last === undefined || !isTerminal(last)) {
      if (last !== undefined) await delay(pauseMs)
      const message =
        last === undefined
          ? {type: 'ask', question: asked.question, resumable: true, idempotencyKey}
          : {type: 'resume', answerId: last.answerId, after: last.seq}
      await onSocket(WebSocket, asked, message, (event) => {
        last = event
        onEvent(event)
      })
    }
  }
}

/** Resolves when the socket has closed, which happens after the terminal event. */
function onSocket(
  WebSocket: WebSocketClass,
  {url}: QuestionTarget,
  message: object,
  onEvent: (event: ClientEvent) => void,
): Promise<void> {
  const socket = new WebSocket(addressOf(url))
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => socket.send(JSON.stringify(message)))
    socket.addEventListener('error', () => {})
    socket.addEventListener('close', resolve)
    socket.addEventListener('message', ({data}) => {
      const {answerId, seq, type, ...rest} = JSON.parse(String(data)) as Message
      if (type === 'asked') return
      if (typeof seq !== 'number') return reject(new Error(`the server says ${String(data)}`))
      // In an event stream only the first event has the answer's id; here every message has it.
      const own = type === 'start' ? {answerId, ...rest} : rest
      const event = {answerId: String(answerId), seq, type, data: own}
      onEvent(event)
      if (isTerminal(event)) socket.close()
    })
  })
}

/** Stops an answer on a separate socket, as another page of the visitor may. */
export function stopByWebSocket(
  WebSocket: WebSocketClass,
): (asked: QuestionTarget, answerId: string) => Promise<void> {
  return ({url}, answerId) => {
    const socket = new WebSocket(addressOf(url))
    return new Promise((resolve, reject) => {
      socket.addEventListener('open', () => socket.send(JSON.stringify({type: 'stop', answerId})))
      socket.addEventListener('close', () =>
        reject(new Error('the socket closed before the answer was stopped')),
      )
      socket.addEventListener('message', ({data}) => {
        const {type, ending} = JSON.parse(String(data)) as Message
        if (type === 'ended' && ending === 'stopped') resolve()
        else reject(new Error(`the server says ${String(data)}`))
        socket.close()
      })
    })
  }
}
