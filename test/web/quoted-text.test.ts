import {expect, test} from 'vitest'
import {quotedText} from '../../src/web/session/quoted-text.ts'

const quoting = (quote: string | undefined, start = 0): Parameters<typeof quotedText>[0][number] => ({
  n: 1,
  start,
  end: start + 5,
  ...(quote === undefined ? {} : {quote}),
})

test.each([
  ['a quote as it is', [quoting('<b>Three</b> *seats*')], '<b>Three</b> *seats*'],
  ['the line breaks of code', [quoting('npm ci\n  --now\n')], 'npm ci\n  --now'],
  ['two of them in the order of their claims', [quoting('later', 9), quoting('first', 2)], 'first … later'],
  ['code and words on lines of their own', [quoting('a\nb'), quoting('c')], 'a\nb\n…\nc'],
  ['the same words once', [quoting('a seat'), quoting('a seat', 3)], 'a seat'],
  ['words within others once', [quoting('seat'), quoting('a seat for free', 3)], 'a seat for free'],
  [
    'those that quote, beside one that does not',
    [quoting(undefined), quoting('a seat'), quoting(' ')],
    'a seat',
  ],
  ['nothing where none quotes', [quoting(undefined), quoting('')], ''],
])('tells %s', (_name, citations, expected) => {
  expect(quotedText(citations)).toBe(expected)
})

test('is bounded, and cut between words with one ellipsis', () => {
  const long = quotedText([quoting('seat '.repeat(200))])
  expect(long.length).toBeLessThanOrEqual(600)
  expect(long).toMatch(/ seat…$/)

  // 590 units, then a gap that the cut falls behind.
  const two = quotedText([quoting(`${'a'.repeat(589)}.`), quoting('longerthanthat', 9)])
  expect(two).toBe(`${'a'.repeat(589)}.…`)
})
