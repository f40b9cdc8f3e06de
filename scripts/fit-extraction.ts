/**
 * Fits the weights of what is quoted to question sets.
 *
 * Run with: npm run fit-extraction -- --sets FOLDER [options], see `usage`.
 */
import {writeFileSync} from 'node:fs'
import {parseArgs} from 'node:util'
import {setsIn} from '../src/evaluation/index.ts'
import {unitFeatureNames} from '../src/generation/extraction/index.ts'
import {unitWeights} from '../src/generation/extraction/weights.ts'
import {
  figuresOf,
  figureWords,
  fitWithout,
  type UnitFigures,
  weightsFile,
} from '../tools/fit-extraction/fit-extraction.ts'
import {type UnitQuestion, unitQuestionsOf} from '../tools/fit-extraction/unit-questions.ts'
import {withBuildOfSet} from '../tools/fitting/build-of-set.ts'
import {inWorkspace} from '../tools/fitting/workspace.ts'

const usage = `Usage: npm run fit-extraction -- --sets FOLDER [options]

Asks the questions with evidence of every set in FOLDER, fits the weights of the extractor's features to where the
evidence is, and prints for each set the figures with weights fitted to the other sets: what to expect of docs never seen.
"first": the best unit has evidence; "covered": the best units of ${figureWords} words together have all.

  --sets FOLDER      as docent eval takes them
  --data DIR         keeps the indexes there for the next run (default: a temporary folder)
  --write            replaces src/generation/extraction/weights.ts by weights fitted to all sets
  --help`

const {values} = parseArgs({
  options: {
    sets: {type: 'string'},
    data: {type: 'string'},
    write: {type: 'boolean', default: false},
    help: {type: 'boolean', short: 'h', default: false},
  },
})
if (values.help) console.log(usage)
else if (values.sets === undefined) {
  console.error(usage)
  process.exitCode = 2
} else await main(values.sets, values.data ?? null)

async function main(folder: string, kept: string | null): Promise<void> {
  await inWorkspace(kept, async (embedder, dataDir) => {
    const sets = new Map<string, readonly UnitQuestion[]>()
    for (const set of setsIn(folder)) {
      console.error(`${set.name}: asking its questions`)
      const asked = await withBuildOfSet(set, dataDir, (current, questions) =>
        unitQuestionsOf(questions, current, embedder),
      )
      if (asked.length > 0) sets.set(set.name!, asked)
    }
    show(sets)
    const file = weightsFile(fitWithout(sets, null))
    if (values.write) writeFileSync('src/generation/extraction/weights.ts', file)
    else console.log(file)
  })
}

function show(sets: ReadonlyMap<string, readonly UnitQuestion[]>): void {
  const today = Float64Array.from(unitFeatureNames, (name) => unitWeights[name])
  const rows = [...sets].map(([name, questions]) => ({
    name,
    today: figuresOf(questions, today),
    without: figuresOf(questions, fitWithout(sets, name)),
  }))
  console.log('| set | first: today | first: without it | covered: today | covered: without it |')
  console.log('|---|---|---|---|---|')
  for (const {name, today: now, without} of rows) row(name, now, without)
  const mean = (read: (one: (typeof rows)[number]) => UnitFigures): UnitFigures => ({
    first: rows.reduce((sum, one) => sum + read(one).first, 0) / rows.length,
    covered: rows.reduce((sum, one) => sum + read(one).covered, 0) / rows.length,
  })
  row(
    'mean',
    mean((one) => one.today),
    mean((one) => one.without),
  )
}

function row(name: string, today: UnitFigures, without: UnitFigures): void {
  const cells = [today.first, without.first, today.covered, without.covered].map((value) => value.toFixed(3))
  console.log(`| ${[name, ...cells].join(' | ')} |`)
}
