import {type EventSourceClass, readByEventSource} from '../by-event-source.ts'
import {readByWebSocket, stopByWebSocket, type WebSocketClass} from '../by-web-socket.ts'
import type {ClientEvent, QuestionTarget, ReadAnswer} from '../client.ts'
import {readAsDocumented} from '../documented-client.ts'
import {type Refusal, Refused} from '../refused.ts'

/** The clients that browsers and Node.js have built in. */
export type BuiltIn = 'fetch' | 'EventSource' | 'WebSocket'

/** What another runtime is asked to do, as JSON. */
export interface RemoteCall {
  readonly id: number
  readonly client: BuiltIn
  readonly asked: QuestionTarget
  /** Stop this answer instead of reading one. */
  readonly stops: string | null
  /** The client that the documentation shows. */
  readonly code: string
}

/** What it says meanwhile and at the end. */
export type RemoteReply = {readonly id: number} & (
  | {readonly event: ClientEvent}
  | {readonly ended: true}
  | {readonly refusal: Refusal}
  | {readonly failure: string}
)

/** Does what is asked, with what this runtime has built in. */
export async function obey(call: RemoteCall, reply: (reply: RemoteReply) => void): Promise<void> {
  const {id, asked, stops} = call
  try {
    if (stops === null) await readBy(call)(asked, (event) => reply({id, event}))
    else await stopByWebSocket(globalThis.WebSocket as WebSocketClass)(asked, stops)
    reply({id, ended: true})
  } catch (error) {
    if (error instanceof Refused) reply({id, refusal: error.seen})
    else reply({id, failure: String((error as Error).message)})
  }
}

function readBy({client, code}: RemoteCall): ReadAnswer {
  switch (client) {
    case 'fetch':
      return readAsDocumented((url, init) => fetch(url, init), code)
    case 'EventSource':
      return readByEventSource(globalThis.EventSource as EventSourceClass)
    case 'WebSocket':
      return readByWebSocket(globalThis.WebSocket as WebSocketClass)
  }
}
