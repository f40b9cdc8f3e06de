import {randomBytes} from 'node:crypto'
import {readdir, readFile, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {DocentError} from '../domain/index.ts'
import {makePrivateFolder} from '../native/index.ts'
import {replaceFile} from './durable-files.ts'

const idPattern = /^\d{8}T\d{9}Z-[0-9a-f]{8}$/
const stagingPrefix = '.staging-'
/** Beside the builds: the id of the current one. */
export const currentFile = 'CURRENT'

/** A new id: ids sort by time, and two of the same millisecond differ. */
export function newBuildId(now: number = Date.now()): string {
  return `${new Date(now).toISOString().replace(/[-:.]/g, '')}-${randomBytes(4).toString('hex')}`
}

/** When a build was begun, in milliseconds since the epoch, by its id. */
export function timeOfBuild(id: string): number {
  return Date.parse(id.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z.*$/, '$1-$2-$3T$4:$5:$6.$7Z'))
}

/** Whether this has the form of a build's id, which is a safe folder name. */
export function isBuildId(id: string): boolean {
  return idPattern.test(id)
}

export function buildsFolder(dataDir: string): string {
  return join(dataDir, 'builds')
}

/** @throws DocentError `not_found` for what is not a build id. */
export function buildFolder(dataDir: string, id: string): string {
  if (!isBuildId(id)) throw new DocentError('not_found', `${JSON.stringify(id)} is not the id of a build`)
  return join(buildsFolder(dataDir), id)
}

/** The folder where a build is made. Never read as a build; `removeStaging` removes it after a crash. */
export function stagingFolder(dataDir: string, id: string): string {
  return join(buildsFolder(dataDir), `${stagingPrefix}${id}`)
}

/** Id of the current build; null when there is none, or the file has no valid id. */
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

/** Points CURRENT at a build on disk, durably. The caller has verified the build. */
export async function makeCurrent(dataDir: string, id: string): Promise<void> {
  makePrivateFolder(dataDir)
  await replaceFile(join(dataDir, currentFile), `${id}\n`)
}

export async function removeBuild(dataDir: string, id: string): Promise<void> {
  await rm(buildFolder(dataDir, id), {recursive: true, force: true})
}

/** Removes builds that were never finished. Call only while holding the lock. */
export async function removeStaging(dataDir: string): Promise<void> {
  const names = await readdir(buildsFolder(dataDir)).catch(() => [])
  for (const name of names) {
    if (name.startsWith(stagingPrefix))
      await rm(join(buildsFolder(dataDir), name), {recursive: true, force: true})
  }
}
