import {describe, expect, test} from 'vitest'
import {openSqlite} from '../../../src/native/index.ts'
import {createCatalogTables} from '../../../src/transcripts/catalog/catalog-schema.ts'
import {indexedText, wordSearchOf} from '../../../src/transcripts/catalog/search-words.ts'
import {randomFrom, whole} from '../../support/random.ts'
import {seedOr} from '../../support/random-seed.ts'

const db = openSqlite(':memory:')
createCatalogTables(db)
const add = db.prepare("INSERT INTO words (rowid, question, text, names) VALUES (?, ?, '', '')")
const search = db
  .prepare<[string], number>('SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid')
  .pluck()

const texts = [
  'How do I set the port?',
  'Configuring proxies',
  '環境変数を変更する方法',
  'APIキーの再発行',
  'ต้องการเปลี่ยนพอร์ต',
  'मैं पोर्ट कैसे बदलूँ',
  'the option_name of config.yaml',
  'Größe ändern',
  'Run `docent --max-size=10 serve`',
  'node.js, C++, C# and .NET',
  "require('node:fs') needs *.md in a-b.c_d.e",
  'A ☃ and 🙂🙂',
  '**Bold** [link](/docs/x.html#part)',
]
for (const [index, text] of texts.entries()) add.run(index + 1, indexedText(text))

describe('words are found', () => {
  test.each([
    ['port', [1]],
    ['PORT set', [1]],
    ['por', [1]],
    ['configure proxy', [2]],
    ['変更', [3]],
    ['変', [3]],
    ['法', [3]],
    ['数を変更', [3]],
    ['変数更', []],
    ['apiキー', [4]],
    ['再発', [4]],
    ['พอร์ต', [5]],
    ['เปลี่ยน', [5]],
    ['पोर्ट', [6]],
    ['option_name', [7]],
    ['config.yaml', [7]],
    ['grosse andern', []],
    ['große', [8]],
    ['größe', [8]],
    ['grö', [8]],
    ['grosz', []],
    ['--max-size', [9]],
    ['-max', [9]],
    ['max size', [9]],
    ['max.size', []],
    ['size=1', [9]],
    ['--size', []],
    ['node.js', [10]],
    ['node.j', [10]],
    ['.js', [10]],
    ['js', [10]],
    ['node js', [10]],
    ['node-js', [10]],
    ['node+js', []],
    ['c++', [10]],
    ['c+', [10]],
    ['C#', [10]],
    ['c', [10, 11]],
    ['c$', [10, 11]],
    ['.net', [10]],
    ['#net', []],
    ['(.NET)', [10]],
    ['node:fs', [11]],
    ['*.md', [11]],
    ['.md', [11]],
    ['b.c_d.e', [11]],
    ['c_d.e', [11]],
    ['b.c_d', [11]],
    ['b.d', []],
    ['gro\u0308\u00dfe', [8]],
    ['☃', [12]],
    ['🙂', [12]],
    ['🙂 ☃', [12]],
    ['🎈', []],
    ['bold', [13]],
    ['**bold', [13]],
    ['/docs/x.html', [13]],
    ['x.html#par', [13]],
    ['======', []],
  ])('%s', (query, rows) => {
    expect(search.all(wordSearchOf(query) ?? '"nothing at all"')).toEqual(rows)
  })
})

test('one letter is a word, not a beginning', () => {
  expect(wordSearchOf('p')).toBe('"p"')
  expect(wordSearchOf('how p')).toBe('"how" "p"')
})

test('what has no letter, digit or sign is no word search', () => {
  expect(['', '  ', '()', '___', '"\'*', '--'].map(wordSearchOf)).toEqual(Array(6).fill(null))
})

test('long rows of symbols and of one word take no more than their length', () => {
  const long = 200_000
  for (const text of [
    '-'.repeat(long),
    'a-'.repeat(long),
    '.a'.repeat(long),
    '変'.repeat(long),
    `${'a'.repeat(long)}+`,
  ]) {
    // A search that goes back for each letter would take minutes.
    expect(indexedText(text).length).toBeLessThan(5 * text.length)
  }
})

test('no input breaks it', () => {
  const seed = seedOr(1)
  const random = randomFrom(seed)
  const pieces = [
    ...'aZ0_-+#."\'*()^:{}%\\ \n\0',
    'AND',
    'NEAR',
    '変',
    '更',
    'ー',
    'พ',
    'อ',
    '\u0301',
    '🙂',
    '\ud800',
  ]
  for (let time = 0; time < 3_000; time++) {
    const query = Array.from(
      {length: whole(random, 12)},
      () => pieces[whole(random, pieces.length - 1)]!,
    ).join('')
    const found = wordSearchOf(query)
    if (found === null) continue
    expect(() => search.all(found), `${JSON.stringify(query)}, seed ${seed}`).not.toThrow()
  }
})
