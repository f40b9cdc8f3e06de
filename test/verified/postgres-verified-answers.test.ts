import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest'
import {openPostgres, type Postgres} from '../../src/postgres/index.ts'
import {openPostgresVerifiedAnswers, type VerifiedAnswers} from '../../src/verified/index.ts'
import {verifiedAnswersContract} from '../contracts/verified-answers.contract.ts'
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

  verifiedAnswersContract('a database', async () => {
    const url = await cluster.newDatabase()
    const filling = await openPool(url)
    return {
      open: async (now) =>
        openPostgresVerifiedAnswers({postgres: await openPool(url), now, waitMs: patientMs}),
      async fill(count) {
        await filling.run(
          `INSERT INTO docent.verified_answers (id, state, revision, question, question_digest, text, url, anchor,
             proposed_by, proposed_at, changed_by, changed_at)
           SELECT 'a' || n, 'proposed', 1, 'Q', '', 'T', '/docs', '', 'x', 1, 'x', 1 FROM generate_series(1, $1) AS n`,
          [count],
        )
      },
      close: closePools,
    }
  })

  describe('verified answers', () => {
    let postgres: Postgres
    let other: Postgres
    let answers: VerifiedAnswers
    let writer: VerifiedAnswers
    const problems: unknown[] = []
    const draft = {question: 'Port?', text: 'Old.', url: '/docs/port', anchor: '', lang: null, version: null}

    beforeEach(async () => {
      problems.length = 0
      const url = await cluster.newDatabase()
      postgres = await openPool(url)
      other = await openPool(url)
      writer = await openPostgresVerifiedAnswers({postgres: other, waitMs: patientMs})
      const {id} = await writer.propose(draft, {by: 'Ada', answerRef: null})
      await writer.publish(id, {by: 'Ada', revision: 1}, 'd')
      answers = await openPostgresVerifiedAnswers({
        postgres,
        waitMs: 3_000,
        onProblem: (error) => problems.push(error),
      })
    })
    afterEach(async () => {
      answers.close()
      writer.close()
      await closePools()
    })

    const textOf = async (store = answers) => (await store.publishedFor('Port?', draft))?.text

    async function rewrite(text: string): Promise<void> {
      const {id, revision} = (await writer.list())[0]!
      await writer.change(id, {...draft, text}, {by: 'Ada', revision}, 'd')
    }

    test('are those that were read last while the database is away, and the current ones afterwards', async () => {
      await cluster.kill()
      // A process that serves a connection may answer once more after its server was killed.
      const isAnswered = () =>
        postgres.row('SELECT 1').then(
          () => true,
          () => false,
        )
      await expect.poll(isAnswered, patient).toBe(false)
      const during = [await textOf(), await textOf()]
      const other = await answers.publishedFor('Host?', draft)
      await expect(answers.list()).rejects.toMatchObject({code: 'storage'})
      await cluster.start()
      await rewrite('New.')

      expect(during).toEqual(['Old.', 'Old.'])
      expect(other).toBeNull()
      expect(problems).toMatchObject([{code: 'storage'}])
      await expect.poll(() => textOf(), patient).toBe('New.')
    }, 120_000)

    test('are not waited for long where the database is slow', async () => {
      let during: unknown
      await other.transaction(async (queries) => {
        await queries.run('LOCK TABLE docent.verified_revision IN ACCESS EXCLUSIVE MODE')
        during = [await textOf(), await textOf()]
      })

      expect(during).toEqual(['Old.', 'Old.'])
      expect(problems).toMatchObject([{message: 'PostgreSQL: no answer within 3000 milliseconds.'}])
      await rewrite('New.')
      await expect.poll(() => textOf(), patient).toBe('New.')
    }, 120_000)

    test('are the current ones for all who ask at once, after each change', async () => {
      for (let n = 0; n < 10; n++) {
        await rewrite(`Text ${n}`)
        const given = await Promise.all(Array.from({length: 20}, () => textOf()))
        expect(new Set(given)).toEqual(new Set([`Text ${n}`]))
      }
    })

    test('take any text, and any question', async () => {
      const odd = {...draft, question: 'Odd \u0000 one \ud800?', text: 'a\u0000b\ud800'}
      const proposed = await answers.propose(odd, {by: 'A\u0000', answerRef: 'r\u0000'})
      const change = {by: 'A\u0000', revision: 1}
      await answers.publish(proposed.id, change, 'd')
      const again = await answers.publish(proposed.id, change, 'd')

      expect(again.answer.revision).toBe(2)
      expect((await answers.publishedFor(odd.question, draft))?.text).toBe('a\ufffdb\ufffd')
      expect(await answers.get('\u0000')).toBeNull()
      expect(await answers.delete('\u0000')).toBe(false)
    })

    test('are refused where a newer version has been', async () => {
      await postgres.run("INSERT INTO docent.migrations (set, name) VALUES ('verified', '999_later')")

      await expect(openPostgresVerifiedAnswers({postgres})).rejects.toThrow(/written by a newer Docent/)
    })
  })
})
