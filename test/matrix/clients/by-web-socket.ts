import {type ClientEvent, isTerminal, type QuestionTarget, type ReadAnswer, type Sight} from './client.ts'
import {pause} from './pause.ts'
import {Refused} from './refused.ts'

/** Messages say it all; a socket that does not open, or that is closed, says hardly why. */
export const webSocketSees: Sight = {
  question: ['code', 'message', 'waitMs'],
  size: ['closeCode'],
  connection: ['closeCode'],
}

/** Up to version 6 of `undici`, as in Node.js 22, a socket that is refused has an error and never closes. */
export const oldUndiciSees: Sight = {...webSocketSees, connection: []}

/** What every implementation of `WebSocket` has. */
export interface WebSocketClass {
  new (url: string): WebSocketLike
}

interface WebSocketLike {
  addEventListener(type: 'message', listener: (event: {readonly data: unknown}) => void): void
  addEventListener(type: 'open', listener: () => void): void
  addEventListener(type: 'close', listener: (event: {readonly code: number}) => void): void
  addEventListener(type: 'error', listener: (event: {readonly message?: string}) => void): void
  send(text: string): void
  close(): void
}

type Message = Readonly<Record<string, unknown>> & {readonly type: string}

const pauseMs = 50
/** After the error of a socket that did not open its close must come. */
const closeAfterErrorMs = 1000

function addressOf(url: string): string {
  return `${url.replace('http', 'ws')}/api/ws`
}

/** Asks on a socket. After a cut, resumes on a new one after the last event, or joins the answer by its key. */
export function readByWebSocket(WebSocket: WebSocketClass): ReadAnswer {
  return async (asked, onEvent) => {
    const idempotencyKey = crypto.randomUUID()
    let last: ClientEvent | undefined
    while (last === undefined || !isTerminal(last)) {
      if (last !== undefined) await pause(pauseMs)
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

/** The closing codes of https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1 that say: never ask this again. */
const tooBig = 1009

/** Resolves when the socket has closed, which happens after the terminal event. */
function onSocket(
  WebSocket: WebSocketClass,
  {url}: QuestionTarget,
  message: object,
  onEvent: (event: ClientEvent) => void,
): Promise<void> {
  const socket = new WebSocket(addressOf(url))
  return new Promise((resolve, reject) => {
    let hasOpened = false
    let status: number | undefined
    socket.addEventListener('open', () => {
      hasOpened = true
      socket.send(JSON.stringify(message))
    })
    socket.addEventListener('error', ({message = ''}) => {
      // Only `ws` says it.
      const found = /^Unexpected server response: (\d+)$/.exec(message)?.[1]
      if (found !== undefined) status = Number(found)
      if (!hasOpened) setTimeout(() => reject(new Refused({})), closeAfterErrorMs)
    })
    socket.addEventListener('close', ({code: closeCode}) => {
      if (hasOpened && closeCode !== tooBig) resolve()
      else reject(new Refused({closeCode, ...(status === undefined ? {} : {status})}))
    })
    socket.addEventListener('message', ({data}) => {
      const {answerId, seq, type, ...rest} = JSON.parse(String(data)) as Message
      if (type === 'asked') return
      if (type === 'refused') {
        reject(refusedBy(rest))
        socket.close()
        return
      }
      if (typeof seq !== 'number') return reject(new Error(`the server says ${String(data)}`))
      // In an event stream only the first event has the answer's id; here every message has it.
      const own = type === 'start' ? {answerId, ...rest} : rest
      const event = {answerId: String(answerId), seq, type, data: own}
      onEvent(event)
      if (isTerminal(event)) socket.close()
    })
  })
}

function refusedBy({error}: Readonly<Record<string, unknown>>): Refused {
  const {code, message, retryAfterMs} = error as {code: string; message: string; retryAfterMs?: number}
  return new Refused({code, message, ...(retryAfterMs === undefined ? {} : {waitMs: retryAfterMs})})
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
