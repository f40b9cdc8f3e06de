import {expect, test} from 'vitest'
import {joinedAnswer} from '../../src/answering/idempotency.ts'
import {createRedactor} from '../../src/redaction/index.ts'
import {sampleEntry} from '../transcripts/samples.ts'

const redactor = createRedactor()
const dayMs = 24 * 60 * 60 * 1000
const holder = {...sampleEntry('a', {question: 'Why?', startedAt: 1000, idempotencyKey: 'key'}), ending: null}

test('the same question joins the answer that has its key, for a day', () => {
  expect(joinedAnswer(holder, 'Why?', 1000 + dayMs - 1, redactor)).toEqual({
    answerId: 'a',
    conversationId: null,
    isNew: false,
  })
  expect(joinedAnswer(holder, 'Why?', 1000 + dayMs, redactor)).toBeNull()
  expect(joinedAnswer(null, 'Why?', 1000, redactor)).toBeNull()
})

test('another question is refused, for a day', () => {
  expect(() => joinedAnswer(holder, 'How?', 1000, redactor)).toThrowError(
    expect.objectContaining({code: 'conflict'}),
  )
  expect(joinedAnswer(holder, 'How?', 1000 + dayMs, redactor)).toBeNull()
})

test('a holder whose text is not kept is assumed to have the same question', () => {
  expect(joinedAnswer({...holder, question: ''}, 'How?', 1000, redactor)).toMatchObject({answerId: 'a'})
})

test('a question is the same as the one that is kept without its e-mail address', () => {
  const kept = {...holder, question: 'Why does [email] fail?'}
  expect(joinedAnswer(kept, 'Why does jane@acme.io fail?', 1000, redactor)).toMatchObject({answerId: 'a'})
  expect(() => joinedAnswer(kept, 'How does jane@acme.io fail?', 1000, redactor)).toThrowError(
    expect.objectContaining({code: 'conflict'}),
  )
})
