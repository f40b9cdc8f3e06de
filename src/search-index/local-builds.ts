import {watch} from 'node:fs'
import {readFile, rename} from 'node:fs/promises'
import {join} from 'node:path'
import {DocentError} from '../domain/index.ts'
import {isNotInstalled, makePrivateFolder} from '../native/index.ts'
import type {Manifest} from './build.ts'
import {
  buildFolder,
  buildIds,
  buildsFolder,
  currentBuildId,
  currentFile,
  makeCurrent,
  removeBuild,
  removeStaging,
  stagingFolder,
} from './build-folders.ts'
import {takeBuildLock} from './build-lock.ts'
import {openBuildRecords} from './build-records.ts'
import type {BaseBuild, BuildLock, BuildStore, ListedBuild} from './build-store.ts'
import {openBuildWriter} from './build-writer.ts'
import {flush, replaceFile} from './durable-files.ts'
import {mismatchOf} from './file-mismatch.ts'
import {readManifest, writeManifest} from './manifest.ts'
import {openBuild} from './open-build.ts'
import {databaseFile, hnswFile, reportFile} from './schema.ts'

/** Builds in a data folder on this machine. Nothing is created on disk before it is needed. */
export function localBuilds(dataDir: string): BuildStore {
  return {
    currentId: () => currentBuildId(dataDir),
    list: () => listBuilds(dataDir),
    open: async (id, options = {}) => openBuild(buildFolder(dataDir, id), options),
    openBase: (id) => openBase(dataDir, id),
    activate: (id) => activate(dataDir, id),
    lock: () => lock(dataDir),
    begin: (options) => openBuildWriter(dataDir, options),
    publish: (id, manifest, report) => publish(dataDir, id, manifest, report),
    report: async (id) => readReport(buildFolder(dataDir, id)),
    prune: (keep) => prune(dataDir, keep),
    remove: (id) => remove(dataDir, id),
    watch: (onHint) => watchCurrent(dataDir, onHint),
  }
}

async function listBuilds(dataDir: string): Promise<ListedBuild[]> {
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

async function openBase(dataDir: string, id: string): Promise<BaseBuild | null> {
  try {
    const folder = buildFolder(dataDir, id)
    const manifest = await readManifest(folder)
    const mismatches = [databaseFile, hnswFile].map((file) => mismatchOf(folder, manifest, file))
    const [database, graph] = await Promise.all(mismatches)
    if (database !== null) return null
    return {folder, manifest, isHnswValid: graph === null, records: openBuildRecords(folder, manifest)}
  } catch (error) {
    // Damaged or of an unreadable format: the next build is made from scratch.
    if (error instanceof DocentError && !isNotInstalled(error)) return null
    throw error
  }
}

async function activate(dataDir: string, id: string): Promise<Manifest> {
  const folder = buildFolder(dataDir, id)
  const manifest = await readManifest(folder).catch((cause: Error) => {
    throw new DocentError('not_found', `There is no usable build ${id}: ${cause.message}`, {cause})
  })
  const mismatch = await mismatchOf(folder, manifest, databaseFile)
  if (mismatch !== null) throw new DocentError('index_damaged', `${mismatch}; it was not made current`)
  await makeCurrent(dataDir, id)
  return manifest
}

async function lock(dataDir: string): Promise<BuildLock> {
  const buildLock = await takeBuildLock(dataDir)
  try {
    await removeStaging(dataDir)
    return buildLock
  } catch (error) {
    await buildLock.release()
    throw error
  }
}

async function publish(dataDir: string, id: string, manifest: Manifest, report?: object): Promise<void> {
  const staged = stagingFolder(dataDir, id)
  if (report !== undefined) await replaceFile(join(staged, reportFile), JSON.stringify(report))
  await writeManifest(staged, manifest)
  await rename(staged, buildFolder(dataDir, id))
  await flush(buildsFolder(dataDir))
  await makeCurrent(dataDir, id)
}

async function readReport(folder: string): Promise<string | null> {
  try {
    return await readFile(join(folder, reportFile), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

async function prune(dataDir: string, keep: number): Promise<string[]> {
  const current = await currentBuildId(dataDir)
  const others = (await buildIds(dataDir)).filter((id) => id !== current)
  const removed = others.slice(Math.max(2, keep) - 1)
  for (const id of removed) await removeBuild(dataDir, id)
  return removed
}

async function remove(dataDir: string, id: string): Promise<void> {
  buildFolder(dataDir, id)
  if (id === (await currentBuildId(dataDir))) {
    throw new DocentError('conflict', `${id} is the current build: it cannot be removed.`)
  }
  await removeBuild(dataDir, id)
}

function watchCurrent(dataDir: string, onHint: () => void): () => void {
  makePrivateFolder(dataDir)
  try {
    const watcher = watch(dataDir, {persistent: false}, (_event, name) => {
      if (name === null || name === currentFile) onHint()
    })
    // Too many watchers, or the folder is gone.
    watcher.on('error', () => watcher.close())
    return () => watcher.close()
  } catch {
    // Some file systems cannot be watched.
    return () => {}
  }
}
