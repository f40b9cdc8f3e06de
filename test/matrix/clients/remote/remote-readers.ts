import {eventSourceSees} from '../by-event-source.ts'
import type {ClientEvent, QuestionTarget, Reader, Sight} from '../client.ts'
import {documentedReader} from '../documented-client.ts'
import {documentedCode} from '../documented-code.ts'
import {Refused} from '../refused.ts'
import type {BuiltIn, RemoteCall, RemoteReply} from './built-in-readers.ts'

/** The readers of another runtime, and where its replies go. */
export interface RemoteReaders {
  readonly readers: readonly Reader[]
  takeReply(reply: RemoteReply): void
}

interface Pending {
  onEvent(event: ClientEvent): void
  settle(error?: Error): void
}

export interface Runtime {
  /** Of its `WebSocket`. */
  readonly socketSees: Sight
  /** As in `Reader`. */
  readonly requestsToBegin: number
  /** Passes a call to the runtime, which must `obey` it. */
  send(call: RemoteCall): void
}

export function remoteReaders({socketSees, requestsToBegin, send}: Runtime): RemoteReaders {
  const pending = new Map<number, Pending>()
  const code = documentedCode()
  let calls = 0

  const call = (
    client: BuiltIn,
    asked: QuestionTarget,
    stops: string | null,
    onEvent: (event: ClientEvent) => void = () => {},
  ): Promise<void> =>
    new Promise((resolve, reject) => {
      const id = ++calls
      pending.set(id, {onEvent, settle: (error) => (error === undefined ? resolve() : reject(error))})
      send({id, client, asked, stops, code})
    })
  const readBy =
    (client: BuiltIn): Reader['read'] =>
    (asked, onEvent) =>
      call(client, asked, null, onEvent)

  return {
    readers: [
      documentedReader(readBy('fetch')),
      {
        name: 'EventSource',
        wire: 'events',
        read: readBy('EventSource'),
        sees: eventSourceSees,
        requestsToBegin,
      },
      {
        name: 'WebSocket',
        wire: 'socket',
        read: readBy('WebSocket'),
        stop: (asked, answerId) => call('WebSocket', asked, answerId),
        sees: socketSees,
      },
    ],
    takeReply(reply) {
      const {onEvent, settle} = pending.get(reply.id)!
      if ('event' in reply) return onEvent(reply.event)
      pending.delete(reply.id)
      if ('ended' in reply) settle()
      else settle('refusal' in reply ? new Refused(reply.refusal) : new Error(reply.failure))
    },
  }
}
