import {setTimeout as delay} from 'node:timers/promises'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import type {Message, Outbox} from '../../src/notify/index.ts'

/** An outbox with nothing in it, for the receivers `one` and `two`, in which three messages can wait. */
export interface OutboxUnderContract {
  readonly outbox: Outbox
  /** Called after each test, when the outbox is closed. */
  close(): Promise<void>
}

/** What every outbox does for one process. */
export function outboxContract(name: string, create: () => Promise<OutboxUnderContract>): void {
  describe(`${name} keeps the contract of outboxes`, () => {
    let under: OutboxUnderContract
    let outbox: Outbox

    beforeEach(async () => {
      under = await create()
      outbox = under.outbox
    })
    afterEach(async () => {
      await outbox.close()
      await under.close()
    })

    const hour = 3_600_000
    const add = (id: string, about: string | null = null, to = ['one']) =>
      outbox.add({id, body: `{"of":"${id}"}`, about}, to)
    async function next(receiver = 'one'): Promise<Message | null> {
      const found = await outbox.next(receiver)
      return 'message' in found ? found.message : null
    }

    test('a message waits for each receiver, in the order in which they were added', async () => {
      await add('a', null, ['one', 'two'])
      await add('b')

      const first = await next()
      expect(first).toEqual({number: expect.any(Number), id: 'a', body: '{"of":"a"}', tries: 0})
      expect(await next()).toEqual(first)
      await outbox.remove(first!.number)
      await outbox.remove(first!.number)
      expect((await next())?.id).toBe('b')
      expect((await next('two'))?.id).toBe('a')
      expect(await outbox.count()).toBe(2)
    })

    test('one that is deferred lets others go first, and is due again after its pause, with one try more', async () => {
      await add('a')
      await add('b')
      const a = await next()
      await outbox.defer(a!, 50)
      await outbox.remove((await next())!.number)

      const later = await outbox.next('one')
      if (!('message' in later)) {
        expect(later.pauseMs).toBeGreaterThan(0)
        expect(later.pauseMs).toBeLessThanOrEqual(50)
        await delay(later.pauseMs! + 20)
      }
      const again = await next()
      expect(again).toEqual({...a, tries: 1})
      // Told again, because it is not known whether the first time was heard.
      await outbox.defer(a!, hour)
      expect(await next()).toEqual(again)
      await outbox.defer(again!, hour)
      expect(await outbox.next('one')).toEqual({pauseMs: expect.any(Number)})
    })

    test('beyond a number the oldest go', async () => {
      const dropped = []
      for (const id of ['a', 'b', 'c', 'd', 'e']) dropped.push(await add(id))

      expect(dropped).toEqual([0, 0, 0, 1, 1])
      expect(await outbox.count()).toBe(3)
      expect((await next())?.id).toBe('c')
    })

    test('about the same thing there is one message, also after that was sent', async () => {
      expect(await add('a', 'failed x')).toBe(0)
      await add('b', 'failed x')
      await outbox.remove((await next())!.number)
      await add('c', 'failed x')
      await add('d', 'disliked x')
      await add('e')

      expect((await next())?.id).toBe('d')
      expect(await outbox.count()).toBe(2)
    })

    test('a gap is new when it was not open the last time; none is the first time', async () => {
      const newAmong = (...open: string[]) => outbox.newGaps(async () => open)

      expect(await newAmong('a', 'b')).toEqual([])
      expect(await newAmong('a', 'b', 'c')).toEqual(['c'])
      expect(await newAmong('b', 'c')).toEqual([])
      expect(await newAmong('a', 'b', 'c')).toEqual(['a'])
      await expect(
        outbox.newGaps(() => {
          throw new Error('not read')
        }),
      ).rejects.toThrow('not read')
      expect(await newAmong('a', 'b', 'c', 'd')).toEqual(['d'])
    })

    test('no gap that is open when it is first asked is new later', async () => {
      expect(await outbox.newGaps(async () => [])).toEqual([])
      expect(await outbox.newGaps(async () => ['a'])).toEqual(['a'])
    })
  })
}
