import type {Embedder} from '../embedding/index.ts'
import type {IndexBuild} from '../search-index/index.ts'
import type {IngestProgress} from './ingest-report.ts'
import type {ParseSetup} from './parse-task.ts'
import type {PageParser} from './parser-pool.ts'

export interface IngestOptions {
  readonly content: string
  readonly dataDir: string
  /** Opened when it is first needed; closed by the caller. */
  readonly embedder: () => Promise<Embedder>
  /**
   * Names the model without loading it, as `embedderKeyOf` does: while it is the one that the current build was
   * made with, the model is loaded only when there is something to embed. Null or absent: always loaded.
   */
  readonly embedderKey?: string | null
  /** Parses and embeds everything again. Default false. */
  readonly full?: boolean
  /** Publishes though a gate says no. Default false. */
  readonly force?: boolean
  /** Finds out what would change, and writes nothing. Default false. */
  readonly dryRun?: boolean
  /** Generator whose anchors and routes the site has, as `docusaurus`; null to find out. Default null. */
  readonly site?: string | null
  /** Default 30. */
  readonly maxShrinkPercent?: number
  /** Default 3, at least 2. */
  readonly keepBuilds?: number
  /** What reads pages; default a pool of processes that are killed when a page takes too much. */
  readonly openParser?: (setup: ParseSetup) => PageParser
  /** Fits the abstention of the new build; its result goes into the manifest. Default: the retriever's. */
  readonly calibrate?: (
    build: IndexBuild,
    embedder: Embedder,
    options: {readonly signal?: AbortSignal},
  ) => Promise<unknown>
}

export interface IngestCallbacks {
  readonly onProgress?: (progress: IngestProgress) => void
  /** Ends the ingest between two steps; what was begun is removed, and the current build stays. */
  readonly signal?: AbortSignal
}
