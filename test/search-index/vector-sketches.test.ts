import {describe, expect, test} from 'vitest'
import {randomNormal, seededRandom} from '../../src/lib/random.ts'
import {dotAt} from '../../src/lib/vector-math.ts'
import {VectorSketches} from '../../src/search-index/vector-sketches.ts'

function randomVectors(count: number, dimensions: number, seed: number): Float32Array {
  const random = seededRandom(seed)
  return Float32Array.from({length: count * dimensions}, () => randomNormal(random))
}

/** By the definition: differing signs, of what is left without the mean, in the half of the query that is greatest. */
function distancesOf(vectors: Float32Array, query: Float32Array): number[] {
  const {length} = query
  const count = vectors.length / length
  const mean = query.map((_, at) => {
    let sum = 0
    for (let slot = 0; slot < count; slot++) sum += vectors[slot * length + at]!
    return sum / count
  })
  const least = query.map(Math.abs).toSorted()[length >> 1]!
  return Array.from({length: count}, (_, slot) => {
    let distance = 0
    for (let at = 0; at < length; at++) {
      const isNegative = vectors[slot * length + at]! - mean[at]! < 0
      if (Math.abs(query[at]!) >= least && isNegative !== query[at]! < 0) distance++
    }
    return distance
  })
}

describe('the sketches of vectors', () => {
  test.each([1, 2, 31, 64, 191, 192, 193, 384, 1_100])(
    'of %i dimensions find those with the fewest differing signs',
    async (dimensions) => {
      const vectors = randomVectors(150, dimensions, dimensions)
      const query = randomVectors(1, dimensions, dimensions + 1)
      const sketches = await VectorSketches.of(vectors, dimensions)
      const expected = distancesOf(vectors, query)
        .map((distance, slot) => ({distance, slot}))
        .sort((one, other) => one.distance - other.distance || one.slot - other.slot)
        .map(({slot}) => slot)

      for (const count of [0, 1, 40, 150, 400]) {
        const ascending = expected.slice(0, count).sort((one, other) => one - other)
        expect([...sketches.nearest(query, count)]).toEqual(ascending)
      }
    },
  )

  test('lead to most of the true neighbours in a tenth of all vectors', async () => {
    const dimensions = 128
    const vectors = randomVectors(2_000, dimensions, 7)
    const sketches = await VectorSketches.of(vectors, dimensions)
    let found = 0
    for (let asked = 0; asked < 20; asked++) {
      // Near one of them, as a question is near the passage that answers it.
      const noise = randomVectors(1, dimensions, 100 + asked)
      const query = noise.map((value, at) => value + vectors[asked * dimensions + at]!)
      const similarity = (slot: number) => dotAt(query, vectors, slot * dimensions)
      const true5 = Array.from({length: 2_000}, (_, slot) => slot)
        .sort((one, other) => similarity(other) - similarity(one))
        .slice(0, 5)
      const shortlist = new Set(sketches.nearest(query, 200))
      found += true5.filter((slot) => shortlist.has(slot)).length
    }

    expect(found).toBeGreaterThan(70)
  })

  test('of no vectors find none', async () => {
    const sketches = await VectorSketches.of(new Float32Array(), 64)

    expect(sketches.nearest(randomVectors(1, 64, 1), 10)).toHaveLength(0)
  })
})
