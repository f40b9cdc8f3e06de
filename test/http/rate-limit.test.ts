import {describe, expect, test} from 'vitest'
import {dailyBudgetOf} from '../../src/http/limits/daily-budget.ts'
import {rateLimitOf} from '../../src/http/limits/rate-limit.ts'
import {slotsOf} from '../../src/http/limits/slots.ts'

describe('a rate limit', () => {
  test('begins anew a minute after a visitor’s first, each by itself', () => {
    let at = 0
    const limit = rateLimitOf(2, () => at)
    const allowed = (visitor: string) => limit.take(visitor).isAllowed

    expect([allowed('a'), allowed('a'), allowed('a')]).toEqual([true, true, false])
    at = 30_000
    expect([allowed('b'), allowed('a')]).toEqual([true, false])
    expect(limit.take('a')).toEqual({isAllowed: false, remaining: 0, resetMs: 30_000})
    at = 60_000
    expect([allowed('a'), allowed('b'), allowed('b')]).toEqual([true, true, false])
    at = 90_000
    expect([allowed('a'), allowed('b')]).toEqual([true, true])
  })
})

describe('slots', () => {
  test('are freed once, however often that is said', () => {
    const take = slotsOf(2)
    const [first, second] = [take('a'), take('a')]

    first?.()
    first?.()

    expect([take('a') !== null, take('a')]).toEqual([true, null])
    second?.()
    expect(take('a')).not.toBeNull()
  })
})

describe('the budget of a day', () => {
  const noon = Date.parse('2026-03-01T12:00:00Z')
  const hour = 60 * 60 * 1000

  test('begins anew at midnight UTC; an answer of the day before counts for that day', () => {
    let at = noon
    const take = dailyBudgetOf({answersPerDay: 2, answersPerDayPerVisitor: 0}, () => at)
    take('a')(true)
    const overMidnight = take('a')
    expect(() => take('a')).toThrow('ask again in a moment')

    at = noon + 12 * hour
    overMidnight(true)

    expect([take('a')(true), take('b')(true)]).toEqual([undefined, undefined])
    expect(() => take('a')).toThrow(expect.objectContaining({retryAfterMs: 24 * hour}))
  })

  test.each([
    [{answersPerDay: 0, answersPerDayPerVisitor: null}, 100],
    [{answersPerDay: 10, answersPerDayPerVisitor: null}, 5],
    [{answersPerDay: 101, answersPerDayPerVisitor: null}, 21],
    [{answersPerDay: 10, answersPerDayPerVisitor: 3}, 3],
    [{answersPerDay: 0, answersPerDayPerVisitor: 3}, 3],
    [{answersPerDay: 10, answersPerDayPerVisitor: 0}, 10],
  ])('with %j lets one visitor have %i of a hundred', (options, expected) => {
    const take = dailyBudgetOf(options, () => noon)
    let count = 0

    for (let i = 0; i < 100; i++) {
      try {
        take('a')(true)
        count++
      } catch {
        // Used up.
      }
    }

    expect(count).toBe(expected)
  })
})
