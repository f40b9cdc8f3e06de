import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import type {Embedder} from '../../src/embedding/embedder.ts'
import {type OpenCurrentBuild, openCurrentBuild} from '../../src/index/index.ts'
import {ingest, openEmbedderProcess} from '../../src/ingestion/index.ts'
import {defaultCalibration} from '../../src/retrieval/calibration.ts'
import {buildSections, resolveGold} from '../../src/retrieval/evaluation/build-sections.ts'
import type {Comparison} from '../../src/retrieval/evaluation/compare.ts'
import {type Evaluation, evaluate} from '../../src/retrieval/evaluation/evaluate.ts'
import {
  type EvaluationQuestion,
  isAnswerable,
  readQuestions,
} from '../../src/retrieval/evaluation/question-set.ts'
import {type Stage, stages} from '../../src/retrieval/ranking.ts'
import type {AnswerMeasures} from './answer-figures.ts'
import {evaluateAnswers} from './answers.ts'
import {askForeign, type CrossMeasures, type ForeignQuestions} from './cross.ts'
import type {EvaluationSet} from './sets.ts'

/** What was measured of one set; what was not asked for is absent. */
export interface Measured extends Evaluation {
  /** Absent for a single set. */
  readonly name?: string
  readonly content: string
  readonly questionFile: string
  readonly answers?: AnswerMeasures
  readonly cross?: CrossMeasures
  readonly ablation?: readonly Evaluation[]
  readonly comparison?: readonly Comparison[]
}

export interface SetQuestions {
  readonly questions: readonly EvaluationQuestion[]
  readonly unanswerable: readonly EvaluationQuestion[]
}

export interface MeasureOptions {
  readonly embedder: Embedder
  /** The same, asked where no time is measured; may know a question's vector already. */
  readonly rememberingEmbedder: Embedder
  /** As settings name it; null for the shipped one. */
  readonly model: string | null
  readonly modelsDir: string
  /** Where the index is kept; null for a folder that goes with the run. */
  readonly dataDir: string | null
  readonly without: ReadonlySet<Stage>
  readonly depth: number
  readonly noCalibration: boolean
  readonly answers: boolean
  readonly ablate: boolean
  /** Questions of other sets; null to ask none. */
  readonly foreign: readonly ForeignQuestions[] | null
  /** Told how the index was made and what could not be found in it. */
  readonly onNote: (note: string) => void
}

/** Reads the question files of a set. */
export async function readSet(set: EvaluationSet, {noHistory}: {noHistory: boolean}): Promise<SetQuestions> {
  const given = await readQuestions(set.questions, {mustSayRelevant: true})
  const others = (await Promise.all(set.unanswerable.map((file) => readQuestions(file)))).flat()
  const asked = (question: EvaluationQuestion) => (noHistory ? {...question, history: []} : question)
  return {
    questions: given.filter(isAnswerable).map(asked),
    unanswerable: [...given.filter((question) => !isAnswerable(question)), ...others]
      .map(asked)
      .map((question) => ({...question, relevant: [], gold: []})),
  }
}

/** Ingests the folder, asks the questions, and measures. */
export async function measureSet(
  set: EvaluationSet,
  given: SetQuestions,
  options: MeasureOptions,
): Promise<Measured> {
  return withIndex(set, options, async (current) => {
    const {without, depth, embedder, onNote} = options
    const calibration = options.noCalibration ? {calibration: defaultCalibration} : {}
    const questions = goldOf(current, given.questions, onNote)
    const {unanswerable} = given
    const ask = (left: ReadonlySet<Stage>) =>
      evaluate({current, embedder, questions, unanswerable, without: left, depth, ...calibration})
    const result = await ask(without)
    const asking = {current, embedder: options.rememberingEmbedder, without, ...calibration}
    const ablation: Evaluation[] = []
    if (options.ablate) for (const stage of stages) ablation.push(await ask(new Set([stage])))
    return {
      ...(set.name === null ? {} : {name: set.name}),
      content: set.content,
      questionFile: set.questions,
      ...result,
      ...(options.answers
        ? {answers: await evaluateAnswers({...asking, questions: [...questions, ...unanswerable]})}
        : {}),
      ...(options.foreign === null ? {} : {cross: await askForeign(asking, options.foreign)}),
      ...(options.ablate ? {ablation} : {}),
    }
  })
}

function goldOf(
  current: OpenCurrentBuild,
  questions: readonly EvaluationQuestion[],
  onNote: (note: string) => void,
): readonly EvaluationQuestion[] {
  const lease = current.lease()
  try {
    const resolved = resolveGold(buildSections(lease.build), questions)
    for (const missing of resolved.missing) onNote(`${missing}; it counts as not found`)
    return resolved.questions
  } finally {
    lease.release()
  }
}

/** Brings the index of the folder up to date by the ingestion that serves, and opens it. */
async function withIndex<T>(
  {name, content}: EvaluationSet,
  {dataDir: kept, model, modelsDir, onNote}: MeasureOptions,
  use: (current: OpenCurrentBuild) => Promise<T>,
): Promise<T> {
  const temporary = kept === null ? await mkdtemp(join(tmpdir(), 'docent-eval-')) : null
  const dataDir = resolve(kept ?? temporary ?? '')
  const opened: {close(): Promise<void>}[] = []
  try {
    const report = await ingest({
      content: resolve(content),
      dataDir,
      force: true,
      embedder: async () => {
        const embedder = await openEmbedderProcess({model, cacheDir: modelsDir})
        opened.push(embedder)
        return embedder
      },
    })
    for (const embedder of opened.splice(0)) await embedder.close()
    const seconds = (report.tookMs / 1000).toFixed(1)
    onNote(
      `${name === null ? '' : `${name}: `}${report.pages.total} pages, ${report.passages.total} passages, indexed in ${seconds} s (${report.outcome})`,
    )
    const current = await openCurrentBuild(dataDir)
    try {
      return await use(current)
    } finally {
      await current.close()
    }
  } finally {
    for (const embedder of opened) await embedder.close()
    if (temporary !== null) await rm(temporary, {recursive: true, force: true})
  }
}
