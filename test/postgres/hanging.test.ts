import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest'
import {StoredAnswers} from '../../src/answering/stored-answers.ts'
import {createAnswerState} from '../../src/answers/index.ts'
import {openPostgres, openReplica, type Postgres, type Replica} from '../../src/postgres/index.ts'
import {openPostgresTranscripts, type Transcripts} from '../../src/transcripts/index.ts'
import {type HangingProxy, startHangingProxy} from '../support/hanging-proxy.ts'
import {hasPostgres, type PostgresCluster, startPostgres} from '../support/postgres.ts'
import {sampleEntry, sampleEvents} from '../transcripts/samples.ts'

/** As where a network drops packets: worse than a server that is away, since nothing says so. */
describe.skipIf(!hasPostgres)('a database that hangs', () => {
  let cluster: PostgresCluster
  let proxy: HangingProxy
  let postgres: Postgres
  let replica: Replica
  let transcripts: Transcripts

  beforeAll(async () => {
    cluster = await startPostgres()
  }, 120_000)
  afterAll(() => cluster?.close())

  beforeEach(async () => {
    const url = new URL(await cluster.newDatabase())
    proxy = await startHangingProxy(cluster.port)
    url.port = String(proxy.port)
    postgres = await openPostgres({url: url.href, connections: 3, connectMs: 1_000, statementMs: 3_000})
    const lease = {name: 'one', leaseMs: 600_000}
    replica = await openReplica(postgres, lease)
    transcripts = await openPostgresTranscripts({postgres, lease, flushMs: 20})
  }, 120_000)
  afterEach(async () => {
    proxy.setHanging(false)
    await transcripts.close()
    await replica.close()
    await postgres.close()
    await proxy.close()
  }, 120_000)

  test('makes queries and transactions fail, and the next ones work when it goes on', async () => {
    proxy.setHanging(true)
    await expect(postgres.row('SELECT 1')).rejects.toMatchObject({code: 'storage'})
    await expect(postgres.transaction((queries) => queries.row('SELECT 1'))).rejects.toMatchObject({
      code: 'storage',
    })
    proxy.setHanging(false)
    for (;;) {
      const row = await postgres.row<{n: number}>('SELECT 1 AS n').catch(() => null)
      if (row !== null) return expect(row).toEqual({n: 1})
    }
  }, 120_000)

  test('delays no answer: all is answered from memory, and all is kept when it goes on', async () => {
    proxy.setHanging(true)
    const entry = sampleEntry('a', {idempotencyKey: 'key', conversation: 'c'})
    const state = createAnswerState(entry.startedAt)
    expect(await transcripts.findByIdempotencyKey('key')).toBeNull()
    expect(await transcripts.begin(entry, state)).toBeNull()
    expect(await transcripts.conversation('c', 10)).toEqual([])
    const events = sampleEvents('a')
    for (const event of events) {
      state.add(event)
      transcripts.append('a', event)
    }
    expect(await transcripts.eventsAfter('a', 0)).toEqual(events)
    expect(transcripts.health().degraded).toBe(true)
    proxy.setHanging(false)
    while (transcripts.health().degraded) await new Promise((resolve) => setTimeout(resolve, 50))
    await transcripts.flush()
    expect(await postgres.row("SELECT ending FROM docent.answers WHERE id = 'a'")).toEqual({
      ending: 'complete',
    })
  }, 120_000)

  test('does not say of an answer that it is gone, or how it ended', async () => {
    const entry = sampleEntry('a')
    const state = createAnswerState(entry.startedAt)
    await transcripts.begin(entry, state)
    for (const event of sampleEvents('a')) {
      state.add(event)
      transcripts.append('a', event)
    }
    await transcripts.flush()
    const stored = new StoredAnswers(transcripts, transcripts.peers)
    const found = await stored.find('a')
    proxy.setHanging(true)
    await expect(stored.snapshot('a')).rejects.toMatchObject({code: 'storage'})
    await expect(stored.find('unknown')).rejects.toMatchObject({code: 'storage'})
    for (const after of [0, 3]) {
      await expect(stored.eventsAfter(found, after)).rejects.toMatchObject({code: 'storage'})
    }
  }, 120_000)

  test('does not keep connections from being closed', async () => {
    const heard = new Promise<void>((resolve) => postgres.listen('things', () => {}, resolve))
    await heard
    proxy.setHanging(true)
    await postgres.close()
  }, 120_000)
})
