import type {SpawnedIngest} from '../ingestion/index.ts'
import type {Assistant} from './assistant.ts'
import type {ServerGaps} from './gap-service.ts'
import type {IngestRequest} from './parts.ts'

/** The ingests that run for this server, to be ended with it. Their reports say which gaps they closed. */
export function ingestsOf(assistant: Assistant, gaps: ServerGaps) {
  const running = new Set<SpawnedIngest>()
  return {
    start(given: IngestRequest) {
      const ingest = assistant.ingest(given)
      running.add(ingest)
      const forget = () => running.delete(ingest)
      ingest.report.then(forget, forget)
      const report = ingest.report.then((done) => gaps.reported(done))
      report.catch(() => undefined)
      return {...ingest, report}
    },
    kill() {
      for (const ingest of running) ingest.kill()
    },
  }
}
