/**
 * Retrieval quality of a question set against a folder of Markdown, through the retriever that serves answers.
 *
 * Run with: npm run eval -- --content DIR --questions FILE [options], see `usage`.
 */
import {existsSync} from 'node:fs'
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {inspect, parseArgs} from 'node:util'
import {loadSettings} from '../src/config.ts'
import {DocentError, toDocentError} from '../src/domain/index.ts'
import {openEmbedder} from '../src/embedding/transformers-embedder.ts'
import {openCurrentBuild} from '../src/index/index.ts'
import {ingest, openEmbedderProcess} from '../src/ingestion/index.ts'
import {defaultCalibration} from '../src/retrieval/calibration.ts'
import {compareRuns} from '../src/retrieval/evaluation/compare.ts'
import {type Evaluation, evaluate} from '../src/retrieval/evaluation/evaluate.ts'
import {readQuestions} from '../src/retrieval/evaluation/question-set.ts'
import {type Stage, stages} from '../src/retrieval/ranking.ts'
import {cleanText, escapedJson, withoutJobCommands} from '../src/text/clean-text.ts'
import {evaluateAnswers} from './eval/answers.ts'
import {showAblation, showComparison, showEvaluation} from './eval/show.ts'

const usage = `Usage: npm run eval -- --content DIR --questions FILE [options]

  --content DIR        the folder of Markdown
  --questions FILE     JSON lines {id, question, relevant: [url or url#anchor], answer?, history?}
  --unanswerable FILE  questions the docs do not answer; more than once if need be
  --data DIR           keeps the index here between runs (default: a temporary folder)
  --model MODEL        embedding model (default: EMBEDDING_MODEL, or the shipped one)
  --without STAGE      leaves a stage out; more than once if need be:
                       ${stages.join(', ')}
  --ablate             runs once with every stage and once without each, and prints the table
  --no-history         asks follow-ups as if nothing had been said before
  --no-calibration     decides abstention by the calibration that ships, not one made for this folder
  --answers            scores extractive answers too, where the questions come with one
  --k N                results asked for (default 50)
  --worst N            shows so many of the worst and slowest questions (default 5)
  --min NAME=VALUE     exit 1 when a figure is lower, as page.hit@5=0.6, section.mrr@10=0.3,
                       abstention.auroc=0.95; a bare hit@5 is by section
  --max NAME=VALUE     exit 1 when a figure is higher, as abstention.refusedAnswerable=0.03
  --baseline FILE      compares with the JSON of an earlier run, question by question
  --out FILE           writes the JSON there as well
  --json               one JSON object on standard output
  --help

Exit: 0 done; 1 a --min or --max was missed, or it could not be done; 2 bad usage.`

const options = {
  content: {type: 'string'},
  questions: {type: 'string'},
  unanswerable: {type: 'string', multiple: true},
  data: {type: 'string'},
  model: {type: 'string'},
  without: {type: 'string', multiple: true},
  ablate: {type: 'boolean', default: false},
  'no-history': {type: 'boolean', default: false},
  'no-calibration': {type: 'boolean', default: false},
  answers: {type: 'boolean', default: false},
  k: {type: 'string', default: '50'},
  worst: {type: 'string', default: '5'},
  min: {type: 'string', multiple: true},
  max: {type: 'string', multiple: true},
  baseline: {type: 'string'},
  out: {type: 'string'},
  json: {type: 'boolean', default: false},
  help: {type: 'boolean', short: 'h', default: false},
} as const

interface Bound {
  readonly name: string
  readonly value: number
  readonly isLeast: boolean
}

/** The command line is wrong, or what it names is not there. */
class UsageError extends Error {}

