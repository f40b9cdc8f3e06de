import {afterEach, beforeEach, expect, test, vi} from 'vitest'
import {PendingDeltas} from '../../src/answering/pending-deltas.ts'
import type {SequencedEvent} from '../../src/domain/index.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

let seq = 0
const delta = (text: string): SequencedEvent => ({seq: ++seq, at: seq * 10, event: {type: 'delta', text}})

function pendingOf(...texts: readonly string[]): PendingDeltas {
  seq = 0
  const pending = new PendingDeltas(50)
  for (const text of texts) pending.add(delta(text))
  return pending
}

test('the window begins with the first piece, and again with what is left', () => {
  const pending = pendingOf('One. ', '**two')

  vi.advanceTimersByTime(49)
  pending.add(delta(' three'))
  const before = pending.remainingMs
  vi.advanceTimersByTime(1)
  const part = pending.takeAtWindowEnd()

  expect(before).toBe(1)
  expect(part).toEqual({seq: 1, at: 10, event: {type: 'delta', text: 'One. '}})
  expect([pending.isEmpty, pending.remainingMs]).toEqual([false, 50])
})

test('text without a safe place to end is held back for three windows, then delivered', () => {
  const pending = pendingOf('**two')

  const parts = Array.from({length: 4}, () => pending.takeAtWindowEnd())

  expect(parts).toEqual([null, null, null, expect.objectContaining({seq: 1})])
  expect(pending.isEmpty).toBe(true)
})

test('everything is one delta with the number of its last piece', () => {
  const pending = pendingOf('**two', ' three', '!')

  expect(pending.takeAll()).toEqual({seq: 3, at: 30, event: {type: 'delta', text: '**two three!'}})
  expect(pending.isEmpty).toBe(true)
})

test('much text does not wait, and ends at a safe place if there is one', () => {
  const pending = pendingOf('x'.repeat(8_000))
  const isFullBefore = pending.isFull
  pending.add(delta(`${'x'.repeat(300)}. `))
  pending.add(delta('**'))

  expect([isFullBefore, pending.isFull]).toEqual([false, true])
  expect(pending.takeMost()).toMatchObject({seq: 2})
  expect(pending.isFull).toBe(false)
  expect(pendingOf('**').takeMost()).toMatchObject({seq: 1})
})
