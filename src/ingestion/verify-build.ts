import {DocentError} from '../domain/index.ts'
import type {IndexBuild} from '../search-index/index.ts'
import {analysisOf} from '../text/language-analysis.ts'
import {termsOf} from '../text/terms.ts'

const sampleSize = 50
/** Exact search reads every vector, so only every third sampled passage is compared with it. */
const exactEvery = 3
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
 * words, and HNSW must agree with exact search, except for the few neighbours that a graph always misses. Counts and
 * checksums were verified when the build was opened.
 * @throws DocentError `index_damaged`, with what is wrong.
 */
export function verifyBuild(build: IndexBuild): Verification {
  if (build.degraded) throw new DocentError('index_damaged', `the new build is damaged: ${build.degraded}`)
  const sections = build.pages().flatMap((page) => build.sectionsOf(page.id))
  const {counts} = build.manifest
  const passageCount = sections.reduce((sum, section) => sum + section.passageCount, 0)
  if (sections.length !== counts.sections || passageCount !== counts.passages) {
    throw new DocentError(
      'index_damaged',
      `the new build has ${sections.length} sections and ${passageCount} passages, its manifest says ${counts.sections} and ${counts.passages}`,
    )
  }
  const withText = sections.filter((section) => section.passageCount > 0)
  const step = Math.max(1, Math.floor(withText.length / sampleSize))
  let neighboursFound = 0
  let neighboursExpected = 0
  let sampled = 0
  let vectorSearches = 0
  let notFoundAgain = 0
  for (let i = 0; i < withText.length; i += step) {
    const section = withText[i]!
    const vector = build.vectorOf(section.firstPassage)
    sampled++
    if (vector.some((value) => value !== 0)) {
      const near = build.nearest(vector, depth)
      // The same text can stand in several places, so anything as near as itself will do.
      if ((near[0]?.similarity ?? 0) < 0.999) notFoundAgain++
      if (vectorSearches++ % exactEvery === 0) {
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
