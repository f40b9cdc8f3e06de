import {expect, test} from 'vitest'
import {joinedAnswer} from '../../src/answering/idempotency.ts'
import {sampleEntry} from '../transcripts/samples.ts'

const dayMs = 24 * 60 * 60 * 1000
const holder = {...sampleEntry('a', {question: 'Why?', startedAt: 1000, idempotencyKey: 'key'}), ending: null}

test('the same question joins the answer that has its key, for a day', () => {
  expect(joinedAnswer(holder, 'Why?', 1000 + dayMs - 1)).toEqual({
    answerId: 'a',
    conversationId: null,
    isNew: false,
  })
  expect(joinedAnswer(holder, 'Why?', 1000 + dayMs)).toBeNull()
  expect(joinedAnswer(null, 'Why?', 1000)).toBeNull()
})

test('another question is refused, for a day', () => {
  expect(() => joinedAnswer(holder, 'How?', 1000)).toThrowError(expect.objectContaining({code: 'conflict'}))
  expect(joinedAnswer(holder, 'How?', 1000 + dayMs)).toBeNull()
})

test('a holder whose text is not kept is assumed to have the same question', () => {
  expect(joinedAnswer({...holder, question: ''}, 'How?', 1000)).toMatchObject({answerId: 'a'})
})
