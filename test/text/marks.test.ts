import {expect, test} from 'vitest'
import {stemsAhead} from '../../src/text/english-endings.ts'
import {marksOf} from '../../src/text/marks.ts'
import {nameKeyOf} from '../../src/text/name-key.ts'
import {termsOf} from '../../src/text/terms.ts'

const marked = (text: string, typed: string, ...words: readonly string[]) => {
  const beginning = {letters: typed, terms: new Set(termsOf(text))}
  return marksOf(text, {
    terms: new Set(words.flatMap((text) => termsOf(text))),
    beginning: typed === '' ? null : beginning,
  }).map(([start, end]) => text.slice(start, end))
}

test.each([
  ['Change the port', '', ['ports'], ['port']],
  ['max_timeout_ms', 'timeo', [], ['timeo']],
  ['maxTimeoutMs', 'timeo', [], ['Timeo']],
  ['max_timeout_ms', 'maxtim', [], ['max_tim']],
  ['Über', 'ub', [], ['Üb']],
  ['Straße', 'stras', [], ['Straß']],
  ['Cafe\u0301s', 'cafe', [], ['Cafe\u0301']],
  ['Cafe\u0301', '', ['café'], ['Cafe\u0301']],
  ['u\u0308ber', 'u', [], ['u\u0308']],
  ['か\u3099く', '', ['か\u3099'], ['か\u3099']],
  ['設定変更', '', ['設定変更'], ['設定変更']],
  ['docs.example.com/widget.js', '', ['embed', 'widgets'], ['widget']],
  ['node.js', '', ['node.js'], ['node.js']],
  ['ONNXRUNTIME_NODE_INSTALL', '', ['install'], ['INSTALL']],
  ['maxTimeoutMs', '', ['max', 'timeout'], ['maxTimeout']],
])('%s, marked for %s and %j', (text, typed, words, marks) => {
  expect(marked(text, typed, ...words)).toEqual(marks)
})

test('marks what begins so, whichever of its terms are known', () => {
  const text = 'Attributes of a max-age, scaled'
  const marks = marksOf(text, {terms: new Set(), beginning: {letters: 'a', terms: new Set(['scale'])}})

  expect(marks.map(([start, end]) => text.slice(start, end))).toEqual(['A', 'a', 'a', 'scaled'])
})

test.each([
  ['scalin', 'scale'],
  ['scali', 'scale'],
  ['installati', 'instal'],
  ['runni', 'run'],
])('%s may become a word with the stem %s', (beginning, stem) => {
  expect(stemsAhead(beginning)).toContain(stem)
})

test.each(['ab', '日本', 'max2', ''])('%s becomes no English word', (beginning) => {
  expect(stemsAhead(beginning)).toEqual(new Set())
})

test.each([
  ['Change  the `port`…', 'change the port'],
  ['Über die Größe', 'uber die grosse'],
  ['C++ & C#', 'c++ c#'],
  ['--no-cache', 'no cache'],
  ['設定を変更', '設定を変更'],
])('%s is compared as %s', (name, key) => {
  expect(nameKeyOf(name)).toBe(key)
})
