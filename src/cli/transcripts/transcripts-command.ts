import {once} from 'node:events'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {DocentError} from '../../domain/index.ts'
import {cleanText, escapedJson, jobCommandFilter} from '../../lib/clean-text.ts'
import {howToRun} from '../../package/index.ts'
import {isGitHubActions, loadSettings} from '../../settings/index.ts'
import {
  backUpTranscripts,
  exposuresOf,
  purgeTranscripts,
  readTranscripts,
  type Transcript,
  type TranscriptsReader,
} from '../../transcripts/index.ts'
import {isUsageError, UsageError, usageProblem} from '../usage-error.ts'
import {exportAll, exportToFile} from './export.ts'
import {filterOf, help, numberOf, parsed, purgeBefore} from './options.ts'
import {listLines, replaySteps, showLines, type TerminalView} from './terminal-view.ts'

/** `docent transcripts`: the log of answers from a terminal, also while the server runs. */
export async function run(args: readonly string[]): Promise<number> {
  const {stdout, stderr} = process
  // A reader such as `head` that has seen enough closes the pipe: that is no failure.
  stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  // What goes to a file keeps its data; an export is for one.
  const inJob = isGitHubActions() && !args.includes('export') ? jobCommandFilter() : (text: string) => text
  try {
    return await transcriptsCommand(args, {
      dataDir: () => loadSettings().dataDir,
      print: async (text) => {
        if (!stdout.write(inJob(text))) await once(stdout, 'drain')
      },
      warn: (text) => stderr.write(text),
      view: {columns: stdout.columns ?? 160, hasColors: stdout.isTTY === true && stdout.hasColors()},
    })
  } catch (error) {
    stderr.write(`${cleanText((error as Error).message)}\n`)
    return 1
  }
}

/** What commands need beside their name. */
const wants: Readonly<Record<string, string>> = {
  show: 'the ID of an answer; list shows them',
  replay: 'the ID of an answer; list shows them',
  backup: 'the FILE to write',
}

export interface CommandSurroundings {
  /** The server's data folder, where the arguments name none. */
  readonly dataDir: () => string
  /** Resolves when more can be taken, so that an export of any size stays small in memory. */
  readonly print: (text: string) => Promise<void>
  readonly warn: (text: string) => void
  readonly view: TerminalView
}

/** Runs one command of `docent transcripts` and returns its exit code: 0 done, 1 not possible, 2 bad usage or settings. */
export async function transcriptsCommand(
  args: readonly string[],
  around: CommandSurroundings,
): Promise<number> {
  try {
    return await command(args, around)
  } catch (error) {
    if (isUsageError(error)) {
      around.warn(`${cleanText(usageProblem('transcripts', error))}\n`)
      return 2
    }
    if (!(error instanceof DocentError)) throw error
    around.warn(`${cleanText(error.message)}\n`)
    return error.code === 'config' ? 2 : 1
  }
}

async function command(args: readonly string[], around: CommandSurroundings): Promise<number> {
  const {print, warn, view} = around
  const {values, positionals} = parsed(args)
  const [name, id, ...more] = positionals
  if (values.help || name === undefined || name === 'help') {
    await print(help)
    return values.help || name === 'help' ? 0 : 2
  }
  if (!['list', 'show', 'replay', 'export', 'backup', 'purge'].includes(name)) {
    throw new UsageError(`${name} is not a command`)
  }
  const wanted = wants[name]
  if (wanted !== undefined && id === undefined) throw new UsageError(`${name} needs ${wanted}`)
  if (more.length > 0 || (wanted === undefined && id !== undefined)) {
    throw new UsageError(`unexpected ${(wanted === undefined ? [id] : more).join(' ')}`)
  }

  const file = join(values.data ?? around.dataDir(), 'transcripts.sqlite')
  for (const warning of exposuresOf(file)) warn(`${cleanText(warning)}\n`)
  if (name === 'purge') {
    const {removed, isErased} = await purgeTranscripts(file, purgeBefore(values))
    await print(`Removed ${removed} ${removed === 1 ? 'answer' : 'answers'}.\n`)
    if (isErased) return 0
    warn(
      'Another process reads the transcripts, so copies of removed words are left in their file. A running server erases them within a minute of its end, and otherwise the next start does; or purge again then.\n',
    )
    return 1
  }

  if (name === 'backup') {
    await backUpTranscripts(file, id!)
    await print(`Copied the transcripts to ${id}.\n`)
    return 0
  }

  const filter = filterOf(values)
  const format = values.format ?? 'jsonl'
  if (format !== 'jsonl' && format !== 'csv') throw new UsageError('--format must be jsonl or csv')
  const limit = numberOf('--limit', values.limit ?? '20', 1, 200)
  const speed = numberOf('--speed', values.speed ?? '1', 0.01, 100_000)

  const store = readTranscripts(file)
  try {
    if (name === 'list') {
      const page = await store.list(filter, {limit})
      if (values.json) await print(`${escapedJson(JSON.stringify(page.items, null, 2))}\n`)
      else await print(`${listLines(page.items, view).join('\n')}\n`)
      if (page.nextCursor !== null && !values.json) warn(`The newest ${limit}; --limit shows more.\n`)
    } else if (name === 'export') {
      if (values.out === undefined) await exportAll(store.export(filter), format, print)
      else await exportToFile(values.out, store.export(filter), format)
    } else {
      const transcript = await found(store, id!)
      if (name === 'replay') await replay(transcript, speed, around)
      else if (values.json) await print(`${escapedJson(JSON.stringify(transcript, null, 2))}\n`)
      else await print(`${showLines(transcript, view).join('\n')}\n`)
    }
  } finally {
    store.close()
  }
  return 0
}

async function found(store: TranscriptsReader, id: string): Promise<Transcript> {
  const exact = await store.get(id)
  if (exact !== null) return exact
  const near = await store.idsStartingWith(id, 5)
  const only = near.length === 1 ? await store.get(near[0]!) : null
  if (only !== null) return only
  const hint =
    near.length > 1 ? `It fits ${near.join(', ')}.` : `${howToRun('transcripts', 'list')} shows the ids.`
  throw new DocentError('not_found', `There is no transcript ${id}. ${hint}`)
}

async function replay(
  transcript: Transcript,
  speed: number,
  {print, view}: CommandSurroundings,
): Promise<void> {
  const began = performance.now()
  for (const step of replaySteps(transcript, view)) {
    const waitMs = step.atMs / speed - (performance.now() - began)
    if (waitMs > 1) await delay(waitMs)
    await print(step.text)
  }
}
