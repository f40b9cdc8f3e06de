import {mkdir, readdir, rename, rm, stat, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {DocentError} from '../../domain/index.ts'
import {makePrivateFolder, takeExclusiveLock} from '../../native/index.ts'
import {buildFolder, buildIds, buildsFolder} from '../build-folders.ts'
import {flush, replaceFile} from '../durable-files.ts'
import {mismatchOf} from '../file-mismatch.ts'
import {parseManifest} from '../manifest.ts'
import {manifestFile, reportFile} from '../schema.ts'
import type {BuildArchive} from './build-archive.ts'

const fetchingPrefix = '.fetching-'
/** How often to look whether another process of this data folder has ended its fetch, in milliseconds. */
const lookMs = 100

export interface FetchedBuild {
  readonly id: string
  /** As the database has it. */
  readonly manifest: string
  readonly report: string | null
}

/** Whether a data folder has a build. */
export async function hasBuild(dataDir: string, id: string): Promise<boolean> {
  return (await stat(join(buildFolder(dataDir, id), manifestFile)).catch(() => null)) !== null
}

/** In the folder of a build: it is a copy of one for all servers. */
const copyMark = 'is-a-copy'

/** Marks a build of a data folder as a copy, which may be removed when the one for all servers is. */
export async function markCopy(folder: string): Promise<void> {
  await writeFile(join(folder, copyMark), '')
}

export async function isCopy(folder: string): Promise<boolean> {
  return (await stat(join(folder, copyMark)).catch(() => null)) !== null
}

export interface FetchOptions {
  /** Also where the build is there, if it is damaged. Default false. */
  readonly isAnew?: boolean
  readonly signal?: AbortSignal | undefined
}

/**
 * Copies a build into the data folder, compares its checksums, and makes it visible there, unless it is there already.
 * One process of a data folder does it at a time. Where it fails, the next try goes on with what has arrived.
 * @throws DocentError `storage` where it cannot be had or written, `index_damaged` where what arrived is not what was
 * published; the signal's reason.
 */
export async function fetchBuild(
  dataDir: string,
  {id, manifest, report}: FetchedBuild,
  archive: BuildArchive,
  {isAnew = false, signal}: FetchOptions = {},
): Promise<void> {
  const expected = parseManifest(JSON.parse(manifest), `build ${id}`)
  const wanted = Object.entries(expected.files).map(([name, {bytes}]) => ({name, bytes}))
  const making = join(buildsFolder(dataDir), `${fetchingPrefix}${id}`)
  const folder = buildFolder(dataDir, id)
  const firstMismatch = async (where: string): Promise<string | null> => {
    for (const {name} of wanted) {
      const mismatch = await mismatchOf(where, expected, name)
      if (mismatch !== null) return mismatch
    }
    return null
  }

  async function fetchNow(): Promise<void> {
    // Another process of this data folder may have been faster.
    if ((await hasBuild(dataDir, id)) && (!isAnew || (await firstMismatch(folder)) === null)) return
    await mkdir(making, {recursive: true})
    const [newest] = await buildIds(dataDir)
    const base = newest === undefined ? null : buildFolder(dataDir, newest)
    await archive.fetch(id, wanted, {folder: making, base, ...(signal === undefined ? {} : {signal})})
    const mismatch = await firstMismatch(making)
    if (mismatch !== null) throw new DocentError('index_damaged', `${mismatch}, as it was fetched`)
    if (report !== null) await replaceFile(join(making, reportFile), report)
    await markCopy(making)
    await replaceFile(join(making, manifestFile), manifest)
    // What is in the way is damaged.
    await rm(folder, {recursive: true, force: true})
    await rename(making, folder)
    await flush(buildsFolder(dataDir))
  }

  try {
    await whileNobodyFetches(dataDir, fetchNow, {id, signal})
  } catch (cause) {
    // What came from the database is of use for the next try; what filled the disk is not.
    const mayGoOn = signal?.aborted || (cause instanceof DocentError && cause.code === 'storage')
    if (!mayGoOn) await rm(making, {recursive: true, force: true}).catch(() => undefined)
    if (cause instanceof DocentError || signal?.aborted) throw cause
    const why = (cause as Error).message
    throw new DocentError('storage', `cannot copy build ${id} to ${dataDir}: ${why}`, {cause})
  }
}

/**
 * Runs `work` while no other process of a data folder fetches or publishes a build, and removes what an earlier one left
 * of other builds than this one. @throws the signal's reason, and what `work` rejects with.
 */
export async function whileNobodyFetches(
  dataDir: string,
  work: () => Promise<void>,
  {id, signal}: {readonly id: string; readonly signal?: AbortSignal | undefined},
): Promise<void> {
  makePrivateFolder(dataDir)
  const lock = await fetchLock(join(dataDir, 'fetch.lock'), signal)
  try {
    const names = await readdir(buildsFolder(dataDir)).catch(() => [])
    for (const name of names) {
      if (name.startsWith(fetchingPrefix) && name !== `${fetchingPrefix}${id}`)
        await rm(join(buildsFolder(dataDir), name), {recursive: true, force: true}).catch(() => undefined)
    }
    await work()
  } finally {
    lock.release()
  }
}

async function fetchLock(path: string, signal: AbortSignal | undefined) {
  for (;;) {
    signal?.throwIfAborted()
    const lock = takeExclusiveLock(path, 0)
    if (lock !== null) return lock
    await delay(lookMs, undefined, signal === undefined ? {} : {signal})
  }
}
