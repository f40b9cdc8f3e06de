import type {IndexBuild, Manifest} from './build.ts'
import type {BuildRecords} from './build-records.ts'
import type {BuildWriter} from './build-writer.ts'

/**
 * Stores builds and knows which one is current. What is published or activated is visible to every process that uses the
 * same store. A build is a set of files on this machine while it is made and while it is open, and never changes once it
 * is published; how a store keeps it in between is its own choice.
 */
export interface BuildStore {
  /** Id of the current build; null when there is none. @throws DocentError `storage`. */
  currentId(): Promise<string | null>

  /** The builds kept, newest first. Only manifests are read. */
  list(): Promise<ListedBuild[]>

  /**
   * Opens a build for searching. It can be used until it is closed, also when the store removes it.
   * @throws DocentError `not_found` for what is not an id, `index_damaged` for a build that cannot be used; the signal's
   * reason.
   */
  open(id: string, options?: OpenOptions): Promise<IndexBuild>

  /** Opens a build as the base of the next one; null for one that is damaged, missing, or of an unreadable format. */
  openBase(id: string): Promise<BaseBuild | null>

  /** Verifies a build and makes it current. @throws DocentError `not_found`, `index_damaged`: the current one stays. */
  activate(id: string): Promise<Manifest>

  /**
   * Takes the exclusive right to begin, publish, activate, prune and remove, across all processes, and removes what its last
   * holder left unfinished. It is released when its holder dies.
   * @throws DocentError `locked` at once when another process has it, with its holder in `details`.
   */
  lock(): Promise<BuildLock>

  /** Starts a build. Others do not see it before `publish`. */
  begin(options: BeginOptions): Promise<BuildWriter>

  /**
   * Stores a build that was begun here and finished, with this manifest, and makes it current. A crash at any point
   * leaves either the current build as it was or the new one complete.
   * @param report what made it, for people; stored as JSON. Default: none.
   */
  publish(id: string, manifest: Manifest, report?: object): Promise<void>

  /** The report that a build was published with, as JSON; null where none is kept. @throws DocentError `not_found` for what is not an id. */
  report(id: string): Promise<string | null>

  /**
   * Removes the oldest builds beyond `keep`, never the current one. At least 2 are kept, so that a process that has not
   * yet seen the newest finds its own. Returns the ids removed.
   */
  prune(keep: number): Promise<string[]>

  /** Removes a build that is not the current one. @throws DocentError `conflict` for the current one, `not_found` for what is not an id. */
  remove(id: string): Promise<void>

  /**
   * Calls `onHint` when another build may have become current, by this process or another. Hints may be lost: poll
   * `currentId` as well. Returns a function that stops watching.
   */
  watch(onHint: () => void): () => void
}

export interface OpenOptions {
  readonly signal?: AbortSignal
}

export interface ListedBuild {
  readonly id: string
  readonly isCurrent: boolean
  /** Null when the build cannot be used; then `problem` says why. */
  readonly manifest: Manifest | null
  readonly problem: string | null
}

/** A verified build that the next one can start from. Close its records once. */
export interface BaseBuild {
  readonly manifest: Manifest
  readonly records: BuildRecords
  /** Where its files are on this machine. */
  readonly folder: string
  /** Where false, the graph is rebuilt from the vectors. */
  readonly isHnswValid: boolean
}

export interface BeginOptions {
  readonly embedding: Manifest['embedding']
  readonly chunker: string
  /** The language of the site; that of `base` where there is one. Default null. */
  readonly defaultLanguage?: string | null
  /** The build to edit, of the current format, made with the same embedder and chunker; null to start empty. */
  readonly base: BaseBuild | null
  /** An estimate for a new build, which decides the parameters of the graph. Default 0. */
  readonly expectedPassages?: number
  /** Milliseconds since the epoch; default now. */
  readonly now?: number
}

/** Held while builds are changed. Release exactly once. */
export interface BuildLock {
  release(): Promise<void>
}
