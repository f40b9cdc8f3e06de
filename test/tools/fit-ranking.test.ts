import {readFileSync} from 'node:fs'
import {expect, test} from 'vitest'
import {seededRandom} from '../../src/lib/random.ts'
import {featureNames} from '../../src/retrieval/fusion.ts'
import {rankingWeights} from '../../src/retrieval/ranking-weights.ts'
import {weightsFile} from '../../tools/fit-ranking/fit-ranking.ts'
import {fitListwise, type Listing, scoreOf} from '../../tools/fit-ranking/listwise-softmax.ts'

/** Questions whose right candidate is the one with the most of the first feature; the second is noise. */
function listingsOf(count: number): Listing[] {
  const random = seededRandom(7)
  return Array.from({length: count}, () => {
    const features = Array.from({length: 8}, () => Float64Array.of(random(), random(), 0))
    const most = Math.max(...features.map(([first]) => first!))
    return {features, isRelevant: features.map(([first]) => first === most), weight: 1}
  })
}

const zeros = new Float64Array(3)

test('a feature that tells right from wrong gets weight, and the order it gives is right', () => {
  const weights = fitListwise(listingsOf(60), {prior: zeros})
  const unseen = listingsOf(90).slice(60)
  const right = unseen.filter(({features, isRelevant}) => {
    const scores = features.map((values) => scoreOf(values, weights))
    return isRelevant[scores.indexOf(Math.max(...scores))]
  })

  expect(weights[0]).toBeGreaterThan(5 * weights[1]!)
  expect(right.length / unseen.length).toBeGreaterThan(0.8)
})

test('weights are never below 0, stay at their prior where nothing speaks against it, and are the same each time', () => {
  const misleading = listingsOf(60).map((listing) => ({
    ...listing,
    features: listing.features.map(([first, second]) => Float64Array.of(1 - first!, second!, 0)),
  }))
  const prior = Float64Array.of(1, 0, 2)

  const weights = fitListwise(misleading, {prior})

  expect(weights[0]).toBe(0)
  expect(weights[2]).toBe(2)
  expect(fitListwise(misleading, {prior})).toEqual(weights)
})

test('a question without a right candidate says nothing', () => {
  const hopeless = listingsOf(5).map((listing) => ({
    ...listing,
    isRelevant: listing.isRelevant.map(() => false),
  }))

  expect(fitListwise(hopeless, {prior: Float64Array.of(1, 2, 3)})).toEqual(Float64Array.of(1, 2, 3))
})

test('the shipped weights are a file that the tool writes', () => {
  const weights = Float64Array.from(featureNames, (name) => rankingWeights[name])

  expect(readFileSync('src/retrieval/ranking-weights.ts', 'utf8')).toBe(weightsFile(weights))
})
