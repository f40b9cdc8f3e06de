import {DocentError} from '../../domain/index.ts'
import type {Embedder} from '../../embedding/index.ts'
import {
  contentChanges,
  embedderKeyOf,
  type IngestReport,
  ingest,
  openEmbedderProcess,
  summaryOf,
} from '../../ingestion/index.ts'
import {cleanLine} from '../../lib/clean-text.ts'
import {buildsDatabaseOf, isGitHubActions, type Settings, workspaceFolder} from '../../settings/index.ts'
import {closedAfterIngest} from '../gaps/group-once.ts'
import {printJsonValue, printText, warn} from '../terminal.ts'
import {annotate} from './annotate.ts'
import type {IngestArguments} from './options.ts'
import {progressBar} from './progress-bar.ts'

type Values = IngestArguments['values']

interface Run {
  readonly dataDir: string
  readonly values: Values
  readonly settings: Settings
  readonly embedder: () => Promise<Embedder>
  readonly signal: AbortSignal
}

/** Ingests once, or after every change with `--watch`. A signal ends it and leaves the index unchanged. */
export async function runIngest(values: Values, settings: Settings, dataDir: string): Promise<number> {
  const {signal, release} = stopOnSignals()
  let opening: Promise<Embedder> | null = null
  const embedder = (): Promise<Embedder> => {
    opening ??= openEmbedderProcess({model: settings.embeddingModel, cacheDir: modelCacheOf(settings)})
    // With `--watch`, a model that could not be loaded may be available the next time.
    opening.catch(() => {
      opening = null
    })
    return opening
  }
  const run: Run = {dataDir, values, settings, embedder, signal}
  try {
    return values.watch ? await watch(run) : await ingestOnce(run)
  } catch (error) {
    if (!signal.aborted) throw error
    warn('Stopped; the index is unchanged.')
    return 1
  } finally {
    release()
    const opened = await (opening as Promise<Embedder> | null)?.catch(() => null)
    await opened?.close()
  }
}

/** Aborts on the first signal. A second one ends the process at once, as by default. */
function stopOnSignals(): {readonly signal: AbortSignal; release(): void} {
  const stopping = new AbortController()
  const onSignal = (): void => {
    release()
    stopping.abort(new DocentError('internal', 'stopped'))
  }
  const release = (): void => {
    process.off('SIGINT', onSignal)
    process.off('SIGTERM', onSignal)
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return {signal: stopping.signal, release}
}

async function watch(run: Run): Promise<number> {
  const {settings, dataDir, signal} = run
  const folders = settings.sources.flatMap((source) => (source.kind === 'folder' ? [source.folder] : []))
  if (folders.length === 0) {
    throw new DocentError(
      'config',
      'There is no folder to watch: repositories are asked for changes by a server with CONTENT_POLL_MINUTES.',
    )
  }
  await ingestOnce(run).catch(warnAndContinue)
  printText(`\nWatching ${folders.join(', ')}; stop with Ctrl-C.`)
  for await (const {paths} of contentChanges(folders, {signal, dataDir, onError: warnAndContinue})) {
    printText(`\n${paths.size === 1 ? cleanLine([...paths][0]!) : `${paths.size} files`} changed`)
    await ingestOnce(run).catch(warnAndContinue)
  }
  return 0
}

function warnAndContinue(error: unknown): void {
  warn((error as Error).message)
}

/** Returns the exit code. With `--check` it is 1 if a page lost text or could not be read. */
async function ingestOnce({dataDir, values, settings, embedder, signal}: Run): Promise<number> {
  const bar = process.stderr.isTTY ? progressBar() : null
  const model = {model: settings.embeddingModel, cacheDir: modelCacheOf(settings)}
  let report: IngestReport
  try {
    report = await ingest(
      {
        content: settings.sources,
        gitTokens: settings.gitTokens,
        dataDir,
        database: buildsDatabaseOf(settings),
        embedder,
        embedderKey: await embedderKeyOf(model),
        full: values.full || values.check,
        force: values.force,
        dryRun: values['dry-run'] || values.check,
        maxShrinkPercent: settings.maxShrinkPercent,
        keepBuilds: settings.keepBuilds,
      },
      {signal, ...(bar ? {onProgress: bar.show} : {})},
    )
  } finally {
    bar?.stop()
  }
  report = await withClosedGaps(report, {settings, dataDir, signal})
  if (values.json) printJsonValue(report)
  else printText(summaryOf(report))
  if (isGitHubActions()) annotate(report.diagnostics, settings.sources, workspaceFolder())
  if (!values.check) return 0
  const errors = report.diagnostics.filter(({severity}) => severity === 'error').length
  return errors > 0 || report.fidelity.losing.length > 0 ? 1 : 0
}

/** With what the docs failed to answer and do now. The build is published, so that a failure is a warning. */
async function withClosedGaps(
  report: IngestReport,
  {settings, dataDir, signal}: Pick<Run, 'settings' | 'dataDir' | 'signal'>,
): Promise<IngestReport> {
  const {outcome, build} = report
  if (outcome !== 'published' || build === null) return report
  try {
    const gapsClosed = await closedAfterIngest(settings, {dataDir, build, signal})
    return gapsClosed === null ? report : {...report, gapsClosed}
  } catch (error) {
    if (!signal.aborted) warn(`It is not known which gaps this closes: ${(error as Error).message}`)
    return report
  }
}

/** Where models from the hub are stored, shared by everything that uses this data folder. */
function modelCacheOf(settings: Settings): string {
  return `${settings.dataDir}/models`
}
