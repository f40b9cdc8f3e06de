import type {explainSites as explain} from './explain-site.ts'
import type {ingest as run} from './ingest.ts'

export {activateBuild} from './activate-build.ts'
export {embedderKeyOf, openEmbedderProcess} from './embedder-process.ts'
export type {SiteExplanation} from './explain-site.ts'
export type {IngestOptions} from './ingest-options.ts'
export type {IngestProgress, IngestReport, Stage} from './ingest-report.ts'
export {type SpawnedIngest, spawnIngest} from './spawn-ingest.ts'
export {summaryOf} from './summary.ts'
export {contentChanges} from './watch-content.ts'

/** See ingest.ts, which is loaded by the first call: a server ingests in another process and never needs the parser. */
export const ingest: typeof run = async (options, callbacks) =>
  (await import('./ingest.ts')).ingest(options, callbacks)

/** See explain-site.ts, which is loaded by the first call. */
export const explainSites: typeof explain = async (sources, options) =>
  (await import('./explain-site.ts')).explainSites(sources, options)
