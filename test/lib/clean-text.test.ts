import {describe, expect, test} from 'vitest'
import {
  cleanJson,
  cleanLine,
  cleanStream,
  cleanText,
  escapedJson,
  jobCommandFilter,
  withoutJobCommands,
} from '../../src/lib/clean-text.ts'

const hostile = [
  ['a window title', '\x1b]0;owned by me\x07Hi', 'Hi'],
  ['a title ended by ST', '\x1b]2;owned\x1b\\Hi', 'Hi'],
  ['a colour', '\x1b[1;31mred\x1b[0m', 'red'],
  ['one-character CSI', '\x9b2Jred', 'red'],
  ['a link', '\x1b]8;;http://evil.example\x1b\\here', 'here'],
  ['a device control string', '\x1bP$qm\x1b\\here', 'here'],
  ['a reset', '\x1bchere', 'here'],
  ['a command that never ends', '\x1b]0;owned', ']0;owned'],
  ['NUL, BEL, BS, DEL, NEL', 'a\0\x07\x08\x7f\x85b', 'ab'],
  ['a carriage return that overwrites the line', 'safe\rowned', 'safeowned'],
  ['overrides and isolates', 'a\u202eb\u2066c\u2069\u202a', 'abc'],
] as const

test.each(hostile)('%s is removed', (_name, text, shown) => {
  expect(cleanText(text)).toBe(shown)
})

test.each([
  'plain\ttext\nof two lines',
  'مرحبا \u200fעברית\u200e ok',
  '👩‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿 ❤️',
  'नमस्ते ไทย 漢字',
  'e\u0301',
])('%j stays as it is', (text) => {
  const stream = cleanStream()

  expect(cleanText(text)).toBe(text)
  expect([...text].map((piece) => stream.next(piece)).join('') + stream.end()).toBe(text)
})

test('a line is one line', () => {
  expect(cleanLine('a\r\nb\nc\rd\u2028e\u2029f\x85g\vh\fi\tj')).toBe('a b c d e f g h i j')
})

describe('a stream', () => {
  test('is cleaned in the same way however it is split', () => {
    const whole = `${hostile.map(([, text]) => text).join(' then ')} end\x1b`

    for (let size = 1; size < 12; size++) {
      const stream = cleanStream()
      let shown = ''
      for (let at = 0; at < whole.length; at += size) shown += stream.next(whole.slice(at, at + size))
      expect(shown + stream.end()).toBe(cleanText(whole))
    }
  })

  test('does not hold text back for an end that never comes', () => {
    const stream = cleanStream()
    const shown = stream.next('\x1b]0;') + stream.next('word '.repeat(200))

    expect(shown).toContain('word word')
  })
})

test.each(['\x1b]', '\x9b', '\x90', '\x1b', '\x1b ', '\x1b[1', '\x1bP\\'])(
  'many of %j take linear time',
  (piece) => {
    const text = piece.repeat(200_000)
    const began = performance.now()
    cleanText(text)
    cleanStream().next(text)

    expect(performance.now() - began).toBeLessThan(10_000)
  },
)

test('escaped JSON is the same data, and nothing in it controls a terminal, a line or a CI job', () => {
  const data = {text: 'a\x1b[31m\x9b\x7f\u202eb\u2028 ##[error]x', '\u2066': '##['}
  const json = escapedJson(JSON.stringify(data))

  expect(JSON.parse(json)).toEqual(data)
  expect(json).not.toMatch(/[\x00-\x1f\x7f-\x9f\u2028\u202e\u2066]|##\[/)
})

test('a log line for a terminal has clean strings', () => {
  const line = cleanJson(`${JSON.stringify({level: 30, path: '/a\x1b[31mb', err: {message: 'c\u202ed'}})}\n`)

  expect(line).toMatch(/\n$/)
  expect(JSON.parse(line)).toEqual({level: 30, path: '/ab', err: {message: 'cd'}})
})

test('no line is a command of a CI job', () => {
  const text = withoutJobCommands('ok :: ok\n   ::error file=x::pwned\n::stop-commands::x\na ##[error]b')

  expect(text).toBe('ok :: ok\n   : :error file=x::pwned\n: :stop-commands::x\na ## [error]b')
})

test('no line is a command of a CI job, however the text is split', () => {
  const text = 'a\n \t::error::b\n##[error]c\n### [x] ::d\n:e: ::f'
  for (let at = 0; at <= text.length; at++) {
    const safe = jobCommandFilter()
    expect(safe(text.slice(0, at)) + safe(text.slice(at))).toBe(withoutJobCommands(text))
  }
})
