import {randomBytes} from 'node:crypto'
import {readdir, readFile, rename, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {DocentError} from '../domain/index.ts'
import {makePrivateFolder} from '../native/index.ts'
import type {Manifest} from './build.ts'
import {flush, replaceFile} from './durable-files.ts'
import {readManifest} from './manifest.ts'

const idPattern = /^\d{8}T\d{9}Z-[0-9a-f]{8}$/
const stagingPrefix = '.staging-'
const currentFile = 'CURRENT'

/** A new id: sorts by time, and two made in one millisecond differ. */
export function newBuildId(now: number = Date.now()): string {
  return `${new Date(now).toISOString().replace(/[-:.]/g, '')}-${randomBytes(4).toString('hex')}`
}

/** Whether this can be a build's id, and so a safe name of a folder. */
export function isBuildId(id: string): boolean {
  return idPattern.test(id)
}

export function buildsFolder(dataDir: string): string {
  return join(dataDir, 'builds')
}

/** @throws DocentError `not_found` for what is no build id. */
export function buildFolder(dataDir: string, id: string): string {
  if (!isBuildId(id)) throw new DocentError('not_found', `${JSON.stringify(id)} is not the id of a build`)
  return join(buildsFolder(dataDir), id)
}

/** Where a build is made. Never read as a build; leftovers of a crash are removed by `removeStaging`. */
export function stagingFolder(dataDir: string, id: string): string {
  return join(buildsFolder(dataDir), `${stagingPrefix}${id}`)
}

/** Id of the build that is served; null when there is none, or the file does not hold an id. */
export async function currentBuildId(dataDir: string): Promise<string | null> {
  try {
    const id = (await readFile(join(dataDir, currentFile), 'utf8')).trim()
    return isBuildId(id) ? id : null
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new DocentError('storage', `cannot read ${join(dataDir, currentFile)}`, {cause: error})
  }
}

/** Ids of all builds on disk, newest first. */
export async function buildIds(dataDir: string): Promise<string[]> {
  try {
    return (await readdir(buildsFolder(dataDir))).filter(isBuildId).sort().reverse()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

export interface ListedBuild {
  readonly id: string
  readonly isCurrent: boolean
  /** Null when the build cannot be used; then `problem` says why. */
  readonly manifest: Manifest | null
  readonly problem: string | null
}

/** The builds kept, newest first. Only manifests are read. */
export async function listBuilds(dataDir: string): Promise<ListedBuild[]> {
  const current = await currentBuildId(dataDir)
  const ids = await buildIds(dataDir)
  return Promise.all(
    ids.map(async (id) => {
      const isCurrent = id === current
      try {
        return {id, isCurrent, manifest: await readManifest(buildFolder(dataDir, id)), problem: null}
      } catch (error) {
        return {id, isCurrent, manifest: null, problem: (error as Error).message}
      }
    }),
  )
}

/** Makes a finished staging folder a build and the current one. A crash at any point leaves the old or the new. */
export async function publishBuild(dataDir: string, id: string): Promise<void> {
  const folder = buildFolder(dataDir, id)
  await rename(stagingFolder(dataDir, id), folder)
  await flush(buildsFolder(dataDir))
  await makeCurrent(dataDir, id)
}

/** Points CURRENT at a build that is on disk, durably. What it holds is checked by who calls, and by every reader. */
export async function makeCurrent(dataDir: string, id: string): Promise<void> {
  makePrivateFolder(dataDir)
  await replaceFile(join(dataDir, currentFile), `${id}\n`)
}

/** The newest build older than the current one. @throws DocentError `not_found` when there is none. */
export async function earlierBuildId(dataDir: string): Promise<string> {
  const current = await currentBuildId(dataDir)
  const ids = await buildIds(dataDir)
  const earlier = ids.find((id) => current === null || id < current)
  if (earlier === undefined) {
    throw new DocentError('not_found', `There is no build before ${current ?? 'the first'}.`)
  }
  return earlier
}

/**
 * Removes the oldest builds beyond `keep`, never the current one. Keep at least 2, so that a server that has
 * not yet seen the newest finds its own. Gives the ids removed.
 */
export async function pruneBuilds(dataDir: string, keep: number): Promise<string[]> {
  const current = await currentBuildId(dataDir)
  const ids = await buildIds(dataDir)
  const others = ids.filter((id) => id !== current)
  const removed = others.slice(Math.max(2, keep) - 1)
  for (const id of removed) await rm(buildFolder(dataDir, id), {recursive: true, force: true})
  return removed
}

/** Removes what crashed ingests left. Call only while holding the lock. */
export async function removeStaging(dataDir: string): Promise<void> {
  const names = await readdir(buildsFolder(dataDir)).catch(() => [])
  for (const name of names) {
    if (name.startsWith(stagingPrefix))
      await rm(join(buildsFolder(dataDir), name), {recursive: true, force: true})
  }
}
