import {expect, test, vi} from 'vitest'
import {dayName, titlesOf, withWords} from '../../src/web/assistant/history-words.ts'
import {newAnswer} from '../../src/web/session/answer-state.ts'
import type {Conversation} from '../../src/web/session/conversation-store.ts'

/** A Friday, in the reader's time. */
const now = new Date(2026, 10, 27, 0, 30).getTime()

function asked(key: string, question: string, text = '', updatedAt = now): Conversation {
  const answer = {...newAnswer(`${key}-1`, question, {askedAt: updatedAt}), text}
  return {key, conversationId: null, updatedAt, answers: [answer]}
}

test.each([
  [new Date(2026, 10, 27, 0, 1), 'en', 'Today'],
  [new Date(2026, 10, 26, 23, 59), 'en', 'Yesterday'],
  [new Date(2026, 10, 25, 8), 'en', 'Wednesday'],
  [new Date(2026, 10, 21, 8), 'en', 'Saturday'],
  [new Date(2026, 10, 20, 8), 'en', 'November'],
  [new Date(2025, 10, 20, 8), 'en', 'November 2025'],
  // A clock that was set back.
  [new Date(2026, 10, 29, 8), 'en', 'Today'],
  [new Date(2026, 10, 26, 8), 'de', 'Gestern'],
  [new Date(2026, 10, 25, 8), 'fr', 'Mercredi'],
  [new Date(2026, 10, 27), 'ja', '今日'],
  [new Date(2026, 10, 26), 'ar', 'أمس'],
])('%s is, in %s, %s', (at, lang, expected) => {
  expect(dayName(at.getTime(), now, lang)).toBe(expected)
})

test('a search finds parts of words in questions and answers, whatever their case, and all of them', () => {
  const all = [
    asked('a', 'How do I change the Port?'),
    asked('b', 'What is kept?', 'The PORT and the address.'),
  ]

  expect(withWords(all, 'port').map(({key}) => key)).toEqual(['a', 'b'])
  expect(withWords(all, ' addr POR ').map(({key}) => key)).toEqual(['b'])
  expect(withWords(all, 'nowhere')).toEqual([])
  expect(withWords(all, '  ')).toBe(all)
})

test('only conversations that begin alike have their time beside the question', () => {
  const titles = titlesOf([asked('a', 'Why?'), asked('b', 'How?'), asked('c', 'Why?')], 'en')

  expect(titles.get('b')).toEqual({title: 'How?', time: ''})
  expect(titles.get('a')?.time).toMatch(/2[67].*12:30/)
  expect(titles.get('c')?.time).not.toBe('')
})

test('drawing a list again makes no format again, and none that no title needs', () => {
  dayName(now, now, 'de')
  const made = [vi.spyOn(Intl, 'DateTimeFormat'), vi.spyOn(Intl, 'RelativeTimeFormat')]

  titlesOf([asked('a', 'Why?'), asked('b', 'How?')], 'de')
  dayName(now, now, 'de')

  expect(made.map(({mock}) => mock.calls.length)).toEqual([0, 0])
  for (const spy of made) spy.mockRestore()
})
