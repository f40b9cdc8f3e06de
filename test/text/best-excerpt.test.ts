import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {bestExcerptOf} from '../../src/text/best-excerpt.ts'
import {termsOf} from '../../src/text/terms.ts'
import {seedOr} from '../support/random-seed.ts'

const weightsOf = (question: string) => new Map(termsOf(question).map((term) => [term, 1]))

describe('the best excerpt', () => {
  const text = [
    'Welcome to the guide, which has a long introduction that says little.',
    'To rotate the signing key, run the rotate command on the leader.',
    'Old keys keep working for an hour.',
  ].join(' ')

  test('is the sentence that answers, not the first', () => {
    expect(bestExcerptOf(text, weightsOf('rotate signing keys'), {maxLength: 120}).text).toContain(
      'To rotate the signing key',
    )
  })

  test('is the beginning when nothing matches', () => {
    expect(bestExcerptOf(text, weightsOf('zebra'), {maxLength: 90}).text).toMatch(/^Welcome/)
  })

  test('highlights exactly the words that match, in every form', () => {
    const {text: shown, highlights} = bestExcerptOf(text, weightsOf('key rotation rotate'), {maxLength: 80})

    const marked = highlights.map(([start, end]) => shown.slice(start, end))

    expect(marked).toEqual(['rotate', 'key', 'rotate'])
  })

  test('never exceeds its length by more than an ellipsis, and its highlights are inside it', () => {
    const words = fc.array(fc.constantFrom('key', 'rotate', 'zebra. ', 'ключ'), {maxLength: 60})
    let count = 0
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({unit: 'grapheme', maxLength: 600}),
          words.map((body) => body.join(' ')),
        ),
        fc.oneof(fc.string({maxLength: 20}), fc.constantFrom('rotate the key', 'ключ')),
        (body, asked) => {
          const {text: shown, highlights} = bestExcerptOf(body, weightsOf(asked), {maxLength: 100})
          expect(shown.length).toBeLessThanOrEqual(101)
          let last = -1
          for (const [start, end] of highlights) {
            expect(start).toBeGreaterThan(last)
            expect(end).toBeGreaterThan(start)
            expect(end).toBeLessThanOrEqual(shown.length)
            last = end
            count++
          }
        },
      ),
      {seed: seedOr(1)},
    )
    expect(count).toBeGreaterThan(20)
  })
})
