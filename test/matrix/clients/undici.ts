import {type EventSourceClass, eventSourceSees, readByEventSource} from './by-event-source.ts'
import {
  oldUndiciSees,
  readByWebSocket,
  stopByWebSocket,
  type WebSocketClass,
  webSocketSees,
} from './by-web-socket.ts'
import type {ClientLibrary} from './client.ts'
import {documentedReader, readAsDocumented} from './documented-client.ts'
import {documentedCode} from './documented-code.ts'

/** There is no `EventSource` before version 6. */
interface Module {
  readonly fetch: typeof fetch
  readonly WebSocket: WebSocketClass
  readonly EventSource?: EventSourceClass
}

export const undici: ClientLibrary = {
  name: 'undici',
  versions: ['5.29.0', '6.29.1', '7.30.2', '8.13.1'],
  needsNode: {'8.13.1': [22, 19]},
  smoke: '7.30.2',
  async readers({load, version}) {
    const {fetch, WebSocket, EventSource} = (await load('undici')) as Module
    return [
      documentedReader(readAsDocumented(fetch, documentedCode())),
      {
        name: 'WebSocket',
        wire: 'socket',
        read: readByWebSocket(WebSocket),
        stop: stopByWebSocket(WebSocket),
        sees: /^[56]\./.test(version) ? oldUndiciSees : webSocketSees,
      },
      ...(EventSource === undefined
        ? []
        : [
            {
              name: 'EventSource',
              wire: 'events' as const,
              read: readByEventSource(EventSource),
              sees: eventSourceSees,
            },
          ]),
    ]
  },
}
