import {afterEach, beforeEach, expect, test, vi} from 'vitest'
import {RunTimers} from '../../src/answering/run-timers.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function timers() {
  const [onDeadline, onAbandoned] = [vi.fn(), vi.fn()]
  const deadlines = {firstTokenMs: 100, answerMs: 1000}
  return {
    timers: new RunTimers({deadlines, firstReaderMs: 300, onDeadline, onAbandoned}),
    onDeadline,
    onAbandoned,
  }
}

test('each deadline is reported once', () => {
  const {onDeadline, onAbandoned} = timers()

  vi.advanceTimersByTime(5_000)

  expect(onDeadline.mock.calls).toEqual([['first_token_timeout'], ['answer_timeout']])
  expect(onAbandoned).toHaveBeenCalledOnce()
})

test('output of the generator meets the first deadline, not the second', () => {
  const {timers: running, onDeadline} = timers()

  vi.advanceTimersByTime(99)
  running.generatorResponded()
  running.generatorResponded()
  vi.advanceTimersByTime(5_000)

  expect(onDeadline.mock.calls).toEqual([['answer_timeout']])
})

test('a reader ends the wait for one, and its leaving begins another', () => {
  const {timers: running, onAbandoned} = timers()

  running.readerJoined()
  vi.advanceTimersByTime(400)
  const whileRead = onAbandoned.mock.calls.length
  running.lastReaderLeft(50)
  running.lastReaderLeft(50)
  vi.advanceTimersByTime(49)
  const within = onAbandoned.mock.calls.length
  vi.advanceTimersByTime(1)

  expect([whileRead, within, onAbandoned.mock.calls.length]).toEqual([0, 0, 1])
})

test('cleared, nothing is left', () => {
  timers().timers.clear()

  expect(vi.getTimerCount()).toBe(0)
})
