import {fork} from 'node:child_process'
import {once} from 'node:events'
import {join} from 'node:path'
import {nodeProgram, temporaryFolder} from '../programs.ts'
import {oldUndiciSees, webSocketSees} from './by-web-socket.ts'
import type {ClientLibrary, ClientSetting, Reader} from './client.ts'
import {documentedReader, readAsDocumented} from './documented-client.ts'
import {documentedCode} from './documented-code.ts'
import {bundle} from './remote/bundled.ts'
import {remoteReaders} from './remote/remote-readers.ts'

const own = process.versions.node

/**
 * Node's own `fetch`, in the client that the documentation shows; in the newer versions also its own `WebSocket`, and the
 * `EventSource` that is behind an option.
 */
export const node: ClientLibrary = {
  name: 'node',
  versions: [own, '22', '26'],
  smoke: own,
  readers: async (setting) =>
    setting.version === own
      ? [documentedReader(readAsDocumented(fetch, documentedCode()))]
      : startOtherNode(setting),
}

async function startOtherNode({version, atEnd}: ClientSetting): Promise<readonly Reader[]> {
  const program = join(temporaryFolder('other-node'), 'client.mjs')
  await bundle('in-node.ts', 'node', program)
  const child = fork(program, {
    execPath: nodeProgram(version),
    execArgv: ['--experimental-eventsource', '--no-warnings'],
  })
  const {readers, takeReply} = remoteReaders({
    socketSees: version === '22' ? oldUndiciSees : webSocketSees,
    requestsToBegin: 1,
    send: (call) => void child.send(call),
  })
  child.on('message', takeReply)
  atEnd(async () => {
    child.disconnect()
    await once(child, 'exit')
  })
  return readers
}
