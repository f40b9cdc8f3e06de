import {randomBytes} from 'node:crypto'
import type {Embedder} from '../../embedding/index.ts'
import type {QuestionFacts, UnansweredReader} from '../../transcripts/index.ts'
import {type GapReason, maxGaps, maxQuestions} from '../gap.ts'
import {packVector, unpackVector} from '../vectors.ts'
import {Clusters} from './clusters.ts'
import type {GroupingStore, KeptQuestion, TakenQuestion} from './grouping-store.ts'
import {type Likeness, likenessOf} from './likeness.ts'
import {isElsewhere, reasonOf} from './reasons.ts'

export interface TakeOptions {
  readonly store: GroupingStore
  readonly transcripts: UnansweredReader
  readonly embedder: Embedder
  /** Whether there is time left. */
  readonly mayGoOn: () => boolean
}

export interface Taken {
  /** Whether nothing is left to be taken in. */
  readonly isDone: boolean
  /** Gaps whose questions are others than before. */
  readonly touched: ReadonlySet<string>
  /** When the last question that the docs failed was asked, by the gap that it came to. */
  readonly failedAt: ReadonlyMap<string, number>
}

/** Questions in one transaction. */
const stepSize = 200

/**
 * Brings the questions of the gaps up to date with the transcripts: those that are gone go, new ones come to the gap whose
 * middle is nearest, or begin one. Gaps keep their ids. The same questions in the same order make the same gaps, however
 * often the work was cut off between steps.
 */
export async function takeQuestions({store, transcripts, embedder, mayGoOn}: TakeOptions): Promise<Taken> {
  const touched = new Set<string>()
  const failedAt = new Map<string, number>()
  const known = new Map((await store.questions()).map((question) => [question.ref, question]))
  const found = await transcripts.facts(maxQuestions)
  await removeGone(store, known, found, touched)
  const {added, changed} = comparedWith(known, found)
  for (const [ref] of changed) noteGap(known.get(ref)?.gap ?? null, touched)
  await inSteps(changed, (some) => store.setReasons(some))

  if (!(await bringVectorsUpToDate({store, transcripts, embedder, mayGoOn}))) {
    return {isDone: false, touched, failedAt}
  }
  const likeness = await likenessOf(embedder)
  let clusters = await clustersOf(store, likeness)
  for (let at = 0; at < added.length; at += stepSize) {
    if (!mayGoOn()) return {isDone: false, touched, failedAt}
    const step = added.slice(at, at + stepSize)
    const taken = await groupedIn(clusters, step, {transcripts, embedder, likeness})
    const gaps = new Set(taken.flatMap(({gap}) => gap ?? []))
    await store.take(taken, new Map([...gaps].map((id) => [id, clusters.sumOf(id)])))
    for (const {gap, askedAt, reason} of taken) {
      noteGap(gap, touched)
      if (gap !== null && reason !== 'left') failedAt.set(gap, Math.max(failedAt.get(gap) ?? 0, askedAt))
    }
    if (clusters.size > maxGaps * 1.1) {
      await dropLightest(store)
      clusters = await clustersOf(store, likeness)
    }
  }
  if (clusters.size > maxGaps) await dropLightest(store)
  return {isDone: true, touched, failedAt}
}

function noteGap(gap: string | null, touched: Set<string>): void {
  if (gap !== null) touched.add(gap)
}

async function inSteps<T>(all: readonly T[], work: (some: readonly T[]) => Promise<void>): Promise<void> {
  for (let at = 0; at < all.length; at += stepSize) await work(all.slice(at, at + stepSize))
}

async function removeGone(
  store: GroupingStore,
  known: Map<string, KeptQuestion>,
  found: readonly QuestionFacts[],
  touched: Set<string>,
): Promise<void> {
  const counting = new Set(
    found
      .filter((facts) => reasonOf(facts, known.get(facts.ref)?.isPartly ?? true) !== null)
      .map(({ref}) => ref),
  )
  const gone = [...known.keys()].filter((ref) => !counting.has(ref))
  for (const ref of gone) {
    noteGap(known.get(ref)!.gap, touched)
    known.delete(ref)
  }
  await inSteps(gone, (some) => store.remove(some))
}

