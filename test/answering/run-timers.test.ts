import {afterEach, beforeEach, expect, test, vi} from 'vitest'
import {RunTimers} from '../../src/answering/run-timers.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function timers() {
  const [onDeadline, onUnread] = [vi.fn(), vi.fn()]
  const deadlines = {firstTokenMs: 100, answerMs: 1000}
  return {timers: new RunTimers({deadlines, firstReaderMs: 300, onDeadline, onUnread}), onDeadline, onUnread}
}

test('each deadline is told once', () => {
  const {onDeadline, onUnread} = timers()

  vi.advanceTimersByTime(5_000)

  expect(onDeadline.mock.calls).toEqual([['first_token_timeout'], ['answer_timeout']])
  expect(onUnread).toHaveBeenCalledOnce()
})

test('a sign of life meets the first deadline, not the second', () => {
  const {timers: running, onDeadline} = timers()

  vi.advanceTimersByTime(99)
  running.signOfLife()
  running.signOfLife()
  vi.advanceTimersByTime(5_000)

  expect(onDeadline.mock.calls).toEqual([['answer_timeout']])
})

test('a reader ends the wait for one, and its leaving begins another', () => {
  const {timers: running, onUnread} = timers()

  running.read()
  vi.advanceTimersByTime(400)
  const whileRead = onUnread.mock.calls.length
  running.unread(50)
  running.unread(50)
  vi.advanceTimersByTime(49)
  const within = onUnread.mock.calls.length
  vi.advanceTimersByTime(1)

  expect([whileRead, within, onUnread.mock.calls.length]).toEqual([0, 0, 1])
})

test('cleared, nothing is left', () => {
  timers().timers.clear()

  expect(vi.getTimerCount()).toBe(0)
})
