import {randomInt} from 'node:crypto'
import {readdirSync, readFileSync} from 'node:fs'
import {join, sep} from 'node:path'
import {hasPostgres} from '../../support/postgres.ts'
import {seedVariable} from '../../support/random-seed.ts'
import {type Cell, chosenCells, type Kind} from '../cell.ts'
import {root, runProgram} from '../programs.ts'

/** Random tests that are run together. */
interface RandomTests {
  readonly name: string
  readonly files: readonly string[]
  /** Minimum number of cases that each of them tries in one run. */
  readonly casesPerRound: number
  /** Default number of runs. */
  readonly rounds: number
  readonly inSmoke: boolean
  /** Why they cannot run on this machine; default null, they can. */
  readonly skipped?: string | null
}

const ownCells: readonly RandomTests[] = [
  {
    name: 'answering',
    files: ['test/answering/fuzz.test.ts'],
    casesPerRound: 2500,
    rounds: 10,
    inSmoke: true,
  },
  {name: 'wire', files: ['test/http/wire-fuzz.test.ts'], casesPerRound: 200, rounds: 10, inSmoke: true},
  {
    name: 'ingestion',
    files: ['test/ingestion/incremental.test.ts'],
    casesPerRound: 8,
    rounds: 10,
    inSmoke: false,
  },
  {
    name: 'replicas',
    files: ['test/http/replicas-schedules.test.ts'],
    casesPerRound: 20,
    rounds: 10,
    inSmoke: false,
    skipped: hasPostgres ? null : 'PostgreSQL is not installed',
  },
]

/** Distance between the seeds of two rounds; larger than the number of seeds that any test uses. */
const seedsPerRound = 1000
/** A seed that no test uses by default, and a fixed one, so that CI runs the same cases each time. */
const smokeSeed = 77_000

/** The random tests, with other seeds than the fixed ones of `npm test`. */
export const schedules: Kind = {
  name: 'schedules',
  help: `[NAME…] Random tests with many seeds: answering, wire, ingestion, replicas, properties (all the others).
Each run begins with another seed and prints it.`,
  options: ['runs', 'seed'],
  cells(names, {smoke, runs, seed}) {
    const first = seed ?? (smoke ? smokeSeed : randomInt(900_000_000))
    return chosenCells(
      [...ownCells, allOthers()],
      names,
      ({name}, asked) => name === asked,
      ({name}) => name,
    )
      .filter(({inSmoke}) => !smoke || inSmoke)
      .map((tests): Cell => {
        const usual = smoke ? 1 : tests.rounds
        const rounds = runs === null ? usual : Math.ceil(runs / tests.casesPerRound)
        return {name: tests.name, skipped: tests.skipped ?? null, run: () => runRounds(tests, rounds, first)}
      })
  },
}

/** All other tests that use `random-seed.ts`, so that new random tests are included automatically. */
function allOthers(): RandomTests {
  const own = ownCells.flatMap(({files}) => files)
  const files = readdirSync(join(root, 'test'), {recursive: true, encoding: 'utf8'})
    .map((file) => `test/${file.replaceAll(sep, '/')}`)
    .filter((file) => file.endsWith('.test.ts') && !own.includes(file))
    .filter((file) => readFileSync(join(root, file), 'utf8').includes('/support/random-seed.ts'))
    .sort()
  return {name: 'properties', files, casesPerRound: 60, rounds: 10, inSmoke: false}
}

function runRounds(tests: RandomTests, rounds: number, first: number): string {
  for (let round = 0; round < rounds; round++) {
    const seed = first + round * seedsPerRound
    try {
      runTests(tests.files, seed)
    } catch (cause) {
      const again = `npm run test:matrix -- schedules ${tests.name} --runs 1 --seed ${seed}`
      throw new Error(
        `round ${round + 1} of ${rounds} failed; repeat with: ${again}\n${(cause as Error).message}`,
      )
    }
  }
  return `${rounds} × ${tests.casesPerRound} cases from seed ${first}`
}

function runTests(files: readonly string[], seed: number): void {
  const env = {...process.env, [seedVariable]: String(seed)}
  runProgram(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...files], {cwd: root, env})
}
