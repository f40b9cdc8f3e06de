import fc from 'fast-check'
import {expect, test} from 'vitest'
import {lengthNormsOf} from '../../src/search-index/word-index/bm25.ts'
import {WordsSearch} from '../../src/search-index/word-index/words-search.ts'
import {type CountedSection, type Counts, wordCounts} from './word-counts.ts'

const weights = {title: 2, headings: 3, text: 1}

function searchOver(sections: readonly CountedSection[]): WordsSearch {
  const {order, postings} = wordCounts(sections)
  return new WordsSearch(postings, order, lengthNormsOf(order))
}

test('sections with all words in headings come first, then those with all words, then by BM25 of pooled forms', () => {
  const counts = fc.tuple(
    fc.constantFrom(0, 0, 0, 1),
    fc.constantFrom(0, 0, 0, 1, 2),
    fc.constantFrom(0, 0, 1, 4),
  )
  const section = fc.record({
    length: fc.integer({min: 1, max: 40}),
    terms: fc.tuple(counts, counts, counts, counts),
  })
  fc.assert(
    fc.property(
      fc.array(section, {minLength: 1, maxLength: 40}),
      fc.integer({min: 1, max: 12}),
      fc.constantFrom([['0', '1'], ['2']], [['0'], ['1', '2', '3']], [['3']], [['0'], ['1'], ['2', '3']]),
      (sections, k, words) => {
        const hits = searchOver(sections).matching(words, k, weights)

        const {count, norms} = lengthNormsOf({lengths: sections.map(({length}) => length)})
        const pooled = words.map((forms) =>
          sections.map(({terms}) => {
            const own = forms.map((form) => terms[Number(form)]!)
            return {
              count: own.reduce((sum, [title, heading, text]) => sum + 2 * title + 3 * heading + text, 0),
              isHeading: own.some(([title, heading]) => title + heading > 0),
            }
          }),
        )
        const expected = sections
          .map((_, slot) => {
            let score = 0
            for (const word of pooled) {
              const frequency = word.filter((one) => one.count > 0).length
              const own = word[slot]!.count
              const idf = Math.log(1 + (count - frequency + 0.5) / (frequency + 0.5))
              if (own > 0) score += (idf * own * 2.2) / (own + norms[slot]!)
            }
            const hasAll = pooled.every((word) => word[slot]!.count > 0)
            const hasAllInHeadings = pooled.every((word) => word[slot]!.isHeading)
            return {slot, score, hasAll, hasAllInHeadings}
          })
          .filter(({slot}) => pooled.some((word) => word[slot]!.count > 0))
          .sort(
            (one, other) =>
              Number(other.hasAllInHeadings) - Number(one.hasAllInHeadings) ||
              Number(other.hasAll) - Number(one.hasAll) ||
              other.score - one.score ||
              one.slot - other.slot,
          )
          .slice(0, k)

        expect(hits).toHaveLength(expected.length)
        for (const [at, hit] of hits.entries()) {
          expect(hit.score).toBeCloseTo(expected[at]!.score, 4)
          expect([hit.hasAll, hit.hasAllInHeadings]).toEqual([
            expected[at]!.hasAll,
            expected[at]!.hasAllInHeadings,
          ])
        }
      },
    ),
    {numRuns: 300, seed: 1},
  )
})

test('a word without forms is one that no section has', () => {
  const search = searchOver([{length: 3, terms: [[0, 1, 0]]}])

  expect(search.matching([['0'], []], 5, weights)).toMatchObject([{sectionId: 10, hasAll: false}])
  expect(search.matching([[]], 5, weights)).toEqual([])
})

test('a search leaves nothing behind for the next one', () => {
  const search = searchOver([
    {length: 5, terms: [[0, 0, 1]]},
    {
      length: 5,
      terms: [
        [1, 0, 1],
        [0, 0, 2],
      ],
    },
  ])
  const first = search.matching([['0'], ['1']], 5, weights)

  search.matching([['1']], 1, weights)

  expect(search.matching([['0'], ['1']], 5, weights)).toEqual(first)
})

test('rare forms of a usual word are left out, and so are the most usual words of many', () => {
  const many = Array.from({length: 16_000}, (_, slot) => ({
    length: 4,
    terms: [[0, 0, 1], slot === 15_999 ? [0, 1, 0] : [0, 0, 0]] as Counts[],
  }))
  const search = searchOver(many)

  // The first form alone is more than is read of a word.
  const [first] = search.matching([['0', '1']], 1, weights)
  expect(first!.sectionId).toBe(10)
  // Five words of 16,000 sections are more than is read of a query; what is left out is not missed.
  const words = ['1', '0', '0', '0', '0', '0'].map((form) => [form])
  expect(search.matching(words, 1, weights)).toMatchObject([{sectionId: 160_000, hasAll: true}])
})
