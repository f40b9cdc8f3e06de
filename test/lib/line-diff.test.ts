import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {diffOf, lineDiffOf} from '../../src/lib/line-diff.ts'

const shown = (before: string, after: string) =>
  lineDiffOf(before, after).map(
    ({kind, pieces}) =>
      ({same: ' ', added: '+', removed: '-'})[kind] +
      pieces.map(({text, isChanged}) => (isChanged ? `[${text}]` : text)).join(''),
  )

describe('the difference of two texts', () => {
  test('is by line, and of a line that replaces another by word', () => {
    expect(shown('a\nThe port is 8118 here\nz', 'a\nThe port is 9229 here\nb\nz')).toEqual([
      ' a',
      '-The port is 8118 here',
      '+The port is 9229 here',
      '+b',
      ' z',
    ])
    expect(shown('The port is 8118 here', 'The port is 9229 here')).toEqual([
      '-The port is [8118 ]here',
      '+The port is [9229 ]here',
    ])
  })

  test('marks no words of lines that have little in common', () => {
    expect(shown('one thing', 'quite another matter')).toEqual(['-one thing', '+quite another matter'])
  })

  test('of a text that is new, gone or the same is all of one kind', () => {
    expect(shown('', 'a\nb')).toEqual(['+a', '+b'])
    expect(shown('a\nb', '')).toEqual(['-a', '-b'])
    expect(shown('a\nb', 'a\nb')).toEqual([' a', ' b'])
  })

  test('leads from the one to the other, whatever they are', () => {
    const lines = fc.array(fc.constantFrom('a', 'b', 'c', ''), {maxLength: 30})
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const items = diffOf(before, after)
        expect(items.filter(({kind}) => kind !== 'added').map(({text}) => text)).toEqual(before)
        expect(items.filter(({kind}) => kind !== 'removed').map(({text}) => text)).toEqual(after)
      }),
    )
  })

  test('of long texts that share nothing takes no table of all their lines', () => {
    const [before, after] = ['a', 'b'].map((letter) =>
      Array.from({length: 20_000}, (_, n) => `${letter}${n}`),
    )
    const items = diffOf(before!, after!)
    expect(items).toHaveLength(40_000)
    expect(items[0]).toEqual({kind: 'removed', text: 'a0'})
  })
})
