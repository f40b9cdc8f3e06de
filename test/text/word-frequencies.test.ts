import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import fc from 'fast-check'
import {expect, test} from 'vitest'
import {packageRoot} from '../../src/package/index.ts'
import {readWordFrequencies} from '../../src/text/word-frequencies.ts'
import {writeFrequencies} from '../../tools/count-words/write-frequencies.ts'

const shipped = readFileSync(join(packageRoot, 'models/technical-english/word-frequencies.bin'))

test('a table gives each word its share, within 2.5 %, and its burstiness, and every other word those of rare words', () => {
  const words = fc.dictionary(
    fc.string({unit: 'binary', minLength: 1, maxLength: 12}),
    fc.record({
      share: fc.double({min: 0.001, max: 1, noNaN: true}),
      burstiness: fc.double({min: 0, max: 1, noNaN: true}),
    }),
    {maxKeys: 80},
  )

  fc.assert(
    fc.property(words, fc.string({unit: 'binary', maxLength: 6}), (dictionary, other) => {
      const uses = new Map(Object.entries(dictionary))
      const table = readWordFrequencies(writeFrequencies(uses, 0.0005))

      expect(table.size).toBe(uses.size)
      for (const [word, {share, burstiness}] of uses) {
        expect(table.has(word)).toBe(true)
        expect(Math.abs(Math.log(table.shareOf(word) / share))).toBeLessThan(0.0251)
        expect(Math.abs(table.burstinessOf(word) - burstiness)).toBeLessThan(0.002)
      }
      expect(table.has(other)).toBe(uses.has(other))
      if (!uses.has(other)) expect(table.shareOf(other)).toBe(table.rareShare)
    }),
  )
})

test('words no more usual than rare ones are left out', () => {
  const uses = new Map([
    ['usual', {share: 0.2, burstiness: 0.5}],
    ['rare', {share: 0.0001, burstiness: 0.5}],
  ])

  const table = readWordFrequencies(writeFrequencies(uses, 0.0001))

  expect(table.size).toBe(1)
  expect(table.shareOf('rare')).toBeCloseTo(0.0001, 5)
})

test('an empty table has no word', () => {
  const table = readWordFrequencies(writeFrequencies(new Map(), 0.001))

  expect(table.has('word')).toBe(false)
  expect(table.shareOf('word')).toBeCloseTo(0.001, 4)
})

test('bytes that are no table are refused', () => {
  for (const bytes of [
    Buffer.alloc(0),
    Buffer.from('DWF2'),
    Buffer.from('not a table of word frequencies'),
    shipped.subarray(0, 400),
  ]) {
    expect(() => readWordFrequencies(bytes)).toThrow(TypeError)
  }
})

test('the shipped table knows technical English, and is small', () => {
  const table = readWordFrequencies(shipped)

  expect(shipped.length).toBeLessThan(400_000)
  expect(table.shareOf('the')).toBeGreaterThan(0.5)
  expect(table.shareOf('configur')).toBeGreaterThan(table.shareOf('docker'))
  expect(table.shareOf('docker')).toBeGreaterThan(table.shareOf('pizza'))
  for (const [name, word] of [
    ['gradl', 'disappear'],
    ['kubernet', 'mistak'],
    ['docker', 'quietli'],
  ] as const)
    expect(table.burstinessOf(name)).toBeGreaterThan(table.burstinessOf(word) + 0.3)
  for (const word of ['mongolia', 'konfigurieren', '設定']) expect(table.has(word)).toBe(false)
})
