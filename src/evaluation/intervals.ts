import {seededRandom} from '../lib/random.ts'

/** A mean with its 95 % interval. */
export interface Interval {
  readonly value: number
  readonly low: number
  readonly high: number
}

/**
 * The mean of some values. If each is 0 or 1, the interval is the Wilson score interval of a proportion (Wilson 1927),
 * which has a width even if all are the same: 60 of 60 may be 94 %. Otherwise it is a bootstrap interval.
 */
export function intervalOf(values: readonly number[]): Interval {
  return intervalOfSets([values.map((value) => ({value, weight: 1}))])
}

/**
 * The mean over sets of each set's weighted mean: every set has the same weight, however many values it has. The
 * interval combines those of the sets, which are independent (MOVER, Zou and Donner 2008). Sets without values are
 * left out.
 */
export function intervalOfSets(sets: readonly (readonly WeightedValue[])[]): Interval {
  const full = sets.filter((values) => values.length > 0).map(intervalOfSet)
  const value = meanOf(full.map((set) => set.value))
  const side = (distance: (set: Interval) => number) =>
    Math.hypot(...full.map(distance)) / Math.max(1, full.length)
  return {
    value,
    low: value - side((set) => set.value - set.low),
    high: value + side((set) => set.high - set.value),
  }
}

function intervalOfSet(values: readonly WeightedValue[]): Interval {
  const [first] = values
  const isShare = values.every(({value}) => value === 0 || value === 1)
  const isEven = values.every(({weight}) => weight === first?.weight)
  // If all shares are equal, answers are the unit: the citations of one answer do not fail independently.
  const isConstant = values.every(({value}) => value === first?.value)
  return isShare && (isEven || isConstant) ? wilson(values) : bootstrapOfSets([values])
}

/** Two-sided 95 % quantile of the normal distribution. */
const z = 1.959964

function wilson(values: readonly WeightedValue[]): Interval {
  const count = values.length
  const share = meanOf(values.map(({value}) => value))
  const scale = 1 + z ** 2 / count
  const middle = (share + z ** 2 / (2 * count)) / scale
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / count + z ** 2 / (4 * count ** 2))
  // If all are the same, rounding errors would put the ends beside 0 and 1.
  return {
    value: share,
    low: Math.max(0, Math.min(share, middle - half)),
    high: Math.min(1, Math.max(share, middle + half)),
  }
}

/** A value with its weight in a mean; the weight of a share is the number it is a share of. */
export interface WeightedValue {
  readonly value: number
  readonly weight: number
}

/**
 * The mean over sets with its 95 % percentile bootstrap interval, each set resampled separately; the same seed gives
 * the same interval. Sets without values are left out.
 */
export function bootstrapOfSets(
  sets: readonly (readonly WeightedValue[])[],
  seed = 1,
  rounds = 2_000,
): Interval {
  const full = sets.filter((values) => values.length > 0)
  const value = meanOfSets(full)
  if (full.every((values) => values.length < 2)) return {value, low: value, high: value}
  const random = seededRandom(seed)
  const means = Array.from({length: rounds}, () =>
    meanOf(
      full.map((values) => weightedMean(values.length, () => values[Math.floor(random() * values.length)]!)),
    ),
  ).sort((a, b) => a - b)
  return {
    value,
    low: means[Math.floor(rounds * 0.025)]!,
    high: means[Math.ceil(rounds * 0.975) - 1]!,
  }
}

/** The mean over sets of each set's weighted mean; 0 without any value. */
export function meanOfSets(sets: readonly (readonly WeightedValue[])[]): number {
  const full = sets.filter((values) => values.length > 0)
  return meanOf(full.map((values) => weightedMean(values.length, (index) => values[index]!)))
}

function meanOf(numbers: readonly number[]): number {
  return numbers.length === 0 ? 0 : numbers.reduce((sum, number) => sum + number, 0) / numbers.length
}

function weightedMean(count: number, pick: (index: number) => WeightedValue): number {
  let sum = 0
  let weights = 0
  for (let index = 0; index < count; index++) {
    const {value, weight} = pick(index)
    sum += value * weight
    weights += weight
  }
  return weights === 0 ? 0 : sum / weights
}
