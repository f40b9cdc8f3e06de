/** The child process of `remote-node.ts`. It runs on any version of Node.js. */
import {obey, type RemoteCall} from './built-in-readers.ts'

process.on('message', (call) => void obey(call as RemoteCall, (reply) => process.send!(reply)))
// A parent that has gone needs nothing more.
process.on('disconnect', () => process.exit())
