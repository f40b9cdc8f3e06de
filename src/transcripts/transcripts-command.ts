import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {parseArgs} from 'node:util'
import {DocentError, type Ending, endings} from '../domain/index.ts'
import {cleanText, escapedJson} from '../lib/clean-text.ts'
import {createPrivateFile} from '../native/index.ts'
import {csvHeader, csvRowOf, jsonLineOf} from './export-format.ts'
import {endMomentOf, momentOf} from './moments.ts'
import {exposuresOf} from './open-database.ts'
import {
  backUpTranscripts,
  purgeTranscripts,
  readTranscripts,
  type TranscriptsReader,
} from './read-transcripts.ts'
import {listLines, replaySteps, showLines, type TerminalView} from './terminal-view.ts'
import type {Transcript, TranscriptFilter} from './transcript-store.ts'

const help = `Usage: npm run transcripts -- COMMAND [OPTIONS]

Commands
  list                    The newest answers, one a line.
  show ID                 One answer: question, sources, text, ending, timings, feedback.
  replay ID               The same as the visitor saw it come, with its timing.
  export                  All that match, oldest first, to stdout or to --out.
  backup FILE             A copy of all transcripts, beside a running server.
  purge                   Removes answers for good. Needs --before or --older-than.

Options
  --data DIR              The server's data folder (default: DATA_DIR, else data).
  --q WORDS               list, export: words in the question or the answer.
  --ending NAME           list, export: ${endings.join(', ')} or running.
  --partial               list, export: where the model declined or was cut by a limit; --no-partial: the others.
  --rating up|down|none   list, export: what the visitor said.
  --from DATE, --to DATE  list, export: asked from that day to that day, both included (UTC), as
                          2026-05-31. With a time, as 2026-05-31T14:00Z, --to is exclusive.
  --limit N               list: how many, 1 to 200 (default 20).
  --json                  list, show: JSON instead of text.
  --speed N               replay: N times as fast (default 1).
  --format jsonl|csv      export: default jsonl.
  --out FILE              export: a new file that only you may read.
  --before DATE           purge: what was asked before that day.
  --older-than DAYS       purge: what is older than so many days.

IDs may be shortened to their first letters where these are enough; the ref of a log line does as well.
`

class UsageError extends Error {}

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

/** `npm run transcripts -- …`: runs one command and gives its exit code: 0 done, 1 not possible, 2 bad usage or settings. */
export async function transcriptsCommand(
  args: readonly string[],
  around: CommandSurroundings,
): Promise<number> {
  try {
    return await command(args, around)
  } catch (error) {
    if (error instanceof UsageError) {
      around.warn(`${cleanText(error.message)}\nTry: npm run transcripts -- --help\n`)
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

async function exportAll(
  all: AsyncIterable<Transcript>,
  format: 'jsonl' | 'csv',
  print: (text: string) => Promise<void>,
): Promise<void> {
  if (format === 'csv') await print(csvHeader)
  for await (const transcript of all)
    await print(format === 'csv' ? csvRowOf(transcript) : jsonLineOf(transcript))
}

async function exportToFile(
  path: string,
  all: AsyncIterable<Transcript>,
  format: 'jsonl' | 'csv',
): Promise<void> {
  const file = createPrivateFile(path)
  try {
    await exportAll(all, format, async (text) => file.write(text))
  } catch (error) {
    // Half an export would be taken for a whole one.
    file.discard()
    throw error
  }
  file.close()
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      allowNegative: true,
      options: {
        help: {type: 'boolean', short: 'h'},
        data: {type: 'string'},
        q: {type: 'string'},
        ending: {type: 'string'},
        partial: {type: 'boolean'},
        rating: {type: 'string'},
        from: {type: 'string'},
        to: {type: 'string'},
        limit: {type: 'string'},
        json: {type: 'boolean'},
        speed: {type: 'string'},
        format: {type: 'string'},
        out: {type: 'string'},
        before: {type: 'string'},
        'older-than': {type: 'string'},
      },
    })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

type Values = ReturnType<typeof parsed>['values']

function filterOf(values: Values): TranscriptFilter {
  const {ending, rating} = values
  if (ending !== undefined && ending !== 'running' && !endings.includes(ending as Ending)) {
    throw new UsageError(`--ending must be one of ${endings.join(', ')}, running`)
  }
  if (rating !== undefined && rating !== 'up' && rating !== 'down' && rating !== 'none') {
    throw new UsageError('--rating must be up, down or none')
  }
  return {
    ...(values.q === undefined ? {} : {q: values.q}),
    ...(ending === undefined ? {} : {ending: ending as Ending | 'running'}),
    ...(values.partial === undefined ? {} : {partial: values.partial}),
    ...(rating === undefined ? {} : {rating}),
    ...(values.from === undefined ? {} : {from: timeOf('--from', values.from)}),
    ...(values.to === undefined ? {} : {to: timeOf('--to', values.to, endMomentOf)}),
  }
}

function purgeBefore(values: Values): number {
  const days = values['older-than']
  if ((values.before === undefined) === (days === undefined)) {
    throw new UsageError('purge needs either --before DATE or --older-than DAYS')
  }
  if (values.before !== undefined) return timeOf('--before', values.before)
  return Date.now() - numberOf('--older-than', days!, 0, 100_000) * 24 * 60 * 60 * 1000
}

function timeOf(name: string, text: string, read: typeof momentOf = momentOf): number {
  const time = /^\d{4}-\d{2}-\d{2}/.test(text) ? read(text) : null
  if (time === null) throw new UsageError(`${name} must be a date such as 2026-05-31 or 2026-05-31T14:00Z`)
  return time
}

function numberOf(name: string, text: string, min: number, max: number): number {
  const number = Number(text)
  if (text.trim() === '' || !(number >= min && number <= max)) {
    throw new UsageError(`${name} must be a number from ${min} to ${max}`)
  }
  return number
}

async function found(store: TranscriptsReader, id: string): Promise<Transcript> {
  const exact = await store.get(id)
  if (exact !== null) return exact
  const near = await store.idsBeginningWith(id, 5)
  const only = near.length === 1 ? await store.get(near[0]!) : null
  if (only !== null) return only
  const hint = near.length > 1 ? `It fits ${near.join(', ')}.` : 'npm run transcripts -- list shows the ids.'
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
