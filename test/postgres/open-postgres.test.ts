import {setTimeout as delay} from 'node:timers/promises'
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest'
import {applyPostgresMigrations, openPostgres, type Postgres, storable} from '../../src/postgres/index.ts'
import {hasPostgres, newPostgres, type PostgresCluster, startPostgres} from '../support/postgres.ts'

describe('text that PostgreSQL can keep', () => {
  test('has no NUL and no half of a character, and is as long as before', () => {
    const text = 'a\u0000b\ud83dc😀\ude00'
    expect(storable(text)).toBe('a\ufffdb\ufffdc😀\ufffd')
    expect(storable(text)).toHaveLength(text.length)
  })
})

test('an address that is none is refused with what to do', async () => {
  const postgres = await openPostgres({url: 'postgres://nobody@127.0.0.1:1/none', connectMs: 500})
  await expect(postgres.row('SELECT 1')).rejects.toMatchObject({
    code: 'storage',
    message: expect.stringContaining('Check that it runs, and host and port in DATABASE_URL.'),
  })
  await postgres.close()
})

describe.skipIf(!hasPostgres)('a pool of connections', () => {
  let cluster: PostgresCluster
  let postgres: Postgres

  beforeAll(async () => {
    cluster = await startPostgres()
  }, 120_000)
  afterAll(() => cluster.close())
  beforeEach(async () => {
    postgres = await newPostgres(cluster)
  })
  afterEach(() => postgres.close())

  test('gives numbers of 64 bits as numbers', async () => {
    expect(await postgres.row('SELECT 9007199254740991::bigint AS n, count(*) AS c')).toEqual({
      n: 9007199254740991,
      c: 1,
    })
  })

  test('rolls back a transaction that fails, and keeps its error', async () => {
    await postgres.run('CREATE TABLE t (n int)')
    const failure = new Error('ours')
    await expect(
      postgres.transaction(async (queries) => {
        await queries.run('INSERT INTO t VALUES (1)')
        throw failure
      }),
    ).rejects.toBe(failure)
    await expect(
      postgres.transaction(async (queries) => {
        await queries.run('INSERT INTO t VALUES (2)')
        await queries.run('SELECT 1 / 0')
      }),
    ).rejects.toMatchObject({code: 'storage', details: {postgres: '22012'}})
    expect(await postgres.row('SELECT count(*) AS n FROM t')).toEqual({n: 0})
  })

  test('applies migrations once, whoever starts together, and refuses a database of a newer version', async () => {
    const url = await cluster.newDatabase()
    const all = await Promise.all([1, 2, 3, 4].map(() => openPostgres({url})))
    const steps = [
      {name: '001_a', sql: 'CREATE TABLE docent.a (n int)'},
      {name: '002_b', sql: 'INSERT INTO docent.a VALUES (1)'},
    ]
    await Promise.all(all.map((one) => applyPostgresMigrations(one, 'test', steps)))
    expect(await all[0]!.row('SELECT count(*) AS n FROM docent.a')).toEqual({n: 1})
    // Another set may have steps of the same names.
    await applyPostgresMigrations(all[1]!, 'other', [{name: '001_a', sql: 'CREATE TABLE docent.b (n int)'}])
    await expect(applyPostgresMigrations(all[2]!, 'test', steps.slice(0, 1))).rejects.toThrow(
      /written by a newer Docent \(it has 002_b\)/,
    )
    await Promise.all(all.map((one) => one.close()))
  })

  test('hears what is notified, also after the server was killed and has started again', async () => {
    const heard: string[] = []
    let gaps = 0
    const end = postgres.listen(
      'things',
      (payload) => heard.push(payload),
      () => {
        gaps += 1
      },
    )
    const until = async (isSo: () => boolean) => {
      while (!isSo()) await delay(10)
    }
    await until(() => gaps === 1)
    await postgres.notify('things', 'one')
    await until(() => heard.length === 1)
    await cluster.kill()
    await expect(postgres.row('SELECT 1')).rejects.toMatchObject({code: 'storage'})
    await cluster.start()
    await until(() => gaps === 2)
    await postgres.notify('things', 'two')
    await until(() => heard.length === 2)
    expect(heard).toEqual(['one', 'two'])
    end()
    await delay(50)
    await postgres.notify('things', 'three')
    await delay(100)
    expect(heard).toHaveLength(2)
  }, 120_000)

  test('a statement that takes too long is ended, and the next one works', async () => {
    const hasty = await openPostgres({url: await cluster.newDatabase(), connections: 1, statementMs: 200})
    await expect(hasty.row('SELECT pg_sleep(5)')).rejects.toMatchObject({code: 'storage'})
    expect(await hasty.row('SELECT 1 AS n')).toEqual({n: 1})
    await hasty.close()
  })
})
