import type {Embedder} from '../embedding/index.ts'
import type {BuildStore} from '../search-index/index.ts'
import type {IngestOptions} from './ingest-options.ts'
import type {IngestProgress, Stage} from './ingest-report.ts'

/** What the stages of one ingest share: options, build store, clock, counters, and the model once it is needed. */
export class IngestContext {
  readonly options: IngestOptions
  readonly builds: BuildStore
  readonly signal: AbortSignal | undefined
  /** Duration of each finished stage, in milliseconds. */
  readonly stages: Partial<Record<Stage, number>> = {}
  /** Passages stored, and passages embedded by the model. */
  passages = 0
  embedded = 0
  readonly #onProgress: (progress: IngestProgress) => void
  readonly #started = performance.now()
  #embedderPromise: Promise<Embedder> | null = null

  constructor(
    options: IngestOptions,
    builds: BuildStore,
    signal: AbortSignal | undefined,
    onProgress: (progress: IngestProgress) => void,
  ) {
    this.options = options
    this.builds = builds
    this.signal = signal
    this.#onProgress = onProgress
  }

  /** Opens the model with the first call. */
  embedder(): Promise<Embedder> {
    this.#embedderPromise ??= this.options.embedder()
    return this.#embedderPromise
  }

  /** Runs a stage, reports its beginning and measures its duration. @throws the signal's reason when already aborted. */
  async stage<T>(stage: Stage, work: () => T | Promise<T>): Promise<T> {
    this.signal?.throwIfAborted()
    this.reportProgress(stage, 0, 0)
    const started = performance.now()
    try {
      return await work()
    } finally {
      this.stages[stage] = Math.round(performance.now() - started)
    }
  }

  reportProgress(stage: Stage, done: number, total: number): void {
    this.#onProgress({stage, done, total, passages: this.passages, embedded: this.embedded})
  }

  elapsedMs(): number {
    return Math.round(performance.now() - this.#started)
  }

  /** The signal as an options object, the form that most functions accept. */
  get signalOption(): {readonly signal?: AbortSignal} {
    return this.signal ? {signal: this.signal} : {}
  }
}
