import {mkdir, readdir, rename, rm, stat} from 'node:fs/promises'
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

/**
 * Copies a build into the data folder, compares its checksums, and makes it visible there, unless it is there already.
 * One process of a data folder does it at a time.
 * @throws DocentError `storage` where it cannot be had or written, `index_damaged` where what arrived is not what was
 * published; the signal's reason.
 */
export async function fetchBuild(
  dataDir: string,
  {id, manifest, report}: FetchedBuild,
  archive: BuildArchive,
  signal: AbortSignal | undefined,
): Promise<void> {
  const expected = parseManifest(JSON.parse(manifest), `build ${id}`)
  const wanted = Object.entries(expected.files).map(([name, {bytes}]) => ({name, bytes}))
  const making = join(buildsFolder(dataDir), `${fetchingPrefix}${id}`)
  await whileNobodyFetches(
    dataDir,
    async () => {
      if (await hasBuild(dataDir, id)) return
      try {
        await mkdir(making, {recursive: true})
        const [newest] = await buildIds(dataDir)
        const base = newest === undefined ? null : buildFolder(dataDir, newest)
        await archive.fetch(id, wanted, {folder: making, base, ...(signal === undefined ? {} : {signal})})
        for (const {name} of wanted) {
          const mismatch = await mismatchOf(making, expected, name)
          if (mismatch !== null) throw new DocentError('index_damaged', `${mismatch}, as it was fetched`)
        }
        if (report !== null) await replaceFile(join(making, reportFile), report)
        await replaceFile(join(making, manifestFile), manifest)
        // Without a manifest it is no build, and in the way.
        await rm(buildFolder(dataDir, id), {recursive: true, force: true})
        await rename(making, buildFolder(dataDir, id))
        await flush(buildsFolder(dataDir))
      } catch (cause) {
        await rm(making, {recursive: true, force: true}).catch(() => undefined)
        if (cause instanceof DocentError || signal?.aborted) throw cause
        const why = (cause as Error).message
        throw new DocentError('storage', `cannot copy build ${id} to ${dataDir}: ${why}`, {cause})
      }
    },
    signal,
  )
}

/**
 * Runs `work` while no other process of a data folder fetches or publishes a build, and removes what an earlier one left
 * unfinished. @throws the signal's reason, and what `work` rejects with.
 */
export async function whileNobodyFetches(
  dataDir: string,
  work: () => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  makePrivateFolder(dataDir)
  const lock = await fetchLock(join(dataDir, 'fetch.lock'), signal)
  try {
    const names = await readdir(buildsFolder(dataDir)).catch(() => [])
    for (const name of names) {
      if (name.startsWith(fetchingPrefix))
        await rm(join(buildsFolder(dataDir), name), {recursive: true, force: true})
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
