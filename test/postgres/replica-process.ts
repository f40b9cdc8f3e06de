/** A process that is a replica until it is killed, and tells when it has begun. */
import {openPostgres, openReplica} from '../../src/postgres/index.ts'

process.once('message', async ({url, name, leaseMs}: {url: string; name: string; leaseMs: number}) => {
  const replica = await openReplica(await openPostgres({url}), {name, leaseMs})
  process.send?.({isLost: replica.isLost()})
})
