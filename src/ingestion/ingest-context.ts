import type {Embedder} from '../embedding/index.ts'
import type {BuildStore} from '../search-index/index.ts'
import type {IngestOptions} from './ingest-options.ts'
import type {IngestProgress, Stage} from './ingest-report.ts'

/** What the stages of one ingest share: its options, where builds are kept, its clock, what it counts, and the model once it is needed. */
export class IngestContext {
  readonly options: IngestOptions
  readonly builds: BuildStore
  readonly signal: AbortSignal | undefined
  /** Milliseconds by stage, so far. */
  readonly stages: Partial<Record<Stage, number>> = {}
  /** Passages stored, and sent through the model. */
  passages = 0
  embedded = 0
  readonly #onProgress: (progress: IngestProgress) => void
  readonly #started = performance.now()
  #embedderComing: Promise<Embedder> | null = null

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

  /** Opened by the first who asks. */
  embedder(): Promise<Embedder> {
    this.#embedderComing ??= this.options.embedder()
    return this.#embedderComing
  }

  /** Does the work of a stage, told and timed. @throws the signal's reason when it is aborted already. */
  async stage<T>(stage: Stage, work: () => Promise<T>): Promise<T> {
    this.signal?.throwIfAborted()
    this.tell(stage, 0, 0)
    const started = performance.now()
    try {
      return await work()
    } finally {
      this.stages[stage] = Math.round(performance.now() - started)
    }
  }

  tell(stage: Stage, done: number, total: number): void {
    this.#onProgress({stage, done, total, passages: this.passages, embedded: this.embedded})
  }

  tookMs(): number {
    return Math.round(performance.now() - this.#started)
  }

  /** The signal as most functions take it. */
  get signalOption(): {readonly signal?: AbortSignal} {
    return this.signal ? {signal: this.signal} : {}
  }
}
