import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {isStopTerm} from '../../src/text/stop-words.ts'
import {maxTermLength, termsOf, tokensOf} from '../../src/text/terms.ts'
import {seedOr} from '../support/random-seed.ts'

describe('terms', () => {
  test('forms of a word share a term', () => {
    expect(termsOf('Connected')).toEqual(termsOf('connections'))
  })

  test.each([
    ['--dry-run', 'dryRun'],
    ['dry_run', 'DryRun'],
    ['use_state', 'useState'],
    ['nodejs', 'node.js'],
    ['last-applied', 'kubectl.kubernetes.io/last-applied'],
    ['api server', 'kube-apiServer'],
    ['C++', 'c++'],
    ['Größe', 'große'],
    ['cafe', 'CAFÉ'],
    ['file', 'ﬁle'],
    ['E0499', 'e0499'],
    ["don't", 'don’t'],
  ])('%s is found by %s', (written, asked) => {
    const known = new Set(termsOf(written))

    expect(termsOf(asked).some((term) => known.has(term))).toBe(true)
  })

  test('words that differ in a symbol or a point have different terms', () => {
    expect(termsOf('C++')[0]).not.toBe(termsOf('C')[0])
    expect(termsOf('C#')[0]).not.toBe(termsOf('C++')[0])
    expect(termsOf('1.28')).not.toContain('128')
  })

  test('an identifier has a term for the whole first, then for its parts', () => {
    expect(termsOf('foo_bar')).toEqual(['foobar', 'foo', 'bar'])
  })

  test('plural capitals are not camel case', () => {
    expect(termsOf('APIs IDs')).toEqual(['api', 'id'])
  })

  test('scripts without spaces become pairs of characters, each with its offsets', () => {
    const tokens = tokensOf('を設定する')

    expect(tokens.map(({terms}) => terms[0])).toEqual(['を設', '設定', '定す', 'する'])
    expect(tokens[1]).toMatchObject({start: 1, end: 3})
  })

  test('a stop word is recognised by its stem', () => {
    expect(['using', 'does', 'these', "isn't"].flatMap((text) => termsOf(text)).every(isStopTerm)).toBe(true)
    expect(termsOf('cluster').some(isStopTerm)).toBe(false)
  })

  test('tokens are in order within the text, and no term is empty or too long', () => {
    let count = 0
    fc.assert(
      fc.property(fc.string({unit: 'grapheme', maxLength: 300}), (text) => {
        let last = 0
        for (const {start, end, terms} of tokensOf(text)) {
          expect(start).toBeGreaterThanOrEqual(last - 2)
          expect(end).toBeLessThanOrEqual(text.length)
          expect(terms.length).toBeGreaterThan(0)
          for (const term of terms) {
            expect(term).not.toBe('')
            expect(term.length).toBeLessThanOrEqual(maxTermLength * 2)
          }
          last = end
          count++
        }
      }),
      {seed: seedOr(1)},
    )
    expect(count).toBeGreaterThan(100)
  })

  test.each([
    ['letters', 'a'],
    ['an endless path', 'a.'],
    ['camel case', 'aB'],
    ['apostrophes', "a'"],
    ['marks', '\u0301'],
    ['a script without spaces', '日'],
  ])('a word of 200,000 %s ends, with terms in proportion', (_name, piece) => {
    const text = piece.repeat(200_000 / piece.length)

    expect(termsOf(text).length).toBeLessThanOrEqual(text.length)
  })
})

test('words between other scripts are the same words as alone', () => {
  const unit = fc.constantFrom(..."aBz09_-.:/@+\\'#(,é日")
  fc.assert(
    fc.property(fc.array(fc.string({unit, maxLength: 12}), {maxLength: 8}), (stretches) => {
      const alone = stretches.flatMap((text) => termsOf(text))

      expect(termsOf(stretches.join(' '))).toEqual(alone)
      expect(termsOf(stretches.join('\n'))).toEqual(alone)
    }),
    {seed: seedOr(1)},
  )
})

test('a no-break space separates words as a space does', () => {
  expect(termsOf('dry-run\u00a0mode')).toEqual(termsOf('dry-run mode'))
})
