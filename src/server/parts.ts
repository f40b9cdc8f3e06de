import type {Embedder} from '../embedding/index.ts'
import type {ChosenGenerator} from '../generation/index.ts'
import type {LimitStore} from '../http/index.ts'
import type {SpawnedIngest} from '../ingestion/index.ts'
import type {DocsSearch, Retriever} from '../retrieval/index.ts'
import type {BuildStore, OpenCurrentBuild} from '../search-index/index.ts'
import type {StaffStore} from '../staff/index.ts'
import type {Transcripts} from '../transcripts/index.ts'
import type {VerifiedAnswers} from '../verified/index.ts'

export interface IngestRequest {
  readonly full: boolean
  readonly force?: boolean
}

/**
 * Parts that an application embedding Docent provides in place of those from the settings. The application opens them
 * before the server and closes them after it. The built-in parts are loaded only if they are used.
 */
export interface Parts {
  /** Writes the answers. Default: the generator of `GENERATOR`. */
  readonly generator?: ChosenGenerator
  /** Embeds questions. An index built with another model is not served. Default: the model of `EMBEDDING_MODEL`. */
  readonly embedder?: Embedder
  /** Finds sources, for answers and for search. Default: retrieval from the current build. */
  readonly retriever?: Retriever & DocsSearch
  /** Stores builds; staff list and activate these. `ingest` must be given with it. Default: the data folder. */
  readonly builds?: BuildStore
  /** The index that is served. Default: the current build of the store, and newer ones as they are published. */
  readonly current?: OpenCurrentBuild
  /** Journal and transcripts. Default: `transcripts.sqlite` in the data folder. */
  readonly transcripts?: Transcripts
  /** People of the staff, and the audit log. Default: `staff.sqlite` in the data folder. */
  readonly staff?: StaffStore
  /** Answers that staff wrote. Default: `verified.sqlite` in the data folder. */
  readonly verified?: VerifiedAnswers
  /** Creates the next build when staff request it. Default: an ingest of `CONTENT_DIR` in a child process. */
  readonly ingest?: (request: IngestRequest) => SpawnedIngest
  /** Counts what visitors use. Default: in memory. */
  readonly limitStore?: LimitStore
}
