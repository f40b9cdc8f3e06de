import {cpSync, existsSync, mkdirSync, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import type {Embedder} from '../../src/embedding/index.ts'
import {cachingEmbedder, type EvaluationSet, readSet, setsIn} from '../../src/evaluation/index.ts'
import {ingest} from '../../src/ingestion/index.ts'
import {seededRandom} from '../../src/lib/random.ts'
import {buildSections, type EvaluationQuestion, resolveGold} from '../../src/question-sets/index.ts'
import {pageOf} from '../../src/question-sets/metrics.ts'
import {type EnglishFeatures, englishFeatureNames} from '../../src/retrieval/english-answerability.ts'
import {createRetriever, defaultCalibration} from '../../src/retrieval/index.ts'
import {outOfDomainQuestions} from '../../src/retrieval/out-of-domain-questions.ts'
import {syntheticQuestions} from '../../src/retrieval/synthetic-questions.ts'
import {type IndexBuild, localBuilds, openCurrentBuild} from '../../src/search-index/index.ts'

/** Why a question is asked of a build. */
export type RowKind =
  /** The build has a page that answers it; a follow-up is `follow-up`. */
  | 'own'
  | 'follow-up'
  /** A question of another set. */
  | 'cross'
  /** A question of the set whose pages are not in the part of it that was built. */
  | 'outside'
  /** From the list that calibration uses, and made from the build's text as calibration does. */
  | 'general'
  | 'synthetic'
  /** The kind in the set's file of unanswerable questions, such as `near` or `other`. */
  | (string & {})

/** A question asked of a build. */
export interface Row {
  /** Name of the set, with the number of the part for a part of it. */
  readonly build: string
  readonly set: string
  readonly isPart: boolean
  readonly kind: RowKind
  /** The set of a `cross` question. */
  readonly from: string | null
  readonly question: string
  /** Sections of the build. */
  readonly sections: number
  /** Null for a question that is decided without the table of English words. */
  readonly features: EnglishFeatures | null
}

/** Pages in a part of a set: what small documentation has. */
const partPages = 40
const partsPerSet = 2
/** Pages with an answer in a part, at most; the others are drawn from the rest. */
const answeringPages = 20
/** As in calibration. */
const syntheticCount = 240

const zeros = Object.fromEntries(englishFeatureNames.map((name) => [name, 0])) as unknown as EnglishFeatures

interface Asked {
  readonly sets: ReadonlyMap<
    string,
    {questions: readonly EvaluationQuestion[]; unanswerable: readonly EvaluationQuestion[]}
  >
  readonly embedder: Embedder
  readonly onNote: (note: string) => void
}

/** Builds every set of the folder, and two parts of 40 pages of each, and asks them all questions of all sets. */
export async function collectRows(
  folder: string,
  opened: Embedder,
  onNote: (note: string) => void,
): Promise<Row[]> {
  const sets = setsIn(folder)
  const questions = new Map<string, Awaited<ReturnType<typeof readSet>>>()
  for (const set of sets) questions.set(set.name!, await readSet(set, {noHistory: false}))
  const asked: Asked = {sets: questions, embedder: cachingEmbedder(opened), onNote}
  const work = mkdtempSync(join(tmpdir(), 'docent-fit-'))
  try {
    const rows: Row[] = []
    for (const set of sets) {
      const parts = await withBuild(set.content, work, asked, async (build) => {
        rows.push(...(await rowsOf(build, set.name!, set.name!, asked)))
        return partsOf(build, questions.get(set.name!)!.questions)
      })
      for (const [number, paths] of parts.entries()) {
        const part = copyOf(set, paths, join(work, 'part'))
        await withBuild(part, work, asked, async (build) => {
          rows.push(...(await rowsOf(build, set.name!, `${set.name}-${number + 1}`, asked)))
        })
      }
      onNote(`${set.name}: asked`)
    }
    return rows
  } finally {
    rmSync(work, {recursive: true, force: true})
  }
}

async function withBuild<T>(
  content: string,
  work: string,
  {embedder}: Asked,
  use: (build: IndexBuild) => Promise<T>,
): Promise<T> {
  const dataDir = mkdtempSync(join(work, 'data-'))
  await ingest({
    content,
    dataDir,
    force: true,
    embedder: async () => ({...embedder, close: async () => {}}),
    calibrate: async () => defaultCalibration,
  })
  const current = await openCurrentBuild(localBuilds(dataDir))
  const lease = current.lease()
  try {
    return await use(lease.build)
  } finally {
    lease.release()
    await current.close()
    rmSync(dataDir, {recursive: true, force: true})
  }
}

/** Paths of the pages of each part, drawn at random, the same in each run. */
function partsOf(build: IndexBuild, questions: readonly EvaluationQuestion[]): string[][] {
  const answering = new Set<string>()
  const paths = new Map(build.pages().map(({url, path}) => [trimmed(url), path]))
  for (const {relevant} of resolveGold(buildSections(build), questions).questions) {
    for (const url of relevant.map(urlOf)) if (paths.has(url)) answering.add(paths.get(url)!)
  }
  return Array.from({length: partsPerSet}, (_, part) => {
    const random = seededRandom(part + 1)
    const shuffled = (items: Iterable<string>) =>
      [...items]
        .map((item) => ({item, key: random()}))
        .sort((a, b) => a.key - b.key)
        .map(({item}) => item)
    const first = shuffled(answering).slice(0, answeringPages)
    const others = shuffled(paths.values()).filter((path) => !first.includes(path))
    return [...first, ...others.slice(0, partPages - first.length)]
  })
}

function copyOf({content}: EvaluationSet, paths: readonly string[], folder: string): string {
  rmSync(folder, {recursive: true, force: true})
  for (const path of paths.filter((name) => existsSync(join(content, name)))) {
    mkdirSync(dirname(join(folder, path)), {recursive: true})
    cpSync(join(content, path), join(folder, path))
  }
  return folder
}

async function rowsOf(build: IndexBuild, set: string, name: string, asked: Asked): Promise<Row[]> {
  const {embedder, sets} = asked
  const isPart = name !== set
  const retriever = createRetriever({
    current: {id: build.manifest.id, lease: () => ({build, release() {}})},
    embedder,
    siteUrl: null,
    // Zeros: what a build sets is subtracted later.
    calibration: {...defaultCalibration, english: {outOfDomain: zeros, synthetic: zeros, cosines: null}},
  })
  const rows: Row[] = []
  const ask = async (
    kind: RowKind,
    {question, history}: Pick<EvaluationQuestion, 'question' | 'history'>,
    from: string | null = null,
  ) => {
    const {features} = await retriever.search({text: question, history, limit: 1})
    const hasAll = englishFeatureNames.every((feature) => features[feature] !== undefined)
    const english = hasAll ? (features as unknown as EnglishFeatures) : null
    rows.push({
      build: name,
      set,
      isPart,
      kind,
      from,
      question,
      sections: build.manifest.counts.sections,
      features: english,
    })
  }
  const urls = new Set(build.pages().map(({url}) => trimmed(url)))
  const {questions, unanswerable} = sets.get(set)!
  for (const question of resolveGold(buildSections(build), questions).questions) {
    const isAnswered = question.relevant.map(urlOf).some((url) => urls.has(url))
    const kind = question.history.length > 0 ? 'follow-up' : 'own'
    await ask(isAnswered || !isPart ? kind : 'outside', question)
  }
  for (const question of unanswerable) await ask(question.kind ?? 'unanswerable', question)
  for (const [from, other] of sets) {
    if (from === set) continue
    for (const question of other.questions.filter(({history}) => history.length === 0))
      await ask('cross', question, from)
  }
  for (const question of outOfDomainQuestions) await ask('general', {question, history: []})
  for (const question of syntheticQuestions(build, syntheticCount, seededRandom(1)))
    await ask('synthetic', {question, history: []})
  return rows
}

function urlOf(relevant: EvaluationQuestion['relevant'][number]): string {
  return trimmed(typeof relevant === 'string' ? pageOf(relevant) : relevant.pageUrl)
}

function trimmed(url: string): string {
  return url.replace(/\/$/, '')
}
