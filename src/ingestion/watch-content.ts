import {basename, resolve} from 'node:path'
import {watch} from 'chokidar'

export interface WatchOptions {
  readonly signal: AbortSignal
  /** The data folder, where every ingest writes: changes in it are ignored. */
  readonly dataDir: string
  /** Milliseconds without a change before a burst counts as over: editors and git write many files. Default 300. */
  readonly quietMs?: number
  /** Called when the folder can no longer be watched. */
  readonly onError?: (error: unknown) => void
}

/**
 * Yields once after each burst of changes below a folder, or several, until the signal aborts. Changes that happen while the consumer
 * works are collected for the next yield.
 */
export async function* contentChanges(
  content: string | readonly string[],
  {signal, dataDir, quietMs = 300, onError = () => {}}: WatchOptions,
): AsyncGenerator<{readonly paths: ReadonlySet<string>}> {
  let changed = new Set<string>()
  let wake: () => void = () => {}
  const data = resolve(dataDir)
  const folders = typeof content === 'string' ? [content] : [...content]
  const watcher = watch(folders, {
    ignoreInitial: true,
    ignored: (path) =>
      (resolve(path) === data && !folders.some((folder) => resolve(folder) === data)) ||
      (/^(?:\..+|node_modules)$/.test(basename(path)) &&
        !folders.includes(path) &&
        !path.endsWith('.vitepress')),
  })
  watcher.on('all', (_event, path) => {
    changed.add(path)
    wake()
  })
  watcher.on('error', onError)
  const onAbort = (): void => wake()
  signal.addEventListener('abort', onAbort)
  try {
    while (!signal.aborted) {
      if (changed.size === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
        continue
      }
      const seen = changed.size
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, quietMs)
        wake = () => {
          if (!signal.aborted) return
          clearTimeout(timer)
          resolve()
        }
      })
      // Files are still changing.
      if (changed.size !== seen || signal.aborted) continue
      const paths = changed
      changed = new Set()
      yield {paths}
    }
  } finally {
    signal.removeEventListener('abort', onAbort)
    await watcher.close()
  }
}
