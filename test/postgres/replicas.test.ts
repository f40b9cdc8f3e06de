import {fork} from 'node:child_process'
import {once} from 'node:events'
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest'
import {buildProgram} from '../../scripts/build/build-program.mjs'
import {
  isAliveSql,
  openPostgres,
  openReplica,
  type Postgres,
  type Replica,
  type ReplicaOptions,
} from '../../src/postgres/index.ts'
import {hasPostgres, type PostgresCluster, startPostgres} from '../support/postgres.ts'

const patient = {timeout: 60_000}

describe.skipIf(!hasPostgres)('replicas', () => {
  let cluster: PostgresCluster
  let url: string
  let postgres: Postgres
  let other: Postgres
  const replicas: Replica[] = []

  beforeAll(async () => {
    cluster = await startPostgres()
  }, 120_000)
  afterAll(() => cluster.close())
  beforeEach(async () => {
    url = await cluster.newDatabase()
    postgres = await openPostgres({url})
    other = await openPostgres({url})
  })
  afterEach(async () => {
    await Promise.all(replicas.splice(0).map((replica) => replica.close()))
    await Promise.all([postgres.close(), other.close()])
  })

  async function open(options: ReplicaOptions, from = postgres): Promise<Replica> {
    const replica = await openReplica(from, options)
    replicas.push(replica)
    return replica
  }

  async function living(): Promise<string[]> {
    const rows = await postgres.rows<{name: string}>(
      `SELECT name FROM docent.replicas AS one WHERE ${isAliveSql('one.name')} ORDER BY name`,
    )
    return rows.map(({name}) => name)
  }

  test('are alive from their start until they are closed, which may be done twice', async () => {
    const [a, b] = await Promise.all([open({name: 'a'}), open({name: 'b'}, other)])
    const both = await living()
    await Promise.all([a.close(), a.close()])

    expect(both).toEqual(['a', 'b'])
    expect(await living()).toEqual(['b'])
    expect(await postgres.row('SELECT count(*) AS n FROM docent.replicas')).toEqual({n: 1})
    expect(b.isLost()).toBe(false)
  })

  test('stay alive beyond one lease, with the start that they had', async () => {
    const started = () => postgres.row('SELECT started_at::text FROM docent.replicas')
    const end = async () =>
      (await postgres.row<{at: number}>(
        'SELECT extract(epoch FROM alive_until)::float AS at FROM docent.replicas',
      ))!.at
    await open({name: 'a', leaseMs: 6_000})
    const [firstStart, firstEnd] = [await started(), await end()]

    await expect.poll(end, patient).toBeGreaterThan(firstEnd + 6)
    expect(await started()).toEqual(firstStart)
  }, 90_000)

  test('that were killed are dead when their lease ends, and others are not', async () => {
    const child = fork(await buildProgram('test/postgres/replica-process.ts'), {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    await open({name: 'a', leaseMs: 6_000})
    child.send({url, name: 'killed', leaseMs: 3_000})
    await once(child, 'message')
    const before = await living()
    child.kill('SIGKILL')

    expect(before).toEqual(['a', 'killed'])
    await expect.poll(living, patient).toEqual(['a'])
  }, 90_000)

  test('are told that their lease was lost while the database was away, and are alive again after it', async () => {
    let losses = 0
    const replica = await open({
      name: 'a',
      leaseMs: 4_000,
      onLost: () => {
        losses += 1
      },
    })
    const started = () => postgres.row('SELECT started_at::text FROM docent.replicas').catch(() => null)
    const before = await started()
    await cluster.kill()
    await expect.poll(replica.isLost, patient).toBe(true)
    await expect.poll(() => losses, patient).toBeGreaterThan(0)
    await cluster.start()

    await expect.poll(replica.isLost, patient).toBe(false)
    expect(await living()).toEqual(['a'])
    expect(await started()).not.toEqual(before)
  }, 120_000)

  test('find out that others took them for dead, or took their name', async () => {
    let losses = 0
    const onLost = () => {
      losses += 1
    }
    await open({name: 'a', leaseMs: 6_000, onLost})
    await postgres.run(`UPDATE docent.replicas SET alive_until = now() - interval '1 hour'`)
    await expect.poll(() => losses, patient).toBe(1)
    await open({name: 'a', leaseMs: 60_000}, other)

    await expect.poll(() => losses, patient).toBe(2)
  }, 150_000)

  test('close also while the database is away, and leave no row of the long dead behind', async () => {
    const replica = await open({name: 'a'})
    await postgres.run(
      `INSERT INTO docent.replicas VALUES ('long dead', now() - interval '8 days'), ('dead', now() - interval '1 day')`,
    )
    await open({name: 'b'}, other)
    const rows = await postgres.rows('SELECT name FROM docent.replicas ORDER BY name')
    await cluster.kill()
    await replica.close()
    await cluster.start()

    expect(rows).toEqual([{name: 'a'}, {name: 'b'}, {name: 'dead'}])
  }, 120_000)
})
