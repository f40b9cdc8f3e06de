import {DocentError} from '../domain/index.ts'
import {isNotInstalled} from '../native/index.ts'
import {howToRun} from '../package/index.ts'
import type {BuildLease, CurrentBuild, IndexBuild} from './build.ts'
import type {BuildStore} from './build-store.ts'

/** What following the current build takes of a store. */
export type CurrentBuildSource = Pick<BuildStore, 'currentId' | 'list' | 'open' | 'watch'>

export interface CurrentBuildOptions {
  /** The store is also asked this often, since its hints may be lost. Default 1000. */
  readonly pollMs?: number
}

/** The current build, followed. Close it once; leases still out keep their build open until released. */
export interface OpenCurrentBuild extends CurrentBuild {
  /** Why the current build of the store is not the one served, or is degraded; null when all is well. */
  readonly problem: string | null
  /** Asks the store now; resolves when the build it names is served or refused. */
  refresh(): Promise<void>
  /** Calls after each swap and each refusal. Returns the way to stop. */
  onChange(listener: (change: BuildChange) => void): () => void
  close(): Promise<void>
}

export interface BuildChange {
  readonly id: string | null
  readonly problem: string | null
}

/**
 * Opens the current build of a store and follows it: when another is published it is opened and verified
 * beside, then takes over in one assignment. One that is damaged is refused, and the one before stays; at the
 * start the newest sound one is served instead. `problem` says so.
 */
export async function openCurrentBuild(
  builds: CurrentBuildSource,
  {pollMs = 1_000}: CurrentBuildOptions = {},
): Promise<OpenCurrentBuild> {
  const closing = new AbortController()
  const listeners = new Set<(change: BuildChange) => void>()
  let served: Shared | null = null
  let problem: string | null = null
  /** The id last tried, so that a refused build is not opened again every second. */
  let seen: string | null = null
  let working: Promise<void> | null = null

  function serve(build: IndexBuild): void {
    const before = served
    served = shared(build)
    before?.release()
  }

  async function look(): Promise<void> {
    const id = await builds.currentId()
    if (id === seen && (id !== null || served === null)) return
    seen = id
    // Where none is named the one served goes on: somebody is moving things about.
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
        // Nothing is wrong with the build, and another one would fare no better.
        if (isNotInstalled(error)) throw error
        problem = `build ${id} is refused: ${(error as Error).message}`
        if (served === null) await serveAnother(id)
      }
    }
    for (const listener of listeners) listener({id: served?.build.manifest.id ?? null, problem})
  }

  async function serveAnother(refused: string): Promise<void> {
    for (const {id} of await builds.list()) {
      if (id >= refused) continue
      try {
        serve(await builds.open(id, {signal: closing.signal}))
        problem = `${problem}; serving ${id}`
        return
      } catch {
        // That one is damaged too; the problem told is the one of the build that should be served.
      }
    }
  }

  /** One look at a time; a call while one is going on waits for the next. */
  async function refresh(): Promise<void> {
    while (working) await working
    if (closing.signal.aborted) return
    working = look().finally(() => {
      working = null
    })
    await working
  }

  function refreshQuietly(): void {
    refresh().catch((error: unknown) => {
      problem = `which build is current is not known: ${(error as Error).message}`
      seen = null
    })
  }

  await refresh()

  const unwatch = builds.watch(refreshQuietly)
  const poll = setInterval(refreshQuietly, pollMs)
  poll.unref()

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
      clearInterval(poll)
      unwatch()
      listeners.clear()
      await working?.catch(() => undefined)
      served?.release()
      served = null
    },
  }
}

/** A build with the number of its holders; the last one out closes it. */
interface Shared {
  readonly build: IndexBuild
  lease(): BuildLease
  release(): void
}

function shared(build: IndexBuild): Shared {
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
          if (isReleased) throw new TypeError('a lease is released once')
          isReleased = true
          release()
        },
      }
    },
  }
}
