import {existsSync} from 'node:fs'
import {parseArgs} from 'node:util'
import {DocentError} from '../../domain/index.ts'
import {closedGaps, type GapFilter, type Gaps, gapStates, type ShownGap, shownGaps} from '../../gaps/index.ts'
import {cleanLine, cleanText, escapedJson} from '../../lib/clean-text.ts'
import {howToRun} from '../../package/index.ts'
import {loadSettings, type Settings} from '../../settings/index.ts'
import type {TranscriptsReader} from '../../transcripts/index.ts'
import {exitCodeOf} from '../exit-code.ts'
import {foundById} from '../found-by-id.ts'
import {noteInAudit} from '../staff/note-in-audit.ts'
import {type Stores, withStores} from '../stores.ts'
import {type Output, standardOutput} from '../terminal.ts'
import {UsageError} from '../usage-error.ts'
import {groupOnce} from './group-once.ts'

const help = `Usage: ${howToRun('gaps', '[COMMAND] [OPTIONS]')}

What the docs fail to answer: questions that were not answered, answered in part, disliked, left, or found bad by a
reviewer, grouped by meaning.

Commands
  list                    List them, the gravest first (the default).
  show ID                 Show one, with its questions.
  group                   Group now, and look what the current build closes. A server does so every hour.

Options
  --data DIR              The server's data folder (default: DATA_DIR, or data).
  --state STATE           list: ${gapStates.join(', ')} or all (default open).
  --all                   list: also what is about something else than the docs.
  --limit N               list: number of lines, 1 to 200 (default 20).
  --json                  JSON instead of text.

An ID may be shortened to an unambiguous prefix.
The commands work while the server runs, and without it, also with DATABASE_URL.
`

export interface GapsCommandEnvironment extends Output {
  readonly settings: () => Settings
}

/** `docent gaps`: what the docs fail to answer, also while the server runs. */
export async function run(args: readonly string[]): Promise<number> {
  return gapsCommand(args, {settings: loadSettings, ...standardOutput()})
}

/** Returns the exit code: 0 done, 1 not possible, 2 bad usage or settings. */
export async function gapsCommand(
  args: readonly string[],
  environment: GapsCommandEnvironment,
): Promise<number> {
  return exitCodeOf('gaps', () => command(args, environment), environment.warn)
}

interface Call extends GapsCommandEnvironment {
  readonly stores: Stores
  readonly values: Values
  readonly store: Gaps
  readonly transcripts: TranscriptsReader
}

function parseArguments(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      help: {type: 'boolean', short: 'h'},
      data: {type: 'string'},
      state: {type: 'string'},
      all: {type: 'boolean'},
      limit: {type: 'string'},
      json: {type: 'boolean'},
    },
  })
}

type Values = ReturnType<typeof parseArguments>['values']

async function command(args: readonly string[], environment: GapsCommandEnvironment): Promise<number> {
  const {values, positionals} = parseArguments(args)
  const [name = 'list', id, ...more] = positionals
  if (values.help || name === 'help') {
    environment.print(help)
    return 0
  }
  if (name !== 'list' && name !== 'show' && name !== 'group') throw new UsageError(`${name} is not a command`)
  if (name === 'show' && id === undefined) throw new UsageError('show needs the ID of a gap')
  const unexpected = name === 'show' ? more : positionals.slice(1)
  if (unexpected.length > 0) throw new UsageError(`unexpected ${unexpected.join(' ')}`)
  const listed = listOf(values)
  const settings = environment.settings()
  const dataDir = values.data ?? settings.dataDir
  return withStores({dataDir, databaseUrl: settings.databaseUrl}, async (stores) => {
    const file = stores.fileOf('transcripts')
    if (file !== null && !existsSync(file)) {
      throw new DocentError(
        'storage',
        `There are no transcripts in ${dataDir}. Set DATA_DIR to the server's data folder.`,
      )
    }
    const transcripts = (await stores.transcripts()).read()
    try {
      const store = await stores.gaps()
      try {
        const call: Call = {...environment, stores, values, store, transcripts}
        if (name === 'list') await list(call, listed)
        else if (name === 'show') await show(call, id!)
        else await group(call)
      } finally {
        store.close()
      }
    } finally {
      transcripts.close()
    }
    return 0
  })
}

interface ListOptions {
  readonly filter: GapFilter
  readonly limit: number
}

