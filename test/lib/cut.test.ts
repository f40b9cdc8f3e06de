import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {headOf, headWordsOf, shortened, tailOf} from '../../src/lib/cut.ts'
import {allWellFormed, wellFormed} from '../../src/lib/well-formed.ts'
import {seedOr} from '../support/random-seed.ts'

const family = '👨‍👩‍👧‍👦'

describe('a text cut by length', () => {
  test.each([
    ['between the halves of a pair', `x${'🔑'.repeat(9)}`, 6, `x${'🔑'.repeat(2)}`],
    ['inside a joined emoji', `ab${family}c`, 8, 'ab'],
    ['between a letter and its accent', 'cafe\u0301s', 4, 'caf'],
    ['between the two characters of a Windows line break', 'ab\r\ncd', 3, 'ab'],
    ['between plain letters', 'abcdef', 3, 'abc'],
    ['at its very end', 'abc', 3, 'abc'],
    ['to nothing', 'abc', 0, ''],
  ])('%s', (_name, text, length, head) => {
    expect(headOf(text, length)).toBe(head)
    expect(head + tailOf(text, text.length - head.length)).toBe(text)
  })

  test('a tail begins with a whole character', () => {
    expect(tailOf(`${'🔑'.repeat(9)}x`, 4)).toBe('🔑x')
    expect(tailOf(`ab${family}c`, 8)).toBe('c')
  })

  test('an endless run of accents is cut all the same', () => {
    const pile = `a${'\u0301'.repeat(5000)}`

    expect(headOf(pile, 1000)).toHaveLength(1000)
    expect(tailOf(pile, 1000)).toHaveLength(1000)
  })

  test('words stay whole unless that would take more than half', () => {
    expect(shortened('one two three', 10)).toBe('one two…')
    expect(shortened('x'.repeat(20), 10)).toBe(`${'x'.repeat(9)}…`)
    expect(headWordsOf('one two three', 10)).toBe('one two')
    expect(shortened('short', 10)).toBe('short')
  })

  test('heads and tails never exceed their length and never contain half a character', () => {
    const text = fc.array(fc.constantFrom('a', ' ', '🔑', family, '\u0301', '🇩🇪', '\r\n', 'é', '文'), {
      maxLength: 60,
    })
    fc.assert(
      fc.property(text, fc.nat(200), (parts, length) => {
        const whole = parts.join('')
        for (const part of [headOf(whole, length), tailOf(whole, length), headWordsOf(whole, length)]) {
          expect(part.length).toBeLessThanOrEqual(length)
          expect(wellFormed(part)).toBe(part)
        }
        expect(whole.startsWith(headOf(whole, length))).toBe(true)
        expect(whole.endsWith(tailOf(whole, length))).toBe(true)
      }),
      {seed: seedOr(11)},
    )
  })
})

test('every string in a value is made well-formed', () => {
  expect(allWellFormed({a: ['x\ud83d', 1, null, true], b: {c: '\udd11y'}, d: 'fine 🔑'})).toEqual({
    a: ['x\ufffd', 1, null, true],
    b: {c: '\ufffdy'},
    d: 'fine 🔑',
  })
})
