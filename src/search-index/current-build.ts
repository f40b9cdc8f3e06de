import {type FSWatcher, watch} from 'node:fs'
import {DocentError} from '../domain/index.ts'
import {isNotInstalled, makePrivateFolder} from '../native/index.ts'
import {howToRun} from '../package/index.ts'
import type {BuildLease, CurrentBuild, IndexBuild} from './build.ts'
import {buildFolder, buildIds, currentBuildId} from './build-store.ts'
import {openBuild} from './open-build.ts'

export interface CurrentBuildOptions {
  /** CURRENT is also looked at this often, for file systems that tell nothing. Default 1000. */
  readonly pollMs?: number
}

/** The current build, followed. Close it once; leases still out keep their build open until released. */
export interface OpenCurrentBuild extends CurrentBuild {
  /** Why the build that CURRENT names is not the one served, or is degraded; null when all is well. */
  readonly problem: string | null
  /** Looks at CURRENT now; resolves when the build it names is served or refused. */
  refresh(): Promise<void>
  /** Called after each swap and each refusal. Gives the way to stop it. */
  onChange(listener: (change: BuildChange) => void): () => void
  close(): Promise<void>
}

export interface BuildChange {
  readonly id: string | null
  readonly problem: string | null
}

/**
 * Opens the build that CURRENT names and follows it: when another is published it is opened and verified
 * beside, then takes over in one assignment. One that is damaged is refused, and the one before stays; at the
 * start the newest sound one is served instead. `problem` says so.
 */
export async function openCurrentBuild(
  dataDir: string,
  {pollMs = 1_000}: CurrentBuildOptions = {},
): Promise<OpenCurrentBuild> {
  makePrivateFolder(dataDir)
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
    const id = await currentBuildId(dataDir)
    if (id === seen && (id !== null || served === null)) return
    seen = id
    // Without CURRENT the one served goes on: somebody is moving folders about.
    if (id === null) return
    if (served?.build.manifest.id === id) {
      problem = served.build.degraded
    } else {
      try {
        const build = await openBuild(buildFolder(dataDir, id), {signal: closing.signal})
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
    for (const id of await buildIds(dataDir)) {
      if (id >= refused) continue
      try {
        serve(await openBuild(buildFolder(dataDir, id), {signal: closing.signal}))
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
      problem = `CURRENT cannot be read: ${(error as Error).message}`
      seen = null
    })
  }

  await refresh()

  let watcher: FSWatcher | null = null
  try {
    watcher = watch(dataDir, {persistent: false}, (_event, name) => {
      if (name === null || name === 'CURRENT') refreshQuietly()
    })
    // No more watches to be had, or the folder is gone: polling goes on.
    watcher.on('error', () => watcher?.close())
  } catch {
    // Some file systems cannot be watched; polling does.
  }
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
      watcher?.close()
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
