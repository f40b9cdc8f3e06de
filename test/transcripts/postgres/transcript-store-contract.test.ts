import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {createAnswerState, refOf} from '../../../src/answers/index.ts'
import type {SequencedEvent} from '../../../src/domain/index.ts'
import {openPostgres, openReplica, type Postgres} from '../../../src/postgres/index.ts'
import {openPostgresTranscripts} from '../../../src/transcripts/index.ts'
import {createAnswerReads} from '../../../src/transcripts/postgres/answer-reads.ts'
import {createPostgresReads} from '../../../src/transcripts/postgres/postgres-reads.ts'
import {type StoreUnderTest, transcriptStoreContract} from '../../contracts/transcript-store.contract.ts'
import {hasPostgres, type PostgresCluster, startPostgres} from '../../support/postgres.ts'
import {sampleEntry, sampleEvents} from '../samples.ts'

/** A store of one server. What it appends is written when it is read, or closed. */
async function openStore(url: string, name: string): Promise<StoreUnderTest & {readonly postgres: Postgres}> {
  const postgres = await openPostgres({url})
  const leaseMs = 600_000
  const replica = await openReplica(postgres, {name, leaseMs})
  const transcripts = await openPostgresTranscripts({postgres, lease: {name, leaseMs}, flushMs: 600_000})
  return {
    postgres,
    journal: transcripts,
    store: transcripts,
    async close() {
      await transcripts.close()
      await replica.close()
      await postgres.close()
    },
  }
}

async function write(
  {journal}: StoreUnderTest,
  answerId: string,
  events: readonly SequencedEvent[],
  entry: Parameters<typeof sampleEntry>[1] = {},
): Promise<void> {
  const sample = sampleEntry(answerId, entry)
  const state = createAnswerState(sample.startedAt)
  await journal.begin(sample, state)
  for (const event of events) {
    state.add(event)
    journal.append(answerId, event)
  }
}

describe.skipIf(!hasPostgres)('PostgreSQL', () => {
  let cluster: PostgresCluster

  beforeAll(async () => {
    cluster = await startPostgres()
  }, 120_000)
  afterAll(() => cluster?.close())

  transcriptStoreContract('PostgreSQL', async () => openStore(await cluster.newDatabase(), 'one'))

  test('what answers were made of is kept once, read by another server, and goes with the last that used it', async () => {
    const url = await cluster.newDatabase()
    const one = await openStore(url, 'one')
    const other = await openStore(url, 'other')
    try {
      const markdown = `Set \`PORT\`.\u0000 ${'x'.repeat(500)}`
      const sections = [{n: 1, id: 's', path: 'a.md', markdown, isPart: false}]
      const body = {
        model: 'm',
        messages: [
          {role: 'user', content: markdown},
          {role: 'user', content: '@short'},
        ],
      }
      for (const [store, answerId] of [
        [one, 'a'],
        [other, 'b'],
      ] as const) {
        const sample = sampleEntry(answerId)
        const state = createAnswerState(sample.startedAt)
        await store.journal.begin(sample, state)
        store.journal.keep(answerId, {sections, request: {n: 1, at: 5, body, quotations: []}})
        for (const event of sampleEvents(answerId)) {
          state.add(event)
          store.journal.append(answerId, event)
        }
      }
      await Promise.all([one.journal.flush(), other.journal.flush()])

      const kept = JSON.parse(JSON.stringify(markdown).replaceAll('\\u0000', '\ufffd')) as string
      for (const [store, answerId] of [
        [other, 'a'],
        [one, 'b'],
      ] as const) {
        const material = (await store.store.material(answerId))!
        expect(material.sections).toEqual([{...sections[0], markdown: kept}])
        expect(JSON.parse(material.requests)).toMatchObject([{n: 1, at: 5, body: {model: 'm'}}])
        expect((JSON.parse(material.requests) as {body: typeof body}[])[0]!.body.messages[1]!.content).toBe(
          '@short',
        )
      }
      const texts = () => one.postgres.row<{n: number}>('SELECT count(*) AS n FROM docent.shared_texts')
      expect(await texts()).toEqual({n: 1})
      expect((await other.store.storage()).bytes).toBeGreaterThan(0)
      await other.store.delete('a')
      expect(await texts()).toEqual({n: 1})
      await one.store.delete('b')
      expect(await texts()).toEqual({n: 0})
    } finally {
      await one.close()
      await other.close()
    }
  })

  test('what one server writes, another reads, lists, counts and removes', async () => {
    const url = await cluster.newDatabase()
    const one = await openStore(url, 'one')
    const other = await openStore(url, 'other')
    await write(one, 'ended', sampleEvents('ended'))
    await write(one, 'running', sampleEvents('running', ['So', ' far'], null))
    await one.journal.flush()

    expect((await other.store.list({})).items).toMatchObject([
      {answerId: 'running', ending: null, excerpt: 'So far'},
      {answerId: 'ended', ending: 'complete', excerpt: 'Set `PORT`.'},
    ])
    expect(await other.store.get('ended')).toEqual(await one.store.get('ended'))
    const total = async ({store}: StoreUnderTest) =>
      (await store.analytics({from: 0, to: 3_600_000})).total.answers
    expect(await total(other)).toBe(1)
    expect(await total(one)).toBe(1)
    expect(await other.store.delete('ended')).toBe(true)
    expect(await one.store.get('ended')).toBeNull()
    expect(await total(one)).toBe(1)
    await one.close()
    await other.close()
  }, 120_000)

  test('what an answer was made of is read as it was kept', async () => {
    const one = await openStore(await cluster.newDatabase(), 'one')
    await write(one, 'a', sampleEvents('a'))
    const long = 'A long text. '.repeat(50)
    const result = {type: 'search_result', title: 'T', content: [{type: 'text', text: long}]}
    const body = {model: 'm', system: long, messages: [{role: 'user', content: [result, '@short']}]}
    one.journal.keep('a', {
      request: {n: 1, at: 5, body, quotations: []},
      sections: [{n: 1, id: 's1', path: 'a.md', markdown: long, isPart: false}],
    })

    expect(await one.store.material(refOf('a'))).toEqual({
      ref: refOf('a'),
      requests: JSON.stringify([{n: 1, at: 5, body}]),
      sections: [{n: 1, id: 's1', path: 'a.md', markdown: long, isPart: false}],
    })
    await one.close()
  }, 120_000)

  test('an answer is read with what memory has of it while the database does not', async () => {
    const one = await openStore(await cluster.newDatabase(), 'one')
    const events = sampleEvents('a')
    await write(one, 'a', events.slice(0, 3))
    const reads = createPostgresReads(one.postgres)
    await one.journal.flush()
    const kept = (await reads.read(['a'], []))[0]!
    expect(kept).toMatchObject({ending: null, text: 'Set '})
    await one.store.setFeedback('a', {rating: 'up', reasons: [], comment: null})
    await write(one, 'b', events.slice(0, 3))

    const row = (await createAnswerReads(one.postgres).row('a'))!
    const ended = {...row, row: -1, ending: 'complete', text: 'Set `PORT`.', rating: null} as const
    const [stored, unwritten, none] = await reads.read(
      ['a', 'b', 'none'],
      [
        {row: ended, events: events.slice(2)},
        {row: {...ended, id: 'b'}, events},
      ],
    )

    expect(stored).toMatchObject({ending: 'complete', text: 'Set `PORT`.', feedback: {rating: 'up'}, events})
    expect(unwritten).toMatchObject({answerId: 'b', ending: 'complete', feedback: null, events})
    expect(none).toBeNull()
    await one.close()
  }, 120_000)
})
