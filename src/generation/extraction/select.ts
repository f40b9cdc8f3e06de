import type {Candidate} from './candidates.ts'
import type {Likelihoods} from './likelihoods.ts'
import {linesOf, type Quotes, wordsOf} from './quotes.ts'
import {isNavigation} from './unit-features.ts'

export interface Budget {
  /** Words of prose and code together, approximately. */
  readonly words: number
  /** Lines of code, over all blocks. */
  readonly codeLines: number
  /** UTF-16 units, approximately. */
  readonly characters: number
}

const maxCodeBlocks = 3
const maxSources = 3
/** Candidates whose quotes are considered, the most likely ones. */
const maxSeeds = 80
/** What a heading and an empty line cost a reader, in words. */
const newSourceWords = 12
const newQuoteWords = 4
/** A further source interrupts: unless it covers a new part of the question, what it adds counts as this share. */
const newSourceShare = 0.5
/** The likelihood from which on a part of the question counts as covered. */
const coveredLikelihood = 0.2
/**
 * The lowest likelihood per word that is worth reading. It makes an answer long where the answer may be in many places
 * and short where one is likely; chosen for about 130 words on average.
 */
const minLikelihoodPerWord = 0.0013
/** An answer of fewer words goes on at a lower one: where none is likely, a single sentence says too little. */
const shortAnswerWords = 60
const minInShortAnswer = 0.0006
/** The lowest gain of a further quote as a share of the best one's: where the sources are few, all of them are likely. */
const minShareOfBest = 0.15
/** The first quote may be longer than the budget by this factor: a long list of steps is the answer. */
const firstQuoteFactor = 1.2

/** Steps or code with as many terms, nearly all of them the same, are variants of one another. */
const minVariantTerms = 12
const variantSimilarity = 0.9

interface Quote {
  readonly seed: Candidate
  /** What is not chosen yet, in order. */
  readonly added: readonly Candidate[]
  /** How likely it is that the answer is in it, for each word that it adds. */
  readonly gain: number
}

/**
 * The candidates to quote. Greedy by likelihood per word, as in summarisation under a budget (Lin and Bilmes, 2010), of
 * quotes that can be read alone. Not empty unless there are no candidates.
 */
export function select(
  candidates: readonly Candidate[],
  likelihoods: Likelihoods,
  quotes: Quotes,
  budget: Budget,
): ReadonlySet<Candidate> {
  const likelihoodOf = (candidate: Candidate) => likelihoods.of(candidate)
  const answering = candidates.filter((candidate) => !isNavigation(candidate))
  // A list of links is better than nothing.
  const seeds = [...(answering.length > 0 ? answering : candidates)]
    .sort((one, other) => likelihoodOf(other) - likelihoodOf(one))
    .slice(0, maxSeeds)
  const pool = new Map(seeds.map((seed) => [seed, quotes.around(seed)]))
  const chosen = new Set<Candidate>()
  const ranks = new Set<number>()

  /** By part of the question: how likely its answer is among what is chosen. */
  const covered = likelihoods.parts.map(() => 0)
  const inPart = (part: number, some: readonly Candidate[]): number =>
    some.reduce((sum, candidate) => sum + (likelihoods.parts[part]?.get(candidate) ?? 0), 0)
  const coversNewPart = (added: readonly Candidate[]): boolean =>
    covered.some((sum, part) => sum < coveredLikelihood && inPart(part, added) >= coveredLikelihood)

  const quoteOf = (seed: Candidate, quote: readonly Candidate[]): Quote => {
    const added = quote.filter((candidate) => !chosen.has(candidate))
    const likelihood = added.reduce((sum, candidate) => sum + likelihoodOf(candidate), 0)
    const isNewSource = !ranks.has(seed.rank)
    const words = wordsOf(added) + (isNewSource ? newSourceWords : newQuoteWords)
    const interrupts = isNewSource && ranks.size > 0
    const share = interrupts && !coversNewPart(added) ? newSourceShare : 1
    return {seed, added, gain: (share * likelihood) / words}
  }

  const used = new Usage()
  let bestGain = 0
  while (pool.size > 0) {
    let best: Quote | null = null
    for (const [seed, quote] of pool) {
      const one = quoteOf(seed, quote)
      if (best === null || one.gain > best.gain) best = one
    }
    if (best === null || (chosen.size > 0 && best.gain < leastGain(used.words, bestGain))) break
    const {seed, added} = best
    pool.delete(seed)
    if (chosen.has(seed) || [...chosen].some((other) => isVariant(seed, other))) continue
    if (!ranks.has(seed.rank) && ranks.size >= maxSources) continue
    if (!used.hasRoomFor(added, budget, chosen.size === 0)) continue
    used.add(added)
    bestGain = Math.max(bestGain, best.gain)
    ranks.add(seed.rank)
    for (const candidate of added) chosen.add(candidate)
    for (const part of covered.keys()) covered[part]! += inPart(part, added)
  }
  // No quote fits the budget: the most likely unit alone, however long.
  if (chosen.size === 0 && seeds[0] !== undefined) chosen.add(seeds[0])
  return chosen
}

/** The gain from which on a further quote is worth reading. */
function leastGain(words: number, bestGain: number): number {
  const least = words < shortAnswerWords ? minInShortAnswer : minLikelihoodPerWord
  return Math.max(least, bestGain * minShareOfBest)
}

/** What the chosen candidates use of a budget. */
class Usage {
  #words = 0
  #characters = 0
  #codeLines = 0
  #codeBlocks = 0

  get words(): number {
    return this.#words
  }

  hasRoomFor(added: readonly Candidate[], budget: Budget, isFirst: boolean): boolean {
    const code = codeOf(added)
    const fitsWords = this.#words + wordsOf(added) <= budget.words * (isFirst ? firstQuoteFactor : 1)
    const fitsCode =
      code.blocks === 0 ||
      (this.#codeLines + code.lines <= budget.codeLines && this.#codeBlocks + code.blocks <= maxCodeBlocks)
    return fitsWords && fitsCode && this.#characters + charactersOf(added) <= budget.characters
  }

  add(added: readonly Candidate[]): void {
    const code = codeOf(added)
    this.#words += wordsOf(added)
    this.#characters += charactersOf(added)
    this.#codeLines += code.lines
    this.#codeBlocks += code.blocks
  }
}

function codeOf(candidates: readonly Candidate[]): {readonly blocks: number; readonly lines: number} {
  const code = candidates.filter(({unit}) => unit.kind === 'code')
  return {blocks: code.length, lines: code.reduce((sum, candidate) => sum + linesOf(candidate), 0)}
}

function charactersOf(candidates: readonly Candidate[]): number {
  return candidates.reduce((sum, {unit}) => sum + unit.markdown.length, 0)
}

function isLong({unit, terms}: Candidate): boolean {
  return (unit.kind === 'steps' || unit.kind === 'code') && terms.size >= minVariantTerms
}

/** Whether two candidates have nearly the same terms (Jaccard similarity). */
function isVariant(candidate: Candidate, other: Candidate): boolean {
  if (candidate.unit.kind !== other.unit.kind || !isLong(candidate)) return false
  const shared = [...candidate.terms].filter((term) => other.terms.has(term)).length
  return shared / (candidate.terms.size + other.terms.size - shared) >= variantSimilarity
}
