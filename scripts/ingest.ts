/**
 * Brings the index up to date with a folder of Markdown.
 *
 * Run with: npm run ingest -- [options], see `usage`.
 */
import {relative, resolve} from 'node:path'
import {inspect, parseArgs} from 'node:util'
import cliProgress from 'cli-progress'
import {type Diagnostic, DocentError, toDocentError} from '../src/domain/index.ts'
import type {Embedder} from '../src/embedding/embedder.ts'
import {
  activateBuild,
  contentChanges,
  embedderKeyOf,
  type IngestProgress,
  type IngestReport,
  ingest,
  openEmbedderProcess,
  summaryOf,
} from '../src/ingestion/index.ts'
import {cleanLine, cleanText, escapedJson, withoutJobCommands} from '../src/lib/clean-text.ts'
import {keepOthersFromWriting} from '../src/native/index.ts'
import {listBuilds} from '../src/search-index/index.ts'
import {isGitHubActions, loadSettings, type Settings} from '../src/settings/settings.ts'

const usage = `Usage: npm run ingest -- [options]

Brings the index up to date with a folder of Markdown and makes it current.

  --content DIR       the folder (default: CONTENT_DIR, or content)
  --data DIR          where the index is kept (default: DATA_DIR, or data)
  --full              read and embed everything again
  --dry-run           say what would change, by page and passage; write nothing
  --check             read every page and write nothing; exit 1 when one loses text or cannot be read
  --force             publish though a gate says no
  --site NAME         how the site is made: docusaurus, hugo, mkdocs, vitepress, starlight, mdbook,
                      mintlify, sphinx, jekyll or plain (default: found out from its files)
  --watch             go on, and ingest after every change
  --json              one report object on standard output
  --list              the builds kept
  --rollback [BUILD]  make an earlier build current (default: the one before the current)
  --help

Exit: 0 published or nothing to do; 1 not published, the index before it stays current; 2 bad usage.`

const options = {
  content: {type: 'string'},
  data: {type: 'string'},
  full: {type: 'boolean', default: false},
  'dry-run': {type: 'boolean', default: false},
  check: {type: 'boolean', default: false},
  force: {type: 'boolean', default: false},
  site: {type: 'string'},
  watch: {type: 'boolean', default: false},
  json: {type: 'boolean', default: false},
  list: {type: 'boolean', default: false},
  rollback: {type: 'boolean', default: false},
  help: {type: 'boolean', short: 'h', default: false},
} as const

type Values = ReturnType<typeof parseArgs<{options: typeof options}>>['values']

/** The command line is wrong, or what it names is not there. */
class UsageError extends Error {}

async function main(args: readonly string[]): Promise<number> {
  let values: Values
  let positionals: readonly string[]
  let settings: Settings
  try {
    ;({values, positionals} = parseArgs({args: [...args], options, allowPositionals: true}))
    if (values.help) {
      console.log(usage)
      return 0
    }
    checkUsage(values, positionals)
    settings = loadSettings()
  } catch (error) {
    warn(`${(error as Error).message}\n\n${usage.split('\n')[0]}; --help lists them.`)
    return 2
  }
  const dataDir = values.data ?? settings.dataDir
  try {
    if (values.list) return await list(dataDir, values.json)
    if (values.rollback) return await rollBack(dataDir, positionals[0], values.json)
    return await runIngest(values, settings, dataDir)
  } catch (thrown) {
    const error = toDocentError(thrown)
    const report = error.details['report'] as IngestReport | undefined
    if (values.json) {
      sayJson(report ?? {outcome: 'failed', error: {code: error.code, message: error.message}})
    } else if (report) say(summaryOf(report))
    warn(error.code === 'internal' ? inspect(error.cause ?? error) : error.message)
    return error.code === 'config' ? 2 : 1
  }
}

function checkUsage(values: Values, positionals: readonly string[]): void {
  if (positionals.length > (values.rollback ? 1 : 0)) {
    throw new UsageError(
      `${JSON.stringify(positionals.at(-1))} is not an option; a folder is given with --content`,
    )
  }
  const modes = (['list', 'rollback', 'watch', 'dry-run', 'check'] as const).filter((mode) => values[mode])
  if (modes.length > 1) throw new UsageError(`--${modes[0]} and --${modes[1]} do not go together`)
  if (values.watch && values.json) throw new UsageError('--watch goes on, --json is one report: choose one')
}

