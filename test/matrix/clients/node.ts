import type {ClientLibrary} from './client.ts'
import {documentedFault, readAsDocumented} from './documented-client.ts'

/** Node's own `fetch`, in the client that the documentation shows. */
export const node: ClientLibrary = {
  name: 'node',
  versions: [process.versions.node],
  smoke: process.versions.node,
  readers: async () => [
    {name: 'fetch', wire: 'events', read: readAsDocumented(fetch), faults: [documentedFault]},
  ],
}
