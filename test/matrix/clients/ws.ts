import {readByWebSocket, stopByWebSocket, type WebSocketClass, webSocketSees} from './by-web-socket.ts'
import type {ClientLibrary} from './client.ts'

export const ws: ClientLibrary = {
  name: 'ws',
  versions: ['7.5.10', '8.23.0'],
  smoke: '8.23.0',
  async readers({load}) {
    const {default: WebSocket} = (await load('ws')) as {readonly default: WebSocketClass}
    const [read, stop] = [readByWebSocket(WebSocket), stopByWebSocket(WebSocket)]
    // Beyond the standard, its error has the status.
    const sees = {...webSocketSees, connection: ['closeCode', 'status'] as const}
    return [{name: '', wire: 'socket', read, stop, sees}]
  },
}
