import {existsSync, statSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {parseArgs} from 'node:util'
import {answerFigureNames, type EvaluationSet, setsIn} from '../../evaluation/index.ts'
import {howToRun} from '../../package/index.ts'
import {type Stage, stages} from '../../retrieval/index.ts'
import {UsageError} from '../usage-error.ts'
import {type Bound, parseBound} from './bounds.ts'
import {refuseDataDir} from './data-dir.ts'

export const usage = `Usage: ${howToRun('eval', '--content DIR --questions FILE [options]')}
       ${howToRun('eval', '--sets DIR [options]')}

  --content DIR        the folder of Markdown
  --questions FILE     JSON lines {id, question, relevant or gold, evidence?, answer?, history?, kind?}:
                       relevant [url or url#anchor], gold [{file, heading, line?}],
                       evidence [[words of the docs that say it, …], …]
  --unanswerable FILE  questions the docs do not answer; more than once if need be
  --sets DIR           instead of these: every folder in DIR with content/ and written.jsonl or questions.jsonl,
                       and unanswerable.jsonl where there is one; measures answers too, and prints one table
  --only SET           with --sets: this one; more than once if need be
  --cross              with --sets: also asks the docs of each set the questions of all others
  --data DIR           keeps the index here between runs, with --sets one for each set (default: a temporary folder)
  --model MODEL        embedding model (default: EMBEDDING_MODEL, or the shipped one)
  --without STAGE      leaves a stage out; more than once if need be:
                       ${stages.join(', ')}
  --ablate             runs once with every stage and once without each, and prints the table; not with --sets
  --no-history         asks follow-ups as if nothing had been said before
  --no-calibration     decides abstention by the calibration that ships, not one made for this folder
  --answers            measures the quoted answers too
  --k N                results asked for (default 50)
  --worst N            shows so many of the worst and slowest questions (default 5)
  --min NAME=VALUE     exit 1 when a figure is lower or was not measured, as page.hit@5=0.6, section.mrr@10=0.3,
                       abstention.auroc=0.95, answers.hold=1; a bare hit@5 is by section
  --max NAME=VALUE     the same when it is higher, as abstention.refusedAnswerable=0.03
  --baseline FILE      compares with the --out of an earlier run, question by question: those of one id and text
  --out FILE           writes the JSON there as well; its folder must be there
  --json               one JSON object on standard output; npm run --silent keeps npm's own lines out of it
  --help

Figures of answers for --min and --max:
${Object.entries(answerFigureNames)
  .map(([name, meaning]) => `  answers.${name.padEnd(20)} ${meaning}`)
  .join('\n')}
  answers.refused.KIND         refused questions of a kind that the docs do not answer, as answers.refused.near;
                               answers.refused.unanswerable for those without a kind
  answers.cross                refused questions of the other sets, with --cross
With --sets a figure is the mean over the sets that have it.

Exit: 0 done; 1 a --min or --max was missed, or it could not be done; 2 bad usage.`

const options = {
  content: {type: 'string'},
  questions: {type: 'string'},
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
  /** The one set of `--content` and `--questions`, or those of `--sets` that were not left out. */
  readonly sets: readonly EvaluationSet[]
  /** All of `--sets`, for `--cross`; null for a single set. */
  readonly allSets: readonly EvaluationSet[] | null
  readonly data: string | null
  /** Null for the one that the settings name. */
  readonly model: string | null
  readonly baseline: string | null
  readonly out: string | null
  readonly without: ReadonlySet<Stage>
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

/** @throws UsageError, or what `parseArgs` throws. */
export function parseOptions(args: readonly string[]): EvalOptions | 'help' {
  const {values, tokens} = parseArgs({args: [...args], options, tokens: true})
  if (values.help) return 'help'
  const given = tokens.flatMap((token): string[] => (token.kind === 'option' ? [token.name] : []))
  const repeated = given.find((name, index) => isSingle(name) && given.indexOf(name) !== index)
  if (repeated !== undefined) throw new UsageError(`--${repeated} is given more than once`)
  const {baseline = null, only = [], without = [], min = [], max = [], out = null, data = null} = values
  const isMany = values.sets !== undefined
  const beside = (['content', 'questions', 'unanswerable'] as const).find(
    (name) => values[name] !== undefined,
  )
  if (isMany && beside !== undefined) throw new UsageError(`--${beside} does not go with --sets`)
  if (!isMany && (values.cross || only.length > 0)) throw new UsageError('--cross and --only go with --sets')
  if (isMany && values.ablate) throw new UsageError('--ablate goes with --content, one set at a time')
  const allSets = isMany ? setsIn(values.sets!) : null
  const sets = allSets === null ? [singleSet(values)] : chosen(allSets, only)
  if (baseline !== null) mustExist(baseline)
  if (out !== null && isFolder(out)) throw new UsageError(`--out ${out} is a folder; name a file in it`)
  if (out !== null && !isFolder(dirname(out)))
    throw new UsageError(`--out ${out}: the folder ${dirname(out)} is not there`)
  if (values.model?.trim() === '')
    throw new UsageError('--model needs a name; leave it out for the one of the settings')
  if (data !== null) refuseDataDir([data, ...sets.map((set) => dataDirOf({data}, set)!)], allSets ?? sets)
  const answers = values.answers || isMany
  const bounds = [...min.map((text) => parseBound(text, true)), ...max.map((text) => parseBound(text, false))]
  const ofAnswers = bounds.find(({name}) => name.startsWith('answers.'))
  if (ofAnswers !== undefined && !answers) throw new UsageError(`${ofAnswers.name} needs --answers`)
  return {
    sets,
    allSets,
    data,
    model: values.model ?? null,
    baseline,
    out,
    without: new Set(without.flatMap((names) => names.split(',')).map(parseStage)),
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

/** Whether an option has one value. */
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
    throw new UsageError('--content and --questions are needed, or --sets')
  for (const path of [content, questions, ...unanswerable]) mustExist(path)
  return {name: null, content, questions, unanswerable}
}

function chosen(all: readonly EvaluationSet[], only: readonly string[]): readonly EvaluationSet[] {
  const unknown = only.find((name) => all.every((set) => set.name !== name))
  if (unknown !== undefined)
    throw new UsageError(`there is no set ${unknown}; there are ${all.map(({name}) => name).join(', ')}`)
  return only.length === 0 ? all : all.filter(({name}) => only.includes(name ?? ''))
}

function isFolder(path: string): boolean {
  return statSync(path, {throwIfNoEntry: false})?.isDirectory() === true
}

function mustExist(path: string): void {
  if (!existsSync(path)) throw new UsageError(`${path} is not there`)
}

function parseStage(name: string): Stage {
  const stage = stages.find((known) => known === name)
  if (stage === undefined) throw new UsageError(`${name} is no stage; there are ${stages.join(', ')}`)
  return stage
}

function parseWhole(name: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new UsageError(`${name} must be a whole number`)
  return Number(text)
}

/** Where the index of a set is kept; null for a folder that goes with the run. */
export function dataDirOf({data}: Pick<EvalOptions, 'data'>, {name}: EvaluationSet): string | null {
  return data === null || name === null ? data : join(data, name)
}
