import {DocentError} from '../domain/index.ts'
import {isNotInstalled} from '../native/index.ts'
import {howToRun} from '../package/index.ts'
import type {BuildLease, CurrentBuild, IndexBuild} from './build.ts'
import type {BuildStore, ListedBuild} from './build-store.ts'

/** The part of a store that is needed to follow its current build. */
export type CurrentBuildSource = Pick<BuildStore, 'currentId' | 'list' | 'open' | 'watch'>

export interface CurrentBuildOptions {
  /** How often the store is polled, since its hints may be lost. Default 1000. */
  readonly pollMs?: number
  /**
   * How long a build is left that could not be had, such as from a database that is away; twice as long with each further
   * failure, up to 32 times. A damaged build is not tried again. Default 1000.
   */
  readonly retryMs?: number
}

/** Up to how many times the pause between two tries is doubled. */
const maxDoublings = 5

/** Follows the current build. Close it once; outstanding leases keep their build open until released. */
export interface OpenCurrentBuild extends CurrentBuild {
  /** Why the current build of the store is not the one served, or is degraded; null when all is well. */
  readonly problem: string | null
  /** Polls the store now; resolves when the build it names is served or refused. */
  refresh(): Promise<void>
  /** Calls the listener after each swap and each refusal. Returns a function that removes it. */
  onChange(listener: (change: BuildChange) => void): () => void
  close(): Promise<void>
}

export interface BuildChange {
  readonly id: string | null
  readonly problem: string | null
}

/**
 * Opens the current build of a store and follows it: when another is published it is opened and verified while the
 * current one is served, then replaces it in one assignment. A damaged one is refused, and the previous one stays; at
 * the start the newest usable one is served instead. `problem` says so.
 */
export async function openCurrentBuild(
  builds: CurrentBuildSource,
  {pollMs = 1_000, retryMs = 1_000}: CurrentBuildOptions = {},
): Promise<OpenCurrentBuild> {
  const closing = new AbortController()
  const listeners = new Set<(change: BuildChange) => void>()
  let served: SharedBuild | null = null
  let problem: string | null = null
  /** The id last tried, so that a refused build is not opened again every second. */
  let lastTried: string | null = null
  /** How often that one could not be had, and until when it is left. */
  let failures = 0
  let retryAt = Number.POSITIVE_INFINITY
  let last: BuildChange = {id: null, problem: null}
  let working: Promise<void> | null = null

  function serve(build: IndexBuild): void {
    const previous = served
    served = share(build)
    previous?.release()
  }

  async function poll(): Promise<void> {
    const id = await builds.currentId()
    const isSame = id === lastTried && (id !== null || served === null)
    if (isSame && performance.now() < retryAt) return
    if (!isSame) failures = 0
    lastTried = id
    retryAt = Number.POSITIVE_INFINITY
    // Without a current build the served one stays: files are being moved.
    if (id === null) return
    if (served?.build.manifest.id === id) {
      problem = served.build.degraded
    } else {
      try {
        const build = await builds.open(id, {signal: closing.signal})
        if (closing.signal.aborted) return build.close()
        serve(build)
        problem = build.degraded
      } catch (error) {
        if (closing.signal.aborted) return
        // The build is fine, and another one would fail as well.
        if (isNotInstalled(error)) throw error
        // Nobody knows whether it is damaged.
        const mayCome = error instanceof DocentError && error.code === 'storage'
        if (mayCome) retryAt = performance.now() + retryMs * 2 ** Math.min(failures++, maxDoublings)
        problem = `build ${id} ${mayCome ? 'cannot be had' : 'is refused'}: ${(error as Error).message}`
        if (served === null) await serveOlder(id)
        const instead = served === null ? '' : `; ${served.build.manifest.id} is served instead`
        problem = `${problem}${instead}. ${mayCome ? 'It is tried again' : `Reindex: ${howToRun('ingest')}`}`
      }
    }
    const change = {id: served?.build.manifest.id ?? null, problem}
    // A build that cannot be had is told once, and not with each try.
    if (change.id === last.id && change.problem === last.problem) return
    last = change
    for (const listener of listeners) listener(change)
  }

  async function serveOlder(refused: string): Promise<void> {
    for (const {id} of await builds.list()) {
      if (id >= refused) continue
      try {
        return serve(await builds.open(id, {signal: closing.signal}))
      } catch {
        // This one is damaged too; `problem` stays that of the current build.
      }
    }
  }

  /** One poll at a time; a call during one waits for the next. */
  async function refresh(): Promise<void> {
    while (working) await working
    if (closing.signal.aborted) return
    working = poll().finally(() => {
      working = null
    })
    await working
  }

  function refreshQuietly(): void {
    refresh().catch((error: unknown) => {
      problem = `the current build is unknown: ${(error as Error).message}`
      lastTried = null
    })
  }

  await refresh()

  const unwatch = builds.watch(refreshQuietly)
  const timer = setInterval(refreshQuietly, pollMs)
  timer.unref()

  return {
    get id() {
      return served?.build.manifest.id ?? null
    },
    get problem() {
      return problem
    },
    lease() {
      if (served === null) {
        throw new DocentError('not_ready', problem ?? `there is no index yet; run \`${howToRun('ingest')}\``)
      }
      return served.lease()
    },
    refresh,
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async close() {
      closing.abort()
      clearInterval(timer)
      unwatch()
      listeners.clear()
      await working?.catch(() => undefined)
      served?.release()
      served = null
    },
  }
}

/** Stored builds with what is served: `isCurrent` is that one, and a current one that was refused has why as its problem. */
export function listedAsServed<T extends ListedBuild>(
  builds: readonly T[],
  {id: served, problem}: Pick<OpenCurrentBuild, 'id' | 'problem'>,
): readonly T[] {
  return builds.map((build) => {
    const isCurrent = build.id === served
    const isRefused = build.isCurrent && !isCurrent && problem?.includes(build.id)
    return isRefused ? {...build, isCurrent, manifest: null, problem} : {...build, isCurrent}
  })
}

/** A build with a reference count; the last release closes it. */
interface SharedBuild {
  readonly build: IndexBuild
  lease(): BuildLease
  release(): void
}

function share(build: IndexBuild): SharedBuild {
  let holders = 1
  function release(): void {
    if (--holders === 0) build.close()
  }
  return {
    build,
    release,
    lease() {
      holders++
      let isReleased = false
      return {
        build,
        release() {
          if (isReleased) throw new TypeError('the lease was already released')
          isReleased = true
          release()
        },
      }
    },
  }
}
