import {expect, test} from 'vitest'
import type {Turn} from '../../src/domain/index.ts'
import {followUpOf} from '../../src/retrieval/follow-up.ts'

const history: readonly Turn[] = [
  {role: 'user', content: 'How do I install the agent on Linux?'},
  {role: 'assistant', content: 'Install it with apt.'},
]
const weightOf = (): number => 1

test('what a correction says weighs as much as the question where it replaces nothing', () => {
  expect(followUpOf('no, Windows', history, weightOf)).toEqual({
    question: 'How do I install the agent on Linux Windows?',
    topic: {words: ['Windows'], terms: ['window'], weight: 1},
  })
  expect(followUpOf('no, on Windows', history, weightOf).topic).toMatchObject({
    terms: ['window'],
    weight: 0.5,
  })
})

test('what was rejected is no part of the topic, however often a question is corrected', () => {
  const corrected = [
    {role: 'user', content: 'Where are backups kept?'},
    ...history,
    {role: 'user', content: 'no, on macOS'},
    {role: 'assistant', content: 'Install it with brew.'},
  ] as const
  const {question, topic} = followUpOf('no, Windows', corrected, weightOf)

  expect(question).toBe('How do I install the agent on Windows?')
  expect(topic.words).toEqual(['backups', 'kept'])
  expect(topic.terms).toEqual(['window', 'backup', 'kept'])
})
