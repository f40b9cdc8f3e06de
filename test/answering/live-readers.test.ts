import {expect, test, vi} from 'vitest'
import {LiveReaders} from '../../src/answering/live-readers.ts'
import type {SequencedEvent} from '../../src/domain/index.ts'
import {sampleEvents} from '../transcripts/samples.ts'

function readersOf(limits = {pauseLagEvents: 2, maxReaderLagEvents: 4}) {
  const events: SequencedEvent[] = []
  const [onReaderJoined, onLastReaderLeft] = [vi.fn(), vi.fn()]
  let hasEnded = false
  const readers = new LiveReaders({
    events,
    hasEnded: () => hasEnded,
    ...limits,
    onReaderJoined,
    onLastReaderLeft,
  })
  const add = (event: SequencedEvent) => {
    events.push(event)
    hasEnded = event.event.type === 'done'
    readers.notify(event.event.type === 'delta')
  }
  return {readers, add, onReaderJoined, onLastReaderLeft}
}

const events = sampleEvents('a', ['a', 'b', 'c', 'd', 'e', 'f'])
const forever = () => new AbortController().signal

test('a reader gets past and live events, and has left after the terminal event', async () => {
  const {readers, add, onReaderJoined, onLastReaderLeft} = readersOf({
    pauseLagEvents: 100,
    maxReaderLagEvents: 100,
  })
  for (const event of events.slice(0, 3)) add(event)
  const reader = readers.read(1, forever())

  const got = [reader.next(), reader.next(), reader.next()]
  const woken = reader.wait()
  for (const event of events.slice(3)) add(event)
  await woken
  while (!reader.isOver) got.push(reader.next())

  expect(got).toEqual([events[1], events[2], null, ...events.slice(3)])
  expect([onReaderJoined.mock.calls.length, onLastReaderLeft.mock.calls.length]).toEqual([1, 1])
})

test('the last one to leave is reported, however it leaves, and its listener is removed', () => {
  const {readers, add, onLastReaderLeft} = readersOf()
  add(events[0]!)
  const asker = new AbortController()
  readers.read(0, asker.signal)
  const second = readers.read(0, forever())

  asker.abort()
  const afterFirst = onLastReaderLeft.mock.calls.length
  second.leave()
  second.leave()
  readers.read(0, asker.signal)

  expect([afterFirst, onLastReaderLeft.mock.calls.length]).toEqual([0, 2])
})

test('one that reads nothing for too long is ended; one that waits is not', () => {
  const {readers, add} = readersOf()
  for (const event of events.slice(0, 2)) add(event)
  const slow = readers.read(0, forever())
  const waiting = readers.read(0, forever())
  void waiting.wait({ignoreDeltas: true})

  // Deltas only, which do not wake a reader that ignores them.
  for (const event of events.slice(2, 7)) add(event)

  expect(slow.isOver).toBe(true)
  expect(slow.failure).toMatchObject({code: 'conflict'})
  expect([waiting.isOver, waiting.failure]).toEqual([false, null])
})

test('waiting ends when one has caught up, or there are no readers', async () => {
  const {readers, add} = readersOf({pauseLagEvents: 2, maxReaderLagEvents: 100})
  const lagBefore = readers.areAllLagging
  const reader = readers.read(0, forever())
  for (const event of events.slice(0, 4)) add(event)
  const lag = readers.areAllLagging
  let hasCaughtUp = false
  const catchingUp = readers.waitUntilCaughtUp().then(() => {
    hasCaughtUp = true
  })

  reader.next()
  await Promise.resolve()
  const afterOne = hasCaughtUp
  reader.next()
  await catchingUp

  expect([lagBefore, lag, afterOne, readers.areAllLagging]).toEqual([true, true, false, false])
  for (const event of events.slice(4, 7)) add(event)
  const leaving = readers.waitUntilCaughtUp()
  reader.leave()
  await leaving
})
