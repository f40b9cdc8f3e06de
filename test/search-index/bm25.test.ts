import fc from 'fast-check'
import {expect, test} from 'vitest'
import {Bm25, lengthNormsOf} from '../../src/search-index/word-index/bm25.ts'
import {type Counts, wordCounts} from './word-counts.ts'

const weights = {title: 3, headings: 2, text: 1}

interface Section {
  readonly length: number
  /** In the text. */
  readonly counts: readonly number[]
}

function bm25Over(sections: readonly Section[]): Bm25 {
  const {order, postings} = wordCounts(
    sections.map(({length, counts}) => ({length, terms: counts.map((count): Counts => [0, 0, count])})),
  )
  return new Bm25(postings, order, lengthNormsOf(order))
}

/** Every section scored for every term: what skipping sections must not change. */
function scoredInFull(sections: readonly Section[], terms: readonly string[]): number[] {
  const indexed = sections.filter(({length}) => length > 0).length
  const average = sections.reduce((sum, {length}) => sum + length, 0) / Math.max(1, indexed)
  return sections.map(({length, counts}) =>
    terms.reduce((sum, term) => {
      const count = counts[Number(term)] ?? 0
      const frequency = sections.filter((other) => (other.counts[Number(term)] ?? 0) > 0).length
      const idf = Math.log(1 + (indexed - frequency + 0.5) / (frequency + 0.5))
      return sum + (idf * count * 2.2) / (count + 1.2 * (0.25 + (0.75 * length) / (average || 1)))
    }, 0),
  )
}

test('the best sections for many terms are those of scoring every section in full', () => {
  const section = fc.record({
    length: fc.integer({min: 1, max: 40}),
    // The last term stands nearly everywhere, as usual words do.
    counts: fc.tuple(
      fc.constantFrom(0, 0, 0, 0, 1),
      fc.constantFrom(0, 0, 1, 3),
      fc.constantFrom(0, 1),
      fc.constantFrom(1, 1, 1, 2, 9),
    ),
  })
  fc.assert(
    fc.property(
      fc.array(section, {minLength: 1, maxLength: 60}),
      fc.integer({min: 1, max: 8}),
      (sections, k) => {
        const terms = ['3', '0', '2', '1']
        const best = scoredInFull(sections, terms)
          .filter((score) => score > 0)
          .sort((one, other) => other - one)

        const hits = bm25Over(sections).matching(terms, k, weights)

        expect(hits).toHaveLength(Math.min(k, best.length))
        for (const [at, {score}] of hits.entries()) expect(score).toBeCloseTo(best[at]!, 4)
      },
    ),
    {numRuns: 300, seed: 1},
  )
})

test('a search leaves nothing behind for the next one', () => {
  const bm25 = bm25Over([
    {length: 5, counts: [1, 0]},
    {length: 5, counts: [1, 2]},
  ])
  const first = bm25.matching(['0', '1'], 5, weights)

  bm25.matching(['1'], 1, weights)

  expect(bm25.matching(['0', '1'], 5, weights)).toEqual(first)
  expect(first.map(({sectionId}) => sectionId)).toEqual([20, 10])
})

test('a posting of a section that is gone is passed over', () => {
  const ids = Uint32Array.of(10)
  const order = {ids, lengths: [4], slotOf: (id: number) => (id === 10 ? 0 : undefined)}
  const bm25 = new Bm25(() => Uint32Array.of(1, 7, 1, 10), order, lengthNormsOf(order))

  expect(bm25.matching(['x'], 5, weights).map(({sectionId}) => sectionId)).toEqual([10])
})
