import {DocentError} from '../domain/index.ts'
import type {Embedder} from '../embedding/index.ts'
import {howToRun} from '../package/index.ts'
import type {CurrentBuild} from '../search-index/index.ts'

/**
 * The current build if its vectors were made by this model. Vectors of different models cannot be compared, so otherwise
 * there is no index.
 */
export function buildFor(embedder: Embedder, current: CurrentBuild): CurrentBuild {
  function lease() {
    const lease = current.lease()
    const model = lease.build.manifest.embedding
    if (model.id === embedder.id) return lease
    lease.release()
    throw new DocentError(
      'not_ready',
      `The index was built with the model ${model.name}; run ${howToRun('ingest')}.`,
    )
  }
  return {
    lease,
    get id() {
      if (current.id === null) return null
      try {
        const {build, release} = lease()
        const {id} = build.manifest
        release()
        return id
      } catch {
        // Built with another model.
        return null
      }
    },
  }
}

export function withBuild<T>(
  current: CurrentBuild,
  read: (build: ReturnType<CurrentBuild['lease']>['build']) => T,
): T {
  const {build, release} = current.lease()
  try {
    return read(build)
  } finally {
    release()
  }
}
