import {afterEach, describe, expect, test} from 'vitest'
import {endedHandoverMs} from '../../src/staff/handover.ts'
import type {AuditEntry, StaffStore} from '../../src/staff/index.ts'
import {invitationMs, maxPeople, sessionMs} from '../../src/staff/staff-store.ts'

/** What every store of people and of the audit log does. `open` opens an empty one with a clock of the test. */
export function staffStoreContract(
  name: string,
  open: (now: () => number) => StaffStore | Promise<StaffStore>,
): void {
  describe(`${name}, as a staff store`, () => {
    let now = 1_000_000
    const opened: StaffStore[] = []

    async function empty(): Promise<StaffStore> {
      now = 1_000_000
      const store = await open(() => now)
      opened.push(store)
      return store
    }

    afterEach(() => {
      for (const store of opened.splice(0)) store.close()
    })

    async function joined(store: StaffStore, name = 'Ada') {
      const {invitation} = await store.invite({name, role: 'support', by: 'admin'})
      return (await store.takeUp(invitation.secret))!
    }

    const line = (
      what: AuditEntry['what'],
      who = 'a',
      details: AuditEntry['details'] = null,
    ): AuditEntry => ({
      who,
      name: who.toUpperCase(),
      role: 'support',
      what,
      which: null,
      details,
      address: null,
    })

    test('an invitation ends after seven days, and a new one works', async () => {
      const store = await empty()
      const {person, invitation} = await store.invite({name: 'Ada', role: 'docs', by: 'admin'})
      now = invitation.endsAt
      const tooLate = await store.takeUp(invitation.secret)
      const again = await store.inviteAgain(person.id)
      now = again.invitation.endsAt - 1
      const taken = await store.takeUp(again.invitation.secret)

      expect(invitation.endsAt).toBe(1_000_000 + invitationMs)
      expect(tooLate).toBeNull()
      expect(taken?.person).toMatchObject({id: person.id, status: 'active', joinedAt: now})
    })

    test('a hand-over link is found by its key, counted, and listed for a month after its end', async () => {
      const store = await empty()
      const give = (days: number) => store.makeHandover({ref: 'r', who: 'a', by: 'Ada', note: null, days})
      const first = await give(1)
      const second = await give(90)
      await store.countOpening(first.handover.id)
      now += 5
      const withdrawn = await store.withdrawHandover(second.handover.id)

      expect(await store.handoverOfKey(first.key)).toMatchObject({openings: 1, openedAt: 1_000_000})
      expect(await store.handoverOfKey(`${first.key}x`)).toBeNull()
      expect(withdrawn).toMatchObject({withdrawnAt: now, endsAt: 1_000_000 + 90 * 86_400_000})
      await expect(store.withdrawHandover(second.handover.id)).rejects.toMatchObject({code: 'not_found'})
      const page = await store.handovers({limit: 1})
      expect(page.items.map(({id}) => id)).toEqual([second.handover.id])
      const rest = await store.handovers({limit: 1, cursor: page.nextCursor!})
      expect(rest).toMatchObject({items: [{id: first.handover.id}], nextCursor: null})
      now += endedHandoverMs + 1
      const third = await give(1)
      expect((await store.handovers()).items.map(({id}) => id)).toEqual([
        third.handover.id,
        first.handover.id,
      ])
    })

    test('somebody is found by id, and by name in any case', async () => {
      const store = await empty()
      const {person} = await joined(store, 'Zoë Müller')

      for (const given of [person.id, 'zoë müller', ' ZOË  MÜLLER '])
        expect((await store.find(given))?.id).toBe(person.id)
      expect(await store.find('Zoe')).toBeNull()
    })

    test('a session ends after its time, and when its person is switched off', async () => {
      const store = await empty()
      const {person} = await joined(store)
      const [first, second] = [await store.beginSession(person.id), await store.beginSession(person.id)]
      await store.endSession(first)
      const found = [await store.personOfSession(first), await store.personOfSession(second)]
      now += sessionMs
      const expired = await store.personOfSession(second)
      const third = await store.beginSession(person.id)
      await store.switchOff(person.id)

      expect(found.map((one) => one?.name)).toEqual([undefined, 'Ada'])
      expect(expired).toBeNull()
      expect(await store.personOfSession(third)).toBeNull()
    })

    test('sessions are ended all at once, and the token works', async () => {
      const store = await empty()
      const {person, token} = await joined(store)
      const other = await joined(store, 'Bo')
      const sessions = [
        await store.beginSession(person.id),
        await store.beginSession(person.id),
        await store.beginSession(other.person.id),
      ]
      await store.endSessions(person.id)

      const found = await Promise.all(sessions.map((session) => store.personOfSession(session)))
      expect(found.map((one) => one?.name)).toEqual([undefined, undefined, 'Bo'])
      expect((await store.personOfToken(token))?.name).toBe('Ada')
    })

    test('a token is its person’s until it is changed or ended', async () => {
      const store = await empty()
      const {person, token} = await joined(store)
      const other = await joined(store, 'Bo')
      const first = await store.personOfToken(token)
      const changed = await store.changeToken(person.id, null)
      const [before, after] = [await store.personOfToken(token), await store.personOfToken(changed)]
      await store.switchOff(person.id)

      expect([first?.name, before, after?.name]).toEqual(['Ada', null, 'Ada'])
      expect(await store.personOfToken(changed)).toBeNull()
      expect((await store.personOfToken(other.token))?.name).toBe('Bo')
      await expect(store.changeToken(person.id, null)).rejects.toMatchObject({code: 'not_found'})
    })

    test('an invitation of who is switched off is void', async () => {
      const store = await empty()
      const {person, invitation} = await store.invite({name: 'Ada', role: 'docs', by: 'admin'})
      await store.switchOff(person.id)

      expect(await store.takeUp(invitation.secret)).toBeNull()
      expect(await store.find('Ada')).toMatchObject({status: 'off', invitationEndsAt: null})
    })

    test('there are at most some hundreds of people', async () => {
      const store = await empty()
      for (let n = 0; n < maxPeople; n++) await store.invite({name: `P${n}`, role: 'docs', by: 'admin'})

      await expect(store.invite({name: 'One more', role: 'docs', by: 'admin'})).rejects.toMatchObject({
        code: 'conflict',
      })
      expect(await store.people()).toHaveLength(maxPeople)
    })

    test('nobody is changed who is not there', async () => {
      const store = await empty()
      const refused = {code: 'not_found'}

      await expect(store.setRole('x', 'docs')).rejects.toMatchObject(refused)
      await expect(store.endSessions('x')).rejects.toMatchObject(refused)
      await expect(store.switchOff('x')).rejects.toMatchObject(refused)
      await expect(store.inviteAgain('x')).rejects.toMatchObject(refused)
      await expect(store.withdrawInvitation('x')).rejects.toMatchObject(refused)
      await expect(store.remove('x')).rejects.toMatchObject(refused)
    })

    test('the audit log is read newest first, page by page, also where lines have the same time', async () => {
      const store = await empty()
      for (let n = 0; n < 25; n++) {
        if (n % 10 === 0) now++
        await store.record(line('transcript_read', 'a', {n}))
      }
      const seen: unknown[] = []
      let cursor: string | null | undefined
      do {
        const page = await store.audit({}, {limit: 4, ...(cursor == null ? {} : {cursor})})
        expect(page.items.length).toBeLessThanOrEqual(4)
        seen.push(...page.items.map(({details}) => details?.['n']))
        // What is added meanwhile is on no later page.
        await store.record(line('sign_in', 'b'))
        cursor = page.nextCursor
      } while (cursor !== null)

      expect(seen).toEqual(Array.from({length: 25}, (_, n) => 24 - n))
    })

    test('the audit log is narrowed by who, what and time', async () => {
      const store = await empty()
      for (const [at, who, what] of [
        [10, 'a', 'sign_in'],
        [20, 'b', 'sign_in'],
        [30, 'a', 'transcript_read'],
      ] as const) {
        now = at
        await store.record(line(what, who))
      }
      const times = async (filter: Parameters<StaffStore['audit']>[0]) =>
        (await store.audit(filter)).items.map(({at}) => at)

      expect(await times({who: 'a'})).toEqual([30, 10])
      expect(await times({what: 'sign_in'})).toEqual([20, 10])
      expect(await times({who: 'a', what: 'sign_in'})).toEqual([10])
      expect(await times({from: 20})).toEqual([30, 20])
      expect(await times({to: 20})).toEqual([10])
      expect(await times({who: 'a', from: 11, to: 30})).toEqual([])
      await expect(store.audit({}, {cursor: 'nonsense'})).rejects.toMatchObject({code: 'invalid_request'})
    })

    test('the id of somebody is refused as a name', async () => {
      const store = await empty()
      for (let n = 0; n < 100; n++) {
        const {person} = await store.invite({name: `Ada ${n}`, role: 'support', by: 'admin'})
        const invited = store.invite({name: person.id, role: 'docs', by: 'admin'})
        await expect(invited).rejects.toMatchObject({code: 'invalid_request'})
      }
    })

    test('who finds the lines of an id, of a name in any case, and of who has that name now', async () => {
      const store = await empty()
      const record = (who: string, name: string, n: number) =>
        store.record({...line('transcript_read', who, {n}), name})
      const {person} = await joined(store, 'Ada')
      await record('earlier-id', 'Ada', 1)
      await record(person.id, 'ADA', 2)
      await record(person.id, 'as she was called before', 3)
      await record('Ada', 'somebody else', 4)
      await record('another-id', 'Ada Lovelace', 5)
      const found = async (who: string) => (await store.audit({who})).items.map(({details}) => details?.['n'])

      expect(await found('ada')).toEqual([3, 2, 1])
      expect(await found('Ada')).toEqual([4, 3, 2, 1])
      expect(await found('ａｄａ ')).toEqual([3, 2, 1])
      expect(await found(person.id)).toEqual([3, 2])
      expect(await found('earlier-id')).toEqual([1])
      expect(await found('Ad')).toEqual([])
    })

    test('pages of who has several ids and names have each line once, in order', async () => {
      const store = await empty()
      const {person} = await joined(store, 'Ada')
      for (let n = 0; n < 60; n++) {
        if (n % 7 === 0) now++
        const who = ['gone', person.id, 'ada', 'other'][n % 4]!
        const name = n % 4 === 3 ? 'Bo' : ['Ada', 'ADA', 'ada'][n % 3]!
        await store.record({...line(n % 2 === 0 ? 'sign_in' : 'transcript_read', who, {n}), name})
      }
      const pages = async (filter: Parameters<StaffStore['audit']>[0], limit: number) => {
        const seen: unknown[] = []
        let cursor: string | null | undefined
        do {
          const page = await store.audit(filter, {limit, ...(cursor == null ? {} : {cursor})})
          seen.push(...page.items.map(({details}) => details?.['n']))
          cursor = page.nextCursor
        } while (cursor !== null)
        return seen
      }
      const all = Array.from({length: 60}, (_, n) => 59 - n).filter((n) => n % 4 !== 3)

      for (const limit of [1, 4, 9, 200]) expect(await pages({who: 'Ada'}, limit)).toEqual(all)
      expect(await pages({who: 'Ada', what: 'sign_in'}, 5)).toEqual(all.filter((n) => n % 2 === 0))
      expect(await pages({who: 'Ada', from: now - 1, to: now}, 2)).toEqual(
        all.filter((n) => Math.floor(n / 7) === 7),
      )
    })

    test('who was removed is found by name, also after somebody of that name was invited', async () => {
      const store = await empty()
      const {person: first} = await joined(store, 'Ada')
      await store.record({...line('transcript_read', first.id, {n: 1}), name: 'Ada'})
      await store.switchOff(first.id)
      await store.remove(first.id)
      const removed = await store.audit({who: 'ada'})
      const {person: second} = await joined(store, 'Ada')
      await store.record({...line('transcript_read', second.id, {n: 2}), name: 'Ada'})

      expect(removed.items).toMatchObject([{who: first.id}])
      expect((await store.audit({who: 'ada'})).items).toMatchObject([{who: second.id}, {who: first.id}])
    })

    test('a line keeps what it was given, within bounds', async () => {
      const store = await empty()
      await store.record({
        who: 'shared:support',
        name: 'n'.repeat(500),
        role: null,
        what: 'transcripts_exported',
        which: 'r',
        details: {q: 'ports', abstained: true, rows: 7},
        address: 'abc',
      })
      await store.record(line('sign_in', 'a', {q: 'x'.repeat(10_000)}))

      const [long, first] = (await store.audit({})).items
      expect(first).toMatchObject({
        at: now,
        who: 'shared:support',
        role: null,
        which: 'r',
        details: {q: 'ports', abstained: true, rows: 7},
        address: 'abc',
      })
      expect(first!.name).toHaveLength(200)
      expect(long!.details).toEqual({tooLong: 'q'})
    })
  })
}
