import fc from 'fast-check'
import {expect, test} from 'vitest'
import type {AnswerEvent, SequencedEvent} from '../../src/domain/index.ts'
import {eventsOf, rowsOf} from '../../src/transcripts/event-rows.ts'
import {seedOr} from '../support/random-seed.ts'
import {sampleEvents} from './samples.ts'

const anyEvent = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant('delta' as const),
      text: fc.string({minLength: 1, unit: 'grapheme'}),
    }),
  },
  {weight: 1, arbitrary: fc.record({type: fc.constant('reasoning' as const), text: fc.string()})},
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('citation' as const),
      n: fc.nat(),
      start: fc.nat(),
      end: fc.nat(),
    }),
  },
)

const anyEvents = fc.array(fc.tuple(anyEvent, fc.nat(5000))).map((items) => {
  let at = 1_700_000_000_000
  return items.map(([event, ms], index): SequencedEvent => {
    at += ms
    return {seq: index + 1, at, event: event as AnswerEvent}
  })
})

test('rows return exactly the events written, with the time of each piece', () => {
  fc.assert(
    fc.property(anyEvents, (events) => {
      expect(eventsOf(rowsOf(events))).toEqual(events)
    }),
    {seed: seedOr(7)},
  )
})

test('rows return the events after any number, also from the middle of a row', () => {
  fc.assert(
    fc.property(anyEvents, fc.nat(40), (events, after) => {
      expect(eventsOf(rowsOf(events), after)).toEqual(events.filter(({seq}) => seq > after))
    }),
    {seed: seedOr(7)},
  )
})

test('consecutive deltas are one row', () => {
  const rows = rowsOf(sampleEvents('a', ['one', 'two', 'three']))

  expect(rows.map(({seq, last_seq}) => [seq, last_seq])).toEqual([
    [1, 1],
    [2, 2],
    [3, 5],
    [6, 6],
    [7, 7],
  ])
})
