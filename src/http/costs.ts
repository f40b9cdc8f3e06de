import {costOf, costOfAnswer, type ModelPrices} from '../domain/index.ts'
import type {Analytics, Figures, Transcript} from '../transcripts/index.ts'

/** What the tokens cost, an estimate; null where a model has no price. */
export interface Cost {
  readonly cost: number | null
}

export function withCost(transcript: Transcript, prices: ModelPrices): Transcript & Cost {
  return {...transcript, cost: costOfAnswer(transcript, prices)}
}

type Tokens = Figures['tokens'][number]

export interface CostedFigures extends Omit<Figures, 'tokens'>, Cost {
  readonly tokens: readonly (Tokens & Cost)[]
}

export interface CostedAnalytics extends Omit<Analytics, 'total' | 'periods' | 'builds'> {
  readonly total: CostedFigures
  readonly periods: readonly ({readonly at: number} & CostedFigures)[]
  readonly builds: readonly ({readonly build: string} & CostedFigures)[]
}

/** Figures with what they cost, as a whole, in each part, and by model. */
export function withCosts(analytics: Analytics, prices: ModelPrices): CostedAnalytics {
  const costed = <T extends Figures>(figures: T): Omit<T, 'tokens'> & CostedFigures => {
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
