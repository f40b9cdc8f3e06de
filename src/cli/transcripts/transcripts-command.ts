import {once} from 'node:events'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {DocentError, type ModelPrices} from '../../domain/index.ts'
import {cleanLine, cleanText, escapedJson, jobCommandFilter} from '../../lib/clean-text.ts'
import {howToRun} from '../../package/index.ts'
import {createRedactor, type RedactorRecipe} from '../../redaction/index.ts'
import {isGitHubActions, loadSettings} from '../../settings/index.ts'
import {
  backUpTranscripts,
  checkTranscripts,
  deleteVisitorFrom,
  exposuresOf,
  loggedFilter,
  type PurgeResult,
  purgeTranscripts,
  type ReadOptions,
  readTranscripts,
  reviewTranscript,
  type Transcript,
  type TranscriptsReader,
} from '../../transcripts/index.ts'
import {exitCodeOf} from '../exit-code.ts'
import {baseUrlOf, serverUrlOf} from '../server-address.ts'
import {type CommandLine, noteInAudit} from '../staff/note-in-audit.ts'
import {systemUser} from '../staff/system-user.ts'
import {UsageError} from '../usage-error.ts'
import {exportAll, exportToFile, replayToFile} from './export.ts'
import {handOver, handoverIn, handoverLines, withdraw} from './handover.ts'
import {materialText} from './material-view.ts'
import {
  deletedVisitor,
  filterOf,
  help,
  numberOf,
  orderOf,
  parseArguments,
  purgeBefore,
  reviewerIn,
  reviewIn,
  type Values,
} from './options.ts'
import {listLines, replaySteps, showLines, type TerminalView} from './terminal-view.ts'

