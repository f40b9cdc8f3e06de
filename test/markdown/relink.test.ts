import {expect, test} from 'vitest'
import {relink} from '../../src/markdown/relink.ts'

const moved = (link: string): string | null => (link.startsWith('http') ? null : `/new/${link}`)
const relinked = (markdown: string): string => relink(markdown, moved).markdown

test.each([
  ['[a](b.md)', '[a](/new/b.md)'],
  ['[a](b.md#c "Title") and [d]( e.md )', '[a](/new/b.md#c "Title") and [d]( /new/e.md )'],
  ['[a](<b c.md>)', '[a](</new/b%20c.md>)'],
  ['[a](b_(c).md)', '[a](</new/b_(c).md>)'],
  ['![a](b.png) [![a](b.png)](c.md)', '![a](/new/b.png) [![a](/new/b.png)](/new/c.md)'],
  ['[a](\nb.md)', '[a](\n/new/b.md)'],
  ['[a]\n\n[a]: b.md "Title"', '[a]\n\n[a]: /new/b.md "Title"'],
  ['[a](b&amp;c.md)', '[a](/new/b&c.md)'],
])('a link leads elsewhere: %s', (markdown, expected) => {
  expect(relinked(markdown)).toBe(expected)
})

test.each([
  '[a](https://example.com/b)',
  '`[a](b.md)`',
  '``[a](b.md) ` ``',
  '```md\n[a](b.md)\n```',
  '~~~~\n[a](b.md)\n```\n[a](b.md)\n~~~~',
  '> ```\n> [a](b.md)\n> ```',
  '- ```\n  [a](b.md)\n  ```',
  'a\\](b.md)',
  '[^1]: b.md',
  'f[0](a b)',
  '[a]()',
])('what is no link, or leads elsewhere already, stays: %s', (markdown) => {
  expect(relinked(markdown)).toBe(markdown)
})

test('code ends where its fence or its backticks do', () => {
  expect(relinked('````\n```\n````\n[a](b)')).toBe('````\n```\n````\n[a](/new/b)')
  expect(relinked('`x` [a](b) `y')).toBe('`x` [a](/new/b) `y')
  expect(relinked('` not code\n\n[a](b) `')).toBe('` not code\n\n[a](/new/b) `')
  expect(relinked('```js `x` [a](b)')).toBe('```js `x` [a](/new/b)')
})

test.each([
  ['# A', true],
  ['A\n=', true],
  ['## A', false],
  ['```\n# A\n```', false],
  ['#!/bin/sh', false],
  ['===', false],
])('%j has a title of its own: %s', (markdown, expected) => {
  expect(relink(markdown, moved).hasTitle).toBe(expected)
})

test.each([
  ['brackets', '[a'.repeat(500_000)],
  ['opened links', ']('.repeat(500_000)],
  ['links in links', '](a(b)'.repeat(200_000)],
  ['long links', `](${'a'.repeat(1_000_000)}`],
  ['backticks of every length', Array.from({length: 1_000}, (_, n) => `](${'`'.repeat(n + 1)}`).join(' ')],
  ['definitions', '[a\\'.repeat(300_000)],
  ['quotes', `${'> '.repeat(300_000)}x`],
  ['blanks', `[a](${' '.repeat(500_000)}`],
  ['many blanks', '[a](  '.repeat(200_000)],
  ['lists', '- '.repeat(300_000)],
  ['list numbers', '1'.repeat(500_000)],
  ['nested links', '](x(y)z'.repeat(150_000)],
])('a million characters of %s take no longer than others', (_name, hostile) => {
  const from = performance.now()
  relink(hostile, moved)
  expect(performance.now() - from).toBeLessThan(3_000)
})
