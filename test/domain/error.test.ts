import {expect, test} from 'vitest'
import {DocentError, rateLimited} from '../../src/domain/index.ts'

test('the time after which to try again is in whole milliseconds, never too early', () => {
  expect(rateLimited('searches', 'Wait.', {retryAfterMs: 58_194.230_461}).retryAfterMs).toBe(58_195)
  expect(new DocentError('not_ready', 'Wait.').retryAfterMs).toBeNull()
})
