import {describe, expect, test} from 'vitest'
import {LateEndings} from '../../src/answering/late-endings.ts'
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
  const recovered = [...events.slice(0, 3), {seq: 4, at: 1_000_020, event: errorEventOf('server_restarted')}]

  test('sends its ending to a reader that saw more than was stored, under the next number, once', async () => {
    const {read} = storedAs('interrupted', recovered)

    for (const after of [4, 9]) {
      expect(seqsOf(await read(after))).toEqual([[after + 1, 'error']])
      expect(await read(after + 1)).toEqual([])
    }
  })

  test('sends its ending under the stored number to a reader that saw less, which is past the end then', async () => {
    const {read} = storedAs('interrupted', recovered)

    expect(seqsOf(await read(2))).toEqual([
      [3, 'delta'],
      [4, 'error'],
    ])
    expect(await read(4)).toEqual([])
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

test('the number of remembered late endings is limited, for one answer and for all', () => {
  const late = new LateEndings()

  const claimed = Array.from({length: 1_100}, (_, index) => late.claim('a', 2 * index))
  for (let n = 0; n < 10_000; n++) late.add(`other-${n}`, 5)

  expect(claimed.filter(Boolean)).toHaveLength(1_001)
  expect([late.claim('other-9999', 5), late.claim('a', 1)]).toEqual([false, true])
})
