import type {Embedder} from '../../src/embedding/index.ts'
import type {EvaluationSet} from '../../src/evaluation/evaluation-set.ts'
import {buildSections, isAnswerable} from '../../src/question-sets/index.ts'
import {type FoundSection, type Relevant, sectionScores} from '../../src/question-sets/metrics.ts'
import {BuildCache} from '../../src/retrieval/build-cache.ts'
import type {Candidate} from '../../src/retrieval/candidate.ts'
import {findSections} from '../../src/retrieval/find-sections.ts'
import {featureNames, scaleOf} from '../../src/retrieval/fusion.ts'
import {withBuildOfSet} from '../fitting/build-of-set.ts'

/** A question with its candidates, as the product finds them. */
export interface RankedQuestion {
  readonly candidates: readonly Candidate[]
  /** By candidate: its features as they are weighted, in the order of `featureNames`. */
  readonly features: readonly Float64Array[]
  /** By candidate: whether it is a section that answers. */
  readonly isRelevant: readonly boolean[]
  readonly found: readonly FoundSection[]
  readonly relevant: readonly Relevant[]
}

/** Candidates per question: as many as are ranked. */
const depth = 40

/** Ingests the folder of a set below `dataDir`, or updates it there, and ranks the sections for each of its questions. */
export async function rankedQuestionsOf(
  set: EvaluationSet,
  dataDir: string,
  embedder: Embedder,
): Promise<RankedQuestion[]> {
  return withBuildOfSet(set, dataDir, async (current, questions) => {
    const {build, release} = current.lease()
    const sections = buildSections(build)
    const ranked: RankedQuestion[] = []
    for (const {question, history, relevant} of questions.filter(isAnswerable)) {
      const {candidates, rankingQuery} = await findSections(
        build,
        {question, history, version: null, depth},
        {},
        {
          embedder,
          siteUrl: null,
          rewriter: undefined,
          rewriteTimeoutMs: 0,
          onNote: () => {},
          calibration: undefined,
          without: new Set(['diversity', 'duplicates']),
        },
      )
      const scale = scaleOf(candidates, rankingQuery)
      const found = candidates.map(({section}) => {
        const {page, headings} = section
        const {anchor} = BuildCache.of(build).addressOf(section)
        return sections.foundSection({pageUrl: page.url, path: page.path, anchor, headings})
      })
      ranked.push({
        candidates,
        features: candidates.map(({features}) =>
          Float64Array.from(featureNames, (name) => Math.max(0, features[name] * scale[name])),
        ),
        isRelevant: found.map((section) => sectionScores([section], relevant)['hit@1'] === 1),
        found,
        relevant,
      })
    }
    release()
    return ranked
  })
}
