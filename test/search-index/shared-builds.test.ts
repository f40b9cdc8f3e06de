import {mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi} from 'vitest'
import {openPostgres, type Postgres} from '../../src/postgres/index.ts'
import {buildFolder} from '../../src/search-index/build-folders.ts'
import type {BuildStore} from '../../src/search-index/build-store.ts'
import type {BuildWriter} from '../../src/search-index/build-writer.ts'
import {type OpenCurrentBuild, openCurrentBuild} from '../../src/search-index/current-build.ts'
import {localBuilds} from '../../src/search-index/local-builds.ts'
import {openSharedBuilds, type SharedBuilds} from '../../src/search-index/shared/shared-builds.ts'
import {buildStoreContract} from '../contracts/build-store.contract.ts'
import {hasPostgres, type PostgresCluster, startPostgres} from '../support/postgres.ts'
import {samplePage} from '../support/sample-pages.ts'

const embedding = {id: 'shared', name: 'shared', dimensions: 32}

function put(writer: BuildWriter, number: number): void {
  const path = `page-${number}.md`
  const page = samplePage(path, `Page ${number}`, [['Text', `here stands word${number} `.repeat(40)]])
  const file = {path, hash: `${number}`, includes: [], diagnostics: [], fidelity: null}
  const values = Array.from({length: embedding.dimensions}, (_, at) => Math.sin((number + 1) * (at + 3)))
  const vector = Float32Array.from(values, (value) => value / Math.hypot(...values))
  writer.put(file, {page, links: [], vectors: [vector]})
}

/** Publishes a build of so many pages. */
async function published(store: BuildStore, pages: number): Promise<string> {
  const writer = await store.begin({embedding, chunker: 'shared', base: null})
  for (let page = 0; page < pages; page++) put(writer, page)
  await store.publish(writer.id, await writer.finish())
  return writer.id
}

async function idsOf(store: BuildStore): Promise<string[]> {
  return (await store.list()).map(({id}) => id)
}

