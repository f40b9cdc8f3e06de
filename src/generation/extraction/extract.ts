import type {QuotableUnit, RetrievedSource} from '../../domain/index.ts'
import {analysisOf, type LanguageAnalysis} from '../../text/language-analysis.ts'
import {announces, type Candidate, candidatesOf} from './candidates.ts'
import {likelihoodsOf} from './likelihoods.ts'
import {Quotes} from './quotes.ts'
import {type ExtractPart, inReadingOrder} from './reading-order.ts'
import {select} from './select.ts'
import type {UnitFeatureName} from './unit-features.ts'

export interface ExtractOptions {
  /** Maximum number of words, approximately; few answers need as many. Default 220. */
  readonly words?: number
  /** Maximum number of lines of code, over all blocks. Default 48. */
  readonly codeLines?: number
  /** Maximum number of UTF-16 units, approximately; a longer unit is cut. Default 8,000. */
  readonly characters?: number
  /** Features to leave out, for measuring what each is worth; default none. */
  readonly without?: ReadonlySet<UnitFeatureName>
}

/**
 * The parts of the sources that are most likely to answer a question, in reading order: whole paragraphs, lists, steps
 * and code under their headings. Short where one place is likely, longer where several are. No text twice. Empty only
 * when the sources have no words.
 */
export function extract(
  question: string,
  sources: readonly RetrievedSource[],
  options: ExtractOptions = {},
): ExtractPart[] {
  const {words = 220, codeLines = 48, characters = 8_000, without = new Set()} = options
  const language = languageOf(sources)
  const candidates = candidatesOf(sources, language, characters / 2)
  if (candidates.length === 0) return []
  const likelihoods = likelihoodsOf(question, candidates, language, without)
  const chosen = select(candidates, likelihoods, new Quotes(candidates), {words, codeLines, characters})
  return inReadingOrder(withoutDanglingLeadIns(chosen), likelihoods)
}

/**
 * How likely each unit of a source is to answer a question, from 0 to 1, in sum at most 1. Those of steps share one
 * likelihood; units that repeat others have none.
 */
export function unitLikelihoods(
  question: string,
  source: RetrievedSource,
): ReadonlyMap<QuotableUnit, number> {
  const language = languageOf([source])
  const candidates = candidatesOf([source], language, Number.POSITIVE_INFINITY)
  const likelihoods = likelihoodsOf(question, candidates, language, new Set())
  return new Map(
    candidates.flatMap((candidate) =>
      candidate.units.map((unit) => [unit, likelihoods.of(candidate) / candidate.units.length] as const),
    ),
  )
}

/** That of the best source: a question is answered from pages in one language. */
function languageOf([best]: readonly RetrievedSource[]): LanguageAnalysis {
  return analysisOf(best?.lang ?? null)
}

/** Without lead-ins of whose list, code or next paragraph nothing was chosen. The only candidate stays: better than nothing. */
function withoutDanglingLeadIns(chosen: ReadonlySet<Candidate>): ReadonlySet<Candidate> {
  const kept: Candidate[] = []
  // From the end, since what a lead-in announces may be one itself.
  for (const candidate of [...chosen].sort((one, other) => other.index - one.index)) {
    const isFollowed = kept.some(
      (other) =>
        other.sourceIndex === candidate.sourceIndex &&
        other.heading === candidate.heading &&
        (other.index === candidate.index + 1 || other.blockIndex === candidate.blockIndex + 1),
    )
    if (!announces(candidate) || isFollowed) kept.push(candidate)
  }
  return kept.length === 0 ? chosen : new Set(kept)
}
