import {readFile, stat} from 'node:fs/promises'
import {join} from 'node:path'
import {DocentError} from '../domain/index.ts'
import type {Embedder} from '../embedding/index.ts'
import {
  type BuildSections,
  buildSections,
  type EvaluationQuestion,
  isAnswerable,
  parseQuestions,
  resolveGold,
  sectionScores,
} from '../question-sets/index.ts'
import {createRetriever} from '../retrieval/index.ts'
import type {IndexBuild, Manifest} from '../search-index/index.ts'
import {type Content, pathAmong, urlAmong} from './content-home.ts'
import type {GateResult} from './ingest-report.ts'

export const goldenFile = 'docent.golden.jsonl'

/** How far the hit rate of the golden questions may drop below that of the previous build: one question in fifty. */
const maxGoldenDrop = 0.02

/** Losing a page or two is normal; above that the share of passages decides. */
const pagesAlwaysAllowed = 2

export interface Shrinkage {
  /** Pages of the previous build that are gone, or that lost more passages than they gained. */
  readonly pagesGone: number
  /** Those of them whose file exists and could not be read, which is never normal. */
  readonly pagesLost: number
  /** Files that could not be read and keep no earlier text. */
  readonly failed: number
  readonly maxShrinkPercent: number
}

/** Checks whether the new build lost so much that somebody should look at it before it is published. */
export function shrinkGate(
  before: Manifest | null,
  after: Manifest,
  {pagesGone, pagesLost, failed, maxShrinkPercent}: Shrinkage,
): GateResult[] {
  if (!before || before.counts.pages === 0) {
    if (after.counts.pages > 0) return []
    const why = failed > 0 ? `${failed} could not be read` : 'every file is set aside or has no text'
    return [{name: 'empty', passed: false, detail: `the new build has no pages; ${why}`}]
  }
  const lost = before.counts.passages - after.counts.passages
  const percent = before.counts.passages === 0 ? 0 : (100 * lost) / before.counts.passages
  const empty: GateResult = {
    name: 'empty',
    passed: after.counts.pages > 0,
    detail:
      after.counts.pages > 0
        ? `the new build has ${after.counts.pages} pages`
        : `the new build has no pages, the previous one has ${before.counts.pages}`,
  }
  const shrink: GateResult = {
    name: 'shrink',
    passed: (pagesLost === 0 && pagesGone <= pagesAlwaysAllowed) || percent <= maxShrinkPercent,
    detail: `passages went from ${before.counts.passages} to ${after.counts.passages}${
      lost > 0 ? `, ${percent.toFixed(1)} % fewer; at most ${maxShrinkPercent} % are allowed` : ''
    }`,
  }
  return [empty, shrink]
}

export interface GoldenResult {
  readonly questions: number
  /** Share of questions with a relevant section, or page, among the first five. */
  readonly hitAt5: number
  readonly missed: readonly string[]
  /** Hit rate that the file itself requires; null if it requires none. Of several files, the one that was not reached. */
  readonly floor: number | null
  /** Whether it was reached. */
  readonly reachesFloor: boolean
}

/**
 * Asks the golden questions of all sources, each at its content root. Null without any.
 * @throws DocentError `config` when one cannot be read.
 */
export async function askGoldenQuestions(
  content: Content,
  build: IndexBuild,
  openEmbedder: () => Promise<Embedder>,
  signal: AbortSignal | undefined,
): Promise<GoldenResult | null> {
  const homes = 'sources' in content ? Object.entries(content.sources) : [['', content] as const]
  const results: GoldenResult[] = []
  for (const [name, {root}] of homes) {
    const result = await askQuestionsAt(root, name, {build, openEmbedder, signal})
    if (result !== null) results.push(result)
  }
  if (results.length <= 1) return results[0] ?? null
  const questions = results.reduce((sum, one) => sum + one.questions, 0)
  const hits = results.reduce((sum, one) => sum + one.hitAt5 * one.questions, 0)
  const tooLow = results.find(({reachesFloor}) => !reachesFloor)
  return {
    questions,
    hitAt5: questions === 0 ? 1 : hits / questions,
    missed: results.flatMap(({missed}) => missed),
    floor: tooLow?.floor ?? null,
    reachesFloor: tooLow === undefined,
  }
}

export interface Asking {
  readonly build: IndexBuild
  readonly openEmbedder: () => Promise<Embedder>
  readonly signal: AbortSignal | undefined
}

