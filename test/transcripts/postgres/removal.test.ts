import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest'
import {refOf} from '../../../src/answers/ids.ts'
import {openPostgres, type Postgres} from '../../../src/postgres/index.ts'
import {dropPartitionsBefore, ensurePartitions} from '../../../src/transcripts/postgres/partitions.ts'
import {ofConversation, ofVisitor, removeAll, withId} from '../../../src/transcripts/postgres/removal.ts'
import {hasPostgres, type PostgresCluster, startPostgres} from '../../support/postgres.ts'
import {migrated, storeAnswer, storedIds, storedRows, useText} from './stored-answers.ts'

const onRemoving = async () => {}
const september = Date.UTC(2026, 8, 10)
const october = Date.UTC(2026, 9, 10)
const november = Date.UTC(2026, 10, 10)
const secret = 'The word is plumbago. '.repeat(20)

describe.skipIf(!hasPostgres)('answers in PostgreSQL', () => {
  let cluster: PostgresCluster
  let postgres: Postgres
  let other: Postgres

  beforeAll(async () => {
    cluster = await startPostgres()
  }, 120_000)
  afterAll(() => cluster.close())
  beforeEach(async () => {
    const url = await cluster.newDatabase()
    postgres = await migrated(await openPostgres({url}))
    // A transaction of it may be idle while something waits for it.
    other = await openPostgres({url, statementMs: 300_000})
  })
  afterEach(async () => {
    await postgres.close()
    await other.close()
  })

  async function partitions(): Promise<string[]> {
    const rows = await postgres.rows<{readonly name: string}>(
      `SELECT inhrelid::regclass::text AS name FROM pg_inherits
       WHERE inhparent IN ('docent.answers'::regclass, 'docent.events'::regclass) ORDER BY 1`,
    )
    return rows.map(({name}) => name.replace('docent.', ''))
  }

  async function partitionOf(id: string): Promise<string> {
    const row = await postgres.row<{readonly name: string}>(
      'SELECT tableoid::regclass::text AS name FROM docent.answers WHERE id = $1',
      [id],
    )
    return row!.name.replace('docent.', '')
  }

  describe('removal', () => {
    test('leaves nothing of an answer, and of others everything', async () => {
      await storeAnswer(postgres, 'a', {texts: [secret, 'Shared by both.']})
      await storeAnswer(postgres, 'b', {texts: ['Shared by both.']})
      const alone = await storedRows(postgres)

      expect(await removeAll(postgres, withId('a'), {onRemoving})).toBe(1)

      expect(await storedIds(postgres)).toEqual(['b'])
      expect(await postgres.rows('SELECT text FROM docent.shared_texts')).toEqual([{text: 'Shared by both.'}])
      expect(alone).toMatchObject({answers: 2, shared_texts: 2, text_uses: 3})
      expect(await storedRows(postgres)).toEqual({
        answers: 1,
        events: alone['events']! / 2,
        prompts: 1,
        shown_sections: 1,
        text_uses: 1,
        shared_texts: 1,
        claimed_keys: 1,
        uncounted: 1,
      })
    })

    test('names its answers before they are gone, and after each step', async () => {
      const rows = [await storeAnswer(postgres, 'a', {conversation: 'c'})]
      rows.push(await storeAnswer(postgres, 'b', {conversation: 'c'}))
      const seen: unknown[] = []

      const removed = await removeAll(postgres, ofConversation('c'), {
        async onRemoving(queries, numbers) {
          seen.push({numbers, left: await storedIds(queries)})
        },
        async onStep(refs) {
          seen.push({refs, left: await storedIds(postgres)})
        },
      })

      expect(removed).toBe(2)
      expect(seen).toEqual([
        {numbers: rows, left: ['a', 'b']},
        {refs: [refOf('a'), refOf('b')], left: []},
      ])
    })

    test('keeps everything of a step that failed', async () => {
      await storeAnswer(postgres, 'a', {texts: [secret]})
      const before = await storedRows(postgres)
      const failing = async () => {
        throw new Error('not counted')
      }

      await expect(removeAll(postgres, withId('a'), {onRemoving: failing})).rejects.toThrow('not counted')

      expect(await storedRows(postgres)).toEqual(before)
    })

    test('by two processes at once removes and counts each answer once', async () => {
      await postgres.run(
        `INSERT INTO docent.answers (row, id, ref, conversation, question, build, generator, embedding, started_at,
           settings, channel, visitor, ending)
         SELECT n, 'a' || n, 'r' || n, 'c', '?', 'b', 'g', 'e', 0, '{}', 'test', 'v', 'complete'
         FROM generate_series(1, 1001) AS n`,
      )
      await useText(postgres, 1, secret)
      await useText(postgres, 1001, secret)
      const refs: string[] = []
      const onStep = async (some: readonly string[]) => void refs.push(...some)

      const counts = await Promise.all(
        [postgres, other].map((each) => removeAll(each, ofVisitor('v'), {onRemoving, onStep})),
      )

      expect(counts[0]! + counts[1]!).toBe(1001)
      expect(new Set(refs).size).toBe(1001)
      expect(refs).toHaveLength(1001)
      expect(await storedRows(postgres)).toMatchObject({answers: 0, text_uses: 0, shared_texts: 0})
    }, 120_000)

    test('waits for a process that begins to use a text, and keeps the text then', async () => {
      await storeAnswer(postgres, 'a', {texts: [secret]})
      const row = await storeAnswer(postgres, 'b')
      let removal: Promise<number> | null = null

      await other.transaction(async (queries) => {
        await useText(queries, row, secret)
        removal = removeAll(postgres, withId('a'), {onRemoving})
        await expect
          .poll(() => postgres.rows("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"), {
            timeout: 60_000,
          })
          .not.toEqual([])
      })

      expect(await removal).toBe(1)
      expect(await postgres.rows('SELECT text FROM docent.shared_texts')).toEqual([{text: secret}])
    }, 120_000)

    test('accepts any text as an id', async () => {
      expect(await removeAll(postgres, withId('a\u0000\ud800'), {onRemoving})).toBe(0)
    })
  })

  describe('partitions', () => {
    test('are made for each month from one time to another, by many processes at once', async () => {
      const times = {from: Date.UTC(2026, 10, 30, 23, 59), to: Date.UTC(2027, 0, 1)}

      await Promise.all([postgres, other, postgres, other].map((each) => ensurePartitions(each, times)))
      await ensurePartitions(postgres, times)

      expect(await partitions()).toEqual([
        'answers_2026_11',
        'answers_2026_12',
        'answers_2027_01',
        'answers_other',
        'events_2026_11',
        'events_2026_12',
        'events_2027_01',
        'events_other',
      ])
      await storeAnswer(postgres, 'last', {startedAt: Date.UTC(2026, 11, 1) - 1})
      await storeAnswer(postgres, 'first', {startedAt: Date.UTC(2026, 11, 1)})
      await storeAnswer(postgres, 'earlier', {startedAt: october})
      expect(await partitionOf('last')).toBe('answers_2026_11')
      expect(await partitionOf('first')).toBe('answers_2026_12')
      expect(await partitionOf('earlier')).toBe('answers_other')
    }, 120_000)

    test('made late have the rows that came before, with all their indexes', async () => {
      await storeAnswer(postgres, 'a', {startedAt: november})
      await storeAnswer(postgres, 'b', {startedAt: october})
      const before = await storedRows(postgres)

      await ensurePartitions(postgres, {from: november, to: november})

      expect(await storedRows(postgres)).toEqual(before)
      expect(await partitionOf('a')).toBe('answers_2026_11')
      expect(await partitionOf('b')).toBe('answers_other')
      const indexes = (table: string) =>
        postgres.row('SELECT count(*) AS n FROM pg_index WHERE indrelid = $1::regclass', [table])
      expect(await indexes('docent.answers_2026_11')).toEqual(await indexes('docent.answers_other'))
    })

    test('are not made where many rows came before, which stay where they are', async () => {
      const row = await storeAnswer(postgres, 'a', {startedAt: november, events: []})
      await postgres.run(
        "INSERT INTO docent.events SELECT $1, n, n, 0, '{}', NULL FROM generate_series(1, 10001) AS n",
        [row],
      )

      await ensurePartitions(postgres, {from: november, to: november})

      expect(await partitions()).toEqual(['answers_2026_11', 'answers_other', 'events_other'])
      expect(await storedRows(postgres)).toMatchObject({answers: 1, events: 10_001})
      expect(await removeAll(postgres, withId('a'), {onRemoving})).toBe(1)
      expect(await storedRows(postgres)).toMatchObject({answers: 0, events: 0})
    })

    test('of whole months are dropped with their answers', async () => {
      await ensurePartitions(postgres, {from: september, to: november})
      await storeAnswer(postgres, 'september', {startedAt: september, texts: [secret]})
      await storeAnswer(postgres, 'october', {startedAt: october})
      await storeAnswer(postgres, 'november', {startedAt: november})

      const before = Date.UTC(2026, 10, 1)
      const counts = await Promise.all(
        [postgres, other].map((each) => dropPartitionsBefore(each, before, {onRemoving})),
      )

      expect(counts[0]! + counts[1]!).toBe(2)
      expect(await storedIds(postgres)).toEqual(['november'])
      expect(await storedRows(postgres)).toMatchObject({prompts: 1, claimed_keys: 1, shared_texts: 0})
      expect(await partitions()).toEqual([
        'answers_2026_11',
        'answers_other',
        'events_2026_11',
        'events_other',
      ])
      expect(await dropPartitionsBefore(postgres, Date.UTC(2026, 11, 1) - 1, {onRemoving})).toBe(0)
      expect(await storedIds(postgres)).toEqual(['november'])
    }, 120_000)

    test('with an answer that has not ended stay', async () => {
      await ensurePartitions(postgres, {from: october, to: october})
      await storeAnswer(postgres, 'running', {startedAt: october, ending: null})
      await storeAnswer(postgres, 'ended', {startedAt: october})

      expect(await dropPartitionsBefore(postgres, november, {onRemoving})).toBe(1)

      expect(await storedIds(postgres)).toEqual(['running'])
      expect(await partitions()).toContain('events_2026_10')
      expect((await storedRows(postgres))['events']).toBeGreaterThan(0)
    })

    test('that somebody reads for long stay until the next time, without their answers', async () => {
      await ensurePartitions(postgres, {from: october, to: october})
      await storeAnswer(postgres, 'a', {startedAt: october})

      await other.transaction(async (queries) => {
        await queries.rows('SELECT id FROM docent.answers')
        expect(await dropPartitionsBefore(postgres, november, {onRemoving})).toBe(1)
      })

      expect(await partitions()).toContain('answers_2026_10')
      expect(await dropPartitionsBefore(postgres, november, {onRemoving})).toBe(0)
      expect(await partitions()).toEqual(['answers_other', 'events_other'])
    }, 120_000)
  })
})
