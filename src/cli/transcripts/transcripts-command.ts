import {once} from 'node:events'
import {DocentError} from '../../domain/index.ts'
import {cleanText, jobCommandFilter} from '../../lib/clean-text.ts'
import {createRedactor} from '../../redaction/index.ts'
import {isGitHubActions, loadSettings} from '../../settings/index.ts'
import {backUpTranscripts, checkTranscripts, exposuresOf} from '../../transcripts/index.ts'
import {exitCodeOf} from '../exit-code.ts'
import {baseUrlOf, serverUrlOf} from '../server-address.ts'
import {type CommandLine, noteInAudit} from '../staff/note-in-audit.ts'
import {onlyInFile, withStores} from '../stores.ts'
import {endWithReader} from '../terminal.ts'
import {UsageError} from '../usage-error.ts'
import type {Call, CommandEnvironment} from './call.ts'
import {transcriptIn} from './find-transcript.ts'
import {handOver, handoverIn, handoverLines, withdraw} from './handover.ts'
import {help, parseArguments} from './options.ts'
import {read} from './read.ts'
import {deleteVisitor, purge} from './removal.ts'
import {review} from './review.ts'

/** `docent transcripts`: reads and manages transcripts, also while the server runs. */
export async function run(args: readonly string[]): Promise<number> {
  const {stdout, stderr} = process
  endWithReader()
  // An export is meant for a file, so its data is not filtered.
  const inJob = isGitHubActions() && !args.includes('export') ? jobCommandFilter() : (text: string) => text
  try {
    return await transcriptsCommand(args, {
      dataDir: () => loadSettings().dataDir,
      databaseUrl: () => loadSettings().databaseUrl,
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

/** Runs one command of `docent transcripts` and returns its exit code: 0 done, 1 not possible, 2 bad usage or settings. */
export async function transcriptsCommand(
  args: readonly string[],
  environment: CommandEnvironment,
): Promise<number> {
  return exitCodeOf('transcripts', () => command(args, environment), environment.warn)
}

async function command(args: readonly string[], environment: CommandEnvironment): Promise<number> {
  const {print, warn} = environment
  const {values, positionals} = parseArguments(args)
  const [name, id, ...more] = positionals
  if (values.help || name === undefined || name === 'help') {
    await print(help)
    return values.help || name === 'help' ? 0 : 2
  }
  const work = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (work === undefined) throw new UsageError(`${name} is not a command`)
  const required = requiredArguments[name]
  if (required !== undefined && id === undefined) throw new UsageError(`${name} needs ${required}`)
  if (more.length > 0 || (required === undefined && id !== undefined)) {
    throw new UsageError(`unexpected ${(required === undefined ? [id] : more).join(' ')}`)
  }

  const dataDir = values.data ?? environment.dataDir()
  const databaseUrl = environment.databaseUrl?.() ?? null
  return withStores({dataDir, databaseUrl}, async (stores) => {
    const file = stores.fileOf('transcripts')
    const exposures = file === null ? [] : exposuresOf(file)
    for (const warning of exposures) warn(`${cleanText(warning)}\n`)
    const note = (line: CommandLine) => noteInAudit(stores, line, warn)
    return work({...environment, stores, dataDir, file, values, id: id ?? '', note})
  })
}

/** Commands by name; each returns its exit code. */
const commands: Readonly<Record<string, (call: Call) => Promise<number>>> = {
  list: done((call) => read('list', call)),
  show: done((call) => read('show', call)),
  replay: done((call) => read('replay', call)),
  export: done((call) => read('export', call)),
  review: done(review),
  handover: done(createLink),
  handovers: done(async ({stores, print}) => print(await handoverLines(stores))),
  withdraw: done(async ({stores, id, print}) => {
    await withdraw(stores, id)
    await print('Withdrawn.\n')
  }),
  backup: done(async ({file, id, print, note}) => {
    const from = onlyInFile(file, 'The transcripts')
    await note({what: 'transcripts_backed_up'})
    await backUpTranscripts(from, id)
    await print(`Copied the transcripts to ${id}.\n`)
  }),
  check,
  purge,
  delete: deleteVisitor,
}

/** Of a command that has done its work when it ends, or throws. */
function done(work: (call: Call) => Promise<void>): (call: Call) => Promise<number> {
  return async (call) => {
    await work(call)
    return 0
  }
}

async function createLink({stores, id, values, serverUrl, print, warn}: Call): Promise<void> {
  const wanted = handoverIn(values)
  const base = baseUrlOf(values.url, serverUrl ?? (() => 'http://localhost:3000'))
  const transcript = await transcriptIn(stores, id)
  await print(await handOver(stores, transcript, {...wanted, base}))
  warn(`This link works for ${wanted.days} days and is not shown again.\n`)
}

async function check({file, print, warn}: Call): Promise<number> {
  if (file === null) {
    throw new DocentError(
      'storage',
      'The transcripts are in the database of DATABASE_URL, and this command checks files alone: pg_amcheck checks a database.',
    )
  }
  const {answers, problems} = checkTranscripts(file)
  for (const problem of problems) warn(`${cleanText(problem)}\n`)
  if (problems.length > 0) return 1
  await print(
    `${answers} ${answers === 1 ? 'answer' : 'answers'}; the transcripts and their catalog are sound.\n`,
  )
  return 0
}
