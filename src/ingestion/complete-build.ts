import {DocentError} from '../domain/index.ts'
import {calibrate as calibrateRetrieval, isCurrentCalibration} from '../retrieval/index.ts'
import type {BaseBuild, BuildWriter, IndexBuild, Manifest} from '../search-index/index.ts'
import {removeGoneCheckouts} from '../sources/index.ts'
import {contentDetailsOf} from './content-details.ts'
import {askGoldenQuestions, goldenGate, shrinkGate} from './gates.ts'
import type {IngestContext} from './ingest-context.ts'
import {isOfEarlierVersion} from './ingest-plan.ts'
import type {IngestReport, PageChange} from './ingest-report.ts'
import {keptReport} from './kept-report.ts'
import type {ReportParts} from './make-report.ts'
import {countsOf} from './page-changes.ts'
import {placesOf, type SourceContent, sourcesOf} from './source-content.ts'
import {sourceGates} from './source-gates.ts'
import {askStaffQuestions} from './staff-questions.ts'
import {tuneBuild} from './tune-build.ts'
import {withTuning} from './tune-vector-search.ts'
import {verifyBuild} from './verify-build.ts'

/** Share of the passages that may change before the abstention is calibrated again. */
const maxCalibrationDrift = 0.05

export interface Completion {
  readonly writer: BuildWriter
  readonly content: SourceContent
  readonly changes: readonly PageChange[]
  /** Number of files that could not be read and keep no earlier text. */
  readonly failed: number
  /** Those of them that had a page in the previous build. */
  readonly lost: number
  /** The current build. */
  readonly current: BaseBuild | null
  readonly report: (outcome: IngestReport['outcome'], parts: ReportParts) => IngestReport
}

/**
 * Finishes the files of a build, opens it as a server would, verifies it, checks the gates, calibrates and publishes it.
 * @throws DocentError `gate_failed` with the report in `details.report`; `index_damaged`; the signal's reason.
 */
export async function completeBuild(context: IngestContext, completion: Completion): Promise<IngestReport> {
  const {writer, content, changes, failed, lost, current, report} = completion
  const {builds, signal, signalOption} = context
  const {scan, rules} = content
  const {force = false, keepBuilds = 3, maxShrinkPercent = 30} = context.options
  const previous = current?.manifest.id ?? null
  let manifest = await context.stage('finish', () =>
    writer.finish({...signalOption, outlineOf: content.outlineOf}),
  )
  const records = writer.openRecords()
  let opened: IndexBuild | null = null
  try {
    const facts = await context.stage('report', () => contentDetailsOf(records, {scan, rules}))
    opened = await context.stage('open', () => writer.open(signalOption))
    const drift = driftOf(opened, current, changes)
    const edit = drift === null ? null : {before: current!, changes, records, keepsGraph: writer.keepsGraph()}
    const {tuning: graph, passagesSinceTuning} = await context.stage('tune', () =>
      tuneBuild(context, opened!, edit),
    )
    const build = withTuning(opened, graph)
    await context.stage('verify', () => verifyBuild(build, edit === null ? null : changes))
    const {hnsw} = build.manifest
    const parts: ReportParts = {...facts, changes, build: writer.id, previous, total: manifest.counts, graph}
    const {golden, gates, staffQuestions} = await context.stage('gates', async () => {
      const openEmbedder = () => context.embedder()
      const asked = await askGoldenQuestions(scan, build, openEmbedder, signal)
      const gone = changes.filter(
        ({kind, passages}) => kind === 'removed' || passages.removed > passages.added,
      ).length
      const before = current?.manifest ?? null
      return {
        golden: asked,
        staffQuestions: await askStaffQuestions(context.options, {build, openEmbedder, signal}),
        gates: [
          ...shrinkGate(before, manifest, {
            pagesGone: gone,
            pagesLost: lost,
            failed: failed + scan.unreadable.length,
            maxShrinkPercent,
          }),
          ...sourceGates({
            names: content.names,
            before: current?.records.pages().map(({path}) => path) ?? [],
            after: build.pages().map(({path}) => path),
            maxShrinkPercent,
          }),
          // What an earlier version found is no measure of an edit.
          ...goldenGate(asked, before !== null && isOfEarlierVersion(before) ? null : before),
        ],
      }
    })
    const refusals = gates.filter((gate) => !gate.passed)
    if (refusals.length > 0 && !force) {
      const refused = report('refused', {...parts, gates, golden, staffQuestions, build: previous})
      throw new DocentError(
        'gate_failed',
        `the new index was not published: ${refusals.map((gate) => gate.detail).join('; ')}. Look at what changed, then use --force.`,
        {details: {report: refused}},
      )
    }
    const calibration = await context.stage('calibrate', async () =>
      drift === null ? await calibrated(context, build) : current!.manifest.calibration,
    )
    signal?.throwIfAborted()
    const counts = countsOf(changes)
    manifest = {
      ...manifest,
      hnsw,
      calibration,
      summary: {
        content: placesOf(content),
        sources: content.sources.map(({name, place, commit, currentVersion, chunker, navigation}) => ({
          name,
          place,
          commit,
          currentVersion,
          chunker,
          navigation,
        })),
        pages: {
          new: counts.new,
          changed: counts.changed + counts.moved,
          removed: counts.removed,
          setAside: facts.setAside,
          stale: facts.stale,
        },
        warnings: facts.diagnostics.filter((diagnostic) => diagnostic.severity !== 'info').length,
        golden: golden ? {questions: golden.questions, hitAt5: golden.hitAt5} : null,
        passagesSinceCalibration: drift ?? 0,
        passagesSinceTuning,
        tookMs: context.elapsedMs(),
      } satisfies Manifest['summary'],
    }
    const pruned = await context.stage('publish', async () => {
      const done = report('published', {...parts, gates, golden, staffQuestions})
      await builds.publish(writer.id, manifest, keptReport(done))
      await removeGoneCheckouts(context.options.dataDir, sourcesOf(context.options))
      return builds.prune(keepBuilds)
    })
    return report('published', {...parts, gates, golden, staffQuestions, pruned})
  } finally {
    opened?.close()
    records.close()
  }
}

/**
 * Passages that changed since the build was last calibrated; null where it has to be calibrated again. Calibrating takes
 * seconds, and a few edited pages hardly change the result: then the previous calibration is kept.
 */
function driftOf(build: IndexBuild, before: BaseBuild | null, changes: readonly PageChange[]): number | null {
  if (before === null || !isCurrentCalibration(before.manifest.calibration)) return null
  const edited = changes.reduce((sum, {passages}) => sum + passages.added + passages.removed, 0)
  const drift = edited + (before.manifest.summary?.passagesSinceCalibration ?? 0)
  const isSameModel = before.manifest.embedding.id === build.manifest.embedding.id
  return isSameModel && drift <= maxCalibrationDrift * build.manifest.counts.passages ? drift : null
}

async function calibrated(context: IngestContext, build: IndexBuild): Promise<unknown> {
  const {calibrate = calibrateRetrieval} = context.options
  return (await calibrate(build, await context.embedder(), context.signalOption)) ?? null
}
