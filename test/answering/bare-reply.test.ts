import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {bareReplyTo, conversationOf, withoutCourtesies} from '../../src/answering/bare-reply.ts'
import type {Turn} from '../../src/domain/index.ts'

const talk: readonly Turn[] = [
  {role: 'user', content: 'How do I set the port?'},
  {role: 'assistant', content: 'Set PORT.'},
]
const german: readonly Turn[] = [
  {role: 'user', content: 'Wie kann ich den Port ändern?'},
  {role: 'assistant', content: 'Mit PORT.'},
]

describe('a bare reply', () => {
  test.each([
    ['Hi!', 'greeting', 'Hello!'],
    ['good morning', 'greeting', 'Hello!'],
    ['thank you so much', 'thanks', 'You’re welcome'],
    ['OK, thanks :)', 'thanks', 'You’re welcome'],
    ['no thanks', 'thanks', 'You’re welcome'],
    ['help', 'help', 'Ask, in your own words'],
    ['Bye', 'farewell', 'Goodbye'],
    ['no', 'objection', 'Sorry'],
    ['That’s not it.', 'objection', 'Sorry'],
    ['WRONG!!', 'objection', 'Sorry'],
    ['👎', 'objection', 'Sorry'],
    ['ok', 'agreement', 'Good.'],
    ['👍🏽', 'agreement', 'Good.'],
    ['…', 'question', 'What would you like'],
    ['Hallo', 'greeting', 'Hallo!'],
    ['vielen Dank', 'thanks', 'Gern geschehen'],
    ['hilfe', 'help', 'Fragen Sie'],
    ['¡Muchas gracias!', 'thanks', 'De nada'],
    ['Merci beaucoup', 'thanks', 'Avec plaisir'],
    ['こんにちは', 'greeting', 'こんにちは'],
    ['ありがとうございます。', 'thanks', 'どういたしまして'],
    ['你好，谢谢', 'thanks', '不客气'],
    ['شكراً جزيلاً', 'thanks', 'على الرحب'],
  ])('to %s', (text, kind, begins) => {
    const reply = bareReplyTo(text, talk)!

    expect(reply.kind).toBe(kind)
    expect(reply.text.startsWith(begins), reply.text).toBe(true)
  })

  test.each(['no', 'ok', '👍', 'wrong', '?'])('asks back to %s when nothing was asked before', (text) => {
    expect(bareReplyTo(text, [])?.kind).toBe('question')
  })

  test('is in the language of the conversation where the text fits several', () => {
    expect(bareReplyTo('ok', german)?.text).toMatch(/^Gut\./)
    expect(bareReplyTo('?', german)?.text).toMatch(/^Was möchten/)
    expect(bareReplyTo('no', german)?.text).toMatch(/^Das tut/)
    expect(bareReplyTo('nein', talk)?.text).toMatch(/^Das tut/)
  })

  test('leaves yes and no to a model that has asked', () => {
    const asked: readonly Turn[] = [talk[0]!, {role: 'assistant', content: 'Do you mean on Windows?'}]

    expect(bareReplyTo('yes', asked)).toBeNull()
    expect(bareReplyTo('no', asked)).toBeNull()
    expect(bareReplyTo('thanks', asked)?.kind).toBe('thanks')
  })

  test.each([
    'help with installing',
    'no space left on device',
    'no, on Windows',
    'thanks, and how do I uninstall?',
    'hello world',
    'ok, and on Windows?',
    'wrong number of arguments',
    'C++',
    'port',
    'help command',
    'so',
  ])('is not given to %s', (text) => {
    expect(bareReplyTo(text, talk)).toBeNull()
  })

  test('is given to no text with a word beside the phrases', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('no', 'help', 'thanks', 'ok', 'hello', 'wrong'),
        fc.stringMatching(/^[a-z]{4}x[a-z]{2}$/),
        fc.boolean(),
        (phrase, word, isBefore) => {
          expect(bareReplyTo(isBefore ? `${word} ${phrase}` : `${phrase} ${word}`, talk)).toBeNull()
        },
      ),
      {seed: 1},
    )
  })
})

test.each([
  ['Hi, how do I install it?', 'how do I install it?'],
  ['Hello! Thanks. How do I start?', 'How do I start?'],
  ['thanks, and how do I uninstall?', 'and how do I uninstall?'],
  ['How do I install it? Thanks!', 'How do I install it?'],
  ['Danke! Wie geht das?', 'Wie geht das?'],
  ['你好，如何安装？', '如何安装？'],
  ['no, on Windows', 'no, on Windows'],
  ['help: it fails', 'help: it fails'],
  ['thanks', 'thanks'],
  ['Great success, how?', 'Great success, how?'],
  ['It needs a key, right?', 'It needs a key, right?'],
])('%s without courtesies is %s', (text, left) => {
  expect(withoutCourtesies(text)).toBe(left)
})

test('what asks nothing, and its reply, is no part of the conversation', () => {
  const history: readonly Turn[] = [
    {role: 'user', content: 'Hi!'},
    {role: 'assistant', content: 'Hello!'},
    {role: 'user', content: 'Thanks. How do I set the port?'},
    {role: 'assistant', content: 'Set PORT.'},
    {role: 'user', content: 'no'},
    {role: 'assistant', content: 'Sorry about that.'},
  ]

  expect(conversationOf('hi, and on Windows?', history)).toEqual({question: 'and on Windows?', history: talk})
})

test('takes any text', () => {
  fc.assert(
    fc.property(fc.string({unit: 'grapheme', maxLength: 200}), (text) => {
      expect(withoutCourtesies(text).length).toBeLessThanOrEqual(text.length)
      bareReplyTo(text, talk)
    }),
    {seed: 1},
  )
})
