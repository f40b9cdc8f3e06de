import {DocentError} from '../../domain/index.ts'
import {TwoGenerationCache} from '../../lib/two-generation-cache.ts'
import {builtFile} from '../../package/index.ts'
import {ChildFailure, type ChildPool, openChildPool} from '../../processes/index.ts'
import type {IndexBuild} from '../../search-index/index.ts'
import type {Log} from '../log.ts'
import {type Packed, pack} from '../packed.ts'
import type {DocsSetup, DocsTask, DocsView} from './docs-child.ts'
import {easyText} from './docs-text.ts'

export interface DocsRendererOptions extends DocsSetup {
  readonly log: Log
  /** Processor time for laying out a page, in milliseconds. Default by its length. */
  readonly cpuMs?: number
  /** What is kept, in bytes as it is compressed, both ways. Default 32 MB; a usual page weighs 5 KB. */
  readonly keptBytes?: number
  /** Longest wait for a process while all lay out other pages, in milliseconds. Default 2 seconds. */
  readonly busyMs?: number
  /** The processes end when nothing was asked for this long, in milliseconds. Default 5 minutes. */
  readonly idleMs?: number
}

/** A page as it is sent. */
export interface DocsPage extends Packed {
  /** As it is written, since nothing was free to lay it out: not to be kept. */
  readonly isStandIn?: true
}

/** Makes what is shown of the ingested pages, in processes of their own, and keeps it. Close it once. */
export interface DocsRenderer {
  /**
   * One making serves all who ask meanwhile. A page that takes too much is given as it is written, and so is
   * one that comes while other pages keep all processes.
   * @throws DocentError `rate_limited` when too many wait already, `shutting_down` once closed, `internal` when it
   * cannot be made.
   */
  view(build: IndexBuild, view: DocsView): Promise<DocsPage>
  /** Ends the processes. */
  close(): void
}

/** The second is started when the first is busy: one heavy page holds up nobody. Each has a heap of 512 MB at most. */
const processes = 2
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

/** Processes start with the first page that is asked for, and again after a pause or a crash. */
export function openDocsRenderer(options: DocsRendererOptions): DocsRenderer {
  const {imageHosts, log, keptBytes = 32 * 1024 * 1024, busyMs = 2_000, idleMs = 5 * 60_000} = options
  const kept = new TwoGenerationCache<string, Packed>(keptBytes, ({br, gzip}) => br.length + gzip.length)
  const pending = new Map<string, Promise<DocsPage>>()
  /** Pages of one build that are not laid out a second time. */
  let tooMuch: {readonly build: string; readonly pages: Set<number>} = {build: '', pages: new Set()}
  let pool: ChildPool<DocsTask, Packed> | null = null
  /** One stand-in is made at a time: a page may have megabytes. */
  let lastStandIn: Promise<unknown> = Promise.resolve()
  let idle: NodeJS.Timeout | undefined
  let isClosed = false

  async function run(task: DocsTask, cpuMs: number): Promise<Packed> {
    pool ??= openChildPool({
      entry: builtFile('docs-child.js'),
      setup: {imageHosts} satisfies DocsSetup,
      size: processes,
    })
    const {tag, br, gzip} = await pool.run(task, {cpuMs, wallMs: wallLimitOf(cpuMs), queueMs: busyMs})
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
        const isOfPage = error instanceof ChildFailure && error.kind !== 'start' && error.kind !== 'busy'
        if (!isOfPage || isClosed) throw error
        log.warn(
          {page: build.pageById(pageId)?.path, reason: error.message},
          'a page is shown as it is written',
        )
        pages.add(pageId)
      }
    }
    return run(task('plain'), easyMs)
  }

  function standIn(build: IndexBuild, view: DocsView): Promise<DocsPage> {
    const making = lastStandIn.then(async (): Promise<DocsPage> => {
      return {...(await pack(easyText(view, build), 'quick')), isStandIn: true}
    })
    lastStandIn = making.catch(() => undefined)
    return making
  }

  async function made(build: IndexBuild, view: DocsView): Promise<DocsPage> {
    try {
      if (view.kind === 'page') return await pageOf(build, view.pageId)
      return await run({folder: build.folder, view}, easyMs)
    } catch (error) {
      if (isClosed) throw new DocentError('shutting_down', 'The server is stopping.')
      if (isFailure(error, 'busy')) return standIn(build, view)
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
        .then((page) => {
          if (!page.isStandIn) kept.set(key, page)
          return page
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
