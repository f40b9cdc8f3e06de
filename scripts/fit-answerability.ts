/**
 * Fits the weights of the decision to answer an English question to evaluation sets, and writes them to
 * `src/retrieval/answerability-weights.ts`. To be run again when retrieval's features change.
 *
 * Run with: npm run fit-answerability -- --sets DIR [options], see `usage`.
 */
import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {openEmbedder} from '../src/embedding/index.ts'
import {packageRoot} from '../src/package/index.ts'
import {collectRows, type Row} from '../tools/fit-answerability/collect-rows.ts'
import {type BuildFigures, fitDecision, leaveOneSetOut} from '../tools/fit-answerability/fit-answerability.ts'
import {weightsModule} from '../tools/fit-answerability/write-weights.ts'

const defaultRefusable = 0.012

const usage = `Usage: npm run fit-answerability -- --sets DIR [--rows FILE] [--refusable N] [--dry-run]

Asks each set's documentation, and two parts of 40 pages of it, all questions of all sets; prints how many would be
refused of each kind when the decision is fitted without the set; and fits it to all of them.

  --sets DIR       folders with content/ and questions, as for "docent eval --sets"
  --rows FILE      keeps what was asked there; when the file exists, nothing is asked
  --refusable N    share of answerable questions that may be refused, mean of all builds (default: ${defaultRefusable})
  --dry-run        writes no weights
  --help`

process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  const {values} = parseArgs({
    args: [...args],
    options: {
      sets: {type: 'string'},
      rows: {type: 'string'},
      refusable: {type: 'string'},
      'dry-run': {type: 'boolean', default: false},
      help: {type: 'boolean', short: 'h', default: false},
    },
  })
  const refusable = Number(values.refusable ?? defaultRefusable)
  if (values.help || values.sets === undefined || !(refusable > 0 && refusable < 1)) {
    console.log(usage)
    return values.help ? 0 : 2
  }
  const rows = await rowsFrom(values.sets, values.rows)
  printFigures(leaveOneSetOut(rows, refusable))
  const fitted = fitDecision(rows, refusable)
  const module = weightsModule(fitted)
  console.log(`\n${module}`)
  if (!values['dry-run']) writeFileSync(join(packageRoot, 'src/retrieval/answerability-weights.ts'), module)
  return 0
}

async function rowsFrom(sets: string, file: string | undefined): Promise<readonly Row[]> {
  if (file !== undefined && existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Row[]
  const embedder = await openEmbedder({model: null})
  try {
    const rows = await collectRows(sets, embedder, (note) => console.error(note))
    if (file !== undefined) writeFileSync(file, JSON.stringify(rows))
    return rows
  } finally {
    await embedder.close()
  }
}

function printFigures(figures: readonly BuildFigures[]): void {
  const kinds = [
    'own',
    'follow-up',
    'cross',
    'other',
    'near',
    'other-product',
    'off-topic',
    'outside',
    'general',
  ]
  const line = (name: string, values: readonly (number | null | undefined)[]) =>
    console.log(`| ${name} | ${values.map((value) => value?.toFixed(3) ?? '–').join(' | ')} |`)
  console.log(`| fitted without the set | ${kinds.join(' | ')} | AUROC |`)
  console.log(`|---|${'---:|'.repeat(kinds.length + 1)}`)
  const valuesOf = ({refused, auroc}: BuildFigures) => [...kinds.map((kind) => refused[kind]), auroc]
  for (const build of figures) line(build.build, valuesOf(build))
  for (const [name, isPart] of [
    ['mean of whole sets', false],
    ['mean of parts', true],
  ] as const) {
    const rows = figures.filter((build) => build.isPart === isPart).map(valuesOf)
    const mean = (at: number) => {
      const known = rows.map((row) => row[at]).filter((value) => typeof value === 'number')
      return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length
    }
    line(name, [...kinds.map((_, at) => mean(at)), mean(kinds.length)])
  }
}
