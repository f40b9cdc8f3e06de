import {BoundedMemory} from '../domain/bounded-memory.ts'
import {DocentError} from '../domain/index.ts'
import type {IndexBuild} from '../index/build.ts'
import {ChildFailure, type ChildPool, openChildPool} from '../ingestion/child-pool.ts'
import type {DocsSetup, DocsTask, DocsView} from './docs-child.ts'
import type {Log} from './log.ts'
import type {Packed} from './packed.ts'

export interface DocsRendererOptions extends DocsSetup {
  readonly log: Log
  /** Processor time for laying out a page, in milliseconds. Default by its length. */
  readonly cpuMs?: number
  /** What is kept, in bytes as it is compressed, both ways. Default 32 MB; a usual page weighs 5 KB. */
  readonly keptBytes?: number
  /** The process ends when nothing was asked for this long, in milliseconds. Default 5 minutes. */
  readonly idleMs?: number
}

/** Makes what is shown of the ingested pages, in a process of its own, and keeps it. Close it once. */
export interface DocsRenderer {
  /**
   * One making serves all who ask meanwhile. A page that takes too much is given as it is written.
   * @throws DocentError `rate_limited` when too many wait already, `shutting_down` once closed, `internal` when it
   * cannot be made.
   */
  view(build: IndexBuild, view: DocsView): Promise<Packed>
  /** Ends the process. */
  close(): void
}

/** Made or waiting at the same time: a second or two of work. */
const maxPending = 64
/** Of processor time, for what needs no laying out. */
const easyMs = 10_000

/** Usual pages need 1 to 20 s a million characters, and a fresh process its time to warm up. */
function cpuLimitOf(length: number): number {
  return 5_000 + Math.round(length * 0.02)
}

/** By the clock, for what waits and does nothing. */
function wallLimitOf(cpuMs: number): number {
  return 20 * Math.max(easyMs, cpuMs)
}

/** The process starts with the first page that is asked for, and again after a pause or a crash. */
export function openDocsRenderer(options: DocsRendererOptions): DocsRenderer {
  const {imageHosts, log, keptBytes = 32 * 1024 * 1024, idleMs = 5 * 60_000} = options
  const kept = new BoundedMemory<string, Packed>(keptBytes, ({br, gzip}) => br.length + gzip.length)
  const pending = new Map<string, Promise<Packed>>()
  /** Pages of one build that are not laid out a second time. */
  let tooMuch: {readonly build: string; readonly pages: Set<number>} = {build: '', pages: new Set()}
  let pool: ChildPool<DocsTask, Packed> | null = null
  let idle: NodeJS.Timeout | undefined
  let isClosed = false

  async function run(task: DocsTask, cpuMs: number): Promise<Packed> {
    pool ??= openChildPool({
      entry: new URL('./docs-child.ts', import.meta.url),
      setup: {imageHosts} satisfies DocsSetup,
      size: 1,
    })
    const {tag, br, gzip} = await pool.run(task, {cpuMs, wallMs: wallLimitOf(cpuMs)})
    return {tag, br: ownCopy(br), gzip: ownCopy(gzip)}
  }

  /** @throws ChildFailure */
  async function pageOf(build: IndexBuild, pageId: number): Promise<Packed> {
    const {id} = build.manifest
    if (tooMuch.build !== id) tooMuch = {build: id, pages: new Set()}
    const task = (kind: 'page' | 'plain'): DocsTask => ({folder: build.folder, view: {kind, pageId}})
    if (!tooMuch.pages.has(pageId)) {
      const cpuMs = options.cpuMs ?? cpuLimitOf(build.markdownOf(pageId)?.length ?? 0)
      const {pages} = tooMuch
      try {
        return await run(task('page'), cpuMs).catch((error: unknown) => {
          // A machine that is short of memory ends processes: another one may live.
          if (!isFailure(error, 'died') || isClosed) throw error
          return run(task('page'), cpuMs)
        })
      } catch (error) {
        if (!(error instanceof ChildFailure) || error.kind === 'start' || isClosed) throw error
        log.warn(
          {page: build.pageById(pageId)?.path, reason: error.message},
          'a page is shown as it is written',
        )
        pages.add(pageId)
      }
    }
    return run(task('plain'), easyMs)
  }

  async function made(build: IndexBuild, view: DocsView): Promise<Packed> {
    try {
      if (view.kind === 'page') return await pageOf(build, view.pageId)
      return await run({folder: build.folder, view}, easyMs)
    } catch (error) {
      if (isClosed) throw new DocentError('shutting_down', 'The server is stopping.')
      throw error
    }
  }

  function closePool(): void {
    pool?.close()
    pool = null
  }

  return {
    async view(build, view) {
      const key = `${build.manifest.id} ${view.kind} ${view.kind === 'list' ? '' : view.pageId}`
      const before = kept.get(key) ?? pending.get(key)
      if (before !== undefined) return before
      if (isClosed) throw new DocentError('shutting_down', 'The server is stopping.')
      if (pending.size >= maxPending) {
        throw new DocentError('rate_limited', 'Many pages are being prepared. Please wait a moment.', {
          retryAfterMs: 2_000,
        })
      }
      clearTimeout(idle)
      const making = made(build, view)
        .then((packed) => {
          kept.set(key, packed)
          return packed
        })
        .finally(() => {
          pending.delete(key)
          if (pending.size === 0 && !isClosed) idle = setTimeout(closePool, idleMs).unref()
        })
      pending.set(key, making)
      return making
    },
    close() {
      isClosed = true
      clearTimeout(idle)
      closePool()
    },
  }
}

function isFailure(error: unknown, kind: ChildFailure['kind']): boolean {
  return error instanceof ChildFailure && error.kind === kind
}

/** What comes from a process may be a view of more than it shows: kept, it would weigh more than it is counted. */
function ownCopy(bytes: Uint8Array): Buffer {
  return Buffer.from(new Uint8Array(bytes).buffer)
}
