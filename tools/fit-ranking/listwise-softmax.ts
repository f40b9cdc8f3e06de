/** One question: the features of each candidate, and which of them answer it. */
export interface Listing {
  readonly features: readonly Float64Array[]
  readonly isRelevant: readonly boolean[]
  /** How much it counts. */
  readonly weight: number
}

export interface FitOptions {
  /** What weights are drawn to. */
  readonly prior: Float64Array
  /** How strongly: the weight of the squared distance. Default 0.003. */
  readonly regularisation?: number
  /** Steps of gradient descent. Default 200. */
  readonly steps?: number
}

const rates = {first: 0.1, last: 0.03}
/** Share of the steps at the first rate. */
const firstShare = 0.7
const adam = {mean: 0.9, square: 0.99, tiny: 1e-8}

/**
 * Weights, none below 0, under which the softmax over a question's candidates gives those that answer it the most
 * probability (ListNet's top-one loss, Cao et al. 2007, with all right candidates as one). Adam over all questions at
 * once, so the same listings give the same weights.
 */
export function fitListwise(listings: readonly Listing[], options: FitOptions): Float64Array {
  const {prior, regularisation = 0.003, steps = 200} = options
  const used = listings.filter(({isRelevant}) => isRelevant.includes(true))
  const total = used.reduce((sum, {weight}) => sum + weight, 0)
  const weights = prior.slice()
  const means = new Float64Array(weights.length)
  const squares = new Float64Array(weights.length)
  for (let step = 1; step <= steps; step++) {
    const gradient = weights.map((weight, at) => regularisation * (weight - prior[at]!))
    for (const listing of used) addGradient(listing, weights, listing.weight / total, gradient)
    const rate = step <= steps * firstShare ? rates.first : rates.last
    for (let at = 0; at < weights.length; at++) {
      means[at] = adam.mean * means[at]! + (1 - adam.mean) * gradient[at]!
      squares[at] = adam.square * squares[at]! + (1 - adam.square) * gradient[at]! ** 2
      const mean = means[at]! / (1 - adam.mean ** step)
      const square = squares[at]! / (1 - adam.square ** step)
      weights[at] = Math.max(0, weights[at]! - (rate * mean) / (Math.sqrt(square) + adam.tiny))
    }
  }
  return weights
}

/** Adds `share` of the gradient of one question's loss. */
function addGradient(
  {features, isRelevant}: Listing,
  weights: Float64Array,
  share: number,
  gradient: Float64Array,
): void {
  const scores = features.map((values) => scoreOf(values, weights))
  const highest = Math.max(...scores)
  const powers = scores.map((score) => Math.exp(score - highest))
  const all = powers.reduce((sum, power) => sum + power, 0)
  const right = powers.reduce((sum, power, index) => sum + (isRelevant[index] ? power : 0), 0)
  for (const [index, values] of features.entries()) {
    const power = powers[index]!
    const factor = share * (power / all - (isRelevant[index] ? power / Math.max(right, Number.MIN_VALUE) : 0))
    for (let at = 0; at < gradient.length; at++) gradient[at]! += factor * values[at]!
  }
}

export function scoreOf(features: Float64Array, weights: Float64Array): number {
  let score = 0
  for (let at = 0; at < weights.length; at++) score += weights[at]! * features[at]!
  return score
}
