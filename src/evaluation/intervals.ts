import {seededRandom} from '../lib/random.ts'

/** A mean with its 95 % interval. */
export interface Interval {
  readonly value: number
  readonly low: number
  readonly high: number
}

/**
 * The mean of some values. Where each is 0 or 1 the interval is the Wilson score interval of a share (Wilson 1927),
 * which has a width where all are the same: 60 of 60 may be 94 %. Else it is a bootstrap.
 */
export function intervalOf(values: readonly number[]): Interval {
  return intervalOfSets([values.map((value) => ({value, weight: 1}))])
}

/**
 * The mean over sets of each set's weighed mean: every set counts the same, however many values it has. The interval
 * joins those of the sets as they are independent (MOVER, Zou and Donner 2008). Sets without values are left out.
 */
export function intervalOfSets(sets: readonly (readonly Weighed[])[]): Interval {
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

function intervalOfSet(values: readonly Weighed[]): Interval {
  const [first] = values
  const isShare = values.every(({value}) => value === 0 || value === 1)
  const isEven = values.every(({weight}) => weight === first?.weight)
  // Shares of citations that all are whole: those of one answer do not fail by themselves, so answers are counted.
  const isConstant = values.every(({value}) => value === first?.value)
  return isShare && (isEven || isConstant) ? wilson(values) : bootstrapOfSets([values])
}

/** Of the normal distribution, for 95 %. */
const z = 1.959964

function wilson(values: readonly Weighed[]): Interval {
  const count = values.length
  const share = meanOf(values.map(({value}) => value))
  const scale = 1 + z ** 2 / count
  const middle = (share + z ** 2 / (2 * count)) / scale
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / count + z ** 2 / (4 * count ** 2))
  // Where all are the same, rounding would leave the ends beside 0 and 1.
  return {
    value: share,
    low: Math.max(0, Math.min(share, middle - half)),
    high: Math.min(1, Math.max(share, middle + half)),
  }
}

/** A value with its weight in a mean: of a share, how many it is a share of. */
export interface Weighed {
  readonly value: number
  readonly weight: number
}

/**
 * The mean over sets with its 95 % percentile bootstrap interval, each set resampled by itself; the same seed gives
 * the same interval. Sets without values are left out.
 */
export function bootstrapOfSets(sets: readonly (readonly Weighed[])[], seed = 1, rounds = 2_000): Interval {
  const full = sets.filter((values) => values.length > 0)
  const value = meanOfSets(full)
  if (full.every((values) => values.length < 2)) return {value, low: value, high: value}
  const random = seededRandom(seed)
  const means = Array.from({length: rounds}, () =>
    meanOf(
      full.map((values) => weighedMean(values.length, () => values[Math.floor(random() * values.length)]!)),
    ),
  ).sort((a, b) => a - b)
  return {
    value,
    low: means[Math.floor(rounds * 0.025)]!,
    high: means[Math.ceil(rounds * 0.975) - 1]!,
  }
}

/** The mean over sets of each set's weighed mean; 0 without any value. */
export function meanOfSets(sets: readonly (readonly Weighed[])[]): number {
  const full = sets.filter((values) => values.length > 0)
  return meanOf(full.map((values) => weighedMean(values.length, (index) => values[index]!)))
}

function meanOf(numbers: readonly number[]): number {
  return numbers.length === 0 ? 0 : numbers.reduce((sum, number) => sum + number, 0) / numbers.length
}

function weighedMean(count: number, pick: (index: number) => Weighed): number {
  let sum = 0
  let weights = 0
  for (let index = 0; index < count; index++) {
    const {value, weight} = pick(index)
    sum += value * weight
    weights += weight
  }
  return weights === 0 ? 0 : sum / weights
}
