import {parseArgs} from 'node:util'
import {howToRun} from '../../package/index.ts'
import {listedStates} from '../../verified/index.ts'
import {UsageError} from '../usage-error.ts'

export const help = `Usage: ${howToRun('verified', '[COMMAND] [OPTIONS]')}

Answers that staff wrote and stand for. A published one is given whenever its question is asked.

Commands
  list                    List them, the one changed last first (the default).
  show ID                 Show one, with its text.
  add                     Propose one: with --question, --text or --file, and --url.
  change ID               Write it anew; what no option names stays. A published one stays published.
  publish ID              Give it from now on, also after it rested. An earlier one to the same question is withdrawn.
  withdraw ID             Give it no longer.
  delete ID               Remove it.

Options
  --data DIR              The server's data folder (default: DATA_DIR, or data).
  --state STATE           list: ${listedStates.join(', ')}.
  --q WORDS               list: with these words in the question or the beginning of the answer.
  --question TEXT         add, change: the question, as visitors ask it.
  --text TEXT             add, change: the answer, in Markdown.
  --file FILE             add, change: read the answer from a file.
  --url ADDRESS           add, change: the page that it rests on, e.g. /docs/settings or /docs/settings#all-settings.
  --anchor NAME           add, change: the section of that page.
  --lang TAG              add, change: the language of the pages that answer the question (default: that of the page).
  --version NAME          add, change: the version of the docs that is asked for (default: the current one).
  --answer REF            add: the ref of the answer that it is written for.
  --revision N            change, publish, withdraw, delete: only if this is still its revision.
  --json                  JSON instead of text.

An ID may be shortened to an unambiguous beginning; one that begins with - goes after --. The commands work while the server
runs, and without it. What they do is in the audit log. With DATABASE_URL they work on that database.
`

/** @throws what `parseArgs` throws. */
export function parseArguments(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      help: {type: 'boolean', short: 'h'},
      data: {type: 'string'},
      state: {type: 'string'},
      q: {type: 'string'},
      question: {type: 'string'},
      text: {type: 'string'},
      file: {type: 'string'},
      url: {type: 'string'},
      anchor: {type: 'string'},
      lang: {type: 'string'},
      version: {type: 'string'},
      answer: {type: 'string'},
      revision: {type: 'string'},
      json: {type: 'boolean'},
    },
  })
}

export type Values = ReturnType<typeof parseArguments>['values']

const written = ['question', 'text', 'file', 'url', 'anchor', 'lang', 'version'] as const

/** Which options a command takes, besides `--data` and `--json`. */
export const optionsOf: Readonly<Record<string, readonly (keyof Values)[]>> = {
  list: ['state', 'q'],
  show: [],
  add: [...written, 'answer'],
  change: [...written, 'revision'],
  publish: ['revision'],
  withdraw: ['revision'],
  delete: ['revision'],
}

const ofAll: readonly string[] = ['help', 'data', 'json']

/** @throws UsageError for an option of another command, which would have no effect. */
export function refuseOtherOptions(name: string, values: Values): void {
  const other = Object.keys(values).find(
    (option) => !ofAll.includes(option) && !(optionsOf[name] as readonly string[]).includes(option),
  )
  if (other !== undefined) throw new UsageError(`--${other} is no option of ${name}`)
}

/** @throws UsageError */
export function stateIn({state}: Values): (typeof listedStates)[number] | undefined {
  const known = listedStates.find((one) => one === state)
  if (state === undefined || known !== undefined) return known
  throw new UsageError(`--state must be ${listedStates.join(', ')}, not ${state}`)
}

/** The revision that must be the current one; null for any. @throws UsageError */
export function revisionIn({revision}: Values): number | null {
  if (revision === undefined) return null
  if (/^[1-9]\d{0,8}$/.test(revision)) return Number(revision)
  throw new UsageError(`--revision must be a number from 1, not ${revision}`)
}