describe.skipIf(!hasPostgres)('builds that servers share', () => {
  let cluster: PostgresCluster
  const closing: (() => unknown)[] = []
  /** What the stores complained of. */
  const problems: unknown[] = []

  beforeAll(async () => {
    cluster = await startPostgres()
  }, 120_000)
  afterAll(() => cluster.close())
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close()
    problems.length = 0
  })

  interface Place {
    readonly postgres: Postgres
    readonly url: string
    newDataDir(): string
    open(dataDir: string): Promise<SharedBuilds>
    /** Spoils what all have of a build. */
    damage(id: string): Promise<void>
    /** Files of builds that nobody can have, wherever they are. */
    leftOver(): Promise<readonly string[]>
    /** Makes that nobody can fetch a build, until what is returned has run. */
    hide(id: string): Promise<() => Promise<void>>
    close(): Promise<void>
  }

  /** A new database, and folders of machines that share it. */
  async function newPlace(keptIn: 'database' | 'folder'): Promise<Place> {
    const url = await cluster.newDatabase()
    const postgres = await openPostgres({url})
    const root = mkdtempSync(join(tmpdir(), 'docent-shared-'))
    const buildsDir = keptIn === 'folder' ? join(root, 'shared') : null
    if (buildsDir !== null) mkdirSync(buildsDir)
    const dataDirs: string[] = []
    const onProblem = (error: unknown) => problems.push(error)
    const open = (dataDir: string) => openSharedBuilds({dataDir, postgres, url, buildsDir, onProblem})
    await open(root)
    return {
      ...{postgres, url},
      newDataDir() {
        const dataDir = join(root, `machine-${dataDirs.length}`)
        dataDirs.push(dataDir)
        return dataDir
      },
      open,
      async damage(id) {
        if (buildsDir !== null) writeFileSync(join(buildsDir, id, 'index.sqlite'), 'damaged')
        await postgres.run(
          `UPDATE docent.build_chunks SET data = 'damaged' WHERE hash IN (
             SELECT hash FROM docent.build_parts WHERE build = $1 AND file = 'index.sqlite'
           )`,
          [id],
        )
      },
      async leftOver() {
        const rows = await postgres.rows<{hash: string}>(
          `SELECT encode(hash, 'hex') AS hash FROM docent.build_chunks`,
        )
        const folders = await postgres.rows<{id: string}>('SELECT id FROM docent.build_folders')
        const names = buildsDir === null ? [] : readdirSync(buildsDir)
        return [...rows.map(({hash}) => hash), ...folders.map(({id}) => id), ...names]
      },
      async hide(id) {
        if (buildsDir === null) {
          await postgres.run('ALTER TABLE docent.build_chunks RENAME TO hidden')
          return async () => void (await postgres.run('ALTER TABLE docent.hidden RENAME TO build_chunks'))
        }
        const [path, hidden] = [join(buildsDir, id), join(buildsDir, 'hidden')]
        renameSync(path, hidden)
        return async () => renameSync(hidden, path)
      },
      async close() {
        await postgres.close()
        rmSync(root, {recursive: true, force: true})
      },
    }
  }

  for (const keptIn of ['database', 'folder'] as const) {
    buildStoreContract(`the store that keeps files in a ${keptIn}, for one data folder`, async () => {
      const place = await newPlace(keptIn)
      const dataDir = place.newDataDir()
      return {
        open: () => place.open(dataDir),
        async damage(id) {
          writeFileSync(join(buildFolder(dataDir, id), 'index.sqlite'), 'damaged')
          await place.damage(id)
        },
        close: place.close,
      }
    })
  }

  describe.each(['database', 'folder'] as const)('of several machines, in a %s', (keptIn) => {
    let place: Place
    let dirs: string[]
    let one: SharedBuilds
    let two: SharedBuilds

    beforeEach(async () => {
      place = await newPlace(keptIn)
      closing.push(place.close)
      dirs = [place.newDataDir(), place.newDataDir()]
      ;[one, two] = [await place.open(dirs[0]!), await place.open(dirs[1]!)]
    })

    async function followed(store: SharedBuilds): Promise<OpenCurrentBuild> {
      const current = await openCurrentBuild(store, {pollMs: 50, retryMs: 50})
      closing.push(() => current.close())
      return current
    }

    test('what one publishes and makes current again is served by the other, from a copy of its own', async () => {
      const first = await published(one, 10)
      const current = await followed(two)
      expect([current.id, current.problem]).toEqual([first, null])
      const second = await published(one, 11)
      await vi.waitFor(() => expect(current.id).toBe(second), {timeout: 20_000})
      const {build, release} = current.lease()
      expect(build.folder.startsWith(dirs[1]!)).toBe(true)
      expect(build.pages()).toHaveLength(11)
      release()

      await one.activate(first)
      await vi.waitFor(() => expect(current.id).toBe(first), {timeout: 20_000})
      // Without the database, the data folder alone goes on with what was served.
      const alone = await openCurrentBuild(localBuilds(dirs[1]!))
      expect([alone.id, alone.problem]).toEqual([first, null])
      await alone.close()
    })

    test('an edit on another machine goes on from the current build', async () => {
      const first = await published(one, 10)
      const base = await two.openBase(first)
      const writer = await two.begin({embedding, chunker: 'shared', base})
      writer.remove('page-3.md')
      await two.publish(writer.id, await writer.finish())
      base!.records.close()

      const build = await one.open(writer.id)
      expect(build.pages().map(({path}) => path)).not.toContain('page-3.md')
      expect(build.pages()).toHaveLength(9)
      build.close()
    })

    test('a copy that is damaged is fetched again, and one that nobody keeps any more is removed', async () => {
      const first = await published(one, 10)
      const current = await followed(two)
      writeFileSync(join(buildFolder(dirs[1]!, first), 'index.sqlite'), 'damaged')
      const again = await openCurrentBuild(two)
      expect([again.id, again.problem]).toEqual([first, null])
      await again.close()

      for (const pages of [11, 12, 13]) {
        const id = await published(one, pages)
        await vi.waitFor(() => expect(current.id).toBe(id), {timeout: 20_000})
      }
      const removed = await one.prune(2)
      expect(removed).toHaveLength(2)
      await vi.waitFor(() => expect(readdirSync(join(dirs[1]!, 'builds'))).toHaveLength(2), {timeout: 20_000})
      expect(await idsOf(two)).toEqual(await idsOf(one))
    })

    test('a server that cannot fetch goes on with what it has, says so, and tries again', async () => {
      const first = await published(one, 10)
      const current = await openCurrentBuild({...two, watch: () => () => {}}, {pollMs: 600_000, retryMs: 50})
      closing.push(() => current.close())
      const told = vi.fn()
      current.onChange(told)
      const second = await published(one, 11)
      const mend = await place.hide(second)

      await current.refresh()
      expect(current.id).toBe(first)
      expect(current.problem).toMatch(
        new RegExp(`^build ${second} cannot be had: .*${first} is served instead. It is tried again$`),
      )
      await delay(100)
      await current.refresh()
      expect(told).toHaveBeenCalledTimes(1)

      await mend()
      await vi.waitFor(
        async () => {
          await current.refresh()
          expect([current.id, current.problem]).toEqual([second, null])
        },
        {timeout: 20_000},
      )
      // Nothing is left of what was begun.
      expect(readdirSync(join(dirs[1]!, 'builds')).sort()).toEqual([first, second])
    })

    test('one at a time changes builds, over all machines, and who is refused is told by whom', async () => {
      const lock = await one.lock()
      await expect(two.lock()).rejects.toMatchObject({
        code: 'locked',
        message: expect.stringContaining(`process ${process.pid} on `),
        details: {pid: process.pid},
      })
      await lock.release()
      await (await two.lock()).release()
    })

    test('who has lost the lock with its connection changes nothing once another was faster', async () => {
      const lock = await one.lock()
      const writer = await one.begin({embedding, chunker: 'shared', base: null})
      const manifest = await writer.finish()
      await place.postgres.run(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction' AND datname = current_database()`,
      )
      const other = await vi.waitFor(() => two.lock(), {timeout: 20_000})
      const faster = await published(two, 5)
      await other.release()

      await expect(one.publish(writer.id, manifest)).rejects.toMatchObject({code: 'locked'})
      await lock.release()
      expect(await one.currentId()).toBe(faster)
      expect(await idsOf(one)).toEqual([faster])
    })

    test('builds of a data folder become those of all, once; of a second one nothing is taken over', async () => {
      const [earlier, current] = [
        await published(localBuilds(dirs[0]!), 3),
        await published(localBuilds(dirs[0]!), 4),
      ]
      const others = await published(localBuilds(dirs[1]!), 5)

      await Promise.all([one.adopt(), one.adopt()])
      await two.adopt()

      expect(await idsOf(two)).toEqual([current, earlier])
      const served = await followed(two)
      expect([served.id, served.problem]).toEqual([current, null])
      await two.activate(earlier)
      expect(await one.currentId()).toBe(earlier)
      expect(others).not.toBe(current)
    })

    test('a move to the database that breaks off is gone on with, and keeps nobody from starting', async () => {
      const alone = localBuilds(dirs[0]!)
      const [earlier, current] = [await published(alone, 3), await published(alone, 4)]
      // As after a kill in the middle: the earlier one is there, none is current.
      const lock = await one.lock()
      await place.postgres.run('ALTER TABLE docent.builds RENAME COLUMN manifest TO hidden')
      await lock.release()
      await one.adopt()
      expect(problems).toHaveLength(1)
      await place.postgres.run('ALTER TABLE docent.builds RENAME COLUMN hidden TO manifest')
      await place.postgres.run('ALTER TABLE docent.current_build ADD CHECK (build IS NULL)')
      await one.adopt()
      expect([await one.currentId(), (await idsOf(one)).length]).toEqual([null, 2])
      expect(problems).toHaveLength(2)
      await place.postgres.run('ALTER TABLE docent.current_build DROP CONSTRAINT current_build_build_check')

      await one.adopt()
      expect([await two.currentId(), await idsOf(two)]).toEqual([current, [current, earlier]])
      ;(await two.open(earlier)).close()
      ;(await two.open(current)).close()
    })

    test('a damaged build of a data folder is not made that of all', async () => {
      const own = await published(localBuilds(dirs[0]!), 3)
      rmSync(join(buildFolder(dirs[0]!, own), 'passages.hnsw'))

      await one.adopt()

      expect([await one.currentId(), await idsOf(one), problems]).toEqual([null, [], []])
      const current = await openCurrentBuild(localBuilds(dirs[0]!))
      expect(current.id).toBe(own)
      await current.close()
    })

    test('builds that only one data folder has stay there', async () => {
      const own = await published(localBuilds(dirs[1]!), 3)
      const current = await followed(two)
      for (const pages of [1, 2, 3, 4]) {
        const id = await published(one, pages)
        await vi.waitFor(() => expect(current.id).toBe(id), {timeout: 20_000})
      }
      await one.prune(2)

      await vi.waitFor(() => expect(readdirSync(join(dirs[1]!, 'builds'))).toHaveLength(3), {timeout: 20_000})
      expect(readdirSync(join(dirs[1]!, 'builds'))).toContain(own)
    })

    test('a damaged graph of a copy is fetched again', async () => {
      const id = await published(one, 10)
      ;(await two.open(id)).close()
      writeFileSync(join(buildFolder(dirs[1]!, id), 'passages.hnsw'), 'damaged')

      const build = await two.open(id)
      expect(build.degraded).toBeNull()
      build.close()
    })

    test('what cannot be written is tried again, and is not taken for damage', async () => {
      const id = await published(one, 10)
      // Where the lock of the fetch would be.
      mkdirSync(join(dirs[1]!, 'fetch.lock'), {recursive: true})
      const current = await followed(two)
      expect([current.id, current.problem]).toEqual([null, expect.stringContaining('cannot be had')])

      rmSync(join(dirs[1]!, 'fetch.lock'), {recursive: true})

      await vi.waitFor(() => expect([current.id, current.problem]).toEqual([id, null]), {timeout: 20_000})
    })

    test('several processes of one data folder fetch, repair and open a build at once', async () => {
      const id = await published(one, 200)
      const stores = await Promise.all(Array.from({length: 4}, () => place.open(dirs[1]!)))
      const openedAtOnce = async () => {
        const builds = await Promise.all(stores.map((store) => store.open(id)))
        for (const build of builds) {
          expect([build.pages().length, build.degraded]).toEqual([200, null])
          build.close()
        }
      }
      await openedAtOnce()
      writeFileSync(join(buildFolder(dirs[1]!, id), 'index.sqlite'), 'damaged')
      await openedAtOnce()
      expect(readdirSync(join(dirs[1]!, 'builds'))).toEqual([id])
    })

    test('nothing stays of a build that was sent and not published', async () => {
      const lock = await one.lock()
      const writer = await one.begin({embedding, chunker: 'shared', base: null})
      put(writer, 1)
      const manifest = await writer.finish()
      await place.postgres.run('ALTER TABLE docent.current_build ADD CHECK (build IS NULL)')
      await expect(one.publish(writer.id, manifest)).rejects.toMatchObject({code: 'storage'})
      await place.postgres.run('ALTER TABLE docent.current_build DROP CONSTRAINT current_build_build_check')
      await lock.release()

      await (await two.lock()).release()

      expect(problems).toEqual([])
      expect(await place.leftOver()).toEqual([])
      expect(await idsOf(two)).toEqual([])
    })

    test('who has lost the lock removes nothing', async () => {
      const [first, second, third] = [
        await published(one, 1),
        await published(one, 2),
        await published(one, 3),
      ]
      const lock = await one.lock()
      await place.postgres.run(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction' AND datname = current_database()`,
      )
      await (await vi.waitFor(() => two.lock(), {timeout: 20_000})).release()

      await expect(one.remove(first)).rejects.toMatchObject({code: 'locked'})
      expect(await one.prune(2)).toEqual([])
      await lock.release()
      expect(await idsOf(two)).toEqual([third, second, first])
    })

    test('the next build is the newest, however wrong the clock of its machine is', async () => {
      const writer = await one.begin({embedding, chunker: 'shared', base: null, now: Date.UTC(2126, 0, 1)})
      await one.publish(writer.id, await writer.finish())

      const next = await published(two, 1)

      expect(await idsOf(one)).toEqual([next, writer.id])
    })
  })

  test('what builds have in common is sent and kept once, and goes with the last that has it', async () => {
    const place = await newPlace('database')
    closing.push(place.close)
    const [one, two] = [await place.open(place.newDataDir()), await place.open(place.newDataDir())]
    const chunks = async () =>
      (await place.postgres.row<{count: number}>('SELECT count(*) AS count FROM docent.build_chunks'))!.count
    const first = await published(one, 1_500)
    const atFirst = await chunks()
    expect(atFirst).toBeGreaterThan(8)
    ;(await two.open(first)).close()

    const base = await one.openBase(first)
    const writer = await one.begin({embedding, chunker: 'shared', base})
    writer.remove('page-3.md')
    base!.records.close()
    await one.publish(writer.id, await writer.finish())
    const added = (await chunks()) - atFirst
    expect(added).toBeLessThan(atFirst / 2)
    const build = await two.open(writer.id)
    expect(build.pages()).toHaveLength(1_499)
    build.close()

    for (const pages of [1, 2]) await published(one, pages)
    expect(await one.prune(2)).toHaveLength(2)
    expect(await chunks()).toBe(4)
  })

  test('pieces that are damaged in the database are sent again by the next build that has them', async () => {
    const place = await newPlace('database')
    closing.push(place.close)
    const [one, two] = [await place.open(place.newDataDir()), await place.open(place.newDataDir())]
    const first = await published(one, 1_500)
    await place.damage(first)
    await expect(two.open(first)).rejects.toMatchObject({code: 'index_damaged'})

    const base = await one.openBase(first)
    const writer = await one.begin({embedding, chunker: 'shared', base})
    writer.remove('page-3.md')
    base!.records.close()
    await one.publish(writer.id, await writer.finish())

    const build = await two.open(writer.id)
    expect([build.pages().length, build.degraded]).toEqual([1_499, null])
    build.close()
  })

  test('a database that does not answer for a while loses no build that is being published', async () => {
    const place = await newPlace('database')
    closing.push(place.close)
    // One that gives a statement up sooner than the others let go.
    const hasty = await openPostgres({url: place.url, statementMs: 300})
    closing.push(() => hasty.close())
    const one = await openSharedBuilds({dataDir: place.newDataDir(), postgres: hasty, url: place.url})
    for (const table of ['build_chunks', 'current_build']) {
      const writer = await one.begin({embedding, chunker: 'shared', base: null})
      put(writer, 1)
      const manifest = await writer.finish()
      let isLocked = () => {}
      const locked = new Promise<void>((resolve) => {
        isLocked = resolve
      })
      const ended = place.postgres.transaction(async (queries) => {
        await queries.run(`LOCK TABLE docent.${table} IN ACCESS EXCLUSIVE MODE`)
        isLocked()
        await delay(1_000)
      })
      await locked

      await one.publish(writer.id, manifest)

      await ended
      expect(await one.currentId()).toBe(writer.id)
    }
  })

  test('a server without BUILDS_DIR says what it lacks, and one whose folder is missing does not open', async () => {
    const place = await newPlace('folder')
    closing.push(place.close)
    const id = await published(await place.open(place.newDataDir()), 1)
    const dataDir = place.newDataDir()

    const without = await openSharedBuilds({dataDir, postgres: place.postgres, url: place.url})
    await expect(without.open(id)).rejects.toMatchObject({
      code: 'storage',
      message: expect.stringContaining('BUILDS_DIR'),
    })
    const buildsDir = join(dataDir, 'not-mounted')
    await expect(
      openSharedBuilds({dataDir, postgres: place.postgres, url: place.url, buildsDir}),
    ).rejects.toMatchObject({code: 'storage', message: expect.stringContaining('mount')})
  })
})
