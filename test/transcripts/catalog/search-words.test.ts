import {describe, expect, test} from 'vitest'
import {openSqlite} from '../../../src/native/index.ts'
import {createCatalogTables} from '../../../src/transcripts/catalog/catalog-schema.ts'
import {indexedText, wordSearchOf} from '../../../src/transcripts/catalog/search-words.ts'
import {randomFrom, whole} from '../../support/random.ts'
import {seedOr} from '../../support/random-seed.ts'

const db = openSqlite(':memory:')
createCatalogTables(db)
const add = db.prepare("INSERT INTO words (rowid, question, text) VALUES (?, ?, '')")
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
  ])('%s', (query, rows) => {
    expect(search.all(wordSearchOf(query)!.expression)).toEqual(rows)
  })
})

test('one letter is a word, not a beginning', () => {
  expect(wordSearchOf('p')!.expression).toBe('"p"')
  expect(wordSearchOf('how p')!.expression).toBe('"how" "p"')
})

test('what has no letter or digit is no word search', () => {
  expect(['', '  ', '()', '___', '☃', '"\'*'].map(wordSearchOf)).toEqual(Array(6).fill(null))
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
    expect(() => search.all(found.expression), `${JSON.stringify(query)}, seed ${seed}`).not.toThrow()
  }
})
