import {dot} from '../../lib/vector-math.ts'
import type {UnansweredReader} from '../../transcripts/index.ts'
import {unit} from '../vectors.ts'
import type {GroupedGap, GroupingStore} from './grouping-store.ts'
import {type CountedQuestion, type Standing, standingOf} from './standing.ts'

/** Gaps in one transaction. */
const stepSize = 100
/** So many of the newest questions of a gap are looked at for its title. */
const maxLookedAt = 300
/** So many of those nearest to the middle are read for its examples. */
const maxRead = 20
const maxExamples = 3

/** Counts every gap anew: how it stands changes with time as well. @param now in milliseconds since the epoch. */
export async function countGaps(store: GroupingStore, now: number): Promise<void> {
  const byGap = new Map<string, CountedQuestion[]>()
  for (const question of await store.questions()) {
    if (question.gap === null) continue
    const others = byGap.get(question.gap)
    if (others === undefined) byGap.set(question.gap, [question])
    else others.push(question)
  }
  const standings: (readonly [string, Standing])[] = []
  for (const [gap, questions] of byGap) standings.push([gap, standingOf(questions, now)])
  for (let at = 0; at < standings.length; at += stepSize)
    await store.setStandings(standings.slice(at, at + stepSize))
}

/** Chooses titles and examples of gaps whose questions have changed, and of those that have none yet. */
export async function titleGaps(
  store: GroupingStore,
  transcripts: UnansweredReader,
  touched: ReadonlySet<string>,
): Promise<void> {
  const gaps = (await store.gaps()).filter(({id, titleRef}) => touched.has(id) || titleRef === '')
  for (let at = 0; at < gaps.length; at += stepSize) {
    const titles = []
    for (const gap of gaps.slice(at, at + stepSize)) {
      const title = await titleOf(store, transcripts, gap)
      if (title !== null) titles.push(title)
    }
    await store.setTitles(titles)
  }
}

async function titleOf(store: GroupingStore, transcripts: UnansweredReader, {id}: GroupedGap) {
  const middle = unit(await store.middleOf(id))
  const near = (await store.vectorsOf(id, maxLookedAt))
    .map(({ref, vector}) => ({ref, likeness: vector.length === middle.length ? dot(vector, middle) : 0}))
    .sort((one, other) => other.likeness - one.likeness)
  const asked = await transcripts.asked(near.slice(0, maxRead).map(({ref}) => ref))
  const different = new Map<string, string>()
  for (const {ref, question} of asked) {
    const words = question
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .trim()
    if (!different.has(words)) different.set(words, ref)
  }
  const [titleRef, ...others] = different.values()
  return titleRef === undefined ? null : {id, titleRef, exampleRefs: others.slice(0, maxExamples)}
}
