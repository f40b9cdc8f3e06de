import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {setTimeout as delay} from 'node:timers/promises'
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest'
import {
  type Notifier,
  openNotifier,
  openPostgresOutbox,
  type PostgresOutboxOptions,
  receiverOf,
} from '../../src/notify/index.ts'
import {openPostgres, type Postgres} from '../../src/postgres/index.ts'
import {outboxContract} from '../contracts/outbox.contract.ts'
import {hasPostgres, type PostgresCluster, startPostgres} from '../support/postgres.ts'

const patient = {timeout: 60_000}
/** Long enough that a slow machine is not taken for a database that is away. */
const patientMs = 60_000

describe.skipIf(!hasPostgres)('PostgreSQL', () => {
  let cluster: PostgresCluster
  const pools: Postgres[] = []

  beforeAll(async () => {
    cluster = await startPostgres()
  }, 120_000)
  afterAll(() => cluster.close())

  async function openPool(url: string): Promise<Postgres> {
    const pool = await openPostgres({url, statementMs: patientMs, connectMs: patientMs})
    pools.push(pool)
    return pool
  }
  async function closePools(): Promise<void> {
    await Promise.all(pools.splice(0).map((pool) => pool.close()))
  }

  outboxContract('a database', async () => ({
    outbox: await openPostgresOutbox({
      postgres: await openPool(await cluster.newDatabase()),
      receivers: ['one', 'two'],
      maxMessages: 3,
    }),
    close: closePools,
  }))

  describe('an outbox of several servers', () => {
    let url: string
    beforeEach(async () => {
      url = await cluster.newDatabase()
    })
    afterEach(closePools)

    const open = async (given: Partial<PostgresOutboxOptions> = {}) =>
      openPostgresOutbox({postgres: await openPool(url), receivers: ['one'], ...given})
    const message = (id: string, about: string | null = null) => ({id, body: '{}', about})

    test('gives the messages of a receiver to one of them at a time, and to another when that has ended', async () => {
      const [mine, others] = [await open(), await open()]
      await mine.add(message('a'), ['one', 'two'])
      await mine.add(message('b'), ['one'])

      expect(await mine.next('one')).toMatchObject({message: {id: 'a'}})
      expect(await others.next('one')).toEqual({pauseMs: expect.any(Number)})
      expect(await others.next('two')).toMatchObject({message: {id: 'a'}})
      await mine.close()
      expect(await others.next('one')).toMatchObject({message: {id: 'a'}})
    })

    test('gives a message to another where the one who got it is not heard of', async () => {
      const [dead, alive] = [await open({claimMs: 200}), await open()]
      await dead.add(message('a'), ['one'])
      expect(await dead.next('one')).toMatchObject({message: {id: 'a'}})

      await expect.poll(() => alive.next('one'), patient).toMatchObject({message: {id: 'a'}})
      expect(await dead.next('one')).toEqual({pauseMs: expect.any(Number)})
    })

    test('has one message about the same, and one of them finds a gap new', async () => {
      const outboxes = await Promise.all(Array.from({length: 4}, () => open()))
      await Promise.all(outboxes.map((one, n) => one.add(message(`m${n}`, 'failed x'), ['one'])))
      expect(await outboxes[0]!.count()).toBe(1)

      await outboxes[0]!.newGaps(async () => ['a'])
      const found = await Promise.all(
        outboxes.map((one) =>
          one.newGaps(async () => {
            await delay(20)
            return ['a', 'b']
          }),
        ),
      )
      expect(found.flat()).toEqual(['b'])
    })

    test('does not go back to gaps that were read before another server found newer ones', async () => {
      const [slow, quick] = [await open(), await open()]
      await quick.newGaps(async () => ['a'])
      let reads = 0
      const found = await slow.newGaps(async () => {
        if (++reads > 1) return ['a', 'b']
        // Between what this one reads and what it says of it.
        expect(await quick.newGaps(async () => ['a', 'b'])).toEqual(['b'])
        return ['a']
      })

      expect([reads, found]).toEqual([2, []])
      expect(await quick.newGaps(async () => ['a', 'b'])).toEqual([])
    })

    test('loses what was left for a receiver that is named no more, after a day', async () => {
      const before = await open({receivers: ['one', 'gone']})
      await before.add(message('old'), ['one', 'gone'])
      await pools[0]!.run(`UPDATE docent.webhooks SET added_at = now() - interval '2 days'`)
      await before.add(message('new'), ['gone'])

      expect(await (await open()).count()).toBe(2)
      expect(await before.next('gone')).toMatchObject({message: {id: 'new'}})
    })

    test('is refused where a newer version has been', async () => {
      await open()
      await pools[0]!.run("INSERT INTO docent.migrations (set, name) VALUES ('webhooks', '999_later')")
      await expect(open()).rejects.toThrow(/written by a newer Docent/)
    })
  })

  describe('webhooks of two servers', () => {
    const closers: (() => Promise<void> | void)[] = []
    afterEach(async () => {
      for (const close of closers.splice(0).reverse()) await close()
      await closePools()
    })

    async function receiver(failures: number) {
      const received: number[] = []
      let left = failures
      let underWay = 0
      let most = 0
      const server = createServer(async (request, response) => {
        most = Math.max(most, ++underWay)
        let body = ''
        for await (const chunk of request) body += chunk
        await delay(5)
        underWay--
        if (left-- > 0) return response.writeHead(500).end()
        received.push(JSON.parse(body).data.n)
        return response.writeHead(200).end()
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      closers.push(() => {
        server.closeAllConnections()
        server.close()
      })
      const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
      return {received, address, most: () => most}
    }

    async function notifierOf(
      url: string,
      address: string,
      pausesMs: readonly number[] = [20, 20, 20, 20],
    ): Promise<Notifier> {
      const problems: unknown[] = []
      const outbox = await openPostgresOutbox({postgres: await openPool(url), receivers: ['x'], pollMs: 50})
      const notifier = openNotifier({
        ...{outbox, urls: [address], secret: 'a secret of some length', events: ['answer.failed']},
        pausesMs,
        onProblem: (problem) => problems.push(problem),
      })
      closers.push(() => notifier.close())
      return notifier
    }

    test('are each sent once, one after the other, whoever added them', async () => {
      const url = await cluster.newDatabase()
      const {received, address, most} = await receiver(2)
      const notifiers = [await notifierOf(url, address), await notifierOf(url, address)]
      for (let n = 0; n < 40; n++) notifiers[n % 2]!.notify('answer.failed', {n}, `answer ${n}`)
      for (let n = 0; n < 40; n++) notifiers[(n + 1) % 2]!.notify('answer.failed', {n}, `answer ${n}`)

      await expect.poll(() => received.length, patient).toBe(40)
      await expect.poll(() => notifiers[0]!.waiting(), patient).toBe(0)
      expect(new Set(received).size).toBe(40)
      expect(most()).toBe(1)
    }, 120_000)

    test('are sent when a database is back that was away when they came', async () => {
      const url = await cluster.newDatabase()
      const {received, address} = await receiver(0)
      const notifier = await notifierOf(
        url,
        address,
        Array.from({length: 200}, () => 500),
      )
      await cluster.kill()
      for (let n = 0; n < 3; n++) notifier.notify('answer.failed', {n}, `answer ${n}`)
      await delay(100)
      await cluster.start()

      await expect.poll(() => received.toSorted(), patient).toEqual([0, 1, 2])
    }, 120_000)

    test('that a server had not sent when it ended are sent by another that was idle', async () => {
      const url = await cluster.newDatabase()
      const {received, address} = await receiver(0)
      const ended = await openPostgresOutbox({postgres: await openPool(url), receivers: ['x']})
      await notifierOf(url, address)
      await ended.add({id: 'm', body: '{"data":{"n":7}}', about: null}, [receiverOf(address)])

      await expect.poll(() => received, patient).toEqual([7])
    })
  })
})
