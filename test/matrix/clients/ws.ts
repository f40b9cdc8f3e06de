import {readByWebSocket, stopByWebSocket, type WebSocketClass} from './by-web-socket.ts'
import type {ClientLibrary} from './client.ts'

export const ws: ClientLibrary = {
  name: 'ws',
  versions: ['7.5.10', '8.23.0'],
  smoke: '8.23.0',
  async readers(load) {
    const {default: WebSocket} = (await load('ws')) as {readonly default: WebSocketClass}
    return [{name: '', wire: 'socket', read: readByWebSocket(WebSocket), stop: stopByWebSocket(WebSocket)}]
  },
}
