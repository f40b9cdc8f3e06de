import {expect, test} from 'vitest'
import {continuationOf} from '../../src/answering/continuation.ts'
import type {Ending, FinishReason, SequencedEvent} from '../../src/domain/index.ts'
import {sampleEntry, sampleEvents} from '../transcripts/samples.ts'

function earlier(ending: Ending | null) {
  return {...sampleEntry('a'), ending}
}

/** Of an answer that was cut: without its terminal event. */
const cut = sampleEvents('a', ['Set ', 'it'], null)

function completed(finishReason: FinishReason): SequencedEvent[] {
  return sampleEvents('a', ['Set ', 'it'], 'complete', finishReason)
}

test.each(['stopped', 'disconnected', 'timeout', 'error', 'interrupted'] as const)(
  'an answer that ended as %s is continued with its sources, text and citations',
  (ending) => {
    const continuation = continuationOf(earlier(ending), cut)

    expect(continuation).toMatchObject({
      answerId: 'a',
      text: 'Set it',
      sources: [{type: 'sources', round: 1}],
      citations: [{n: 1, start: 0, end: 3}],
    })
  },
)

test('an answer that the length limit cut can be continued', () => {
  expect(continuationOf(earlier('complete'), completed('max_tokens')).text).toBe('Set it')
})

test('an answer whose text is not kept starts from the beginning', () => {
  const redacted = cut.map((sequenced) =>
    sequenced.event.type === 'sources' ? {...sequenced, event: {...sequenced.event, query: ''}} : sequenced,
  )

  expect(continuationOf(earlier('error'), redacted)).toEqual({
    answerId: 'a',
    text: '',
    sources: [],
    citations: [],
  })
})

test.each([
  ['is still written', null, cut, /still being written/],
  ['is whole', 'complete', completed('end'), /did not break off/],
  ['abstained', 'abstained', cut, /did not break off/],
  ['the model declined', 'complete', completed('refusal'), /ask in other words/],
  ['filled the context', 'complete', completed('context_exceeded'), /ask in other words/],
] as const)('an answer that %s cannot be continued', (_, ending, events, message) => {
  expect(() => continuationOf(earlier(ending), events)).toThrowError(
    expect.objectContaining({code: 'conflict', message: expect.stringMatching(message)}),
  )
})
