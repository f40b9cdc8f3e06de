import {readFile, rm, writeFile} from 'node:fs/promises'
import {hostname} from 'node:os'
import {join} from 'node:path'
import {DocentError} from '../domain/index.ts'
import {type ExclusiveLock, isNotInstalled, makePrivateFolder, takeExclusiveLock} from '../native/index.ts'
import type {BuildLock} from './build-store.ts'

interface Holder {
  readonly pid: number
  readonly host: string
  /** ISO 8601. */
  readonly since: string
}

/**
 * Takes the lock of a data folder. A crash releases it; `ingest.lock.json` names its holder, for people.
 * @throws DocentError `locked` at once when another process has it, with its holder in `details`; `storage` when the file
 * cannot be used.
 */
export async function takeBuildLock(dataDir: string): Promise<BuildLock> {
  makePrivateFolder(dataDir)
  const path = join(dataDir, 'ingest.lock')
  const holderFile = join(dataDir, 'ingest.lock.json')
  const lock = exclusiveLock(path)
  if (lock === null) {
    const holder = await readHolder(holderFile)
    const who = holder ? `process ${holder.pid} on ${holder.host}, since ${holder.since}` : 'another process'
    throw new DocentError(
      'locked',
      `the index in ${dataDir} is being changed by ${who}; try again when it has ended`,
      {details: {...holder}},
    )
  }
  const holder: Holder = {pid: process.pid, host: hostname(), since: new Date().toISOString()}
  await writeFile(holderFile, `${JSON.stringify(holder)}\n`)
  return {
    async release() {
      await rm(holderFile, {force: true})
      lock.release()
    },
  }
}

function exclusiveLock(path: string): ExclusiveLock | null {
  try {
    return takeExclusiveLock(path, 0)
  } catch (cause) {
    // The error of a missing binary says what to run.
    if (isNotInstalled(cause)) throw cause
    throw new DocentError('storage', `cannot lock ${path}: ${(cause as Error).message}`, {cause})
  }
}

async function readHolder(path: string): Promise<Holder | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder
  } catch {
    // Locked, but the holder is not written yet.
    return null
  }
}
