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
    ['❤️', 'agreement', 'Good.'],
    ['👍️', 'agreement', 'Good.'],
    ['thx ❤️', 'thanks', 'You’re welcome'],
    ['thank youuu', 'thanks', 'You’re welcome'],
    ['nooooo', 'objection', 'Sorry'],
    ['cest faux', 'objection', 'Désolé'],
  ])('to %s', (text, kind, begins) => {
    const reply = bareReplyTo(text, talk)!

    expect(reply.kind).toBe(kind)
    expect(reply.text.startsWith(begins), reply.text).toBe(true)
  })

  test.each([
    'thats wrong',
    "that's wrong",
    'thats not what i asked',
    'didnt help',
    'that didnt help',
    'doesnt work',
    'it doesnt work',
    'it doesn’t work',
    "you're wrong",
    "still doesn't work",
    'not working',
    'bad',
    'this answer is wrong',
    'The answer is wrong!',
    'your answer is wrong',
    "I don't think so",
    'i dont think so',
    "that's not what I wanted",
    "this isn't right",
    'still not helpful',
  ])('takes %s for an objection', (text) => {
    expect(bareReplyTo(text, talk)?.kind).toBe('objection')
    expect(bareReplyTo(text, [])?.kind).toBe('question')
  })

  test.each([
    ['ty', 'thanks'],
    ['tysm', 'thanks'],
    ['k', 'question'],
    ['noooo', 'question'],
    ['hi bot', 'greeting'],
    ['hello docent', 'greeting'],
    ['never mind', 'question'],
    ['could you please help me?', 'help'],
    ['hi, i have a question', 'help'],
    ['can i ask you something?', 'help'],
  ])('to %s in a new conversation', (text, kind) => {
    expect(bareReplyTo(text, [])?.kind).toBe(kind)
  })

  test.each(['not Docker', 'no, not with Docker', 'not docker please'])(
    'asks what instead after %s',
    (text) => {
      const history: readonly Turn[] = [
        {role: 'user', content: 'How do I set the port with Docker?'},
        {role: 'assistant', content: 'Set PORT.'},
      ]
      const reply = bareReplyTo(text, history)!
      const after = [
        ...history,
        {role: 'user', content: text},
        {role: 'assistant', content: reply.text},
      ] as const

      expect(reply).toEqual({kind: 'rejection', text: 'What should it be instead?'})
      expect(bareReplyTo('no', after)?.kind).toBe('objection')
      expect(conversationOf('Podman', after).history).toEqual(after)
      expect(bareReplyTo(text, [])).toBeNull()
    },
  )

  test.each(['From the docs:\n\nWhich port is free?', '\u200eمن الوثائق:\u200f\n\nWhich port is free?'])(
    'is given to yes and no after a quoted question: %j',
    (content) => {
      const quoted: readonly Turn[] = [talk[0]!, {role: 'assistant', content}]

      expect(bareReplyTo('no', quoted)?.kind).toBe('objection')
      expect(bareReplyTo('ok', quoted)?.kind).toBe('agreement')
      expect(bareReplyTo('👎', quoted)?.kind).toBe('objection')
    },
  )

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
    '--help',
    '-help',
    '`help`',
    'help()',
    '/help',
    ':help',
    'no_help',
    'bad gateway',
    'wrong answer format',
    'k8s',
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
