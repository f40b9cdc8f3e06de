import {costOf, costOfAnswer, type ModelPrices} from '../domain/index.ts'
import type {Analytics, Figures, Transcript} from '../transcripts/index.ts'

/** What the tokens cost, an estimate; null where a model has no price. */
interface Cost {
  readonly cost: number | null
}

export function withCost(transcript: Transcript, prices: ModelPrices): Transcript & Cost {
  return {...transcript, cost: costOfAnswer(transcript, prices)}
}

type Costed<T extends Figures> = Omit<T, 'tokens'> & Cost & {readonly tokens: readonly (Tokens & Cost)[]}

type Tokens = Figures['tokens'][number]

/** Figures with what they cost, as a whole, in each part, and by model. */
export function withCosts(analytics: Analytics, prices: ModelPrices) {
  const costed = <T extends Figures>(figures: T): Costed<T> => {
    const tokens = figures.tokens.map((used) => ({...used, cost: costOf(used.model, used, prices)}))
    return {...figures, tokens, cost: sumOf(tokens)}
  }
  return {
    ...analytics,
    total: costed(analytics.total),
    periods: analytics.periods.map(costed),
    builds: analytics.builds.map(costed),
  }
}

function sumOf(parts: readonly Cost[]): number | null {
  return parts.reduce<number | null>((sum, {cost}) => (sum === null || cost === null ? null : sum + cost), 0)
}