/** `docent transcripts`: reads and manages transcripts, also while the server runs. */
export async function run(args: readonly string[]): Promise<number> {
  const {stdout, stderr} = process
  // A reader such as `head` closes the pipe when it has read enough. That is not a failure.
  stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  // An export is meant for a file, so its data is not filtered.
  const inJob = isGitHubActions() && !args.includes('export') ? jobCommandFilter() : (text: string) => text
  try {
    return await transcriptsCommand(args, {
      dataDir: () => loadSettings().dataDir,
      prices: () => loadSettings().modelPrices,
      docsBase: () => `http://127.0.0.1:${loadSettings().port}/docs/`,
      redaction: () => {
        const {transcriptsRedactPatterns: patterns} = loadSettings()
        return createRedactor({patterns}).recipe
      },
      keepsWords: () => loadSettings().transcripts === 'full',
      mode: () => loadSettings().transcripts,
      serverUrl: () => serverUrlOf(loadSettings()),
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

/** The argument that a command requires. */
const requiredArguments: Readonly<Record<string, string>> = {
  show: 'the ID of an answer; list shows them',
  replay: 'the ID of an answer; list shows them',
  review: 'the ID of an answer; list shows them',
  handover: 'the ID of an answer; list shows them',
  withdraw: 'the id of a link; handovers shows them',
  backup: 'the FILE to write',
}

export interface CommandEnvironment {
  /** The server's data folder, if the arguments do not name one. */
  readonly dataDir: () => string
  /** `MODEL_PRICES`; default none. */
  readonly prices?: () => ModelPrices
  /** Where addresses of the docs lead to in a page of a replay: a URL that ends with a slash; default: those of a server on this machine. */
  readonly docsBase?: () => string
  /** By which `--redacted` finds what to replace; default: all kinds. */
  readonly redaction?: () => RedactorRecipe
  /** Whether the words of a search may be kept in the audit log; default true. */
  readonly keepsWords?: () => boolean
  /** Where the server is, for links; default: on this machine. */
  readonly serverUrl?: () => string
  /** The setting `TRANSCRIPTS`; default `full`. */
  readonly mode?: () => string
  /** Resolves when more can be written, so that memory use does not depend on the size of an export. */
  readonly print: (text: string) => Promise<void>
  readonly warn: (text: string) => void
  readonly view: TerminalView
}

/** Runs one command of `docent transcripts` and returns its exit code: 0 done, 1 not possible, 2 bad usage or settings. */
export async function transcriptsCommand(
  args: readonly string[],
  environment: CommandEnvironment,
): Promise<number> {
  return exitCodeOf('transcripts', () => command(args, environment), environment.warn)
}

async function command(args: readonly string[], environment: CommandEnvironment): Promise<number> {
  const {print, warn, view} = environment
  const {values, positionals} = parseArguments(args)
  const [name, id, ...more] = positionals
  if (values.help || name === undefined || name === 'help') {
    await print(help)
    return values.help || name === 'help' ? 0 : 2
  }
  if (
    ![
      'list',
      'show',
      'replay',
      'review',
      'handover',
      'handovers',
      'withdraw',
      'export',
      'backup',
      'check',
      'purge',
      'delete',
    ].includes(name)
  ) {
    throw new UsageError(`${name} is not a command`)
  }
  const required = requiredArguments[name]
  if (required !== undefined && id === undefined) throw new UsageError(`${name} needs ${required}`)
  if (more.length > 0 || (required === undefined && id !== undefined)) {
    throw new UsageError(`unexpected ${(required === undefined ? [id] : more).join(' ')}`)
  }

  const dataDir = values.data ?? environment.dataDir()
  const file = join(dataDir, 'transcripts.sqlite')
  for (const warning of exposuresOf(file)) warn(`${cleanText(warning)}\n`)
  const note = (line: CommandLine) => noteInAudit(dataDir, line, warn)
  if (name === 'purge') {
    const before = purgeBefore(values)
    const result = await purgeTranscripts(file, before)
    await note({what: 'transcripts_purged', details: {before, rows: result.removed}})
    return reportRemoval(result, environment)
  }

  if (name === 'delete') {
    const visitor = await visitorToDelete(values, file)
    await note({what: 'visitor_deletion_began', which: visitor})
    const result = await deleteVisitorFrom(file, visitor)
    await note({what: 'visitor_deleted', which: visitor, details: {rows: result.removed}})
    if (result.removed === 0) throw noVisitor()
    return reportRemoval(result, environment)
  }

  if (name === 'check') {
    const {answers, problems} = checkTranscripts(file)
    for (const problem of problems) warn(`${cleanText(problem)}\n`)
    if (problems.length > 0) return 1
    await print(
      `${answers} ${answers === 1 ? 'answer' : 'answers'}; the transcripts and their catalog are sound.\n`,
    )
    return 0
  }

  if (name === 'backup') {
    await note({what: 'transcripts_backed_up'})
    await backUpTranscripts(file, id!)
    await print(`Copied the transcripts to ${id}.\n`)
    return 0
  }

  if (name === 'review') {
    await review(values, {file, id: id!, mode: environment.mode?.() ?? 'full', print, note})
    return 0
  }

  if (name === 'handovers') {
    await print(await handoverLines(dataDir))
    return 0
  }
  if (name === 'withdraw') {
    await withdraw(dataDir, id!)
    await print('Withdrawn.\n')
    return 0
  }
  if (name === 'handover') {
    const wanted = handoverIn(values)
    const base = baseUrlOf(values.url, environment.serverUrl ?? (() => 'http://localhost:3000'))
    const transcripts = readTranscripts(file)
    const transcript = await findTranscript(transcripts, id!, {}).finally(() => transcripts.close())
    await print(await handOver(dataDir, transcript, {...wanted, base}))
    warn(`This link works for ${wanted.days} days and is not shown again.\n`)
    return 0
  }

  const filter = filterOf(values)
  const logged = loggedFilter(filter, () => environment.keepsWords?.() ?? true)
  const ofList = (['limit', 'sort'] as const).find((option) => values[option] !== undefined)
  if (name === 'export' && ofList !== undefined)
    throw new UsageError(`--${ofList} is no option of export, which has all that match, the oldest first`)
  const format = values.format ?? 'jsonl'
  if (format !== 'jsonl' && format !== 'csv') throw new UsageError('--format must be jsonl or csv')
  const limit = numberOf('--limit', values.limit ?? '20', 1, 200)
  const speed = numberOf('--speed', values.speed ?? '1', 0.01, 100_000)

  const sort = orderOf(values)
  const options = {redacted: values.redacted === true}
  if (options.redacted && (values.prompt || values.sources))
    throw new UsageError('--prompt and --sources are not redacted: leave --redacted out')
  const store = readTranscripts(file, {
    onWait: (left) => warn(`Reading earlier transcripts once: ${left} left.\n`),
    ...(environment.redaction === undefined ? {} : {redaction: environment.redaction()}),
  })
  try {
    if (name === 'list') {
      await note({what: 'transcripts_listed', details: logged})
      const page = await store.list(filter, {limit, sort})
      if (values.json) await print(`${escapedJson(JSON.stringify(page.items, null, 2))}\n`)
      else await print(`${listLines(page.items, view).join('\n')}\n`)
      if (page.nextCursor !== null && !values.json) {
        const {answers = limit, isExact = true} = page.total ?? {}
        warn(`${limit} of ${isExact ? '' : 'more than '}${answers}; --limit shows more.\n`)
      }
    } else if (name === 'export') {
      await note({what: 'transcripts_exported', details: {...logged, format, ...options}})
      let rows = 0
      const all = counted(store.export(filter, options), () => rows++)
      const prices: ModelPrices = environment.prices?.() ?? new Map()
      if (values.out === undefined) await exportAll(all, {format, prices}, print)
      else await exportToFile(values.out, all, {format, prices})
      await note({what: 'export_ended', details: {rows, isWhole: true, format, ...options}})
    } else {
      const transcript = await findTranscript(store, id!, options)
      const {html} = values
      if (html !== undefined) {
        await note({
          what: 'transcripts_exported',
          which: transcript.ref,
          details: {format: 'html', ...options},
        })
        await replayToFile(html, transcript, {
          ...(environment.docsBase === undefined ? {} : {docsBase: environment.docsBase()}),
          prices: environment.prices?.() ?? new Map(),
          isRedacted: options.redacted,
        })
        await print(`Wrote the replay to ${html}.\n`)
        return 0
      }
      const parts = name === 'show' ? materialParts.filter((part) => values[part]) : []
      for (const part of parts.length === 0 ? ['transcript'] : parts)
        await note({what: 'transcript_read', which: transcript.ref, details: {part}})
      if (parts.length > 0) {
        const material = await store.material(transcript.answerId)
        if (material !== null) await print(await materialText(values, dataDir, transcript, material))
      } else if (name === 'replay') await replay(transcript, speed, environment)
      else if (values.json) await print(`${escapedJson(JSON.stringify(transcript, null, 2))}\n`)
      else await print(`${showLines(transcript, view).join('\n')}\n`)
    }
  } finally {
    store.close()
  }
  return 0
}

/** What `show` shows in place of the transcript. */
const materialParts = ['prompt', 'sources'] as const

const noVisitor = () =>
  new DocentError(
    'not_found',
    'No answer has this visitor: give it as show and list --json print it, or use --visitor-of ID.',
  )

async function visitorToDelete(values: Values, file: string): Promise<string> {
  const whose = deletedVisitor(values)
  if ('visitor' in whose) {
    if (/^[\w-]{1,64}$/.test(whose.visitor)) return whose.visitor
    throw noVisitor()
  }
  const store = readTranscripts(file)
  const {answerId, visitor} = await findTranscript(store, whose.answer, {}).finally(() => store.close())
  if (visitor != null) return visitor
  throw new DocentError(
    'not_found',
    `It is not known from which address ${answerId} was asked: in a terminal, or before Docent kept that.`,
  )
}

/** @returns the exit code. */
async function reportRemoval(
  {removed, isErased}: PurgeResult,
  {print, warn}: CommandEnvironment,
): Promise<number> {
  await print(`Removed ${removed} ${removed === 1 ? 'answer' : 'answers'}.\n`)
  if (isErased) return 0
  warn(
    'Another process is reading the transcripts, so copies of the removed text are left in the file. A running server erases them within a minute after that process has ended; otherwise the next start of the server or the next purge does.\n',
  )
  return 1
}

async function* counted<T>(items: AsyncIterable<T>, onItem: () => void): AsyncGenerator<T> {
  for await (const item of items) {
    onItem()
    yield item
  }
}

/** As `PUT /api/admin/transcripts/:id/review`, by whoever runs the command. */
async function review(
  values: Values,
  {
    file,
    id,
    mode,
    print,
    note,
  }: {
    readonly file: string
    readonly id: string
    readonly mode: string
    readonly print: CommandEnvironment['print']
    readonly note: (line: CommandLine) => Promise<void>
  },
): Promise<void> {
  const written = reviewIn(values)
  const by = reviewerIn(values) ?? systemUser().name
  const store = readTranscripts(file)
  const before = await findTranscript(store, id, {}).finally(() => store.close())
  const {answerId, ref} = before
  if (before.review !== null && before.review.by !== by && !values.replace) {
    const who = before.review.by ?? 'Somebody'
    throw new DocentError(
      'conflict',
      `${who} has reviewed this already; --replace writes yours in its place.`,
    )
  }
  await note({what: 'transcript_reviewed', which: ref, details: {verdict: written.verdict, signedAs: by}})
  reviewTranscript(file, answerId, {review: {...written, by}, replaces: before.review?.at ?? null, mode})
  await print(`Reviewed ${answerId} as ${written.verdict}, by ${cleanLine(by)}.\n`)
}

async function findTranscript(
  store: TranscriptsReader,
  id: string,
  options: ReadOptions,
): Promise<Transcript> {
  const exact = await store.get(id, options)
  if (exact !== null) return exact
  const near = await store.idsStartingWith(id, 5)
  const only = near.length === 1 ? await store.get(near[0]!, options) : null
  if (only !== null) return only
  const hint =
    near.length > 1 ? `It matches ${near.join(', ')}.` : `${howToRun('transcripts', 'list')} lists the ids.`
  throw new DocentError('not_found', `There is no transcript ${id}. ${hint}`)
}

async function replay(
  transcript: Transcript,
  speed: number,
  {print, view}: CommandEnvironment,
): Promise<void> {
  const startedAt = performance.now()
  for (const step of replaySteps(transcript, view)) {
    const waitMs = step.atMs / speed - (performance.now() - startedAt)
    if (waitMs > 1) await delay(waitMs)
    await print(step.text)
  }
}
