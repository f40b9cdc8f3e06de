import type {JobProblem, Progress, Report} from './wire.ts'

/** A reindex as its event stream tells it. */
export class FollowedJob {
  readonly id: string
  progress: Progress | null = null
  report: Report | null = null
  problem: JobProblem | null = null
  hasEnded = false
  /** Whether the connection is lost. The browser tries again by itself, unless the stream `isClosed`. */
  isLost = false
  readonly #changed: () => void
  #source: EventSource | null = null

  /** @param changed called after each event, and when the connection is lost or there again */
  constructor(id: string, changed: () => void) {
    this.id = id
    this.#changed = changed
    this.#follow()
  }

  #follow(): void {
    const source = new EventSource(`/api/admin/reindex/${encodeURIComponent(this.id)}/events`)
    this.#source = source
    source.addEventListener('open', () => {
      this.isLost = false
      this.#changed()
    })
    source.addEventListener('progress', ({data}: MessageEvent<string>) => {
      this.progress = (JSON.parse(data) as {progress: Progress}).progress
      this.#changed()
    })
    source.addEventListener('done', ({data}: MessageEvent<string>) => {
      this.report = (JSON.parse(data) as {report: Report}).report
      this.#end()
    })
    // A failed ingest is an event of this name, and so is a broken connection, which has no data.
    source.addEventListener('error', (event: Event) => {
      const {data} = event as MessageEvent<string | undefined>
      if (data === undefined) {
        this.isLost = true
        this.#changed()
        return
      }
      const {report = null, ...problem} = JSON.parse(data) as JobProblem & {report?: Report}
      this.problem = problem
      this.report = report
      this.#end()
    })
  }

  /** Whether nothing more comes, as when the session has ended, or the server does not know the job any more. */
  get isClosed(): boolean {
    return this.#source === null || this.#source.readyState === EventSource.CLOSED
  }

  #end(): void {
    this.hasEnded = true
    this.close()
    this.#changed()
  }

  close(): void {
    this.#source?.close()
    this.#source = null
  }
}