/** @throws UsageError */
function listOf({state = 'open', all = false, limit = '20'}: Values): ListOptions {
  const known = gapStates.find((one) => one === state)
  if (known === undefined && state !== 'all') {
    throw new UsageError(`--state must be ${gapStates.join(', ')} or all, not ${state}`)
  }
  if (!/^\d{1,3}$/.test(limit) || Number(limit) < 1 || Number(limit) > 200) {
    throw new UsageError(`--limit must be a number from 1 to 200, not ${limit}`)
  }
  return {
    filter: {...(known === undefined ? {} : {state: known}), ...(all ? {} : {scope: 'here'})},
    limit: Number(limit),
  }
}

async function list({store, transcripts, values, print}: Call, {filter, limit}: ListOptions): Promise<void> {
  const {items} = await store.list(filter, {sort: 'severity', cursor: null, limit})
  const gaps = await shownGaps(transcripts, items)
  const asOf = await store.asOf()
  if (values.json) return print(`${escapedJson(JSON.stringify({asOf, items: gaps}, null, 2))}\n`)
  if (asOf === null) return print(`Nothing was grouped yet: ${howToRun('gaps', 'group')} does so now.\n`)
  if (gaps.length === 0) return print('There are no such gaps.\n')
  print(`${'id'.padEnd(14)}severity  answers  7 days  last asked  question\n`)
  for (const gap of gaps) print(`${lineOf(gap)}\n`)
}

function lineOf({id, severity, size, trend, lastAskedAt, title, state}: ShownGap): string {
  const figures = `${severity.padEnd(10)}${String(size).padStart(7)}${String(trend.recent).padStart(8)}`
  const shownState = state === 'open' ? '' : ` (${state})`
  return `${id.padEnd(14)}${figures}  ${dayOf(lastAskedAt)}  ${cleanLine(title)}${shownState}`
}

async function show(call: Call, name: string): Promise<void> {
  const {store, stores, transcripts, values, print, warn} = call
  const gap = await foundById(name, {...store, what: 'gap', listing: howToRun('gaps')})
  const {id} = gap
  await noteInAudit(stores, {what: 'gap_read', which: id}, warn)
  const [shown] = await shownGaps(transcripts, [gap])
  const questions = await store.questions(id, 200)
  const asked = new Map(
    (await transcripts.asked(questions.map(({ref}) => ref))).map((one) => [one.ref, one] as const),
  )
  const history = await store.history(id)
  const lines = questions.flatMap(({ref, askedAt, reason}) => {
    const found = asked.get(ref)
    if (found === undefined) return []
    const {answerId, question, ending, rating} = found
    return {answerId, question, askedAt, reason, ending, rating}
  })
  if (values.json)
    return print(`${escapedJson(JSON.stringify({...shown, questions: lines, history}, null, 2))}\n`)
  print(`${cleanLine(shown!.title)}\n${cleanText(factsOf(shown!))}\n`)
  for (const {question, askedAt, reason} of lines)
    print(`  ${dayOf(askedAt)}  ${reason.padEnd(13)}${cleanLine(question)}\n`)
}

function factsOf({state, severity, size, conversations, assignee, note, closed, nearest}: ShownGap): string {
  const people = conversations === 1 ? 'conversation' : 'conversations'
  const lines = [`${state}, ${severity}: ${size} answers in ${conversations} ${people}`]
  if (assignee !== null) lines.push(`assigned to ${cleanLine(assignee)}`)
  if (note !== null) lines.push(`note: ${cleanLine(note)}`)
  if (closed?.build != null) lines.push(`closed by build ${closed.build}: ${closed.section?.url ?? ''}`)
  if (nearest.length > 0) lines.push(`nearest: ${nearest.map(({url}) => url).join(', ')}`)
  return lines.map((line) => `  ${line}`).join('\n')
}

async function group(call: Call): Promise<void> {
  const {store, stores, transcripts, settings, values, print, warn} = call
  await noteInAudit(stores, {what: 'gaps_grouped'}, warn)
  const {isDone, build} = await groupOnce(settings(), stores.dataDir)
  const closed = build === null ? null : await closedGaps(store, transcripts, build)
  const counts = await store.counts({scope: 'here'})
  if (values.json)
    return print(`${escapedJson(JSON.stringify({isDone, build, counts, gapsClosed: closed}, null, 2))}\n`)
  print(`${counts.open} open, ${counts.closed} closed, ${counts.dismissed} dismissed\n`)
  if (closed !== null && closed.length > 0) print(`The current build closed ${closed.length}.\n`)
  if (!isDone) print('There is more to be done: run it again.\n')
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}
