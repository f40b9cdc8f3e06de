import {expect, test} from 'vitest'
import {defaultAnsweringLimits} from '../../src/answering/answering-limits.ts'
import {FollowedAnswers} from '../../src/answering/followed-answers.ts'
import {deliverEach} from '../../src/answering/run-reader.ts'
import type {JournalledAnswer, Peers} from '../../src/answers/index.ts'
import type {SequencedEvent} from '../../src/domain/index.ts'
import {done} from '../support/sample-answer.ts'

const answer = {answerId: 'a1', ending: null} as JournalledAnswer
const ended: SequencedEvent = {seq: 1, at: 0, event: done('stopped')}

/** Other processes of which one writes an answer, which ends once it has been asked so often to stop. */
function peersThatHear(stop: number): Peers & {readonly asked: number; readonly follows: number} {
  let asked = 0
  let follows = 0
  let onStopped = () => {}
  const stopped = new Promise<void>((resolve) => {
    onStopped = resolve
  })
  return {
    cannotFollow: null,
    get asked() {
      return asked
    },
    get follows() {
      return follows
    },
    async *follow(_answerId, _seq, signal) {
      follows += 1
      const left = new Promise<void>((resolve) =>
        signal.addEventListener('abort', () => resolve(), {once: true}),
      )
      await Promise.race([stopped, left])
      if (!signal.aborted) yield [ended]
    },
    async stop() {
      asked += 1
      if (asked === stop) onStopped()
    },
    forget: async () => {},
    serve: () => () => {},
  }
}

test('a process that misses a stop is asked again until the answer has ended', async () => {
  const peers = peersThatHear(2)
  const followed = new FollowedAnswers(peers, defaultAnsweringLimits)

  expect(await followed.stop(answer)).toBe('stopped')
  expect(peers.asked).toBe(2)
})

test('a reader that comes as the last one leaves is not cut off with it', async () => {
  const peers = peersThatHear(1)
  const followed = new FollowedAnswers(peers, defaultAnsweringLimits)
  const leaving = new AbortController()
  followed.read(answer, 0, leaving.signal)
  leaving.abort()
  const reader = followed.read(answer, 0, new AbortController().signal)
  const seen: SequencedEvent[] = []
  const read = deliverEach(reader, (event) => {
    seen.push(event)
    return null
  })
  await peers.stop('a1')
  await read

  expect(seen).toEqual([ended])
  expect(peers.follows).toBe(2)
})

test('a process that is stopping follows no more, and says so', async () => {
  const followed = new FollowedAnswers(peersThatHear(1), defaultAnsweringLimits)
  const reader = followed.read(answer, 0, new AbortController().signal)
  followed.close()

  await expect(deliverEach(reader, () => null)).rejects.toMatchObject({code: 'conflict'})
  expect(() => followed.read(answer, 0, new AbortController().signal)).toThrow(
    expect.objectContaining({code: 'shutting_down'}),
  )
  expect(await followed.stop(answer)).toBe('interrupted')
})

test('very many events that come at once are all read', async () => {
  const count = 3 * defaultAnsweringLimits.maxReaderLagEvents
  const events: SequencedEvent[] = Array.from({length: count}, (_, index) => ({
    seq: index + 1,
    at: 0,
    event: {type: 'delta', text: 'x'},
  }))
  const peers: Peers = {
    cannotFollow: null,
    async *follow() {
      yield events
      yield [{seq: count + 1, at: 0, event: done('complete')}]
    },
    stop: async () => {},
    forget: async () => {},
    serve: () => () => {},
  }
  const reader = new FollowedAnswers(peers, defaultAnsweringLimits).read(
    answer,
    0,
    new AbortController().signal,
  )
  let read = 0
  await deliverEach(reader, () => {
    read += 1
    return null
  })

  expect(read).toBe(count + 1)
})
