import {readFile, rename} from 'node:fs/promises'
import {hostname} from 'node:os'
import {join} from 'node:path'
import {DocentError} from '../../domain/index.ts'
import {applyPostgresMigrations, type Postgres, type Queries} from '../../postgres/index.ts'
import type {IndexBuild, Manifest} from '../build.ts'
import {
  buildFolder,
  buildIds,
  buildsFolder,
  currentBuildId,
  makeCurrent,
  removeBuild,
  stagingFolder,
  timeOfBuild,
} from '../build-folders.ts'
import type {BuildStore, ListedBuild, OpenOptions} from '../build-store.ts'
import {flush, replaceFile} from '../durable-files.ts'
import {mismatchOf} from '../file-mismatch.ts'
import {localBuilds} from '../local-builds.ts'
import {parseManifest, writeManifest} from '../manifest.ts'
import {hnswFile, manifestFile, reportFile} from '../schema.ts'
import type {BuildArchive} from './build-archive.ts'
import {type ChangeLock, takeChangeLock} from './change-lock.ts'
import {databaseArchive} from './database-archive.ts'
import {fetchBuild, hasBuild, isCopy, markCopy, whileNobodyFetches} from './fetch-build.ts'
import {checkFolder, folderArchive} from './folder-archive.ts'
import {buildMigrations} from './migrations.ts'
import {retried} from './retried.ts'

/** Notified when another build is current, or builds were removed. */
const channel = 'docent_builds'

export interface SharedBuildsOptions {
  /** Where this machine keeps copies. */
  readonly dataDir: string
  readonly postgres: Postgres
  /** The address of `postgres`: the lock has a connection of its own. */
  readonly url: string
  /** A folder that all servers see, which keeps the files; null: the database does. Default null. */
  readonly buildsDir?: string | null
  /** Called where old builds cannot be removed, or those of the data folder not published. Nothing else depends on it. */
  readonly onProblem?: (error: unknown) => void
}

/** Builds for all servers that share a database. */
export interface SharedBuilds extends BuildStore {
  /**
   * Publishes the builds of the data folder if none is current for all yet, as where an installation moves to a database.
   * Does nothing while another process changes builds, or where the current one is damaged. Never rejects.
   */
  adopt(): Promise<void>
}

interface BuildRow {
  readonly id: string
  readonly manifest: string
  readonly report: string | null
  readonly keptIn: string
}

function listed({id, manifest}: Pick<BuildRow, 'id' | 'manifest'>): Omit<ListedBuild, 'isCurrent'> {
  try {
    return {id, manifest: parseManifest(JSON.parse(manifest), `build ${id}`), problem: null}
  } catch (error) {
    return {id, manifest: null, problem: (error as Error).message}
  }
}

/**
 * Opens the builds that all servers share: the database says which there are and which is current, and it, or a shared
 * folder, keeps their files. Each machine has copies of those that it serves in its data folder, and goes on with these
 * where it cannot fetch another.
 * @throws DocentError `storage` where the database or the shared folder cannot be used.
 */