/**
 * Searches for the golden questions at a content root, a question file as for `npm run eval`. Null without one. Its
 * first line may be `{"floor": 0.9}`, the hit rate that is required whatever the previous build reached.
 * @throws DocentError `config` when it cannot be read.
 */
async function askQuestionsAt(
  root: string,
  source: string,
  {build, openEmbedder, signal}: Asking,
): Promise<GoldenResult | null> {
  let text: string
  try {
    // Reading a pipe would block.
    if (!(await stat(join(root, goldenFile))).isFile()) throw new Error('it is not a file')
    text = await readFile(join(root, goldenFile), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new DocentError('config', `${goldenFile} cannot be read: ${(error as Error).message}`, {
      cause: error,
    })
  }
  const {floor, rest} = splitFloor(text)
  const sections = buildSections(build)
  const {questions} = resolveGold(
    sections,
    parseQuestions(rest, pathAmong(source, goldenFile))
      .filter(isAnswerable)
      .map((question) => amongSources(source, question)),
  )
  const asked = await missedAmong(questions, {build, sections, openEmbedder, signal})
  const missed = asked.map(({question}) => question)
  const hitAt5 = questions.length === 0 ? 1 : 1 - missed.length / questions.length
  return {questions: questions.length, hitAt5, missed, floor, reachesFloor: floor === null || hitAt5 >= floor}
}

/**
 * Searches for questions, resolved in the build, and returns those without a right section among the first five results.
 */
export async function missedAmong(
  questions: readonly EvaluationQuestion[],
  {build, sections, openEmbedder, signal}: Asking & {readonly sections: BuildSections},
): Promise<readonly EvaluationQuestion[]> {
  if (questions.length === 0) return []
  const current = {id: build.manifest.id, problem: null, lease: () => ({build, release: () => {}})}
  const retriever = createRetriever({current, embedder: await openEmbedder(), siteUrl: null})
  const missed: EvaluationQuestion[] = []
  for (const question of questions) {
    signal?.throwIfAborted()
    const query = {...sections.searchFor(question), limit: 5}
    const {hits} = await retriever.search(query, signal ? {signal} : {})
    const found = hits.map((hit) => sections.foundSection(hit))
    if (sectionScores(found, question.relevant)['hit@5'] !== 1) missed.push(question)
  }
  return missed
}

/** What a question names in its source, among the pages of all. */
function amongSources(source: string, question: EvaluationQuestion): EvaluationQuestion {
  return {
    ...question,
    relevant: question.relevant.map((entry) => (typeof entry === 'string' ? urlAmong(source, entry) : entry)),
    gold: question.gold.map((section) => ({...section, file: pathAmong(source, section.file)})),
  }
}

/** Separates the floor from the questions. Its line stays, empty, so that messages name the right line numbers. */
function splitFloor(text: string): {floor: number | null; rest: string} {
  const match = /^\s*\{\s*"floor"\s*:\s*([^{}]*?)\s*\}[^\S\n]*(?=\n|$)/.exec(text)
  if (!match) return {floor: null, rest: text}
  const floor = Number(match[1])
  if (match[1] === '' || !(floor >= 0 && floor <= 1)) {
    throw new DocentError(
      'config',
      `${goldenFile}: the floor must be a share between 0 and 1, not ${match[1]}`,
    )
  }
  return {floor, rest: text.slice(match[0].length)}
}

/** The file's own floor must be reached exactly; the previous build's hit rate with some slack, for new questions and close calls. */
export function goldenGate(golden: GoldenResult | null, before: Manifest | null): GateResult[] {
  if (!golden || golden.questions === 0) return []
  const last = before?.summary?.golden?.hitAt5 ?? null
  const {floor} = golden
  const shown = `${Math.round(golden.hitAt5 * golden.questions)} of ${golden.questions} golden questions find their section`
  const missed = golden.missed.length > 0 ? `; missed: ${golden.missed.slice(0, 5).join(' | ')}` : ''
  return [
    {
      name: 'golden',
      passed: golden.reachesFloor && (last === null || golden.hitAt5 >= last - maxGoldenDrop),
      detail: [
        shown,
        ...(last === null ? [] : [`before ${Math.round(last * 100)} %`]),
        ...(floor === null ? [] : [`the floor is ${Math.round(floor * 100)} %`]),
      ]
        .join(', ')
        .concat(missed),
    },
  ]
}