async function runIngest(values: Values, settings: Settings, dataDir: string): Promise<number> {
  const content = values.content ?? settings.contentDir
  const stopping = new AbortController()
  const onSignal = (): void => {
    // Asked twice, the process ends at once, as it would without us.
    process.off('SIGINT', onSignal)
    stopping.abort(new DocentError('internal', 'stopped'))
  }
  process.on('SIGINT', onSignal)
  process.once('SIGTERM', onSignal)

  let opening: Promise<Embedder> | null = null
  const embedder = (): Promise<Embedder> => {
    opening ??= openEmbedderProcess({model: settings.embeddingModel, cacheDir: modelCacheOf(settings)})
    // In `--watch` a model that could not be loaded may be there the next time.
    opening.catch(() => {
      opening = null
    })
    return opening
  }
  const once = async (): Promise<number> => {
    const bar = process.stderr.isTTY ? progressBar() : null
    let report: IngestReport
    try {
      report = await ingest(
        {
          content,
          dataDir,
          embedder,
          embedderKey: await embedderKeyOf({
            model: settings.embeddingModel,
            cacheDir: modelCacheOf(settings),
          }),
          full: values.full || values.check,
          force: values.force,
          dryRun: values['dry-run'] || values.check,
          site: values.site ?? null,
          maxShrinkPercent: settings.maxShrinkPercent,
          keepBuilds: settings.keepBuilds,
        },
        {signal: stopping.signal, ...(bar ? {onProgress: bar.show} : {})},
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

  try {
    if (!values.watch) return await once()
    await once().catch(tellAndGoOn)
    say(`\nWatching ${content}; stop with Ctrl-C.`)
    const watching = {signal: stopping.signal, dataDir, onError: tellAndGoOn}
    for await (const {paths} of contentChanges(content, watching)) {
      say(`\n${paths.size === 1 ? cleanLine([...paths][0]!) : `${paths.size} files`} changed`)
      await once().catch(tellAndGoOn)
    }
    return 0
  } catch (error) {
    if (stopping.signal.aborted) {
      warn('Stopped; the index is as it was.')
      return 1
    }
    throw error
  } finally {
    process.off('SIGINT', onSignal)
    const opened = await (opening as Promise<Embedder> | null)?.catch(() => null)
    await opened?.close()
  }
}

function tellAndGoOn(error: unknown): void {
  warn((error as Error).message)
}

/** Models from the hub are shared by everything that uses this data folder. */
function modelCacheOf(settings: Settings): string {
  return `${settings.dataDir}/models`
}

async function list(dataDir: string, asJson: boolean): Promise<number> {
  const builds = await listBuilds(dataDir)
  if (asJson) sayJson({builds})
  else if (builds.length === 0) say(`There are no builds in ${dataDir}; npm run ingest makes the first.`)
  for (const {id, isCurrent, manifest, problem} of asJson ? [] : builds) {
    const facts = manifest
      ? `${manifest.createdAt}  ${manifest.counts.pages} pages, ${manifest.counts.passages} passages, ${manifest.embedding.name}`
      : `cannot be used: ${problem}`
    say(`${isCurrent ? '*' : ' '} ${id}  ${facts}`)
  }
  return 0
}

async function rollBack(dataDir: string, id: string | undefined, asJson: boolean): Promise<number> {
  const manifest = await activateBuild(dataDir, id)
  if (asJson) sayJson({outcome: 'activated', build: manifest.id})
  else say(`${manifest.id} is current: ${manifest.counts.pages} pages, made ${manifest.createdAt}.`)
  return 0
}

const stageNames: Readonly<Record<IngestProgress['stage'], string>> = {
  scan: 'Looking at files',
  pages: 'Reading pages',
  finish: 'Writing the index',
  verify: 'Trying the index',
  gates: 'Checking gates',
  calibrate: 'Calibrating',
  publish: 'Publishing',
}

/** One line on the terminal: a bar while pages are counted, the name of the stage otherwise. */
function progressBar(): {show: (progress: IngestProgress) => void; stop: () => void} {
  const counted =
    '{stage} {bar} {value}/{total} pages · {passages} passages, {embedded} embedded · {eta_formatted} left'
  const bar = new cliProgress.SingleBar(
    {
      format: (options, params, payload: {readonly stage: string; readonly isCounted: boolean}) =>
        payload.isCounted
          ? cliProgress.Format.Formatter({...options, format: counted}, params, payload)
          : `${payload.stage.trim()} …`,
      hideCursor: true,
      clearOnComplete: true,
      // Every line is as long as it is.
      linewrap: false,
      stream: process.stderr,
    },
    cliProgress.Presets.shades_classic,
  )
  let isStarted = false
  return {
    show({stage, done, total, passages, embedded}) {
      const payload = {stage: stageNames[stage].padEnd(18), isCounted: total > 0, passages, embedded}
      if (!isStarted) bar.start(total, done, payload)
      isStarted = true
      if (total > 0) {
        bar.setTotal(total)
        bar.update(done, payload)
        // It is drawn now and then; the last state of all is drawn in any case.
        if (done === total) bar.render()
      } else bar.update(payload)
    },
    stop: () => bar.stop(),
  }
}

/** File names and words of pages drive neither a terminal nor the runner of a CI job. */
function say(text: string): void {
  console.log(withoutJobCommands(cleanText(text)))
}

function warn(text: string): void {
  console.error(withoutJobCommands(cleanText(text)))
}

function sayJson(value: object): void {
  console.log(escapedJson(JSON.stringify(value)))
}

/** @see https://docs.github.com/actions/reference/workflow-commands */
function annotate(diagnostics: readonly Diagnostic[], content: string): void {
  const escaped = (text: string): string =>
    cleanText(text).replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A')
  const property = (text: string): string => escaped(text).replace(/:/g, '%3A').replace(/,/g, '%2C')
  const root = relative(process.cwd(), resolve(content))
  const names = {error: 'error', warning: 'warning', info: 'notice'} as const
  for (const {path, line, severity, rule, reason, hint} of diagnostics) {
    if (severity === 'info') continue
    const file = property(root === '' ? path : `${root}/${path}`)
    const place = line === null ? `file=${file}` : `file=${file},line=${line}`
    console.error(
      `::${names[severity]} ${place},title=${property(rule)}::${escaped(hint ? `${reason} ${hint}` : reason)}`,
    )
  }
}

keepOthersFromWriting()
// Last: what stands above is in place by now.
process.exitCode = await main(process.argv.slice(2))
