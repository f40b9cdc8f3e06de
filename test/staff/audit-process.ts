/** A process that writes lines to an audit log until it is killed, and tells how many it has written. */
import {openStaffStore} from '../../src/staff/open-staff-store.ts'

process.once('message', async (file: string) => {
  const store = openStaffStore({file})
  const {person, invitation} = await store.invite({name: 'Ada', role: 'admin', by: 'test'})
  const joined = await store.takeUp(invitation.secret)
  process.send?.({token: joined!.token})
  for (let n = 1; ; n++) {
    await store.record({
      who: person.id,
      name: person.name,
      role: 'admin',
      what: 'transcript_read',
      which: null,
      details: {n},
      address: null,
    })
    process.send?.({written: n})
    await new Promise(setImmediate)
  }
})
