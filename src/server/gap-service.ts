import {closedGaps, type GapKeeper, type Gaps, openGapKeeper} from '../gaps/index.ts'
import type {GapsService} from '../http/index.ts'
import type {IngestReport} from '../ingestion/index.ts'
import type {CurrentBuild} from '../search-index/index.ts'
import type {Settings} from '../settings/index.ts'
import type {Assistant} from './assistant.ts'
import {embeddingModelOf} from './embedding-model.ts'
import type {ServerOptions} from './options.ts'
import {storeFile} from './stores.ts'

export interface ServerGaps {
  /** Null where questions cannot be grouped. */
  readonly keeper: GapKeeper | null
  readonly service: GapsService
  /** The report of an ingest, with the gaps that its build closed. */
  reported(report: IngestReport): Promise<IngestReport>
}

interface GapParts {
  readonly store: Gaps
  readonly assistant: Assistant
  readonly usable: CurrentBuild
  readonly folderOf: (id: string) => Promise<string>
  readonly onGrouped: () => Promise<void>
}

/** So long the report of an ingest waits for what it closed. */
const closedWithinMs = 30_000

/** What the docs fail to answer: grouped at start if due, every hour, and when another build is served. */
export function gapsOf(
  {settings, log, parts = {}}: ServerOptions,
  {store, assistant: {transcripts, current}, usable, folderOf, onGrouped}: GapParts,
): ServerGaps {
  const canGroup = parts.transcripts === undefined && parts.embedder === undefined
  const {databaseUrl} = settings
  const keeper = canGroup
    ? openGapKeeper({
        store,
        files:
          databaseUrl === null
            ? {gaps: storeFile(settings, 'gaps'), transcripts: storeFile(settings, 'transcripts')}
            : null,
        model: {...embeddingModelOf(settings), databaseUrl},
        siteUrl: settings.siteUrl,
        // Without its files, as those of an application's own index, questions are grouped all the same.
        build: async () => (usable.id === null ? null : folderOf(usable.id).catch(() => null)),
        onGrouped,
        onProblem: (err) => log.error({err}, 'questions that the docs fail to answer cannot be grouped'),
      })
    : null
  current.onChange(({problem}) => {
    if (problem === null) keeper?.group()
  })
  const service: GapsService = {
    store,
    get isPending() {
      return keeper?.isPending ?? false
    },
    reason: whyNotGrouped(settings, canGroup),
    group: () => keeper?.group(),
  }
  return {
    keeper,
    service,
    async reported(report) {
      if (keeper === null || report.outcome !== 'published' || report.build === null) return report
      try {
        await keeper.settled(closedWithinMs)
        return {...report, gapsClosed: await closedGaps(store, transcripts, report.build)}
      } catch (err) {
        log.error({err}, 'it is not known which gaps a build has closed')
        return report
      }
    },
  }
}

function whyNotGrouped({transcripts}: Settings, canGroup: boolean): string | null {
  if (transcripts !== 'full')
    return `TRANSCRIPTS=${transcripts} keeps no question, so that there is nothing to group. Set TRANSCRIPTS=full to see what the docs fail to answer.`
  return canGroup
    ? null
    : 'This server has transcripts or an embedding model of its own: it groups no questions.'
}
