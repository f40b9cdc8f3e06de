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
import {isGitHubActions, type Settings} from '../../settings/index.ts'
import {say, sayJson, warn} from '../terminal.ts'
import {annotate} from './annotate.ts'
import type {IngestArguments} from './options.ts'
import {progressBar} from './progress-bar.ts'

type Values = IngestArguments['values']

interface Run {
  readonly content: string
  readonly dataDir: string
  readonly values: Values
  readonly settings: Settings
  readonly embedder: () => Promise<Embedder>
  readonly signal: AbortSignal
}

/** Ingests once, or after every change with `--watch`. A signal ends it, and the index stays as it was. */
export async function runIngest(values: Values, settings: Settings, dataDir: string): Promise<number> {
  const content = values.content ?? settings.contentDir
  const {signal, release} = stopOnSignals()
  let opening: Promise<Embedder> | null = null
  const embedder = (): Promise<Embedder> => {
    opening ??= openEmbedderProcess({model: settings.embeddingModel, cacheDir: modelCacheOf(settings)})
    // In `--watch` a model that could not be loaded may be there the next time.
    opening.catch(() => {
      opening = null
    })
    return opening
  }
  const run: Run = {content, dataDir, values, settings, embedder, signal}
  try {
    return values.watch ? await watch(run) : await ingestOnce(run)
  } catch (error) {
    if (!signal.aborted) throw error
    warn('Stopped; the index is as it was.')
    return 1
  } finally {
    release()
    const opened = await (opening as Promise<Embedder> | null)?.catch(() => null)
    await opened?.close()
  }
}

/** Asked twice, the process ends at once, as it would without us. */
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
  const {content, dataDir, signal} = run
  await ingestOnce(run).catch(warnAndGoOn)
  say(`\nWatching ${content}; stop with Ctrl-C.`)
  for await (const {paths} of contentChanges(content, {signal, dataDir, onError: warnAndGoOn})) {
    say(`\n${paths.size === 1 ? cleanLine([...paths][0]!) : `${paths.size} files`} changed`)
    await ingestOnce(run).catch(warnAndGoOn)
  }
  return 0
}

function warnAndGoOn(error: unknown): void {
  warn((error as Error).message)
}

/** With `--check` the code says whether a page lost text or could not be read. */
async function ingestOnce({content, dataDir, values, settings, embedder, signal}: Run): Promise<number> {
  const bar = process.stderr.isTTY ? progressBar() : null
  const model = {model: settings.embeddingModel, cacheDir: modelCacheOf(settings)}
  let report: IngestReport
  try {
    report = await ingest(
      {
        content,
        dataDir,
        embedder,
        embedderKey: await embedderKeyOf(model),
        full: values.full || values.check,
        force: values.force,
        dryRun: values['dry-run'] || values.check,
        site: values.site ?? null,
        maxShrinkPercent: settings.maxShrinkPercent,
        keepBuilds: settings.keepBuilds,
      },
      {signal, ...(bar ? {onProgress: bar.show} : {})},
    )
  } finally {
    bar?.stop()
  }
  if (values.json) sayJson(report)
  else say(summaryOf(report))
  if (isGitHubActions()) annotate(report.diagnostics, content)
  if (!values.check) return 0
  const errors = report.diagnostics.filter(({severity}) => severity === 'error').length
  return errors > 0 || report.fidelity.losing.length > 0 ? 1 : 0
}

/** Models from the hub are shared by everything that uses this data folder. */
function modelCacheOf(settings: Settings): string {
  return `${settings.dataDir}/models`
}
