import {DocentError} from '../domain/index.ts'
import type {IndexBuild, StoredSection} from '../search-index/index.ts'
import {analysisOf} from '../text/language-analysis.ts'
import {termsOf} from '../text/terms.ts'
import {spread} from './changed-vectors.ts'
import type {PageChange} from './ingest-report.ts'

const sampleSize = 50
/** Exact search reads every vector, so only every third sampled passage is compared with it; after an edit, every tenth. */
const exactEvery = 3
const exactEveryAfterEdit = 10
/** Sections of changed pages that are sampled after an edit, besides. */
const changedSampleSize = 20
/** Number of neighbours searched for, the same as in retrieval. */
const depth = 64
/**
 * Minimum mean recall of the ten nearest neighbours, and minimum share of passages that find themselves. An intact HNSW
 * graph of real text has a recall of 98 %. One of 100,000 passages that are all alike reaches 75 to 80 % and is just as
 * intact; a broken graph finds next to nothing.
 */
const minRecall = 0.6
const minSelfFound = 0.9

export interface Verification {
  readonly passages: number
  readonly recallAt10: number
}

/**
 * Searches a finished build as a question would: sampled passages must find themselves by their vector and by their
 * words, and HNSW must agree with exact search, except for the few neighbours that a graph always misses. The numbers of
 * sections and passages were verified when the build was opened. `edited` are the changes of a build that was made from
 * another; null for others. What they touched is sampled besides: the rest is as it was verified before.
 * @throws DocentError `index_damaged`, with what is wrong.
 */
export function verifyBuild(build: IndexBuild, edited: readonly PageChange[] | null = null): Verification {
  if (build.degraded) throw new DocentError('index_damaged', `the new build is damaged: ${build.degraded}`)
  const exactOnceIn = edited === null ? exactEvery : exactEveryAfterEdit
  let neighboursFound = 0
  let neighboursExpected = 0
  let sampled = 0
  let vectorSearches = 0
  let notFoundAgain = 0
  for (const section of sampledSections(build, edited ?? [])) {
    const vector = build.vectorOf(section.firstPassage)
    sampled++
    if (vector.some((value) => value !== 0)) {
      const near = build.nearest(vector, depth)
      // The same text can stand in several places, so anything as near as itself will do.
      if ((near[0]?.similarity ?? 0) < 0.999) notFoundAgain++
      if (vectorSearches++ % exactOnceIn === 0) {
        const exact = build.nearestExact(vector, 10)
        const least = exact.at(-1)!.similarity - 1e-5
        neighboursFound += Math.min(exact.length, near.filter((hit) => hit.similarity >= least).length)
        neighboursExpected += exact.length
      }
    }
    const [passage] = build.passagesOf(section.id)
    const terms = [
      ...new Set(termsOf(passage?.text ?? '', analysisOf(section.page.lang ?? build.language))),
    ].slice(0, 5)
    const missing = terms.find((term) => build.documentFrequency(term) === 0)
    if (missing !== undefined) {
      throw new DocentError(
        'index_damaged',
        `the word ${JSON.stringify(missing)} of ${section.page.path} is not in the word index`,
      )
    }
  }
  if (notFoundAgain > vectorSearches * (1 - minSelfFound)) {
    throw new DocentError(
      'index_damaged',
      `${notFoundAgain} of ${vectorSearches} sampled passages do not find themselves`,
    )
  }
  const recallAt10 = neighboursExpected === 0 ? 1 : neighboursFound / neighboursExpected
  if (recallAt10 < minRecall) {
    throw new DocentError(
      'index_damaged',
      `the vector index finds only ${Math.round(recallAt10 * 100)} % of the nearest passages`,
    )
  }
  return {passages: sampled, recallAt10}
}

/** Those of changed pages first, then some of all. */
function sampledSections(build: IndexBuild, edited: readonly PageChange[]): StoredSection[] {
  const changed = spread(edited, changedSampleSize).flatMap(({path}) => {
    const page = build.pageByPath(path)
    return page === null ? [] : build.sectionsOf(page.id).filter(({passageCount}) => passageCount > 0)
  })
  const all = build.sectionsWithText()
  const step = Math.max(1, Math.floor(all.length / sampleSize))
  const some = all.filter((_, at) => at % step === 0)
  return [...spread(changed, changedSampleSize), ...build.sections([...some])]
}
