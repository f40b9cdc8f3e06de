import type {RetrievedSource} from '../../src/domain/index.ts'
import type {Embedder} from '../../src/embedding/index.ts'
import {withoutLinks} from '../../src/evaluation/answer-blocks.ts'
import {type Candidate, candidatesOf} from '../../src/generation/extraction/candidates.ts'
import {analyseQuestion} from '../../src/generation/extraction/question-analysis.ts'
import {unitFeatureNames, unitFeaturesOf} from '../../src/generation/extraction/unit-features.ts'
import {type EvaluationQuestion, isAnswerable} from '../../src/question-sets/index.ts'
import {createRetriever} from '../../src/retrieval/index.ts'
import type {CurrentBuild} from '../../src/search-index/index.ts'
import {analysisOf} from '../../src/text/language-analysis.ts'
import {lettersAndDigits} from '../../src/text/letters.ts'
import type {Listing} from '../fitting/listwise-softmax.ts'

/** A question with its candidates, as the product finds them. */
export interface UnitQuestion {
  /** By candidate: its features in the order of `unitFeatureNames`. */
  readonly features: readonly Float64Array[]
  /** By candidate: its words. */
  readonly words: readonly number[]
  /** By group of evidence, by candidate: the share of one of its spans that the candidate has; 0 below `minShare`. */
  readonly evidence: readonly (readonly number[])[]
}

/** A smaller share of a span is a coincidence. */
const minShare = 0.4
/** The shortest overlap of a span with the beginning or end of a unit, in letters. */
const minOverlap = 20
const maxUnitLength = 4_000

/** The candidates of each question with evidence, from the sources that a visitor would be shown. */
export async function unitQuestionsOf(
  questions: readonly EvaluationQuestion[],
  current: CurrentBuild,
  embedder: Embedder,
): Promise<UnitQuestion[]> {
  const retriever = createRetriever({current, embedder, siteUrl: null})
  const found: UnitQuestion[] = []
  for (const {question, history, evidence} of questions.filter(isAnswerable)) {
    if (evidence.length === 0) continue
    const {sources} = await retriever.retrieve({question, history, version: null})
    found.push(unitQuestionOf(question, sources, evidence))
  }
  return found
}

function unitQuestionOf(
  question: string,
  sources: readonly RetrievedSource[],
  evidence: EvaluationQuestion['evidence'],
): UnitQuestion {
  const language = analysisOf(sources[0]?.lang ?? null)
  const candidates = candidatesOf(sources, language, maxUnitLength)
  const features = unitFeaturesOf(analyseQuestion(question, candidates, language), candidates)
  return {
    features: features.map((values) => Float64Array.from(unitFeatureNames, (name) => values[name])),
    words: candidates.map(({words}) => words),
    evidence: evidence.map((spans) => candidates.map((candidate) => shareOf(candidate, spans))),
  }
}

/** A listing for each group of evidence that a candidate has. */
export function listingsOf({features, evidence}: UnitQuestion, weight: number): Listing[] {
  const groups = evidence.filter((shares) => shares.some((share) => share > 0))
  return groups.map((relevance) => ({features, relevance, weight: weight / groups.length}))
}

/** The largest share of a span that is in a unit, 0 to 1: all of it, or what the unit's beginning or end has of it. */
function shareOf({unit}: Candidate, spans: readonly string[]): number {
  const letters = lettersAndDigits(withoutLinks(unit.markdown))
  const shares = spans.map((text) => {
    const span = lettersAndDigits(withoutLinks(text))
    if (letters.includes(span)) return 1
    if (letters.length > minOverlap && span.includes(letters)) return letters.length / span.length
    for (let length = span.length - 1; length >= minOverlap; length--) {
      if (letters.endsWith(span.slice(0, length)) || letters.startsWith(span.slice(-length)))
        return length / span.length
    }
    return 0
  })
  const share = Math.max(0, ...shares)
  return share < minShare ? 0 : share
}
