import fc from 'fast-check'
import {expect, test} from 'vitest'
import {Bm25, lengthNormsOf} from '../../src/search-index/word-index/bm25.ts'

const weights = {title: 3, headings: 2, text: 1}

/** Sections with numbers 10, 20, 30 and so on, and postings as the word index returns them. */
function indexOf(sections: readonly {readonly length: number; readonly counts: readonly number[]}[]) {
  const ids = Uint32Array.from(sections, (_, slot) => 10 * (slot + 1))
  const order = {
    ids,
    lengths: sections.map(({length}) => length),
    slotOf: (id: number) => (id % 10 === 0 && id <= 10 * sections.length ? id / 10 - 1 : undefined),
  }
  const postings = (term: string): Uint32Array =>
    Uint32Array.from(
      sections.flatMap(({counts}, slot) => {
        const count = counts[Number(term)] ?? 0
        return count === 0 ? [] : [count, ids[slot]!]
      }),
    )
  return {bm25: new Bm25(postings, order, lengthNormsOf(order)), sections}
}

/** Every section scored for every term: what skipping sections must not change. */
function scoredInFull({sections}: ReturnType<typeof indexOf>, terms: readonly string[]): number[] {
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
        const index = indexOf(sections)
        const best = scoredInFull(index, terms)
          .filter((score) => score > 0)
          .sort((one, other) => other - one)

        const hits = index.bm25.matching(terms, k, weights)

        expect(hits).toHaveLength(Math.min(k, best.length))
        for (const [at, {score}] of hits.entries()) expect(score).toBeCloseTo(best[at]!, 4)
      },
    ),
    {numRuns: 300, seed: 1},
  )
})

test('a search leaves nothing behind for the next one', () => {
  const {bm25} = indexOf([
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
