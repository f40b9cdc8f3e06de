import {DocentError} from '../domain/index.ts'
import {
  buildFolder,
  databaseFile,
  earlierBuildId,
  type Manifest,
  makeCurrent,
  mismatchOf,
  readManifest,
} from '../search-index/index.ts'
import {takeIngestLock} from './ingest-lock.ts'

/**
 * Makes a kept build current again: the one named, else the one before the current. Servers swap by themselves.
 * @throws DocentError `not_found`, `index_damaged`, or `locked` while an ingest runs.
 */
export async function activateBuild(dataDir: string, id?: string): Promise<Manifest> {
  const lock = await takeIngestLock(dataDir)
  try {
    const target = id ?? (await earlierBuildId(dataDir))
    const folder = buildFolder(dataDir, target)
    const manifest = await readManifest(folder).catch((cause: unknown) => {
      throw new DocentError('not_found', `There is no usable build ${target}.`, {cause})
    })
    const mismatch = await mismatchOf(folder, manifest, databaseFile)
    if (mismatch !== null) throw new DocentError('index_damaged', `${mismatch}; it was not made current`)
    await makeCurrent(dataDir, target)
    return manifest
  } finally {
    await lock.release()
  }
}
