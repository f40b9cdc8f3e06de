import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {wellFormed} from '../../src/lib/well-formed.ts'
import {listPart, partOf} from '../../src/mcp/paging.ts'

describe('the parts of a text', () => {
  test('join to the whole, none is longer than allowed, and none splits a character', () => {
    fc.assert(
      fc.property(
        fc.string({unit: 'grapheme', maxLength: 400}),
        fc.integer({min: 20, max: 90}),
        (text, max) => {
          const parts: string[] = []
          let offset: number | null = 0
          while (offset !== null) {
            const part: ReturnType<typeof partOf> = partOf(text, offset, max)
            expect(part.text.length).toBeLessThanOrEqual(max)
            expect(wellFormed(part.text)).toBe(part.text)
            expect(part.nextOffset === null || part.nextOffset > offset).toBe(true)
            parts.push(part.text)
            offset = part.nextOffset
          }
          expect(parts.join('')).toBe(text)
        },
      ),
    )
  })

  test('end with a paragraph, else with a line, where there is one in their second half', () => {
    expect(partOf('one two\n\nthree\nfour five', 0, 16)).toEqual({text: 'one two\n\nthree', nextOffset: 14})
    expect(partOf('one two three\n\nfour\nfive six', 0, 22)).toEqual({text: 'one two three', nextOffset: 13})
    expect(partOf('a\none two three', 0, 10)).toEqual({text: 'a\none two ', nextOffset: 10})
  })

  test('of an empty text there is one, and none behind the end', () => {
    expect(partOf('', 0, 10)).toEqual({text: '', nextOffset: null})
    expect(() => partOf('four', 4, 10)).toThrow('offset: the text has 4 characters')
    expect(() => partOf('', 1, 10)).toThrow('offset')
  })
})

describe('the parts of a list', () => {
  const keyOf = (item: string) => item

  test('go on behind the last item, also when others were added or removed before it', () => {
    const {items, nextCursor} = listPart(['a', 'b', 'c', 'd'], {cursor: undefined, limit: 2, keyOf})

    expect(items).toEqual(['a', 'b'])
    expect(listPart(['0', 'b', 'c', 'd'], {cursor: nextCursor!, limit: 2, keyOf})).toEqual({
      items: ['c', 'd'],
      nextCursor: null,
    })
  })

  test('a cursor whose item is gone is refused, and so is one that is none', () => {
    const {nextCursor} = listPart(['a', 'b', 'c'], {cursor: undefined, limit: 1, keyOf})

    for (const cursor of [nextCursor!, 'nonsense', '', '%%%']) {
      expect(() => listPart(['b', 'c'], {cursor, limit: 1, keyOf})).toThrow(/^cursor: .* begin anew/)
    }
  })

  test('an empty list has one part', () => {
    expect(listPart([], {cursor: undefined, limit: 2, keyOf})).toEqual({items: [], nextCursor: null})
  })
})
