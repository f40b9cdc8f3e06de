/**
 * Fits the weights of the ranking to question sets.
 *
 * Run with: npm run fit-ranking -- --sets FOLDER [options], see `usage`.
 */
import {writeFileSync} from 'node:fs'
import {parseArgs} from 'node:util'
import {setsIn} from '../src/evaluation/evaluation-set.ts'
import {featureNames} from '../src/retrieval/fusion.ts'
import {
  figureNames,
  fitWithout,
  leaveOneOut,
  type RankingFigures,
  type SetReport,
  weightsFile,
} from '../tools/fit-ranking/fit-ranking.ts'
import {type RankedQuestion, rankedQuestionsOf} from '../tools/fit-ranking/ranked-questions.ts'
import {inWorkspace} from '../tools/fitting/workspace.ts'

const usage = `Usage: npm run fit-ranking -- --sets FOLDER [options]

Asks the questions of every set in FOLDER, fits the weights of the ranking's features to where the right sections are,
and prints for each set the figures with weights fitted to the other sets: what to expect of docs never seen.

  --sets FOLDER      as docent eval takes them
  --data DIR         keeps the indexes there for the next run (default: a temporary folder)
  --without NAME     leaves a feature out; may be repeated
  --write            replaces src/retrieval/ranking-weights.ts by weights fitted to all sets
  --help`

const {values} = parseArgs({
  options: {
    sets: {type: 'string'},
    data: {type: 'string'},
    without: {type: 'string', multiple: true, default: []},
    write: {type: 'boolean', default: false},
    help: {type: 'boolean', short: 'h', default: false},
  },
})
const unknown = values.without.find((name) => !featureNames.some((known) => known === name))
if (values.help) console.log(usage)
else if (values.sets === undefined || unknown !== undefined) {
  console.error(
    unknown === undefined ? usage : `There is no feature ${unknown}; there are ${featureNames.join(', ')}.`,
  )
  process.exitCode = 2
} else await main(values.sets, values.data ?? null)

async function main(folder: string, kept: string | null): Promise<void> {
  await inWorkspace(kept, async (embedder, dataDir) => {
    const sets = new Map<string, readonly RankedQuestion[]>()
    for (const set of setsIn(folder)) {
      console.error(`${set.name}: asking its questions`)
      sets.set(set.name!, await rankedQuestionsOf(set, dataDir, embedder))
    }
    const omitted = new Set(values.without)
    show(leaveOneOut(sets, omitted))
    const file = weightsFile(fitWithout(sets, null, omitted))
    if (values.write) writeFileSync('src/retrieval/ranking-weights.ts', file)
    else console.log(file)
  })
}

function show(reports: readonly SetReport[]): void {
  console.log(`| set | questions | weights | ${figureNames.join(' | ')} |`)
  console.log(`|---|---|---|${figureNames.map(() => '---|').join('')}`)
  const row = (name: string, questions: number, weights: string, figures: RankingFigures) =>
    console.log(
      `| ${name} | ${questions} | ${weights} | ${figureNames.map((figure) => figures[figure].toFixed(3)).join(' | ')} |`,
    )
  for (const {name, questions, today, leftOut} of reports) {
    row(name, questions, 'today', today)
    row(name, questions, 'without it', leftOut)
  }
  const questions = reports.reduce((sum, report) => sum + report.questions, 0)
  for (const [weights, read] of [
    ['today', (report: SetReport) => report.today],
    ['without it', (report: SetReport) => report.leftOut],
  ] as const) {
    const means = Object.fromEntries(
      figureNames.map((figure) => [
        figure,
        reports.reduce((sum, report) => sum + read(report)[figure], 0) / reports.length,
      ]),
    ) as unknown as RankingFigures
    row('mean', questions, weights, means)
  }
}
