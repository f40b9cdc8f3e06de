import {DocentError} from '../domain/index.ts'
import type {BuildRegistry} from '../http/index.ts'
import {activateBuild} from '../ingestion/index.ts'
import {TwoGenerationCache} from '../lib/two-generation-cache.ts'
import {
  type BuildStore,
  listedAsServed,
  type OpenCurrentBuild,
  type ServedBuilds,
} from '../search-index/index.ts'

/** More than are kept. */
const maxFolders = 100

/** Where builds are on this machine. Each is verified once: it never changes. @throws DocentError `conflict`. */
function foldersOf(builds: BuildStore): (id: string) => Promise<string> {
  const folders = new TwoGenerationCache<string, string>(maxFolders)
  return async (id) => {
    const known = folders.get(id)
    if (known !== undefined) return known
    const base = await builds.openBase(id)
    if (base === null) throw damaged(id)
    base.records.close()
    folders.set(id, base.folder)
    return base.folder
  }
}

function damaged(id: string, cause?: unknown): DocentError {
  return new DocentError('conflict', `Build ${id} is damaged; ingest again.`, {cause})
}

/** What staff see and do with kept builds. One that they activate is served by the time it resolves. */
export function buildRegistryOf(
  builds: BuildStore,
  current: OpenCurrentBuild,
  served: ServedBuilds | null,
): BuildRegistry {
  return {
    list: async () => listedAsServed(await builds.list(), current),
    servers: async () => (await served?.list()) ?? [],
    async activate(id) {
      const isKept = (await builds.list()).some((build) => build.id === id)
      await activateBuild(builds, id).catch((cause: unknown) => {
        // One whose manifest cannot be read is not found.
        const isDamaged =
          cause instanceof DocentError &&
          (cause.code === 'index_damaged' || (isKept && cause.code === 'not_found'))
        throw isDamaged ? damaged(id, cause) : cause
      })
      await current.refresh()
    },
    report: (id) => builds.report(id),
    folder: foldersOf(builds),
  }
}
