import type {BaseBuild, BuildRecords, IndexBuild, NeighbourRecall} from '../search-index/index.ts'
import {changedVectorsOf, touchedPassagesOf} from './changed-vectors.ts'
import type {IngestContext} from './ingest-context.ts'
import type {PageChange} from './ingest-report.ts'
import {neighbourQuestionsAt, neighbourQuestionsOf} from './neighbour-questions.ts'
import {RecallMeter} from './recall-meter.ts'
import {minRecallAt10, tuneVectorSearch, type VectorSearchTuning} from './tune-vector-search.ts'

/** Questions that vector search is measured with. Each is searched for exactly, too: 25 ms at 60,000 passages. */
const questionsOfBuild = 200
/** Touched passages that are asked for after an edit, each in two questions. */
const passagesOfEdit = 6
/** Share of the passages that edits may touch before the whole build is measured again. */
const maxTouchedShare = 0.05

/** A build that was made from another by a few changes. */
export interface Edit {
  readonly before: BaseBuild
  readonly changes: readonly PageChange[]
  /** Of the new build. */
  readonly records: BuildRecords
  /** Whether it has the graph of the build before, edited, and not one that was made anew. */
  readonly keepsGraph: boolean
}

export interface BuildTuning {
  readonly tuning: VectorSearchTuning
  /** Passages that edits touched since the whole build was measured. */
  readonly passagesSinceTuning: number
}

/**
 * Chooses how a build is searched by vectors, and measures what is found. `edit` is null for a build that has little in
 * common with the one before. After an edit the way to search begins with that of before, and grows where it must.
 * @throws DocentError `embedding_model`; the signal's reason.
 */
export async function tuneBuild(
  context: IngestContext,
  build: IndexBuild,
  edit: Edit | null,
): Promise<BuildTuning> {
  const kept = edit && (await tuningAfter(edit, build, context.signal))
  if (kept !== null) return kept
  const questions = await neighbourQuestionsOf(build, await context.embedder(), questionsOfBuild)
  const from = edit && tuningOf(edit.before)
  const options = {...context.signalOption, ...(from === null ? {} : {from})}
  return {tuning: await tuneVectorSearch(build, questions, options), passagesSinceTuning: 0}
}

/**
 * How a build is searched after a small edit; null where that has to be measured as a whole.
 *
 * An edit changes what is found of the passages that it touched, and next to nothing else: HNSW links a new passage to
 * its own neighbours, a removed one stays as a stepping stone, and a sketch depends on its vector alone. So questions are
 * asked at touched passages only, and the recall of the whole is that of before and theirs, weighed by their shares of the
 * passages. The way to search stays while that reaches the target. What this leaves out, as passages that are harder
 * to find for an edit beside them, is bounded: once a twentieth of the passages was touched, all is measured again.
 */
async function tuningAfter(
  {before, changes, records, keepsGraph}: Edit,
  build: IndexBuild,
  signal: AbortSignal | undefined,
): Promise<BuildTuning | null> {
  const measured = tuningOf(before)
  const {passages} = build.manifest.counts
  const touched = touchedPassagesOf(changes)
  const passagesSinceTuning = touched + (before.manifest.summary?.passagesSinceTuning ?? 0)
  if (measured === null || !keepsGraph || passagesSinceTuning > maxTouchedShare * passages) return null
  const vectors = changedVectorsOf(changes, before.records, records, passagesOfEdit)
  const meter = await RecallMeter.with(build, neighbourQuestionsAt(build, vectors), signal)
  const found = await meter.whole(measured)
  const share = touched / passages
  const weighed = (of: keyof NeighbourRecall): number => (1 - share) * measured.recall[of] + share * found[of]
  const recall = {at10: weighed('at10'), at64: weighed('at64'), at256: weighed('at256')}
  return recall.at10 < minRecallAt10 ? null : {tuning: {...measured, recall}, passagesSinceTuning}
}

/** How a build is searched, where that was measured. */
function tuningOf({manifest}: BaseBuild): VectorSearchTuning | null {
  const {ef, shortlist, recall} = manifest.hnsw
  if (recall === undefined) return null
  if (ef !== undefined) return {ef, recall}
  return shortlist === undefined ? null : {shortlist, recall}
}
