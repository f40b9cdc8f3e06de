import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {DocentError} from '../domain/index.ts'
import type {Embedder} from '../embedding/index.ts'
import type {UnitFeatureName} from '../generation/index.ts'
import {ingest, openEmbedderProcess} from '../ingestion/index.ts'
import type {EvaluationQuestion} from '../question-sets/index.ts'
import {buildSections, resolveGold} from '../question-sets/index.ts'
import {defaultCalibration, type Stage, stages} from '../retrieval/index.ts'
import {localBuilds, type OpenCurrentBuild, openCurrentBuild} from '../search-index/index.ts'
import type {AnswerMeasures} from './answer-figures.ts'
import type {Comparison} from './compare.ts'
import {type Evaluation, evaluate} from './evaluate.ts'
import {evaluateAnswers} from './evaluate-answers.ts'
import type {EvaluationSet} from './evaluation-set.ts'
import {askOutOfDomain, type OutOfDomainMeasures, type OutOfDomainQuestions} from './out-of-domain.ts'
import type {SetQuestions} from './set-questions.ts'

/** The results of one set; what was not requested is absent. */
export interface SetResult extends Evaluation {
  /** Absent for a single set. */
  readonly name?: string
  readonly content: string
  readonly questionFile: string
  readonly answers?: AnswerMeasures
  readonly cross?: OutOfDomainMeasures
  readonly ablation?: readonly Evaluation[]
  readonly comparison?: readonly Comparison[]
}

export interface MeasureOptions {
  readonly embedder: Embedder
  /** The same with a cache, for where no time is measured. */
  readonly cachingEmbedder: Embedder
  /** As in the settings; null for the shipped model. */
  readonly model: string | null
  readonly modelsDir: string
  /** Secrets for repositories among the sources of a set. Default: none. */
  readonly gitTokens?: Parameters<typeof ingest>[0]['gitTokens'] & {}
  /** Where the index is stored; null for a temporary folder. */
  readonly dataDir: string | null
  readonly without: ReadonlySet<Stage>
  /** Features of the extractor to leave out. */
  readonly withoutFeatures: ReadonlySet<UnitFeatureName>
  readonly depth: number
  readonly noCalibration: boolean
  readonly answers: boolean
  readonly ablate: boolean
  /** Questions of the other sets; null to ask none. */
  readonly outOfDomain: readonly OutOfDomainQuestions[] | null
  /** Called with how the index was built and what could not be found in it. */
  readonly onNote: (note: string) => void
  /** Stops between two questions; temporary files are removed. */
  readonly signal: AbortSignal
}

/** Ingests the folder, asks the questions and measures the results. */
export async function measureSet(
  set: EvaluationSet,
  given: SetQuestions,
  options: MeasureOptions,
): Promise<SetResult> {
  return withIndex(set, options, async (current) => {
    const {without, depth, embedder, onNote, signal} = options
    const calibration = options.noCalibration ? {calibration: defaultCalibration} : {}
    const questions = resolveQuestions(current, given.questions, onNote)
    const {unanswerable} = given
    const ask = (left: ReadonlySet<Stage>) =>
      evaluate({current, embedder, questions, unanswerable, without: left, depth, signal, ...calibration})
    const result = await ask(without)
    const asking = {current, embedder: options.cachingEmbedder, without, signal, ...calibration}
    const ablation: Evaluation[] = []
    if (options.ablate) for (const stage of stages) ablation.push(await ask(new Set([stage])))
    return {
      ...(set.name === null ? {} : {name: set.name}),
      content: set.content,
      questionFile: set.questions,
      ...result,
      ...(options.answers
        ? {
            answers: await evaluateAnswers({
              ...asking,
              withoutFeatures: options.withoutFeatures,
              questions: [...questions, ...unanswerable],
            }),
          }
        : {}),
      ...(options.outOfDomain === null ? {} : {cross: await askOutOfDomain(asking, options.outOfDomain)}),
      ...(options.ablate ? {ablation} : {}),
    }
  })
}

function resolveQuestions(
  current: OpenCurrentBuild,
  questions: readonly EvaluationQuestion[],
  onNote: (note: string) => void,
): readonly EvaluationQuestion[] {
  const lease = current.lease()
  try {
    const resolved = resolveGold(buildSections(lease.build), questions)
    for (const missing of resolved.missing) onNote(`${missing}; it counts as not found`)
    for (const unnamed of resolved.byLine) onNote(`${unnamed}; the section that begins on its line counts`)
    return resolved.questions
  } finally {
    lease.release()
  }
}

/** Updates the index of the folder with the product's own ingestion and opens it. */
async function withIndex<T>(
  {name, content, sources}: EvaluationSet,
  {dataDir: kept, model, modelsDir, gitTokens = {}, onNote, signal}: MeasureOptions,
  use: (current: OpenCurrentBuild) => Promise<T>,
): Promise<T> {
  const temporary = kept === null ? await mkdtemp(join(tmpdir(), 'docent-eval-')) : null
  const dataDir = resolve(kept ?? temporary ?? '')
  let opening: Promise<Embedder> | null = null
  const close = async () => (await opening?.catch(() => null))?.close()
  try {
    const embedder = () => {
      opening ??= openEmbedderProcess({model, cacheDir: modelsDir})
      return opening
    }
    const given = {content: sources ?? resolve(content), gitTokens}
    const report = await ingest({...given, dataDir, force: true, embedder}, {signal})
    await close()
    if (report.pages.total === 0)
      throw new DocentError('not_found', `${content} contains no pages to search.`)
    const seconds = (report.tookMs / 1000).toFixed(1)
    onNote(
      `${name === null ? '' : `${name}: `}${report.pages.total} pages, ${report.passages.total} passages, indexed in ${seconds} s (${report.outcome})`,
    )
    const current = await openCurrentBuild(localBuilds(dataDir))
    try {
      return await use(current)
    } finally {
      await current.close()
    }
  } finally {
    await close()
    if (temporary !== null) await rm(temporary, {recursive: true, force: true})
  }
}
