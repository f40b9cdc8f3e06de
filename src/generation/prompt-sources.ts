import type {QuotableBlock, QuotableUnit, RetrievedSource} from '../domain/index.ts'
import {countWords} from '../text/words.ts'
import {unitLikelihoods} from './extraction/index.ts'

/** Words of all sources together that a model is sent; about 5,000 tokens. */
export const promptBudgetWords = 3_500
/** What each source has a right to, however long those before it are. */
const reservedWords = 150

/**
 * The sources as a model is sent them: whole sections in their order, the most useful first. Where they exceed the budget,
 * long ones keep the parts that are most likely to answer the question, in the order of the document.
 */
export function promptSources(
  question: string,
  sources: readonly RetrievedSource[],
  budgetWords: number = promptBudgetWords,
): RetrievedSource[] {
  const lengths = sources.map(({blocks}) => wordsOf(blocks))
  let left = budgetWords
  return sources.map((source, at) => {
    const reserved = lengths.slice(at + 1).reduce((sum, words) => sum + Math.min(words, reservedWords), 0)
    const budget = Math.max(reservedWords, left - reserved)
    const words = lengths[at]!
    left -= Math.min(words, budget)
    return words <= budget ? source : {...source, blocks: mostLikely(question, source, budget)}
  })
}

/** How many words of each source a model is sent, and how many it has, by its number. */
export function promptShares(
  question: string,
  sources: readonly RetrievedSource[],
): {readonly n: number; readonly words: number; readonly sentWords: number}[] {
  const sent = promptSources(question, sources)
  return sources.map(({n, blocks}, at) => ({n, words: wordsOf(blocks), sentWords: wordsOf(sent[at]!.blocks)}))
}

/** A part of a section that is kept or left out: a block, or a unit of a list or table. */
interface Part {
  readonly block: number
  /** Null for the whole block. */
  readonly unit: number | null
  readonly words: number
  readonly likelihood: number
}

function mostLikely(question: string, source: RetrievedSource, budgetWords: number): QuotableBlock[] {
  const likelihoods = unitLikelihoods(question, source)
  const parts = source.blocks.flatMap((block, index) => partsOf(block, index, likelihoods))
  const kept = new Set<Part>()
  let words = 0
  // The opening says what the section is about.
  const byUse = [...parts].sort(
    (one, other) =>
      Number(other.block === 0) - Number(one.block === 0) ||
      other.likelihood / (other.words + 1) - one.likelihood / (one.words + 1),
  )
  for (const part of byUse) {
    if (words + part.words > budgetWords && kept.size > 0) continue
    kept.add(part)
    words += part.words
  }
  return source.blocks.flatMap((block, index) => {
    const own = parts.filter((part) => part.block === index && kept.has(part))
    if (own.length === 0) return []
    return [own[0]!.unit === null ? block : {...block, units: own.map(({unit}) => block.units[unit!]!)}]
  })
}

function partsOf(
  block: QuotableBlock,
  index: number,
  likelihoods: ReadonlyMap<QuotableUnit, number>,
): Part[] {
  const likelihoodOf = (units: readonly QuotableUnit[]) =>
    units.reduce((sum, unit) => sum + (likelihoods.get(unit) ?? 0), 0)
  if (block.kind !== 'list' && block.kind !== 'table')
    return [{block: index, unit: null, words: wordsOf([block]), likelihood: likelihoodOf(block.units)}]
  return block.units.map((unit, at) => ({
    block: index,
    unit: at,
    words: countWords(unit.text),
    likelihood: likelihoodOf([unit]),
  }))
}

function wordsOf(blocks: readonly QuotableBlock[]): number {
  return blocks.reduce((sum, {units}) => sum + units.reduce((all, {text}) => all + countWords(text), 0), 0)
}
