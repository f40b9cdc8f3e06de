import {setTimeout as delay} from 'node:timers/promises'
import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest'
import {createAnswerState, type WritableAnswerState} from '../../src/answers/index.ts'
import type {SequencedEvent} from '../../src/domain/index.ts'
import {openPostgres, openReplica, type Postgres} from '../../src/postgres/index.ts'
import {createRedactor} from '../../src/redaction/index.ts'
import {claimKey} from '../../src/transcripts/postgres/claimed-keys.ts'
import {
  openPostgresJournal,
  type PostgresJournal,
} from '../../src/transcripts/postgres/open-postgres-journal.ts'
import {recoveryGap} from '../../src/transcripts/recover-answers.ts'
import {redactionOf} from '../../src/transcripts/redaction.ts'
import {degradedJournalContract, journalContract, type Kept} from '../contracts/journal.contract.ts'
import {hasPostgres, type PostgresCluster, startPostgres} from '../support/postgres.ts'
import {sampleEntry, sampleEvents} from './samples.ts'

const modes = [
  ['full', 'words'],
  ['metadata', 'metadata'],
  ['off', 'nothing'],
] as const satisfies readonly (readonly [string, Kept])[]

/** A server's journal, with its lease and its connections. */
interface Opened extends PostgresJournal {
  readonly postgres: Postgres
  readonly recovered: string[]
  /** Ends the lease alone, as if the process had died: its answers stay open. */
  die(): Promise<void>
}

interface OpenOptions {
  readonly mode?: 'full' | 'metadata' | 'off'
  readonly name?: string
  readonly leaseMs?: number
  readonly flushMs?: number
}

const open = new Set<Opened>()

async function openJournal(url: string, options: OpenOptions = {}): Promise<Opened> {
  const {mode = 'full', name = 'one', leaseMs = 60_000, flushMs = 60_000} = options
  const postgres = await openPostgres({url, connectMs: 1_000})
  const replica = await openReplica(postgres, {name, leaseMs})
  const recovered: string[] = []
  const opened = await openPostgresJournal({
    postgres,
    lease: {name, leaseMs},
    mode,
    redaction: redactionOf(mode === 'full'),
    redactor: createRedactor(),
    onRedacted: () => {},
    onDegraded: () => {},
    onForgotten: async () => {},
    onRecovered: (answers) => recovered.push(...answers.map(({answerId}) => answerId)),
    flushMs,
  })
  const whole: Opened = {
    ...opened,
    postgres,
    recovered,
    die: () => replica.close(),
    async close() {
      if (!open.delete(whole)) return
      await opened.close()
      await replica.close()
      await postgres.close()
    },
  }
  open.add(whole)
  return whole
}

/** Begins an answer and appends events to it, as its run does. */
async function begin(
  {journal}: Pick<Opened, 'journal'>,
  answerId: string,
): Promise<{append(...events: readonly SequencedEvent[]): void; state: WritableAnswerState}> {
  const entry = sampleEntry(answerId)
  const state = createAnswerState(entry.startedAt)
  expect(await journal.begin(entry, state)).toBeNull()
  return {
    state,
    append(...events) {
      for (const event of events) {
        state.add(event)
        journal.append(answerId, event)
      }
    },
  }
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await delay(20)
}

