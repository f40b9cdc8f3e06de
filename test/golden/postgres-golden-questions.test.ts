import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest'
import {openPostgresGoldenQuestions} from '../../src/golden/index.ts'
import {openPostgres, type Postgres} from '../../src/postgres/index.ts'
import {parseReadableQuestions, storedStaffQuestions} from '../../src/question-sets/index.ts'
import {createRedactor} from '../../src/redaction/index.ts'
import {goldenQuestionsContract} from '../contracts/golden-questions.contract.ts'
import {hasPostgres, type PostgresCluster, startPostgres} from '../support/postgres.ts'

const redactor = createRedactor()
/** Long enough that a slow machine is not taken for a database that is away. */
const patientMs = 60_000

describe.skipIf(!hasPostgres)('PostgreSQL', () => {
  let cluster: PostgresCluster
  const pools: Postgres[] = []
  const folders: string[] = []

  beforeAll(async () => {
    cluster = await startPostgres()
  }, 120_000)
  afterAll(() => cluster.close())
  afterEach(async () => {
    await closePools()
    for (const folder of folders.splice(0)) rmSync(folder, {recursive: true, force: true})
  })

  async function openPool(url: string): Promise<Postgres> {
    const pool = await openPostgres({url, statementMs: patientMs, connectMs: patientMs})
    pools.push(pool)
    return pool
  }
  async function closePools(): Promise<void> {
    await Promise.all(pools.splice(0).map((pool) => pool.close()))
  }
  function newFile(text: string): string {
    const folder = mkdtempSync(join(tmpdir(), 'docent-golden-'))
    folders.push(folder)
    const file = join(folder, 'golden.jsonl')
    writeFileSync(file, text)
    return file
  }

  goldenQuestionsContract('a database', async () => {
    const url = await cluster.newDatabase()
    const reading = await openPool(url)
    return {
      open: async (now) => openPostgresGoldenQuestions({postgres: await openPool(url), redactor, now}),
      text: () => storedStaffQuestions(reading),
      close: closePools,
    }
  })

  describe('golden questions', () => {
    const draft = {question: 'Port?', relevant: ['/port'], lang: null, version: null}
    const byAda = {by: 'Ada', from: null}
    const byHand = {question: 'By hand?', gold: [{file: 'a.md'}], note: 'Mine.', kind: 'howto'}
    const added = {
      id: 'x1',
      question: 'Added?',
      relevant: ['/a'],
      addedBy: 'Bo',
      addedAt: 5,
      from: {gap: 'g'},
    }

    test('of a data folder are taken over once, by one of all servers, and the file stays', async () => {
      const url = await cluster.newDatabase()
      const text = `\ufeff${JSON.stringify(byHand)}\r\n{"question"\n\n${JSON.stringify(added)}\n`
      const file = newFile(text)
      const other = newFile('{"question": "Of another server?", "relevant": ["/a"]}\n')

      const stores = await Promise.all(
        [file, file, other, file].map(async (takeOver) =>
          openPostgresGoldenQuestions({postgres: await openPool(url), redactor, takeOver}),
        ),
      )

      const all = await stores[0]!.list()
      const isOfFile = all.length === 2
      if (isOfFile) {
        expect(all).toMatchObject([
          {id: 'x1', question: 'Added?', addedBy: 'Bo', addedAt: 5, from: {gap: 'g'}},
          {question: 'By hand?', gold: [{file: 'a.md', heading: ''}], addedBy: null},
        ])
        const written = (await storedStaffQuestions(pools[0]!))!.split('\n')
        expect(JSON.parse(written[0]!)).toEqual(byHand)
      } else expect(all).toMatchObject([{question: 'Of another server?'}])
      for (const store of stores) expect(await store.list()).toEqual(all)
      expect(readFileSync(file, 'utf8')).toBe(text)

      for (const {id} of all) await stores[1]!.delete(id)
      const later = await openPostgresGoldenQuestions({postgres: pools[0]!, redactor, takeOver: file})
      expect(await later.list()).toEqual([])
    })

    test('of a data folder are not taken over where the database has some', async () => {
      const postgres = await openPool(await cluster.newDatabase())
      const file = newFile('{"question": "Of the file?", "relevant": ["/a"]}\n')
      const first = await openPostgresGoldenQuestions({postgres, redactor})
      await first.add([draft], byAda)

      const second = await openPostgresGoldenQuestions({postgres, redactor, takeOver: file})

      expect(await second.list()).toMatchObject([{question: 'Port?'}])
    })

    test('that cannot be taken over are said, and the others are there', async () => {
      const postgres = await openPool(await cluster.newDatabase())
      const problems: unknown[] = []
      const onProblem = (problem: unknown) => problems.push(problem)
      const folder = join(newFile(''), '..')

      const golden = await openPostgresGoldenQuestions({postgres, redactor, takeOver: folder, onProblem})
      await golden.add([draft], byAda)

      expect(problems).toMatchObject([{code: 'conflict', message: expect.stringContaining('is no file')}])
      expect(await golden.list()).toHaveLength(1)
    })

    test('take any text', async () => {
      const postgres = await openPool(await cluster.newDatabase())
      const golden = await openPostgresGoldenQuestions({postgres, redactor})
      const odd = {question: 'Odd \u0000 one \ud800?', relevant: ['/a\u0000'], lang: 'e\u0000', version: null}

      const {ids} = await golden.add([odd], {by: 'A\u0000', from: {answer: 'r\u0000'}})

      expect(await golden.list()).toMatchObject([
        {question: 'Odd \ufffd one \ufffd?', relevant: ['/a\ufffd'], addedBy: 'A\ufffd', lang: 'e\ufffd'},
      ])
      expect(await golden.add([odd], byAda)).toEqual({ids, added: 0, kept: 1})
      expect(await golden.delete('\u0000')).toBe(false)
    })

    test('are none for an ingest where no server has used the database', async () => {
      const postgres = await openPool(await cluster.newDatabase())
      expect(await storedStaffQuestions(postgres)).toBeNull()
      await openPostgresGoldenQuestions({postgres, redactor})
      expect(await storedStaffQuestions(postgres)).toBeNull()
      expect(parseReadableQuestions('', 'x').questions).toEqual([])
    })

    test('are refused where a newer version has been', async () => {
      const postgres = await openPool(await cluster.newDatabase())
      await openPostgresGoldenQuestions({postgres, redactor})
      await postgres.run("INSERT INTO docent.migrations (set, name) VALUES ('golden', '999_later')")

      await expect(openPostgresGoldenQuestions({postgres, redactor})).rejects.toThrow(
        /written by a newer Docent/,
      )
    })
  })
})
