import type {JobProblem, Progress, Report} from './wire.ts'

/** A reindex as its event stream tells it. */
export class FollowedJob {
  readonly id: string
  progress: Progress | null = null
  report: Report | null = null
  problem: JobProblem | null = null
  hasEnded = false
  readonly #changed: () => void
  readonly #lost: () => void
  #source: EventSource | null = null

  /**
   * @param changed called after each event
   * @param lost called when the stream cannot be read any more, as when the session has ended
   */
  constructor(id: string, changed: () => void, lost: () => void) {
    this.id = id
    this.#changed = changed
    this.#lost = lost
    this.#follow()
  }

  #follow(): void {
    const source = new EventSource(`/api/admin/reindex/${encodeURIComponent(this.id)}/events`)
    this.#source = source
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
        if (source.readyState === EventSource.CLOSED) this.#lost()
        return
      }
      const {report = null, ...problem} = JSON.parse(data) as JobProblem & {report?: Report}
      this.problem = problem
      this.report = report
      this.#end()
    })
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
