import {parseArgs} from 'node:util'
import {type Cell, type Kind, type MatrixOptions, UsageError} from './cell.ts'
import {clients} from './clients/clients.ts'
import {generators} from './generators/generators.ts'
import {nodes} from './nodes/nodes.ts'
import {protocols} from './protocols/protocols.ts'
import {schedules} from './schedules/schedules.ts'

const kinds: readonly Kind[] = [clients, protocols, generators, schedules, nodes]

const usage = `Usage: npm run test:matrix -- [KIND [NAME…]] [options]

Tests Docent with software from outside this repository, from the npm registry and from Debian. Default: everything.

${kinds.map(({name, help}) => `  ${name.padEnd(11)} ${help.replaceAll('\n', `\n${' '.repeat(14)}`)}`).join('\n')}

  --smoke        only the small part of each kind, as in CI
  --runs N       schedules: minimum number of random cases of each test
  --seed N       schedules: the first seed, as printed by a failure
  --suite        nodes: the whole test suite on each, instead of the smoke test
  --npm VERSION  nodes: install with this npm instead of the running one; may be repeated
  --help

  npm run test:matrix -- clients eventsource@3
  npm run test:matrix -- schedules wire --runs 2000

Exit: 0 all passed; 1 a check failed; 2 bad usage.`

export interface Selection {
  readonly kind: Kind
  readonly cells: readonly Cell[]
}

/** What a command line selects. @throws UsageError for an invalid one. */
export function selectionOf(args: readonly string[]): readonly Selection[] {
  const {values, positionals} = parse(args)
  const [kindName, ...names] = positionals
  const chosen = kinds.filter(({name}) => kindName === undefined || name === kindName)
  if (chosen.length === 0) {
    throw new UsageError(`there is no ${kindName}; choose from ${kinds.map(({name}) => name).join(', ')}`)
  }
  for (const option of ['runs', 'seed', 'suite', 'npm'] as const) {
    if (values[option] === undefined || chosen.some((kind) => kind.options.includes(option))) continue
    throw new UsageError(`--${option} is not for ${kindName}`)
  }
  const options: MatrixOptions = {
    smoke: values.smoke ?? false,
    suite: values.suite ?? false,
    npm: values.npm ?? [],
    runs: numberOf('runs', values.runs, 1),
    seed: numberOf('seed', values.seed, 0),
  }
  return chosen.map((kind) => ({kind, cells: kind.cells(names, options)}))
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        smoke: {type: 'boolean'},
        runs: {type: 'string'},
        seed: {type: 'string'},
        suite: {type: 'boolean'},
        npm: {type: 'string', multiple: true},
        help: {type: 'boolean', short: 'h'},
      },
    })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

function numberOf(option: string, text: string | undefined, least: number): number | null {
  if (text === undefined) return null
  const value = Number(text)
  if (/^\d{1,9}$/.test(text) && value >= least) return value
  throw new UsageError(`--${option} must be a whole number from ${least} to 999999999, not ${text}`)
}

interface Result {
  readonly name: string
  readonly outcome: 'passed' | 'failed' | 'skipped'
  readonly seconds: number
  readonly detail: string
}

async function resultOf(kind: Kind, cell: Cell): Promise<Result> {
  const name = `${kind.name} ${cell.name}`
  if (cell.skipped !== null) return {name, outcome: 'skipped', seconds: 0, detail: cell.skipped}
  const started = performance.now()
  const seconds = () => Math.round((performance.now() - started) / 100) / 10
  try {
    const detail = await untilStrayError(cell.run)
    return {name, outcome: 'passed', seconds: seconds(), detail}
  } catch (error) {
    console.error(error)
    const [detail = ''] = String(error instanceof Error ? error.message : error).split('\n')
    return {name, outcome: 'failed', seconds: seconds(), detail}
  }
}

/** Makes an uncaught error of a library fail its own cell, not the whole run. */
async function untilStrayError<T>(work: () => T | Promise<T>): Promise<T> {
  let onStray: (error: unknown) => void = () => {}
  const stray = new Promise<never>((_resolve, reject) => {
    onStray = reject
  })
  process.on('uncaughtException', onStray)
  process.on('unhandledRejection', onStray)
  try {
    return await Promise.race([work(), stray])
  } finally {
    process.off('uncaughtException', onStray)
    process.off('unhandledRejection', onStray)
  }
}

function lineOf({name, outcome, seconds, detail}: Result): string {
  return `${outcome.padEnd(8)} ${name.padEnd(40)} ${outcome === 'skipped' ? '        ' : `${seconds.toFixed(1).padStart(7)}s`}  ${detail}`
}

/**
 * Runs everything that a command line selects, and prints a line for each cell and a table at the end.
 * @returns the exit code
 */
export async function runMatrix(args: readonly string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    console.log(usage)
    return 0
  }
  let asked: readonly Selection[]
  try {
    asked = selectionOf(args)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    console.error(`${error.message}\n\n${usage}`)
    return 2
  }
  const results: Result[] = []
  for (const {kind, cells} of asked) {
    for (const cell of cells) {
      const result = await resultOf(kind, cell)
      console.log(lineOf(result))
      results.push(result)
    }
  }
  const count = (outcome: Result['outcome']) => results.filter((result) => result.outcome === outcome).length
  if (results.length > 1) console.log(`\n${results.map(lineOf).join('\n')}`)
  console.log(`\n${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`)
  return count('failed') > 0 ? 1 : 0
}