export async function openSharedBuilds({
  dataDir,
  postgres,
  url,
  buildsDir = null,
  onProblem = () => {},
}: SharedBuildsOptions): Promise<SharedBuilds> {
  await applyPostgresMigrations(postgres, 'builds', buildMigrations)
  // A backup may have been restored without builds.
  await postgres.run('INSERT INTO docent.current_build DEFAULT VALUES ON CONFLICT DO NOTHING')
  if (buildsDir !== null) await checkFolder(buildsDir)
  const local = localBuilds(dataDir)
  const archive: BuildArchive =
    buildsDir === null ? databaseArchive(postgres) : folderArchive(buildsDir, postgres)
  const inDatabase = archive.keptIn === 'database' ? archive : databaseArchive(postgres)
  /** With the generation of the current build that was found, by which a lock that was lost is noticed. */
  let held: {readonly lock: ChangeLock; generation: number} | null = null

  /** @throws DocentError `storage` where its files are elsewhere than this server can read. */
  function archiveOf({id, keptIn}: Pick<BuildRow, 'id' | 'keptIn'>): BuildArchive {
    if (keptIn === archive.keptIn) return archive
    if (keptIn === inDatabase.keptIn) return inDatabase
    throw new DocentError(
      'storage',
      `the files of build ${id} are in the folder of BUILDS_DIR, which this server has no setting for; set it to the same folder for all servers`,
    )
  }

  async function rowOf(id: string): Promise<BuildRow | null> {
    return postgres.row<BuildRow>(
      `SELECT id, manifest, report, kept_in AS "keptIn" FROM docent.builds WHERE id = $1`,
      [id],
    )
  }

  async function current(): Promise<{readonly build: string | null; readonly generation: number}> {
    const row = await postgres.row<{build: string | null; generation: number}>(
      'SELECT build, generation FROM docent.current_build',
    )
    return row ?? {build: null, generation: 0}
  }

  async function currentId(): Promise<string | null> {
    return (await current()).build
  }

  async function sharedIds(): Promise<string[]> {
    const rows = await postgres.rows<{id: string}>(
      'SELECT id FROM docent.builds ORDER BY id COLLATE "C" DESC',
    )
    return rows.map(({id}) => id)
  }

  /** Brings a build to this machine, if it is for all. One that is here alone is left as it is. */
  async function fetched(id: string, signal?: AbortSignal): Promise<void> {
    buildFolder(dataDir, id)
    if (await hasBuild(dataDir, id)) return
    const row = await rowOf(id)
    if (row !== null) await fetchBuild(dataDir, row, archiveOf(row), {signal})
  }

  /** Brings a build to this machine anew, where its copy here is damaged. False where another copy would be no better. */
  async function fetchedAnew(id: string, signal?: AbortSignal): Promise<boolean> {
    const row = await rowOf(id)
    if (row === null || listed(row).manifest === null) return false
    await fetchBuild(dataDir, row, archiveOf(row), {signal, isAnew: true})
    return true
  }

  async function repaired<T>(
    id: string,
    signal: AbortSignal | undefined,
    work: () => Promise<T>,
  ): Promise<T> {
    await fetched(id, signal)
    try {
      return await work()
    } catch (error) {
      const isDamaged = error instanceof DocentError && error.code === 'index_damaged'
      if (isDamaged && (await fetchedAnew(id, signal))) return work()
      throw error
    }
  }

  /** Opens the copy of this machine, whose graph is brought anew where it is damaged. */
  async function openedWhole(id: string, options: OpenOptions): Promise<IndexBuild> {
    const build = await local.open(id, options)
    const isDamaged =
      build.degraded !== null && (await mismatchOf(build.folder, build.manifest, hnswFile)) !== null
    if (!isDamaged) return build
    // It can be searched as it is.
    const isBetter = await fetchedAnew(id, options.signal).catch(() => false)
    if (!isBetter) return build
    build.close()
    return local.open(id, options)
  }

  /** Removes copies of builds that are no longer kept for all. Builds that were never for all stay. */
  async function trim(): Promise<void> {
    const shared = await sharedIds()
    const served = await currentBuildId(dataDir)
    for (const id of await buildIds(dataDir)) {
      if (shared.includes(id) || id === served) continue
      if (await isCopy(buildFolder(dataDir, id))) await removeBuild(dataDir, id)
    }
  }

  /**
   * Makes a build current for all, after `first`, in one transaction.
   * @throws DocentError `locked` where another process has made one current since the lock was taken, which can only be if
   * the connection that held it broke off.
   */
  async function makeCurrentForAll(id: string, first: (queries: Queries) => Promise<void>): Promise<void> {
    await held?.lock.check()
    const generation = held?.generation ?? (await retried(current)).generation
    const change = async (queries: Queries) => {
      await first(queries)
      const changed = await queries.run(
        'UPDATE docent.current_build SET build = $1, generation = generation + 1 WHERE generation = $2',
        [id, generation],
      )
      if (changed === 0) {
        throw new DocentError(
          'locked',
          'another server has changed the index meanwhile, since the connection to the database was lost; nothing was changed, try again',
        )
      }
      await queries.run('SELECT pg_notify($1, $2)', [channel, id])
    }
    // What was made takes long to make again. A try whose answer was lost may have succeeded.
    await retried(async () => {
      const now = await current()
      if (now.generation === generation + 1 && now.build === id) return
      await postgres.transaction(change)
    })
    if (held !== null) held.generation = generation + 1
  }

  /** Sends a build of a folder of this machine. Others see it when what is returned has run in a transaction. */
  async function sent(folder: string, {id, files}: Manifest, report: string | null) {
    const wanted = Object.entries(files).map(([name, {bytes}]) => ({name, bytes}))
    const addFiles = await archive.store(id, folder, wanted)
    const manifest = await readFile(join(folder, manifestFile), 'utf8')
    return async (queries: Queries): Promise<void> => {
      await queries.run(
        'INSERT INTO docent.builds (id, manifest, report, kept_in, published_by) VALUES ($1, $2, $3, $4, $5)',
        [id, manifest, report, archive.keptIn, hostname()],
      )
      await addFiles(queries)
    }
  }

  /** Removes files that no build has any more. They are in nobody's way, and the next one to change builds tries again. */
  async function collect(): Promise<void> {
    try {
      await held?.lock.check()
      await archive.collect()
      if (archive !== inDatabase) await inDatabase.collect()
    } catch (error) {
      onProblem(error)
    }
  }

  async function removeRows(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return
    await held?.lock.check()
    await postgres.run('DELETE FROM docent.builds WHERE id = ANY($1)', [ids])
    await collect()
    await postgres.notify(channel, '').catch(onProblem)
    for (const id of ids) await removeBuild(dataDir, id)
  }

  const store: SharedBuilds = {
    currentId,

    async list() {
      const now = await currentId()
      const rows = await postgres.rows<Pick<BuildRow, 'id' | 'manifest'>>(
        'SELECT id, manifest FROM docent.builds ORDER BY id COLLATE "C" DESC',
      )
      return rows.map((row) => ({isCurrent: row.id === now, ...listed(row)}))
    },

    async open(id, options = {}) {
      const build = await repaired(id, options.signal, () => openedWhole(id, options))
      try {
        // What a server of this data folder goes on with, should it be started without the database one day.
        if (id === (await currentId())) await makeCurrent(dataDir, id)
        await trim()
      } catch {
        // The build is there, and that is what counts.
      }
      return build
    },

    async openBase(id) {
      try {
        await fetched(id)
        const base = await local.openBase(id)
        if (base !== null || !(await fetchedAnew(id))) return base
        return await local.openBase(id)
      } catch (error) {
        const isOfNoUse = error instanceof DocentError && /^(?:not_found|index_damaged)$/.test(error.code)
        if (isOfNoUse) return null
        throw error
      }
    },

    async activate(id) {
      buildFolder(dataDir, id)
      const row = await rowOf(id)
      if (row === null) throw new DocentError('not_found', `There is no usable build ${id} for all servers.`)
      const manifest = await repaired(id, undefined, () => local.activate(id))
      await makeCurrentForAll(id, async () => {})
      return manifest
    },

    async lock() {
      const own = await local.lock()
      try {
        const shared = await takeChangeLock(postgres, url)
        try {
          held = {lock: shared, generation: (await current()).generation}
        } catch (error) {
          await shared.release()
          throw error
        }
        // What its last holder sent and did not publish.
        await collect()
        return {
          async release() {
            held = null
            await shared.release()
            await own.release()
          },
        }
      } catch (error) {
        await own.release()
        throw error
      }
    },

    async begin(options) {
      // Ids sort by time, and the clocks of machines differ.
      const [newest] = await sharedIds()
      const now = Math.max(options.now ?? Date.now(), newest === undefined ? 0 : timeOfBuild(newest) + 1)
      return local.begin({...options, now})
    },

    async publish(id, manifest, report) {
      const staged = stagingFolder(dataDir, id)
      const json = report === undefined ? null : JSON.stringify(report)
      if (json !== null) await replaceFile(join(staged, reportFile), json)
      await writeManifest(staged, manifest)
      const add = await sent(staged, manifest, json)
      // Nobody of this data folder fetches it before it is in its place.
      const publishNow = async () => {
        await markCopy(staged)
        await makeCurrentForAll(id, add)
        // It is published. Where this machine cannot keep it, it fetches it.
        await rename(staged, buildFolder(dataDir, id))
          .then(() => flush(buildsFolder(dataDir)))
          .then(() => makeCurrent(dataDir, id))
          .catch(() => undefined)
      }
      await whileNobodyFetches(dataDir, publishNow, {id})
    },

    async report(id) {
      buildFolder(dataDir, id)
      return (await rowOf(id))?.report ?? null
    },

    async prune(keep) {
      try {
        const now = await currentId()
        const others = (await sharedIds()).filter((id) => id !== now)
        const removed = others.slice(Math.max(2, keep) - 1)
        await removeRows(removed)
        await trim()
        return removed
      } catch (error) {
        // A build may just have been published, which must not seem to have failed.
        onProblem(error)
        return []
      }
    },

    async remove(id) {
      buildFolder(dataDir, id)
      if (id === (await currentId()))
        throw new DocentError('conflict', `${id} is the current build: it cannot be removed.`)
      await removeRows([id])
    },

    watch(onHint) {
      return postgres.listen(
        channel,
        () => {
          onHint()
          trim().catch(() => undefined)
        },
        onHint,
      )
    },

    adopt: () => adopt().catch(onProblem),
  }

  async function adopt(): Promise<void> {
    const own = await currentBuildId(dataDir)
    if (own === null || (await currentId()) !== null) return
    const lock = await store.lock().catch((error: unknown) => {
      if (error instanceof DocentError && error.code === 'locked') return null
      throw error
    })
    if (lock === null) return
    try {
      if ((await currentId()) !== null || (await sendOwn(own)) === false) return
      for (const id of (await buildIds(dataDir)).filter((id) => id < own)) await sendOwn(id)
      await makeCurrentForAll(own, async () => {})
    } finally {
      await lock.release()
    }
  }

  /** Sends a build of the data folder, unless it is there. False for one that is damaged. */
  async function sendOwn(id: string): Promise<boolean> {
    const base = await local.openBase(id)
    base?.records.close()
    if (base === null || !base.isHnswValid) return false
    if ((await rowOf(id)) === null) {
      const add = await sent(base.folder, base.manifest, await local.report(id))
      await postgres.transaction(add)
    }
    await markCopy(base.folder)
    return true
  }

  return store
}
