import {describe, expect, test} from 'vitest'
import {StoredAnswers, upToTerminal} from '../../src/answering/stored-answers.ts'
import {errorEventOf} from '../../src/answers/error-event.ts'
import type {Ending, SequencedEvent} from '../../src/domain/index.ts'
import {sampleEntry, sampleEvents} from '../transcripts/samples.ts'

const events = sampleEvents('a')
const seqsOf = (all: readonly SequencedEvent[]) => all.map(({seq, event: {type}}) => [seq, type])

function storedAs(ending: Ending | null, stored: readonly SequencedEvent[]) {
  const answer = {...sampleEntry('a'), ending}
  const answers = new StoredAnswers({
    find: async (answerId) => (answerId === 'a' ? answer : null),
    health: () => ({degraded: false, reason: null, unflushed: 0}),
    eventsAfter: async (_, seq) => stored.filter((event) => event.seq > seq),
  })
  return {answers, read: (after: number) => answers.eventsAfter(answer, after)}
}

describe('events up to a terminal one', () => {
  test('are what is stored if that is complete', () => {
    for (let after = 0; after < events.length; after++) {
      expect(upToTerminal(events.slice(after), after, 0)).toEqual(events.slice(after))
    }
  })

  test.each([
    ['from the first on', events.slice(1), 0],
    ['in the middle', [...events.slice(0, 3), ...events.slice(5)], 3],
    ['at the end', events.slice(0, 4), 4],
    ['everywhere', [], 0],
  ])('end before a gap, as interrupted: %s', (_, stored, whole) => {
    const read = upToTerminal(stored, 0, 500)

    expect(read.slice(0, whole)).toEqual(events.slice(0, whole))
    expect(read.slice(whole)).toEqual([
      {
        seq: whole + 1,
        at: whole === 0 ? 500 : events[whole - 1]!.at,
        event: expect.objectContaining({type: 'error', ending: 'interrupted', code: 'storage'}),
      },
    ])
  })
})

describe('an answer that a crash cut off', () => {
  const last = 1_000_003
  const recovered = [
    ...events.slice(0, 3),
    {seq: last, at: 1_000_020, event: errorEventOf('server_restarted')},
  ]

  test('sends its ending under one number to all readers, also to those that saw more than was stored', async () => {
    const {read} = storedAs('interrupted', recovered)

    expect(seqsOf(await read(2))).toEqual([
      [3, 'delta'],
      [last, 'error'],
    ])
    for (const after of [3, 4, 900]) expect(seqsOf(await read(after))).toEqual([[last, 'error']])
    expect(await read(last)).toEqual([])
  })
})

test('a reader past the end of any other answer gets nothing', async () => {
  expect(await storedAs('complete', events).read(events.length)).toEqual([])
  expect(await storedAs('interrupted', events.slice(0, 3)).read(3)).toEqual([])
})

test('a snapshot adds up what is stored, and an unknown answer has none', async () => {
  const {answers} = storedAs('complete', events)

  expect(await answers.snapshot('a')).toMatchObject({text: 'Set `PORT`.', ending: 'complete', error: null})
  expect(await answers.snapshot('b')).toBeNull()
  await expect(answers.find('b')).rejects.toMatchObject({code: 'not_found'})
})
