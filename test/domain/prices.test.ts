import {expect, test} from 'vitest'
import {costOf} from '../../src/domain/index.ts'
import {settingsFrom} from '../../src/settings/settings.ts'

const usage = {
  inputTokens: 1_000_000,
  outputTokens: 100_000,
  cacheReadTokens: 2_000_000,
  cacheWriteTokens: 10_000,
}
const pricesOf = (value: string) => settingsFrom({MODEL_PRICES: value}).modelPrices

test('tokens cost what the price of their model says', () => {
  const prices = pricesOf('small = 1/5/0.2/2, large=10/50')
  expect(costOf('small', usage, prices)).toBeCloseTo(1 + 0.5 + 0.4 + 0.02)
  expect(costOf('large', usage, prices)).toBeCloseTo(10 + 5 + 2 + 0.125)
})

test('a dated model has the price of its name; another one has none', () => {
  const prices = pricesOf('claude-haiku-5-5=1/5')
  expect(costOf('claude-haiku-5-5-20260901', usage, prices)).toBe(costOf('claude-haiku-5-5', usage, prices))
  expect(costOf('claude-haiku-5', usage, prices)).toBeNull()
  expect(costOf('claude', usage, new Map())).toBeNull()
})

test('without a model nothing is spent', () => {
  expect(costOf(null, usage, new Map())).toBe(0)
})

test.each([
  'small',
  'small=',
  'small=1',
  'small=1/2/3',
  '=1/2',
  'small=a/b',
  'small=-1/2',
  'small=1/2/3/4/5',
  'a b=1/2',
])('MODEL_PRICES=%s is refused with what to write', (value) => {
  expect(() => pricesOf(value)).toThrow(
    /MODEL_PRICES: .*write prices per million tokens as claude-haiku-5-5=1\/5/,
  )
})
