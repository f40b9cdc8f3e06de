import type {ContentSource} from '../domain/index.ts'
import type {Embedder} from '../embedding/index.ts'
import type {BuildsDatabase, IndexBuild} from '../search-index/index.ts'
import type {GitTokens} from '../settings/index.ts'
import type {IngestProgress} from './ingest-report.ts'
import type {ParseSetup} from './parse-task.ts'
import type {PageParser} from './parser-pool.ts'

export interface IngestOptions {
  /** A folder, or sources with names of their own if there are several. */
  readonly content: string | readonly ContentSource[]
  /** Secrets for repositories, by the name of their source. Default: none. */
  readonly gitTokens?: GitTokens
  readonly dataDir: string
  /** Publishes for all servers of this database, and starts from their current build. Default null: in the data folder. */
  readonly database?: BuildsDatabase | null
  /** Opens the model. Called when it is first needed; the caller closes it. */
  readonly embedder: () => Promise<Embedder>
  /**
   * Identifies the model without loading it, as `embedderKeyOf` does. If the current build was made with the same model,
   * it is loaded only when a build is made. Null or absent: it is always loaded.
   */
  readonly embedderKey?: string | null
  /** Parses and embeds everything again. Default false. */
  readonly full?: boolean
  /** Publishes even if a gate refuses the build. Default false. */
  readonly force?: boolean
  /** Reports what would change and writes nothing. Default false. */
  readonly dryRun?: boolean
  /** For a single folder: the generator whose anchors and routes the site has, such as `docusaurus`; null detects it. Default null. */
  readonly site?: string | null
  /** Default 30. */
  readonly maxShrinkPercent?: number
  /** Default 3, at least 2. */
  readonly keepBuilds?: number
  /** Opens the page parser. Default: a pool of processes that are killed when a page takes too much time or memory. */
  readonly openParser?: (setup: ParseSetup) => PageParser
  /** Fits the abstention of the new build; the result is stored in the manifest. Default: the retriever's. */
  readonly calibrate?: (
    build: IndexBuild,
    embedder: Embedder,
    options: {readonly signal?: AbortSignal},
  ) => Promise<unknown>
}

export interface IngestCallbacks {
  readonly onProgress?: (progress: IngestProgress) => void
  /** Stops the ingest between two steps; the unfinished build is removed and the current one stays. */
  readonly signal?: AbortSignal
}
