import type {IndexBuild, Manifest} from './build.ts'
import type {BuildRecords} from './build-records.ts'
import type {BuildWriter} from './build-writer.ts'

/**
 * Where builds are kept, and which of them is current. Everything that is published or activated is seen by every
 * process that uses the same store. A build itself is a set of files on this machine while it is made and while it is
 * open, and never changes once it is published; how a store keeps it in between is its own matter.
 */
export interface BuildStore {
  /** Id of the build that is to be served; null when there is none. @throws DocentError `storage`. */
  currentId(): Promise<string | null>

  /** The builds kept, newest first. Only manifests are read. */
  list(): Promise<ListedBuild[]>

  /**
   * Opens a build to search in it. It can be used until it is closed, whatever becomes of it here.
   * @throws DocentError `not_found` for what is no id, `index_damaged` for what cannot be used; the signal's reason.
   */
  open(id: string, options?: OpenOptions): Promise<IndexBuild>

  /** Opens a build for the next one to start from; null for one that is damaged, of a format that is not read, or not there. */
  openBase(id: string): Promise<BaseBuild | null>

  /** Checks a kept build and makes it current. @throws DocentError `not_found`, `index_damaged`: the current one stays. */
  activate(id: string): Promise<Manifest>

  /**
   * Takes the sole right to begin, publish, activate and prune, over all processes, and removes what its last holder
   * left unfinished. A holder that dies loses it.
   * @throws DocentError `locked` at once when somebody has it, naming them in `details`.
   */
  lock(): Promise<BuildLock>

  /** Starts a build. Nothing of it is seen by others before `publish`. */
  begin(options: BeginOptions): Promise<BuildWriter>

  /**
   * Keeps a build that was begun here and finished, under this manifest, and makes it current. A crash at any point
   * leaves the current build as it was or the new one whole.
   */
  publish(id: string, manifest: Manifest): Promise<void>

  /**
   * Removes the oldest builds beyond `keep`, never the current one. At least 2 are kept, so that a process that has not
   * yet seen the newest finds its own. Returns the ids removed.
   */
  prune(keep: number): Promise<string[]>

  /**
   * Calls when another build may have become current, in this process or another. A hint that may be lost: look at
   * `currentId` now and then as well. Returns the way to stop.
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

/** A sound build that the next one can start from. Close its records once. */
export interface BaseBuild {
  readonly manifest: Manifest
  readonly records: BuildRecords
  /** Where its files are on this machine. */
  readonly folder: string
  /** False makes the graph anew from the vectors. */
  readonly hnswIsSound: boolean
}

export interface BeginOptions {
  readonly embedding: Manifest['embedding']
  readonly chunker: string
  /** The build to edit, of the present format, made with the same embedder and chunker; null to start empty. */
  readonly base: BaseBuild | null
  /** A guess, for a new build: it decides how carefully the graph is built. Default 0. */
  readonly expectedPassages?: number
  /** Milliseconds since the epoch; default now. */
  readonly now?: number
}

/** Held while builds are being changed. Release exactly once. */
export interface BuildLock {
  release(): Promise<void>
}
