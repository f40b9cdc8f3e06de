import {describe, expect, test} from 'vitest'
import {checkedPatterns, createRedactor} from '../../src/redaction/index.ts'

const redactWith = (patterns: string, text: string) =>
  createRedactor({patterns: checkedPatterns(patterns)}).redact(text)

describe('patterns of one’s own', () => {
  test('replace what they match by their names, before what Docent finds', () => {
    const patterns = '# Ours\n\nticket \\bACME-\\d{4,8}\\b\nstaff   [a-z]+@acme\\.io\n'
    expect(redactWith(patterns, 'ACME-12345 of jane@acme.io, joe@other.io')).toEqual({
      text: '[ticket] of [staff], [email]',
      found: {ticket: 1, staff: 1, email: 1},
    })
  })

  test('do not match what others have put in', () => {
    expect(redactWith('any [a-z]+', 'jane@acme.io [email] 12')).toEqual({
      text: '[any]@[any].[any] [email] 12',
      found: {any: 3},
    })
  })

  test('may have any name', () => {
    expect(redactWith('constructor x\nemail y', 'x y xy')).toEqual({
      text: '[constructor] [email] [constructor][email]',
      found: {constructor: 2, email: 2},
    })
  })

  test('take time in proportion to the text, whatever they say', () => {
    const started = performance.now()
    expect(redactWith('slow ^(a+)+$', `${'a'.repeat(100_000)}!`).found).toEqual({})
    expect(performance.now() - started).toBeLessThan(15_000)
  })

  test.each([
    ['ticket', 'line 1 must be a name in lower case and a pattern, such as: ticket'],
    ['\nTicket x', 'line 2 must be a name in lower case'],
    ['ticket (x', 'line 1 has a pattern that RE2 does not read (missing closing ): `(x`)'],
    ['ticket (?=x)', 'has no lookaround'],
    ['ticket (x)\\1', 'line 1 has a pattern that RE2 does not read'],
    ['ticket x*', 'line 1 has a pattern that matches the empty text: x*'],
    [`ticket ${'x'.repeat(1001)}`, 'line 1 has a pattern of more than 1000 characters'],
    ['a x\n'.repeat(51), 'has 51 patterns; write at most 50'],
    [
      'A\nB',
      'line 1 must be a name in lower case and a pattern, such as: ticket \\bACME-\\d{4,8}\\b; line 2',
    ],
  ])('%j is refused with what is wrong', (text, problem) => {
    expect(() => checkedPatterns(text)).toThrow(problem)
  })
})
