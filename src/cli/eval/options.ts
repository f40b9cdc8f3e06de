import {existsSync, statSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {parseArgs} from 'node:util'
import {sourceShown} from '../../domain/index.ts'
import {answerFigureNames, type EvaluationSet, setsIn} from '../../evaluation/index.ts'
import {type UnitFeatureName, unitFeatureNames} from '../../generation/index.ts'
import {howToRun} from '../../package/index.ts'
import {staffQuestionFile} from '../../question-sets/index.ts'
import {type Stage, stages} from '../../retrieval/index.ts'
import {loadSettings, type Settings} from '../../settings/index.ts'
import {UsageError} from '../usage-error.ts'
import {type Bound, parseBound} from './bounds.ts'
import {refuseDataDir} from './data-dir.ts'

export const usage = `Usage: ${howToRun('eval', '--content DIR --questions FILE [options]')}
       ${howToRun('eval', '--golden [options]')}
       ${howToRun('eval', '--sets DIR [options]')}

  --content DIR        the folder of Markdown
  --questions FILE     JSON lines {id, question, relevant or gold, evidence?, answer?, history?, kind?,
                       version?, lang?}:
                       relevant [url or url#anchor], gold [{file, heading, line?}],
                       evidence [[words of the docs that say it, …], …]
  --golden             instead of both: the golden questions of the staff, ${staffQuestionFile} in DATA_DIR or those in the
                       database of DATABASE_URL, over the docs of CONTENT_DIR
  --unanswerable FILE  questions the docs do not answer; can be repeated
  --sets DIR           instead of the above: every folder in DIR with content/ and written.jsonl or questions.jsonl,
                       and unanswerable.jsonl if there is one; also measures answers, and prints one table
  --only SET           with --sets: only this set; can be repeated
  --cross              with --sets: also ask the questions of each set over the docs of all others
  --data DIR           keep the index here between runs, with --sets one for each set (default: a temporary folder)
  --model MODEL        embedding model (default: EMBEDDING_MODEL, or the shipped one)
  --without STAGE      leave a stage out; can be repeated:
                       ${stages.join(', ')};
                       with --answers also a feature of what is quoted: ${unitFeatureNames.map(asOption).join(', ')}
  --ablate             run once with all stages and once without each, and print a table; not with --sets
  --no-history         ask follow-ups without their conversation
  --no-calibration     use the built-in calibration of abstention instead of one for this folder
  --answers            also measure quoted answers
  --k N                number of results to retrieve (default 50)
  --worst N            number of worst and slowest questions to show (default 5)
  --min NAME=VALUE     exit 1 if a figure is lower or was not measured, e.g. page.hit@5=0.6, section.mrr@10=0.3,
                       abstention.auroc=0.95, answers.hold=1; hit@5 alone is by section
  --max NAME=VALUE     the same if it is higher, e.g. abstention.refusedAnswerable=0.03
  --baseline FILE      compare with the --out of an earlier run, question by question, by id and text
  --out FILE           also write the JSON to this file; its folder must exist
  --json               print one JSON object; npm run --silent suppresses npm's own lines
  --help

Figures of answers for --min and --max:
${Object.entries(answerFigureNames)
  .map(([name, meaning]) => `  answers.${name.padEnd(20)} ${meaning}`)
  .join('\n')}
  answers.refused.KIND         refused questions of a kind that the docs do not answer, e.g. answers.refused.near;
                               answers.refused.unanswerable for those without a kind
  answers.cross                refused questions of the other sets, with --cross
With --sets, a figure is the mean over the sets that have it.

Exit code: 0 done; 1 failed, or a --min or --max was missed; 2 bad usage.`

const options = {
  content: {type: 'string'},
  questions: {type: 'string'},
  golden: {type: 'boolean', default: false},
  unanswerable: {type: 'string', multiple: true},
  sets: {type: 'string'},
  only: {type: 'string', multiple: true},
  cross: {type: 'boolean', default: false},
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

export interface EvalOptions {
  /** The set of `--content` and `--questions`, that of `--golden`, or the selected sets of `--sets`. */
  readonly sets: readonly EvaluationSet[]
  /** All of `--sets`, for `--cross`; null for a single set. */
  readonly allSets: readonly EvaluationSet[] | null
  readonly data: string | null
  /** Null for the model in the settings. */
  readonly model: string | null
  readonly baseline: string | null
  readonly out: string | null
  readonly without: ReadonlySet<Stage>
  /** Features of the extractor to leave out. */
  readonly withoutFeatures: ReadonlySet<UnitFeatureName>
  readonly bounds: readonly Bound[]
  readonly depth: number
  readonly worst: number
  readonly json: boolean
  readonly ablate: boolean
  readonly answers: boolean
  readonly cross: boolean
  readonly noHistory: boolean
  readonly noCalibration: boolean
}

/** Whether the golden questions of the staff are asked, as far as can be told before the arguments are checked. */
export function asksGolden(args: readonly string[]): boolean {
  return args.includes('--golden')
}

/**
 * @param golden a copy of the golden questions where they are in a database, null where there are none; default: those in the
 * data folder
 * @throws UsageError, or what `parseArgs` throws.
 */
export function parseOptions(
  args: readonly string[],
  settings: () => Pick<Settings, 'dataDir' | 'sources'> = loadSettings,
  golden?: string | null,
): EvalOptions | 'help' {
  const {values, tokens} = parseArgs({args: [...args], options, tokens: true})
  if (values.help) return 'help'
  const names = tokens.flatMap((token): string[] => (token.kind === 'option' ? [token.name] : []))
  const repeated = names.find((name, index) => isSingle(name) && names.indexOf(name) !== index)
  if (repeated !== undefined) throw new UsageError(`--${repeated} is given more than once`)
  const {baseline = null, only = [], without = [], min = [], max = [], out = null, data = null} = values
  const isMany = values.sets !== undefined
  if (isMany && values.golden) throw new UsageError('--golden cannot be used with --sets')
  const conflicting = (['content', 'questions', 'unanswerable'] as const).find(
    (name) => values[name] !== undefined,
  )
  if (isMany && conflicting !== undefined) throw new UsageError(`--${conflicting} cannot be used with --sets`)
  if (!isMany && (values.cross || only.length > 0)) throw new UsageError('--cross and --only need --sets')
  if (isMany && values.ablate) throw new UsageError('--ablate needs --content, one set at a time')
  const allSets = isMany ? setsIn(values.sets!) : null
  const sets =
    allSets === null
      ? [values.golden ? goldenSet(values, settings(), golden) : singleSet(values)]
      : selectSets(allSets, only)
  if (baseline !== null) requirePath(baseline)
  if (out !== null && isFolder(out)) throw new UsageError(`--out ${out} is a folder; name a file in it`)
  if (out !== null && !isFolder(dirname(out)))
    throw new UsageError(`--out ${out}: the folder ${dirname(out)} does not exist`)
  if (values.model?.trim() === '')
    throw new UsageError('--model needs a name; leave it out to use the model in the settings')
  if (data !== null) {
    const docs = (allSets ?? sets).flatMap(foldersOf)
    refuseDataDir([data, ...sets.map((set) => dataDirOf({data}, set)!)], docs)
  }
  const answers = values.answers || isMany
  const bounds = [...min.map((text) => parseBound(text, true)), ...max.map((text) => parseBound(text, false))]
  const ofAnswers = bounds.find(({name}) => name.startsWith('answers.'))
  if (ofAnswers !== undefined && !answers) throw new UsageError(`${ofAnswers.name} needs --answers`)
  const left = without.flatMap((names) => names.split(',')).map(parseLeft)
  const leftFeatures = left.flatMap(({feature}) => feature ?? [])
  const [leftFeature] = leftFeatures
  if (leftFeature !== undefined && !answers)
    throw new UsageError(`--without ${asOption(leftFeature)} needs --answers`)
  return {
    sets,
    allSets,
    data,
    model: values.model ?? null,
    baseline,
    out,
    without: new Set(left.flatMap(({stage}) => stage ?? [])),
    withoutFeatures: new Set(leftFeatures),
    bounds,
    depth: parseWhole('--k', values.k),
    worst: parseWhole('--worst', values.worst),
    json: values.json,
    ablate: values.ablate,
    answers,
    cross: values.cross,
    noHistory: values['no-history'],
    noCalibration: values['no-calibration'],
  }
}

/** Whether an option accepts only one value. */
function isSingle(name: string): boolean {
  const option = options[name as keyof typeof options]
  return option.type === 'string' && !('multiple' in option)
}

function singleSet({
  content,
  questions,
  unanswerable = [],
}: {
  readonly content?: string | undefined
  readonly questions?: string | undefined
  readonly unanswerable?: string[] | undefined
}): EvaluationSet {
  if (content === undefined || questions === undefined)
    throw new UsageError('--content and --questions are required, or --golden, or --sets')
  for (const path of [content, questions, ...unanswerable]) requirePath(path)
  return {name: null, content, questions, unanswerable}
}

/** The golden questions of the staff, over the docs that the server answers from. @throws UsageError */
function goldenSet(
  {content, questions, unanswerable = []}: Parameters<typeof singleSet>[0],
  {dataDir, sources}: Pick<Settings, 'dataDir' | 'sources'>,
  copy: string | null | undefined,
): EvaluationSet {
  if (content !== undefined || questions !== undefined)
    throw new UsageError('--golden cannot be used with --content and --questions')
  const nobody = 'nobody has made a golden question in the console yet'
  if (copy === null) throw new UsageError(`the database of DATABASE_URL has none: ${nobody}`)
  const file = copy ?? join(dataDir, staffQuestionFile)
  if (!existsSync(file)) throw new UsageError(`${file} does not exist: ${nobody}`)
  for (const path of unanswerable) requirePath(path)
  return {
    name: null,
    content: sources.map(sourceShown).join(', '),
    sources,
    questions: file,
    unanswerable,
    leavesOutBadLines: true,
  }
}

/** The folders of its docs on this machine, outside which an index is to be kept. */
function foldersOf({content, sources}: EvaluationSet): readonly string[] {
  if (sources === undefined) return [content]
  return sources.flatMap((source) => (source.kind === 'folder' ? [source.folder] : []))
}

function selectSets(all: readonly EvaluationSet[], only: readonly string[]): readonly EvaluationSet[] {
  const unknown = only.find((name) => all.every((set) => set.name !== name))
  if (unknown !== undefined)
    throw new UsageError(`there is no set ${unknown}; the sets are ${all.map(({name}) => name).join(', ')}`)
  return only.length === 0 ? all : all.filter(({name}) => only.includes(name ?? ''))
}

function isFolder(path: string): boolean {
  return statSync(path, {throwIfNoEntry: false})?.isDirectory() === true
}

function requirePath(path: string): void {
  if (!existsSync(path)) throw new UsageError(`${path} does not exist`)
}

interface Left {
  readonly stage?: Stage
  readonly feature?: UnitFeatureName
}

function parseLeft(name: string): Left {
  const stage = stages.find((known) => known === name)
  const feature = unitFeatureNames.find((known) => asOption(known) === name)
  if (stage !== undefined) return {stage}
  if (feature !== undefined) return {feature}
  throw new UsageError(
    `${name} is not a stage; the stages are ${stages.join(', ')}, and with --answers ${unitFeatureNames.map(asOption).join(', ')}`,
  )
}

/** A feature of the extractor, told from stages of retrieval with the same name. */
function asOption(feature: UnitFeatureName): string {
  return `unit.${feature}`
}

function parseWhole(name: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new UsageError(`${name} must be a whole number`)
  return Number(text)
}

/** Where the index of a set is kept; null for a temporary folder. */
export function dataDirOf({data}: Pick<EvalOptions, 'data'>, {name}: EvaluationSet): string | null {
  return data === null || name === null ? data : join(data, name)
}
