import {costOf, type ModelPrices} from '../domain/index.ts'
import type {Analytics, Figures, Transcript} from '../transcripts/index.ts'

/** What the tokens cost, an estimate; null where a model has no price. */
interface Cost {
  readonly cost: number | null
}

export function withCost(transcript: Transcript, prices: ModelPrices): Transcript & Cost {
  const model = transcript.writtenBy?.model ?? transcript.model
  return {...transcript, cost: costOf(model, transcript.usage, prices)}
}

type Costed<T extends Figures> = T & Cost

/** Figures with what they cost, as a whole and in each part. */
export function withCosts(analytics: Analytics, prices: ModelPrices) {
  const costed = <T extends Figures>(figures: T): Costed<T> => ({
    ...figures,
    cost: costOfAll(figures, prices),
  })
  return {
    ...analytics,
    total: costed(analytics.total),
    periods: analytics.periods.map(costed),
    builds: analytics.builds.map(costed),
  }
}

function costOfAll({tokens}: Figures, prices: ModelPrices): number | null {
  const costs = tokens.map(({model, ...usage}) => costOf(model, usage, prices))
  return costs.reduce((sum, cost) => (sum === null || cost === null ? null : sum + cost), 0)
}
