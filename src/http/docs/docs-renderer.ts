import {rateLimited, shuttingDown} from '../../domain/index.ts'
import {TwoGenerationCache} from '../../lib/two-generation-cache.ts'
import {builtFile} from '../../package/index.ts'
import {ChildFailure, type ChildPool, openChildPool} from '../../processes/index.ts'
import type {IndexBuild} from '../../search-index/index.ts'
import {type CompressedText, compressText} from '../compressed-text.ts'
import type {Log} from '../log.ts'
import type {DocsSetup, DocsTarget, DocsTask} from './docs-child.ts'
import {unrenderedText} from './docs-text.ts'

export interface DocsRendererOptions extends DocsSetup {
  readonly log: Log
  /** CPU time for rendering a page, in milliseconds. The default depends on its length. */
  readonly cpuMs?: number
  /** Size of the cache in bytes of compressed text, both encodings. Default 32 MB; a usual page takes 5 KB. */
  readonly maxCacheBytes?: number
  /** Maximum wait for a free process, in milliseconds. Default 2 seconds. */
  readonly maxQueueMs?: number
  /** The processes end after this long without a request, in milliseconds. Default 5 minutes. */
  readonly idleMs?: number
}

/** A page as it is sent. */
export interface DocsPage extends CompressedText {
  /** Shows the Markdown source because no process was free: must not be cached. */
  readonly isStandIn?: true
}

/** Renders the ingested pages in child processes and caches them. Close it once. */
export interface DocsRenderer {
  /**
   * Concurrent requests for one view share one rendering. A page that takes too much time or memory is shown as its
   * Markdown source, and so is one that is requested while other pages keep all processes busy.
   * @throws DocentError `rate_limited` if too many are waiting already, `shutting_down` once closed, `internal` if it
   * cannot be rendered.
   */
  view(build: IndexBuild, target: DocsTarget): Promise<DocsPage>
  /** Ends the processes. */
  close(): void
}

/** The second is started when the first is busy, so one heavy page delays nobody. Each has a heap of at most 512 MB. */
const processes = 2
/** Maximum number of pages being rendered or waiting: a second or two of work. */
const maxPending = 64
/** CPU time for what needs no rendering. */
const unrenderedCpuMs = 10_000

/** Usual pages need 1 to 20 s per million characters, and a new process needs time to warm up. */
function cpuLimitOf(length: number): number {
  return 5_000 + Math.round(length * 0.02)
}

/** Wall-clock limit, for a process that hangs without using CPU time. */
function wallLimitOf(cpuMs: number): number {
  return 20 * Math.max(unrenderedCpuMs, cpuMs)
}

/** Processes start with the first page that is requested, and again after an idle period or a crash. */
export function openDocsRenderer(options: DocsRendererOptions): DocsRenderer {
  const {imageHosts, hasAssistant, log} = options
  const {maxCacheBytes = 32 * 1024 * 1024, maxQueueMs = 2_000, idleMs = 5 * 60_000} = options
  const cache = new TwoGenerationCache<string, CompressedText>(
    maxCacheBytes,
    ({br, gzip}) => br.length + gzip.length,
  )
  const pending = new Map<string, Promise<DocsPage>>()
  /** Pages of one build that could not be rendered and are not tried again. */
  let unrenderable: {readonly build: string; readonly pages: Set<number>} = {build: '', pages: new Set()}
  let pool: ChildPool<DocsTask, CompressedText> | null = null
  /** One stand-in is made at a time: a page may be megabytes long. */
  let lastStandIn: Promise<unknown> = Promise.resolve()
  let idle: NodeJS.Timeout | undefined
  let isClosed = false

  async function run(task: DocsTask, cpuMs: number): Promise<CompressedText> {
    pool ??= openChildPool({
      entry: builtFile('docs-child.js'),
      setup: {imageHosts, hasAssistant} satisfies DocsSetup,
      size: processes,
    })
    const {tag, br, gzip} = await pool.run(task, {cpuMs, wallMs: wallLimitOf(cpuMs), queueMs: maxQueueMs})
    return {tag, br: ownCopy(br), gzip: ownCopy(gzip)}
  }

  /** @throws ChildFailure */
  async function pageOf(build: IndexBuild, pageId: number): Promise<CompressedText> {
    const {id} = build.manifest
    if (unrenderable.build !== id) unrenderable = {build: id, pages: new Set()}
    const task = (kind: 'page' | 'plain'): DocsTask => taskOf(build, {kind, pageId})
    if (!unrenderable.pages.has(pageId)) {
      const cpuMs = options.cpuMs ?? cpuLimitOf(build.markdownOf(pageId)?.length ?? 0)
      const {pages} = unrenderable
      try {
        return await run(task('page'), cpuMs).catch((error: unknown) => {
          // A machine that is short of memory kills processes: another one may survive.
          if (!isFailure(error, 'died') || isClosed) throw error
          return run(task('page'), cpuMs)
        })
      } catch (error) {
        const isPageTooHeavy =
          error instanceof ChildFailure && error.kind !== 'start' && error.kind !== 'busy'
        if (!isPageTooHeavy || isClosed) throw error
        log.warn(
          {page: build.pageById(pageId)?.path, reason: error.message},
          'a page is shown as its Markdown source',
        )
        pages.add(pageId)
      }
    }
    return run(task('plain'), unrenderedCpuMs)
  }

  function standIn(build: IndexBuild, target: DocsTarget): Promise<DocsPage> {
    const rendering = lastStandIn.then(async (): Promise<DocsPage> => {
      const view = {pages: build, sources: sourcesOf(build), hasAssistant}
      return {...(await compressText(unrenderedText(target, view, 'tooBusy'), 'quick')), isStandIn: true}
    })
    lastStandIn = rendering.catch(() => undefined)
    return rendering
  }

  async function render(build: IndexBuild, target: DocsTarget): Promise<DocsPage> {
    try {
      if (target.kind === 'page') return await pageOf(build, target.pageId)
      return await run(taskOf(build, target), unrenderedCpuMs)
    } catch (error) {
      if (isClosed) throw shuttingDown()
      if (isFailure(error, 'busy')) return standIn(build, target)
      throw error
    }
  }

  function closePool(): void {
    pool?.close()
    pool = null
  }

  return {
    async view(build, target) {
      const key = `${build.manifest.id} ${JSON.stringify(target)}`
      const known = cache.get(key) ?? pending.get(key)
      if (known !== undefined) return known
      if (isClosed) throw shuttingDown()
      if (pending.size >= maxPending) {
        throw rateLimited('all_pages', 'Too many pages are being rendered. Please try again in a moment.', {
          retryAfterMs: 2_000,
        })
      }
      clearTimeout(idle)
      const rendering = render(build, target)
        .then((page) => {
          if (!page.isStandIn) cache.set(key, page)
          return page
        })
        .finally(() => {
          pending.delete(key)
          if (pending.size === 0 && !isClosed) idle = setTimeout(closePool, idleMs).unref()
        })
      pending.set(key, rendering)
      return rendering
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

/** A buffer from a process may be a view of a larger one. Cached, it would take more memory than is counted for it. */
function ownCopy(bytes: Uint8Array): Buffer {
  return Buffer.from(new Uint8Array(bytes).buffer)
}

function taskOf(build: IndexBuild, target: DocsTarget): DocsTask {
  return {folder: build.folder, target, sources: sourcesOf(build)}
}

/** The names of a build's sources if it has several. */
export function sourcesOf({manifest}: IndexBuild): readonly string[] {
  const sources = manifest.summary?.sources ?? []
  return sources.length > 1 ? sources.flatMap(({name}) => name ?? []) : []
}
