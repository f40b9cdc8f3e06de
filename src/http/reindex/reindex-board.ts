import type {ReindexJob, ToldJob} from './reindexing.ts'

/** A job of another server, without its events. */
export interface ListedJob {
  readonly job: ReindexJob
  readonly hasEnded: boolean
}

/** By which servers tell each other of their reindexes. */
export interface ReindexBoard {
  /** Tells others how a job of this server stands, soon. What cannot be told is told with the next change. */
  tell(told: ToldJob): void
  /** The last jobs of other servers, newest first. Those of a server that died have failed. @throws DocentError `storage`. */
  list(): Promise<readonly ListedJob[]>
  /** A job of another server; null for none. @throws DocentError `storage`. */
  get(jobId: string): Promise<ToldJob | null>
  /** Asks the server of a job to cancel it. @throws DocentError `storage`. */
  cancel(jobId: string): Promise<void>
  /** Calls the listener with jobs of this server that others want cancelled. Returns a function that removes it. */
  onCancel(listener: (jobId: string) => void): () => void
  /** Tells what is still to be told. Never rejects. Idempotent. */
  close(): Promise<void>
}
