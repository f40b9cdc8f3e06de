import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {createSafeCutter, isWholeCharacter} from '../../src/answering/safe-cut.ts'
import {seedOr} from '../support/random-seed.ts'

describe('where text may be cut', () => {
  test.each([
    ['between words', ['one ', 'two ', 'three'], 2],
    ['after a line break', ['one\n', 'two\n'], 2],
    ['not inside a joined emoji', ['a ', '👩', '\u200d👩', '\u200d👧', ' b'], 4],
    ['not before an accent', ['x ', 'e', '\u0301', ' y'], 3],
    ['not before an accent that may yet come', ['x ', 'e'], 1],
    ['not between the two stars of bold', ['a *', '*b'], 0],
    ['not inside bold', ['so ', '**very', ' much'], 1],
    ['after bold', ['so ', '**very', '**', ' much'], 3],
    ['not inside a link', ['see ', '[the', ' docs](/a', '/b', ') now'], 1],
    ['not between a link’s text and its address', ['see ', '[docs]', '(/a) '], 3],
    ['not inside code', ['run ', '`npm', ' ci`', ' now'], 3],
    ['not inside a tag', ['a ', '<b', 'r> ', 'c'], 3],
    ['not inside an entity', ['a ', '&am', 'p; ', 'c'], 3],
    ['not inside a list’s mark', ['one\n', '-', ' two '], 3],
  ])('%s', (_, pieces, count) => {
    expect(createSafeCutter().cut(pieces)).toBe(count)
  })

  test('marks mean nothing inside a code fence', () => {
    const cutter = createSafeCutter()
    cutter.advance('Like so:\n```js\n')

    expect(cutter.cut(['a[', '0', '] = `', 'x '])).toBe(4)
    cutter.advance('a[0] = `x \n```\n')
    expect(cutter.cut(['a [', 'b', 'c '])).toBe(0)
  })

  test('a cut is never inside a grapheme, given the next piece', () => {
    const segmenter = new Intl.Segmenter(undefined, {granularity: 'grapheme'})
    const unit = fc.constantFrom(
      'a',
      'e',
      '\u0301',
      '👩',
      '\u200d',
      '🇩',
      '🇪',
      '\r',
      '\n',
      ' ',
      '한',
      '각',
      '\u0e33',
      'க',
      'ி',
    )
    fc.assert(
      fc.property(
        fc.string({unit, minLength: 1, maxLength: 12}),
        fc.string({unit, minLength: 1, maxLength: 12}),
        (a, b) => {
          const boundaries = new Set([...segmenter.segment(a + b)].map(({index}) => index))
          if (isWholeCharacter(a, b)) expect(boundaries).toContain(a.length)
        },
      ),
      {seed: seedOr(3), numRuns: 2000},
    )
  })
})
