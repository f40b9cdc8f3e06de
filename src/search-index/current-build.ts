import {DocentError} from '../domain/index.ts'
import {isNotInstalled} from '../native/index.ts'
import {howToRun} from '../package/index.ts'
import type {BuildLease, CurrentBuild, IndexBuild, Manifest} from './build.ts'
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
  /**
   * Why a build is of no use here; null if it is of use. One that is of use stays rather than be replaced by one that is
   * not. Default: all are of use.
   */
  readonly accepts?: (manifest: Manifest) => string | null
  /**
   * Whether at the start the newest older build that is of use is served, where the current one is not: for a server
   * among others whose build that is. Default false.
   */
  readonly startsWithOlder?: boolean
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
  {pollMs = 1_000, retryMs = 1_000, accepts = () => null, startsWithOlder = false}: CurrentBuildOptions = {},
): Promise<OpenCurrentBuild> {
  const closing = new AbortController()
  const listeners = new Set<(change: BuildChange) => void>()
  let served: SharedBuild | null = null
  let problem: string | null = null
  /** Why the store could not be asked the last time. */
  let unknown: string | null = null
  /** The id last tried, so that a refused build is not opened again every second. */
  let lastTried: string | null = null
  /** How often that one could not be had, and until when it is left; infinite for one that is not tried again. */
  let failures = 0
  let retryAt = Number.POSITIVE_INFINITY
  let last: BuildChange = {id: null, problem: null}
  let working: Promise<void> | null = null
  /** The build that is being opened, which may take long where it is fetched. */
  let opening: {readonly id: string; readonly superseded: AbortController} | null = null

  function serve(build: IndexBuild): void {
    const previous = served
    served = share(build)
    previous?.release()
  }

  async function currentId(): Promise<string | null> {
    try {
      const id = await builds.currentId()
      unknown = null
      return id
    } catch (error) {
      unknown = `the current build is unknown: ${(error as Error).message}`
      throw error
    }
  }

  async function poll(isForced: boolean): Promise<void> {
    const id = await currentId()
    const isSame = id === lastTried && (id !== null || served === null)
    const isLeft = retryAt === Number.POSITIVE_INFINITY || (!isForced && performance.now() < retryAt)
    if (isSame && isLeft) return
    if (!isSame) failures = 0
    lastTried = id
    retryAt = Number.POSITIVE_INFINITY
    // Without a current build the served one stays: files are being moved.
    if (id === null) return
    if (served?.build.manifest.id === id) {
      problem = served.build.degraded
    } else {
      const superseded = new AbortController()
      opening = {id, superseded}
      try {
        const build = await builds.open(id, {signal: AbortSignal.any([closing.signal, superseded.signal])})
        if (closing.signal.aborted) return build.close()
        const refusal = accepts(build.manifest)
        if (refusal !== null && startsWithOlder && served === null) await serveOlder(id)
        const instead = served as SharedBuild | null
        if (refusal === null || instead === null || accepts(instead.build.manifest) !== null) {
          serve(build)
          problem = build.degraded
        } else {
          build.close()
          problem = `build ${id} is not served: ${refusal}; ${instead.build.manifest.id} is served instead`
        }
      } catch (error) {
        if (closing.signal.aborted) return
        if (superseded.signal.aborted) {
          // Another one has become current meanwhile.
          lastTried = null
          return poll(false)
        }
        // The build is fine, and another one would fail as well.
        if (isNotInstalled(error)) throw error
        const isDamaged = error instanceof DocentError && /^(?:index_damaged|not_found)$/.test(error.code)
        // Otherwise nobody knows whether it is damaged.
        if (!isDamaged) retryAt = performance.now() + retryMs * 2 ** Math.min(failures++, maxDoublings)
        const why = (error as Error).message.replace(/\.$/, '')
        problem = `build ${id} ${isDamaged ? 'is refused' : 'cannot be had'}: ${why}`
        if (served === null) await serveOlder(id)
        const instead = served === null ? '' : `; ${served.build.manifest.id} is served instead`
        problem = `${problem}${instead}. ${isDamaged ? `Reindex: ${howToRun('ingest')}` : 'It is tried again'}`
      } finally {
        opening = null
      }
    }
    const change = {id: served?.build.manifest.id ?? null, problem}
    // A build that cannot be had is told once, and not with each try.
    if (change.id === last.id && change.problem === last.problem) return
    last = change
    for (const listener of listeners) listener(change)
  }

  async function serveOlder(refused: string): Promise<void> {
    for (const {id, manifest} of await builds.list()) {
      if (id >= refused || manifest === null || accepts(manifest) !== null) continue
      try {
        return serve(await builds.open(id, {signal: closing.signal}))
      } catch {
        // This one is damaged too; `problem` stays that of the current build.
      }
    }
  }

  /** One poll at a time; a call during one waits for the next. */
  async function refresh(isForced = true): Promise<void> {
    // What another caller has waited for in vain is told to that one.
    while (working) await working.catch(() => undefined)
    if (closing.signal.aborted) return
    working = poll(isForced).finally(() => {
      working = null
    })
    await working
  }

  /** Gives up a build that is being fetched when another has become current. */
  async function lookMeanwhile(): Promise<void> {
    const now = opening
    if (now === null) return
    const id = await currentId()
    if (id !== null && id !== now.id) now.superseded.abort(new Error('another build is current'))
  }

  function look(): void {
    const looking = working === null ? refresh(false) : lookMeanwhile()
    // `unknown` says so.
    looking.catch(() => undefined)
  }

  await refresh()

  const unwatch = builds.watch(look)
  const timer = setInterval(look, pollMs)
  timer.unref()

  return {
    get id() {
      return served?.build.manifest.id ?? null
    },
    get problem() {
      return unknown ?? problem
    },
    lease() {
      if (served === null) {
        throw new DocentError(
          'not_ready',
          unknown ?? problem ?? `there is no index yet; run \`${howToRun('ingest')}\``,
        )
      }
      return served.lease()
    },
    refresh: () => refresh(),
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
