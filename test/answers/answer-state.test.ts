import {expect, test} from 'vitest'
import {answerStateOf, createAnswerState} from '../../src/answers/answer-state.ts'
import {type AnswerEvent, noUsage, type SequencedEvent} from '../../src/domain/index.ts'
import {sampleEvents, sampleSources} from '../transcripts/samples.ts'

test('an answer’s events add up to its text, sources, citations and ending', () => {
  const state = answerStateOf(sampleEvents('a', ['Set ', 'it.'], 'complete', 'max_tokens'), 1_000_000)

  expect(state).toMatchObject({
    text: 'Set it.',
    textLength: 7,
    sources: sampleSources,
    rounds: 1,
    citations: [{n: 1, start: 0, end: 3, quote: 'setting 1 is on'}],
    ending: 'complete',
    abstained: false,
    finishReason: 'max_tokens',
    partial: true,
    error: null,
    usage: {outputTokens: 3},
  })
})

test('rounds that found nothing new count as rounds', () => {
  const state = createAnswerState(0)
  const round: AnswerEvent = {type: 'sources', round: 1, query: 'x', sources: []}

  for (const seq of [1, 2]) state.add({seq, at: 0, event: round})

  expect([state.rounds, state.sources]).toEqual([2, []])
})

test('what failed has its error, and what was spent', () => {
  const event: AnswerEvent = {
    type: 'error',
    ending: 'timeout',
    code: 'stall_timeout',
    message: 'It stalled.',
    retryable: true,
    usage: {...noUsage, inputTokens: 5},
  }
  const state = answerStateOf([{seq: 1, at: 10, event}], 0)

  expect(state).toMatchObject({
    ending: 'timeout',
    error: {code: 'stall_timeout', message: 'It stalled.', retryable: true},
    usage: {inputTokens: 5},
    partial: false,
  })
})

test('timings come from the events’ times, up to now while it is written', () => {
  const state = createAnswerState(1000)
  const at = (time: number, event: AnswerEvent): SequencedEvent => ({seq: 1, at: time, event})
  const delta: AnswerEvent = {type: 'delta', text: 'x'}
  const none = state.timings(1005)

  state.add(at(1010, {type: 'sources', round: 1, query: 'x', sources: []}))
  state.add(at(1030, delta))
  state.add(at(1080, delta))

  expect(none).toEqual({sourcesMs: null, firstTokenMs: null, longestStallMs: 0, totalMs: 5})
  expect(state.timings()).toEqual({sourcesMs: 10, firstTokenMs: 30, longestStallMs: 50, totalMs: 80})
  expect(state.timings(1200)).toEqual({sourcesMs: 10, firstTokenMs: 30, longestStallMs: 120, totalMs: 200})
})
