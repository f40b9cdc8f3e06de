import {describe, expect, test} from 'vitest'
import {parseData} from '../../src/markdown/dialect-kit.ts'

/** Lists of nine aliases each, `levels` deep: a few hundred bytes that stand for 9 ** levels values. */
function bombOf(levels: number): string {
  const lines = Array.from(
    {length: levels},
    (_, n) => `l${n + 1}: &l${n + 1} [${Array.from({length: 9}, () => `*l${n}`).join(', ')}]`,
  )
  return ['l0: &l0 [kiln]', ...lines].join('\n')
}

describe('data in YAML', () => {
  test('may use aliases', () => {
    expect(parseData('yaml', 'a: &a {heat: slow}\nb: *a\nc: [*a, *a]')).toEqual({
      a: {heat: 'slow'},
      b: {heat: 'slow'},
      c: [{heat: 'slow'}, {heat: 'slow'}],
    })
    expect(parseData('yaml', bombOf(3))).toHaveProperty('l3')
  })

  test('whose aliases stand for too much is refused at once', () => {
    expect(() => parseData('yaml', bombOf(9))).toThrow('its aliases stand for too much data')
    expect(() => parseData('yaml', bombOf(60))).toThrow('its aliases stand for too much data')
  })

  test('that is inside itself is refused', () => {
    expect(() => parseData('yaml', 'a: &a [1, *a]')).toThrow('its aliases stand for too much data')
  })
})