describe.skipIf(!hasPostgres)('PostgreSQL', () => {
  let cluster: PostgresCluster

  beforeAll(async () => {
    cluster = await startPostgres()
  }, 120_000)
  afterAll(() => cluster.close())
  afterEach(async () => {
    for (const one of open) await one.close()
  })

  test('a key is free again when its server died before it had written the answer', async () => {
    const url = await cluster.newDatabase()
    const one = await openJournal(url, {name: 'one'})
    const two = await openJournal(url, {name: 'two'})
    const claim = ({postgres}: Opened, answerId: string, replica: string) =>
      claimKey(postgres, 'key', sampleEntry(answerId), replica)
    expect(await claim(one, 'a', 'one')).toBeNull()
    expect(await claim(two, 'b', 'two')).toMatchObject({answerId: 'a', ending: null})
    await one.die()

    expect(await claim(two, 'b', 'two')).toBeNull()
    expect(await claim(two, 'c', 'two')).toMatchObject({answerId: 'b'})
  })

  for (const [mode, kept] of modes) {
    journalContract(`PostgreSQL, ${mode}`, kept, async () => openJournal(await cluster.newDatabase(), {mode}))
  }

  degradedJournalContract('PostgreSQL that is not there', async () => {
    const opened = await openJournal(await cluster.newDatabase())
    await cluster.kill()
    return {
      journal: opened.journal,
      async close() {
        await cluster.start()
        await opened.close()
      },
    }
  })

  test('what is written while the database is away is there when it is back, once each', async () => {
    const one = await openJournal(await cluster.newDatabase(), {flushMs: 20})
    const events = sampleEvents('a', ['a', 'b', 'c', 'd'])
    const {append} = await begin(one, 'a')
    append(...events.slice(0, 3))
    await one.journal.flush()
    await cluster.kill()
    append(...events.slice(3, 5))
    await until(() => one.journal.health().degraded)
    expect(await one.journal.eventsAfter('a', 0)).toEqual(events.slice(3, 5))
    append(...events.slice(5))
    await cluster.start()
    await until(() => !one.journal.health().degraded)
    await one.journal.flush()
    expect(one.journal.health()).toEqual({degraded: false, reason: null, unflushed: 0})
    expect(await one.journal.eventsAfter('a', 0)).toEqual(events)
    expect(await one.journal.find('a')).toMatchObject({ending: 'complete'})
  }, 120_000)

  test('a read that failed makes it degraded until the database is back, also with nothing to write', async () => {
    const one = await openJournal(await cluster.newDatabase(), {flushMs: 20})
    await cluster.kill()
    await until(async () => {
      expect(await one.journal.find('unknown')).toBeNull()
      return one.journal.health().degraded
    })
    await cluster.start()
    await until(() => !one.journal.health().degraded)
    expect(one.journal.health()).toEqual({degraded: false, reason: null, unflushed: 0})
  }, 120_000)

  test('a write that is repeated, since nobody knows whether it was done, changes nothing', async () => {
    const one = await openJournal(await cluster.newDatabase())
    const events = sampleEvents('a', ['a', 'b'], null)
    const {append} = await begin(one, 'a')
    append(...events)
    // The connection breaks off after the commit: the answer to it is lost.
    const [writing] = [...one.writes.unwritten]
    await one.journal.flush()
    writing!.row = null
    writing!.pending = [...events]
    one.writes.add(writing!)
    await one.journal.flush()
    expect(await one.postgres.row('SELECT count(*) AS n FROM docent.answers')).toEqual({n: 1})
    expect(await one.journal.eventsAfter('a', 0)).toEqual(events)
  })

  test('text that PostgreSQL cannot keep is kept but for that, and pieces stay what they were', async () => {
    const one = await openJournal(await cluster.newDatabase())
    const {append} = await begin(one, 'a')
    append(...sampleEvents('a', ['x\u0000', 'y\ud83d', '😀'], 'complete'))
    await one.journal.flush()
    const events = await one.reads.events((await one.reads.row('a'))!.row, 0)
    expect(events.flatMap(({event}) => (event.type === 'delta' ? [event.text] : []))).toEqual([
      'x\ufffd',
      'y\ufffd',
      '😀',
    ])
  })

  describe('with another server on it', () => {
    test('one of two questions with the same key begins, also before anything is written', async () => {
      const url = await cluster.newDatabase()
      const both = [await openJournal(url, {name: 'one'}), await openJournal(url, {name: 'two'})]
      const entry = sampleEntry('x', {idempotencyKey: 'key'})
      const holders = await Promise.all(
        Array.from({length: 20}, (_, index) =>
          both[index % 2]!.journal.begin(
            {...entry, answerId: `a${index}`},
            createAnswerState(entry.startedAt),
          ),
        ),
      )
      expect(holders.filter((holder) => holder === null)).toHaveLength(1)
      const winner = `a${holders.indexOf(null)}`
      for (const holder of holders)
        if (holder !== null)
          expect(holder).toMatchObject({answerId: winner, question: entry.question, ending: null})
    })

    test('follows an answer as it is written, each event once and in order, to its end', async () => {
      const url = await cluster.newDatabase()
      const writer = await openJournal(url, {name: 'writer', flushMs: 10})
      const reader = await openJournal(url, {name: 'reader'})
      const pieces = Array.from({length: 60}, (_, index) => `${index} `)
      const events = sampleEvents('a', pieces)
      const asked: number[] = []
      const endServing = writer.peers.serve({
        stop: () => {},
        forget: async () => {},
        taken: () => {},
        read: (answerId, forMs) => answerId === 'a' && asked.push(forMs),
      })
      const {append} = await begin(writer, 'a')
      append(events[0]!)
      await writer.journal.flush()
      const got: SequencedEvent[] = []
      const following = (async () => {
        for await (const some of reader.peers.follow('a', 0, new AbortController().signal)) got.push(...some)
      })()
      for (const event of events.slice(1)) {
        append(event)
        if (event.seq % 7 === 0) await delay(5)
      }
      await following
      expect(got).toEqual(events)
      expect(asked[0]).toBeGreaterThan(0)
      // It counts a little longer, for others who may read it.
      await until(() => asked.length > 1 && asked.at(-1)! < asked[0]!)
      endServing()
    })

    test('asks whoever writes an answer to stop it, and to forget', async () => {
      const url = await cluster.newDatabase()
      const writer = await openJournal(url, {name: 'writer'})
      const other = await openJournal(url, {name: 'other'})
      const heard: unknown[] = []
      writer.peers.serve({
        stop: (answerId) => heard.push(answerId),
        forget: async (what) => {
          heard.push(what)
        },
        taken: () => {},
        read: () => {},
      })
      // The connection that listens may take a moment.
      await until(async () => {
        await other.peers.stop('a')
        return heard.length > 0
      })
      // Whoever may use the database can send anything there.
      for (const nothing of ['', 'null', '{', '[]', '"stop"'])
        await other.postgres.notify('docent_asked', nothing)
      await other.peers.forget({conversation: 'c'})
      await until(() => heard.some((one) => typeof one === 'object'))
      expect(heard[0]).toBe('a')
      expect(heard.at(-1)).toEqual({conversation: 'c'})
    })

    test('ends what a dead server left open, under a number that no reader knows, and it writes no more', async () => {
      const url = await cluster.newDatabase()
      const dying = await openJournal(url, {name: 'dying'})
      const events = sampleEvents('a', ['a', 'b', 'c'], null)
      const {append} = await begin(dying, 'a')
      append(...events.slice(0, 4))
      await dying.journal.flush()
      const taken: string[] = []
      dying.peers.serve({
        stop: () => {},
        forget: async () => {},
        read: () => {},
        taken: (id) => taken.push(id),
      })
      const others = [
        await openJournal(url, {name: 'two', leaseMs: 600}),
        await openJournal(url, {name: 'three', leaseMs: 600}),
      ]
      await dying.die()
      await until(() => others.some(({recovered}) => recovered.length > 0))
      // It was only away, and goes on.
      append(...events.slice(4))
      await dying.journal.flush()
      expect(taken).toEqual(['a'])
      expect(dying.journal.health()).toEqual({degraded: false, reason: null, unflushed: 0})
      const after = await others[0]!.journal.eventsAfter('a', 0)
      expect(after.slice(0, -1)).toEqual(events.slice(0, 4))
      expect(after.at(-1)).toMatchObject({
        seq: 4 + recoveryGap,
        event: {type: 'error', code: 'server_restarted', ending: 'interrupted'},
      })
      expect(await others[1]!.journal.find('a')).toMatchObject({ending: 'interrupted'})
      await delay(500)
      expect(others.flatMap(({recovered}) => recovered)).toEqual(['a'])
    })

    test('leaves the answers of the living alone after the database was away', async () => {
      const url = await cluster.newDatabase()
      const one = await openJournal(url, {name: 'one', leaseMs: 1_500, flushMs: 20})
      const two = await openJournal(url, {name: 'two', leaseMs: 1_500, flushMs: 20})
      const events = sampleEvents('a', ['a', 'b', 'c'])
      const {append} = await begin(one, 'a')
      append(...events.slice(0, 4))
      await one.journal.flush()
      await cluster.kill()
      // Longer than a lease.
      await delay(2_500)
      await cluster.start()
      await until(() => !one.journal.health().degraded)
      append(...events.slice(4))
      await until(async () => {
        await one.journal.flush()
        return (await two.journal.find('a'))?.ending === 'complete'
      })
      expect(two.recovered).toEqual([])
      expect(await two.journal.eventsAfter('a', 0)).toEqual(events)
    }, 120_000)
  })
})