process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  try {
    const {values} = parseArgs({args: [...args], options})
    if (values.help) {
      console.log(usage)
      return 0
    }
    const {content, questions: file, unanswerable = [], without = [], min = [], max = []} = values
    if (content === undefined || file === undefined)
      throw new UsageError('--content and --questions are needed')
    for (const path of [content, file, ...unanswerable, ...(values.baseline ? [values.baseline] : [])]) {
      if (!existsSync(path)) throw new UsageError(`${path} is not there`)
    }
    const stagesOut = new Set(without.flatMap((names) => names.split(',')).map(parseStage))
    const bounds = [
      ...min.map((text) => parseBound(text, true)),
      ...max.map((text) => parseBound(text, false)),
    ]
    const depth = parseWhole('--k', values.k)
    const worst = parseWhole('--worst', values.worst)
    return await run({
      ...values,
      content,
      questions: file,
      unanswerable,
      without: stagesOut,
      bounds,
      depth,
      worst,
    })
  } catch (error) {
    if (error instanceof UsageError || (error as {code?: string}).code?.startsWith('ERR_PARSE_ARGS')) {
      warn(`${(error as Error).message}\n\nnpm run eval -- --help lists the options.`)
      return 2
    }
    const failure = toDocentError(error)
    warn(failure.code === 'internal' ? inspect(failure) : failure.message)
    return failure.code === 'invalid_request' || failure.code === 'config' ? 2 : 1
  }
}

interface Run {
  readonly content: string
  readonly questions: string
  readonly unanswerable: readonly string[]
  readonly data?: string | undefined
  readonly model?: string | undefined
  readonly baseline?: string | undefined
  readonly out?: string | undefined
  readonly without: ReadonlySet<Stage>
  readonly bounds: readonly Bound[]
  readonly depth: number
  readonly worst: number
  readonly json: boolean
  readonly ablate: boolean
  readonly answers: boolean
  readonly 'no-history': boolean
  readonly 'no-calibration': boolean
}

async function run(given: Run): Promise<number> {
  const settings = loadSettings()
  const model = given.model ?? settings.embeddingModel
  const all = (await readQuestions(given.questions)).map((question) =>
    given['no-history'] ? {...question, history: []} : question,
  )
  const unanswerable = [
    ...all.filter(({relevant}) => relevant.length === 0),
    ...(await Promise.all(given.unanswerable.map((file) => readQuestions(file)))).flat(),
  ].map((question) => ({...question, relevant: [], ...(given['no-history'] ? {history: []} : {})}))
  const questions = all.filter(({relevant}) => relevant.length > 0)

  const temporary = given.data === undefined ? await mkdtemp(join(tmpdir(), 'docent-eval-')) : null
  const dataDir = resolve(given.data ?? temporary ?? '')
  const embedder = await openEmbedder({model, cacheDir: join(settings.dataDir, 'models')})
  try {
    await index(given, dataDir, model, join(settings.dataDir, 'models'))
    const current = await openCurrentBuild(dataDir)
    try {
      const ask = (without: ReadonlySet<Stage>) =>
        evaluate({
          current,
          embedder,
          questions,
          unanswerable,
          without,
          depth: given.depth,
          ...(given['no-calibration'] ? {calibration: defaultCalibration} : {}),
        })
      const result = await ask(given.without)
      const answers = given.answers
        ? await evaluateAnswers({current, embedder, questions, without: given.without})
        : null
      const comparison =
        given.baseline === undefined
          ? null
          : compareRuns(
              parseBaseline(await readFile(given.baseline, 'utf8'), given.baseline),
              result.questions,
            )
      const ablation: Evaluation[] = []
      if (given.ablate) for (const stage of stages) ablation.push(await ask(new Set([stage])))

      const missed = given.bounds.filter(({name, value, isLeast}) => {
        const figure = figureOf(result, name)
        return isLeast ? figure < value : figure > value
      })
      const output = {
        content: given.content,
        questionFile: given.questions,
        ...result,
        ...(answers === null ? {} : {answers}),
        ...(comparison === null ? {} : {comparison}),
        ...(given.ablate
          ? {
              ablation: ablation.map(({without, metrics, abstention}) => ({without, metrics, abstention})),
            }
          : {}),
        missed: missed.map(({name, value, isLeast}) => ({
          name,
          [isLeast ? 'min' : 'max']: value,
          value: figureOf(result, name),
        })),
      }
      const text = `${escapedJson(JSON.stringify(output, null, 2))}\n`
      if (given.out !== undefined) await writeFile(given.out, text)
      if (given.json) process.stdout.write(text)
      else {
        say(showEvaluation(result, {worst: given.worst, answers}))
        if (comparison !== null) say(showComparison(comparison))
        if (given.ablate) say(showAblation(result, ablation))
      }
      for (const {name, value, isLeast} of missed) {
        warn(`${name} is ${figureOf(result, name).toFixed(4)}, ${isLeast ? 'below' : 'above'} ${value}`)
      }
      return missed.length > 0 ? 1 : 0
    } finally {
      await current.close()
    }
  } finally {
    await embedder.close()
    if (temporary !== null) await rm(temporary, {recursive: true, force: true})
  }
}

