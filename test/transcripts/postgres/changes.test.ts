import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest'
import {createAnswerState} from '../../../src/answers/answer-state.ts'
import {refOf} from '../../../src/answers/ids.ts'
import {openPostgres, type Postgres} from '../../../src/postgres/index.ts'
import {createRedactor} from '../../../src/redaction/index.ts'
import type {LiveAnswer} from '../../../src/transcripts/live-answer.ts'
import {createLiveAnswers, type LiveAnswers} from '../../../src/transcripts/live-answers.ts'
import {createPostgresChanges} from '../../../src/transcripts/postgres/changes.ts'
import {ensurePartitions} from '../../../src/transcripts/postgres/partitions.ts'
import {redactionOf} from '../../../src/transcripts/redaction.ts'
import type {Review} from '../../../src/transcripts/transcript-store.ts'
import {hasPostgres, type PostgresCluster, startPostgres} from '../../support/postgres.ts'
import {sampleEntry} from '../samples.ts'
import {migrated, storeAnswer, storedIds, storedRows} from './stored-answers.ts'

const october = Date.UTC(2026, 9, 10)
const november = Date.UTC(2026, 10, 10)

describe.skipIf(!hasPostgres)('changes of transcripts in PostgreSQL', () => {
  let cluster: PostgresCluster
  let postgres: Postgres
  let other: Postgres
  let live: LiveAnswers
  let dropped: LiveAnswer[]
  let added: LiveAnswer[]
  let clock: number

  beforeAll(async () => {
    cluster = await startPostgres()
  }, 120_000)
  afterAll(() => cluster.close())
  beforeEach(async () => {
    const url = await cluster.newDatabase()
    postgres = await migrated(await openPostgres({url}))
    // A transaction of it may be idle while something waits for it.
    other = await openPostgres({url, statementMs: 300_000})
    live = createLiveAnswers(false)
    dropped = []
    added = []
    clock = 1_000
  })
  afterEach(async () => {
    await postgres.close()
    await other.close()
  })

  function changesOf(pool: Postgres, {mode = 'full'}: {readonly mode?: string} = {}) {
    return createPostgresChanges({
      postgres: pool,
      mode,
      live,
      writes: {
        add: (answer) => void added.push(answer),
        drop: (answer) => void dropped.push(answer),
        flushInSteps: async () => true,
        settled: async () => {},
      },
      redaction: redactionOf(mode === 'full'),
      redactor: createRedactor(),
      onRedacted: () => {},
      now: () => ++clock,
      onRemoving: async () => {},
    })
  }

  const columnsOf = (id: string, columns: string) =>
    postgres.row(`SELECT ${columns} FROM docent.answers WHERE id = $1`, [id])

  const uncounted = async () => (await storedRows(postgres))['uncounted']

  async function counted(): Promise<void> {
    await postgres.run('DELETE FROM docent.uncounted')
  }

  function begin(id: string, entry: Parameters<typeof sampleEntry>[1] = {}): LiveAnswer {
    const sample = sampleEntry(id, entry)
    return live.begin(sample, createAnswerState(sample.startedAt))
  }

  describe('feedback', () => {
    test('replaces what was said before, adds what is missing, and is counted', async () => {
      await storeAnswer(postgres, 'a')
      await counted()
      const changes = changesOf(postgres)

      const first = await changes.setFeedback('a', {
        rating: 'down',
        reasons: ['wrong\u0000'],
        comment: 'Ask jane@acme.io \ud800',
      })
      expect(await uncounted()).toBe(1)
      const second = await changes.setFeedback('a', {missing: true, reasons: [], comment: null})

      expect(first).toEqual({
        feedback: {rating: 'down', missing: false, reasons: ['wrong\ufffd'], comment: 'Ask [email] \ufffd'},
        isNewlyMissing: false,
        build: 'build-1',
      })
      expect(second).toEqual({
        feedback: {...first.feedback, missing: true},
        isNewlyMissing: true,
        build: 'build-1',
      })
      expect(await columnsOf('a', 'rating, rating_reasons, rating_comment, missing, rated_at')).toEqual({
        rating: 'down',
        rating_reasons: '["wrong\ufffd"]',
        rating_comment: 'Ask [email] \ufffd',
        missing: 1,
        rated_at: clock,
      })
    })

    test('of a running answer is counted when it ends', async () => {
      await storeAnswer(postgres, 'a', {ending: null})
      await changesOf(postgres).setFeedback('a', {rating: 'up', reasons: [], comment: null})
      expect(await columnsOf('a', 'rating')).toEqual({rating: 'up'})
      expect(await uncounted()).toBe(0)
    })

    test('given in many processes at once is new in one', async () => {
      await storeAnswer(postgres, 'a')
      const given = await Promise.all(
        Array.from({length: 12}, (_, n) =>
          changesOf(n % 2 === 0 ? postgres : other).setFeedback('a', {
            missing: true,
            reasons: [],
            comment: null,
          }),
        ),
      )
      expect(given.filter(({isNewlyMissing}) => isNewlyMissing)).toHaveLength(1)
    }, 60_000)

    test('given while figures are counted is counted by the next', async () => {
      await storeAnswer(postgres, 'a')
      const seen = async () => (await columnsOf('a', 'rating')) as {readonly rating: string | null}
      let given: Promise<unknown> = Promise.resolve()

      await other.transaction(async (queries) => {
        await queries.run('DELETE FROM docent.uncounted')
        given = changesOf(postgres).setFeedback('a', {rating: 'up', reasons: [], comment: null})
        await expect
          .poll(() => queries.rows("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"), {
            timeout: 60_000,
          })
          .not.toEqual([])
        expect(await seen()).toEqual({rating: null})
      })
      await given

      expect(await seen()).toEqual({rating: 'up'})
      expect(await uncounted()).toBe(1)
    }, 120_000)

    test('whose answer waits to be counted already makes who counts wait for it', async () => {
      const row = await storeAnswer(postgres, 'a')
      let counting: Promise<unknown> = Promise.resolve()

      await other.transaction(async (queries) => {
        const changes = createPostgresChanges({
          ...{mode: 'full', live, redaction: redactionOf(true), redactor: createRedactor()},
          postgres: {...other, transaction: (work) => work(queries)},
          writes: {add() {}, drop() {}, flushInSteps: async () => true, settled: async () => {}},
          onRedacted() {},
          now: () => 1,
          onRemoving: async () => {},
        })
        await changes.setFeedback('a', {rating: 'up', reasons: [], comment: null})
        counting = postgres.transaction(async (counter) => {
          await counter.rows('DELETE FROM docent.uncounted WHERE answer = $1 RETURNING answer', [row])
          return counter.row('SELECT rating FROM docent.answers WHERE row = $1', [row])
        })
        await expect
          .poll(() => queries.rows("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"), {
            timeout: 60_000,
          })
          .not.toEqual([])
      })

      expect(await counting).toEqual({rating: 'up'})
    }, 120_000)

    test('without text keeps the rating alone', async () => {
      await storeAnswer(postgres, 'a')
      const {feedback} = await changesOf(postgres, {mode: 'metadata'}).setFeedback('a', {
        rating: 'down',
        reasons: ['wrong'],
        comment: 'No.',
      })
      expect(feedback).toEqual({rating: 'down', missing: false, reasons: [], comment: null})
    })

    test('and reviews of an unknown answer are refused', async () => {
      const changes = changesOf(postgres)
      for (const id of ['none', 'a\u0000', '\ud800']) {
        await expect(
          changes.setFeedback(id, {rating: 'up', reasons: [], comment: null}),
        ).rejects.toMatchObject({
          code: 'not_found',
        })
        await expect(changes.setReview(id, reviewBy('Ada'))).rejects.toMatchObject({code: 'not_found'})
        expect(await changes.noteOpened(id, 1)).toBe(false)
        await changes.countResume(id)
        await changes.setFirstUseful(id, 1)
      }
    })
  })

  const reviewBy = (by: string): Omit<Review, 'at'> => ({
    verdict: 'wrong',
    note: `By ${by}`,
    correctedAnswer: null,
    by,
  })

  describe('a review', () => {
    test('of two that replace the same one at once, one is written', async () => {
      await storeAnswer(postgres, 'a')
      const both = await Promise.allSettled([
        changesOf(postgres).setReview('a', reviewBy('Ada'), null),
        changesOf(other).setReview('a', reviewBy('Bob'), null),
      ])
      expect(both.map(({status}) => status).sort()).toEqual(['fulfilled', 'rejected'])
      const refused = both.find(({status}) => status === 'rejected')
      expect(refused).toMatchObject({reason: {code: 'conflict'}})
      const name = both[0].status === 'fulfilled' ? 'Ada' : 'Bob'
      expect(await columnsOf('a', 'reviewer, review_note')).toEqual({
        reviewer: name,
        review_note: `By ${name}`,
      })
    })

    test('sent again is no conflict, also with characters that are not kept', async () => {
      await storeAnswer(postgres, 'a')
      const changes = changesOf(postgres)
      const review = {...reviewBy('Ada'), note: 'NUL\u0000 and half \udc00'}
      await changes.setReview('a', review, null)
      const first = await columnsOf('a', 'review_note, reviewed_at')

      await changes.setReview('a', review, null)

      expect(await columnsOf('a', 'review_note, reviewed_at')).toEqual(first)
      expect(first).toMatchObject({review_note: 'NUL\ufffd and half \ufffd'})
      await expect(changes.setReview('a', reviewBy('Bob'), null)).rejects.toMatchObject({code: 'conflict'})
      await changes.setReview('a', reviewBy('Cleo'))
      expect(await columnsOf('a', 'reviewer')).toEqual({reviewer: 'Cleo'})
    })

    test('with text is refused where none is kept', async () => {
      await storeAnswer(postgres, 'a')
      const changes = changesOf(postgres, {mode: 'metadata'})
      await expect(changes.setReview('a', reviewBy('Ada'))).rejects.toMatchObject({code: 'invalid_request'})
      await changes.setReview('a', {...reviewBy('Ada'), note: null})
      expect(await columnsOf('a', 'verdict')).toEqual({verdict: 'wrong'})
    })
  })

  describe('what readers do', () => {
    test('opening a source counts once, in any number of processes', async () => {
      await storeAnswer(postgres, 'a')
      await counted()
      const firsts = await Promise.all(
        [postgres, other, postgres, other].map((pool) => changesOf(pool).noteOpened('a', 2)),
      )
      expect(firsts.filter((isFirst) => isFirst)).toHaveLength(1)
      expect(await changesOf(postgres).noteOpened('a', 12)).toBe(true)
      expect(await changesOf(postgres).noteOpened('a', 1)).toBe(true)
      expect(await changesOf(postgres).noteOpened('a', 1)).toBe(false)
      expect(await columnsOf('a', 'opened')).toEqual({opened: '[2,12,1]'})
      expect(await uncounted()).toBe(1)
    })

    test('resumes are counted up to a hundred', async () => {
      await storeAnswer(postgres, 'a')
      await counted()
      await Promise.all(
        Array.from({length: 20}, (_, n) => changesOf(n % 2 === 0 ? postgres : other).countResume('a')),
      )
      expect(await columnsOf('a', 'resumes')).toEqual({resumes: 20})
      expect(await uncounted()).toBe(1)
      await postgres.run('UPDATE docent.answers SET resumes = 100')
      await changesOf(postgres).countResume('a')
      expect(await columnsOf('a', 'resumes')).toEqual({resumes: 100})
    }, 60_000)

    test('the first time that a stored answer was useful counts, whatever its facts say', async () => {
      await storeAnswer(postgres, 'a', {facts: {notes: ['NUL\u0000 and half \ud800']}})
      await changesOf(postgres).setFirstUseful('a', 80.5)
      await changesOf(other).setFirstUseful('a', 9)
      const row = (await columnsOf('a', 'facts')) as {readonly facts: string}
      expect(JSON.parse(row.facts)).toEqual({notes: ['NUL\u0000 and half \ud800'], firstUsefulMs: 80.5})
    })

    test('that of an answer in memory is written with it', async () => {
      const answer = begin('a')
      await changesOf(postgres).setFirstUseful('a', 80)
      await changesOf(postgres).setFirstUseful('a', 9)
      expect(answer).toMatchObject({details: {firstUsefulMs: 80}, hasNewDetails: true})
      expect(added).toEqual([answer])
    })
  })

  describe('a removal', () => {
    test('of one answer, stored or only in memory', async () => {
      await storeAnswer(postgres, 'stored')
      await storeAnswer(postgres, 'kept')
      const answer = begin('in-memory')
      const changes = changesOf(postgres)

      expect(await changes.delete('stored')).toBe(true)
      expect(await changes.delete('stored')).toBe(false)
      expect(await changes.delete('in-memory')).toBe(true)
      expect(await changes.delete('in-memory')).toBe(false)
      expect(dropped).toEqual([answer])
      expect(live.all()).toEqual([])
      expect(await storedIds(postgres)).toEqual(['kept'])
    })

    test('of an answer that is in both counts it once', async () => {
      const row = await storeAnswer(postgres, 'a', {ending: null, conversation: 'c'})
      begin('a', {conversation: 'c'}).row = row
      await storeAnswer(postgres, 'b', {conversation: 'c'})

      expect(await changesOf(postgres).deleteConversation('c')).toBe(2)
      expect(await changesOf(postgres).deleteConversation('c')).toBe(0)
      expect(live.all()).toEqual([])
    })

    test('of a visitor passes on the refs of all that were stored', async () => {
      for (const id of ['a', 'b']) await storeAnswer(postgres, id, {visitor: 'v'})
      await storeAnswer(postgres, 'c', {visitor: 'w'})
      begin('d', {visitor: 'v'})
      const refs: string[] = []

      const removed = await changesOf(postgres).deleteVisitor('v', async (some) => void refs.push(...some))

      expect(removed).toBe(3)
      expect(refs).toEqual([refOf('a'), refOf('b')])
      expect(await storedIds(postgres)).toEqual(['c'])
    })

    test('of what is too old takes whole months and the rest, also what has not ended', async () => {
      await ensurePartitions(postgres, {from: october, to: november})
      await storeAnswer(postgres, 'october', {startedAt: october})
      await storeAnswer(postgres, 'running', {startedAt: october, ending: null})
      await storeAnswer(postgres, 'early', {startedAt: november - 1})
      await storeAnswer(postgres, 'late', {startedAt: november})
      begin('in-memory', {startedAt: october})
      begin('in-memory-too', {startedAt: november})

      expect(await changesOf(postgres).purge(november)).toBe(4)

      expect(await storedIds(postgres)).toEqual(['late'])
      expect(live.all().map(({entry}) => entry.answerId)).toEqual(['in-memory-too'])
      const left = await postgres.rows("SELECT 1 FROM pg_class WHERE relname LIKE '%2026_10'")
      expect(left).toEqual([])
    })
  })
})