/** Those that are new, the oldest first, and those that count for another reason than before. */
function comparedWith(known: ReadonlyMap<string, KeptQuestion>, found: readonly QuestionFacts[]) {
  const added: QuestionFacts[] = []
  const changed: (readonly [string, GapReason])[] = []
  for (const facts of found) {
    const before = known.get(facts.ref)
    if (before === undefined) {
      if (reasonOf(facts, true) !== null) added.push(facts)
    } else {
      const reason = reasonOf(facts, before.isPartly)
      if (reason !== null && reason !== before.reason) changed.push([facts.ref, reason])
    }
  }
  return {added, changed}
}

/** After another model was chosen, and after that was cut off. @returns whether all have one. */
async function bringVectorsUpToDate({store, transcripts, embedder, mayGoOn}: TakeOptions): Promise<boolean> {
  if ((await store.state('model')) !== embedder.id) {
    await store.forgetVectors()
    await store.setState('model', embedder.id)
  }
  const without = (await store.questions()).filter(({gap, hasVector}) => gap !== null && !hasVector)
  for (let at = 0; at < without.length; at += stepSize) {
    if (!mayGoOn()) return false
    const refs = without.slice(at, at + stepSize).map(({ref}) => ref)
    const vectors: (readonly [string, Float32Array])[] = []
    for (const {ref, searched} of await transcripts.asked(refs))
      vectors.push([ref, await embedder.embedQuery(searched)])
    await store.setVectors(vectors)
  }
  return true
}

async function clustersOf(store: GroupingStore, {middle}: Likeness): Promise<Clusters> {
  const clusters = new Clusters(middle)
  for (const {id, sum} of await store.middles()) if (sum.length === middle.length) clusters.add(id, sum)
  return clusters
}

async function groupedIn(
  clusters: Clusters,
  facts: readonly QuestionFacts[],
  {transcripts, embedder, likeness}: Pick<TakeOptions, 'transcripts' | 'embedder'> & {likeness: Likeness},
): Promise<TakenQuestion[]> {
  const byRef = new Map(facts.map((one) => [one.ref, one]))
  const taken: TakenQuestion[] = []
  for (const asked of await transcripts.asked(facts.map(({ref}) => ref))) {
    const {ref, conversation, startedAt: askedAt, build, lang, version, ...rest} = byRef.get(asked.ref)!
    const reason = reasonOf(rest, asked.isPartly)
    // What a visitor made of words of the staff says nothing of the docs.
    if (reason === null || asked.isVerified) continue
    const question = {
      ...{ref, conversation, askedAt, build, lang, version, reason},
      isPartly: asked.isPartly,
      isElsewhere: isElsewhere(asked),
    }
    // As it will be read again.
    const vector = unpackVector(packVector(await embedder.embedQuery(asked.searched)))
    const isKnown = vector.some((value) => value !== 0)
    const gap = isKnown ? gapFor(clusters, vector, likeness) : null
    taken.push({...question, gap, vector: isKnown ? vector : null})
  }
  return taken
}

function gapFor(clusters: Clusters, vector: Float32Array, {sameMeaning}: Likeness): string {
  const nearest = clusters.nearest(vector)
  if (nearest !== null && nearest.cosine >= sameMeaning) {
    clusters.take(nearest.id, vector)
    return nearest.id
  }
  const id = randomBytes(9).toString('base64url')
  clusters.add(id, vector.slice())
  return id
}

/** Gaps beyond those that are kept: those with the fewest questions, of these the ones asked longest ago. */
async function dropLightest(store: GroupingStore): Promise<void> {
  const figures = new Map<string, {count: number; last: number}>()
  for (const {gap, askedAt} of await store.questions()) {
    if (gap === null) continue
    const before = figures.get(gap) ?? {count: 0, last: 0}
    figures.set(gap, {count: before.count + 1, last: Math.max(before.last, askedAt)})
  }
  const gaps = await store.gaps()
  const droppable = gaps
    .filter(({isTouched}) => !isTouched)
    .map(({id}) => ({id, ...(figures.get(id) ?? {count: 0, last: 0})}))
    .sort((one, other) => one.count - other.count || one.last - other.last)
  await inSteps(
    droppable.slice(0, Math.max(0, gaps.length - maxGaps)).map(({id}) => id),
    (some) => store.drop(some),
  )
}