/** Brings the index of the folder up to date by the ingestion that serves; says how on standard error. */
async function index(given: Run, dataDir: string, model: string | null, cacheDir: string): Promise<void> {
  const opened: {close(): Promise<void>}[] = []
  try {
    const report = await ingest({
      content: resolve(given.content),
      dataDir,
      force: true,
      embedder: async () => {
        const embedder = await openEmbedderProcess({model, cacheDir})
        opened.push(embedder)
        return embedder
      },
    })
    const seconds = (report.tookMs / 1000).toFixed(1)
    warn(
      `${report.pages.total} pages, ${report.passages.total} passages, indexed in ${seconds} s (${report.outcome})`,
    )
  } finally {
    for (const embedder of opened) await embedder.close()
  }
}

/** Questions and addresses of pages drive neither a terminal nor the runner of a CI job. */
function say(text: string): void {
  console.log(withoutJobCommands(cleanText(text)))
}

function warn(text: string): void {
  console.error(withoutJobCommands(cleanText(text)))
}

function parseStage(name: string): Stage {
  const stage = stages.find((known) => known === name)
  if (stage === undefined) throw new UsageError(`${name} is no stage; there are ${stages.join(', ')}`)
  return stage
}

function parseBound(text: string, isLeast: boolean): Bound {
  const match = /^([^=]+)=(-?\d*\.?\d+)$/.exec(text)
  if (match === null) throw new UsageError(`${text} is not NAME=VALUE`)
  const name = match[1]!.trim()
  if (!boundName.test(name))
    throw new UsageError(`${name} is no figure; as page.hit@5, hit@5 or abstention.auroc`)
  return {name, value: Number(match[2]), isLeast}
}

const boundName =
  /^(?:(?:section|page)[._])?(?:hit|recall|precision|mrr)@(?:1|3|5|10|20)$|^(?:abstention[._])?(?:auroc|refusedAnswerable|refusedUnanswerable|refusedUnanswerableAt3Percent)$/

/** `page.hit@5`, `page_hit@5`, `hit@5` (by section), `abstention.auroc`, `auroc`. */
function figureOf({metrics, abstention}: Evaluation, name: string): number {
  const [, by = 'section', metric] = /^(?:(section|page)[._])?(\w+@\d+)$/.exec(name) ?? []
  if (metric !== undefined) return metrics[by as 'section' | 'page'][metric] ?? 0
  const figure = name.replace(/^abstention[._]/, '') as 'auroc' | 'refusedAnswerable' | 'refusedUnanswerable'
  return abstention[figure] ?? 0
}

function parseWhole(name: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new UsageError(`${name} must be a whole number`)
  return Number(text)
}

function parseBaseline(text: string, file: string): Evaluation['questions'] {
  const value = JSON.parse(text) as Partial<Evaluation>
  if (!Array.isArray(value.questions)) {
    throw new DocentError('invalid_request', `${file} is not the JSON of an earlier run`)
  }
  return value.questions
}
