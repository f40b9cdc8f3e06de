import fc from 'fast-check'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {openSqlite} from '../../../src/native/index.ts'
import type {Postgres} from '../../../src/postgres/index.ts'
import {createCatalogTables} from '../../../src/transcripts/catalog/catalog-schema.ts'
import {indexedText, wordSearchOf} from '../../../src/transcripts/catalog/search-words.ts'
import {tsqueryOf, tsvectorOf} from '../../../src/transcripts/postgres/words.ts'
import {hasPostgres, newPostgres, type PostgresCluster, startPostgres} from '../../support/postgres.ts'
import {seedOr} from '../../support/random-seed.ts'

interface Both {
  add(question: string, text: string): Promise<void>
  /** Rows that match, by each of the stores; null where the search has no words. */
  found(q: string): Promise<{readonly sqlite: number[] | null; readonly postgres: number[] | null}>
}

/** The same texts in SQLite and in PostgreSQL. */
async function inBoth(postgres: Postgres, table: string): Promise<Both> {
  const db = openSqlite(':memory:')
  createCatalogTables(db)
  const insert = db.prepare("INSERT INTO words (rowid, question, text, names) VALUES (?, ?, ?, '')")
  const search = db
    .prepare<[string], number>('SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid')
    .pluck()
  let rows = 0
  await postgres.run(`CREATE TABLE ${table} (row integer PRIMARY KEY, words tsvector NOT NULL)`)
  await postgres.run(`CREATE INDEX ON ${table} USING gin (words)`)
  const searched = async (query: string) => {
    const sql = `SELECT row FROM ${table} WHERE words @@ $1::tsquery ORDER BY row`
    return (await postgres.rows<{row: number}>(sql, [query])).map(({row}) => row)
  }
  return {
    async add(question, text) {
      rows += 1
      insert.run(rows, indexedText(question), indexedText(text))
      await postgres.run(`INSERT INTO ${table} VALUES ($1, $2::tsvector)`, [rows, tsvectorOf(question, text)])
    },
    async found(q) {
      const expression = wordSearchOf(q)
      const query = tsqueryOf(q)
      return {
        sqlite: expression === null ? null : search.all(`{question text} : (${expression})`),
        postgres: query === null ? null : await searched(query),
      }
    },
  }
}

const texts: readonly (readonly [question: string, text: string])[] = [
  ['How do I set the port?', 'Set `PORT`, or pass `--port=3000`.'],
  ['Configuring proxies', 'A proxy is configured by `HTTP_PROXY`; generalizations, agreed hopping, ties.'],
  ['環境変数を変更する方法', 'APIキーの再発行'],
  ['ต้องการเปลี่ยนพอร์ต', 'मैं पोर्ट कैसे बदलूँ'],
  ['the option_name of config.yaml', "require('node:fs') needs *.md in a-b.c_d.e"],
  ['Größe ändern, café, Ångström, ÉCOLE', 'Πόλις und ΌΔΟΣ, йод, İstanbul, ﬁne ǅ'],
  ['Run `docent --max-size=10 serve`', 'node.js, C++, C# and .NET'],
  ['A ☃ and 🙂🙂', '**Bold** [link](/docs/x.html#part)'],
  ["it's a 'quoted' \\ back\\slash", "a & b | !c <-> d:* (e) 'f':1A"],
  ['one end', 'begins two'],
  ['nul\0nul', 'half \ud800 of it'],
  ['', ''],
  ['decomposed gro\u0308\u00dfe cafe\u0301', 'x'.repeat(3_000)],
]

const queries = [
  ...['port', 'PORT set', 'por', 'p', 'ports', '--port', '--port=3', 'port=3000', '3000', '300'],
  ...[
    'configure proxy',
    'configuration',
    'proxi',
    'http_proxy',
    'http proxy',
    'generalization',
    'agree',
    'hop',
    'tie',
  ],
  ...['変更', '変', '法', '数を変更', '変数更', 'apiキー', '再発', 'キー', 'ー', '行'],
  ...['พอร์ต', 'เปลี่ยน', 'पोर्ट', 'पर', 'कैसे बदलूँ'],
  ...['option_name', 'config.yaml', 'config.y', 'node:fs', '*.md', '.md', 'b.c_d.e', 'c_d.e', 'b.c_d', 'b.d'],
  ...[
    'große',
    'größe',
    'GRÖSSE',
    'grö',
    'cafe',
    'café',
    'angstrom',
    'ecole',
    'πόλις',
    'πολις',
    'ΠΌΛΙΣ',
    'όδος',
  ],
  ...['йод', 'иод', 'istanbul', 'İSTANBUL', 'fine', 'ﬁn', 'ǆ'],
  ...[
    '--max-size',
    '-max',
    'max size',
    'max.size',
    'size=1',
    '--size',
    'node.js',
    'node.j',
    '.js',
    'js',
    'node js',
  ],
  ...['node-js', 'node+js', 'c++', 'c+', 'C#', 'c', 'c$', '.net', '#net', '(.NET)'],
  ...['☃', '🙂', '🙂 ☃', '🎈', 'bold', '**bold', '/docs/x.html', 'x.html#par'],
  ...[
    "it's",
    "'quoted'",
    'quoted"',
    '\\',
    'back\\slash',
    'back\\\\slash',
    'a & b',
    'a|b',
    '!c',
    'd:*',
    ':*',
    "'f':1",
  ],
  ...[
    'end begins',
    'end-begins',
    'end.begins',
    'one two',
    'nul',
    'nulnul',
    '\0',
    '\ud800',
    'half of',
    'of it',
  ],
  ...[
    'gro\u0308\u00dfe',
    'x'.repeat(300),
    'x'.repeat(10_000),
    'y'.repeat(300),
    '',
    ' ',
    '()',
    '___',
    '--',
    '======',
  ],
  ...['NEAR(a b)', 'a AND b', 'a OR b', '{a b}: c', '^a', '\u0301', 'a \u0301 b', 'a\u0301', '%', '_'],
]

describe.skipIf(!hasPostgres)('a search in PostgreSQL', () => {
  let cluster: PostgresCluster
  let postgres: Postgres
  let both: Both

  beforeAll(async () => {
    cluster = await startPostgres()
    postgres = await newPostgres(cluster)
    both = await inBoth(postgres, 'texts')
    for (const [question, text] of texts) await both.add(question, text)
  }, 120_000)
  afterAll(async () => {
    await postgres?.close()
    await cluster?.close()
  })

  test('finds what SQLite finds', async () => {
    for (const q of queries) {
      const {sqlite, postgres} = await both.found(q)
      expect(postgres, q.slice(0, 100)).toEqual(sqlite)
    }
  }, 60_000)

  test('finds what SQLite finds in any text', async () => {
    const random = await inBoth(postgres, 'random_texts')
    const piece = fc.constantFrom(
      ...[
        'port',
        'ports',
        'Proxy',
        'proxies',
        'a',
        'b',
        'node',
        'js',
        'Größe',
        'é',
        'e\u0301',
        'И',
        'й',
        '7',
        '_',
      ],
      ...[
        ' ',
        ' ',
        ' ',
        '-',
        '/',
        '+',
        '#',
        '.',
        '$',
        '@',
        '%',
        '&',
        '*',
        '=',
        '<',
        '>',
        '~',
        '^',
        '|',
        '\\',
        "'",
      ],
      ...[
        '"',
        ':',
        '!',
        '(',
        ')',
        ',',
        '\n',
        '\0',
        '変',
        '更',
        '数',
        'キ',
        'ー',
        'พ',
        'อ',
        'र',
        '्',
        '🙂',
        '☃',
        'AND',
      ],
    )
    const text = fc.array(piece, {maxLength: 12}).map((pieces) => pieces.join(''))
    await fc.assert(
      fc.asyncProperty(text, text, fc.array(text, {maxLength: 6}), async (question, answer, queries) => {
        await random.add(question, answer)
        for (const q of [question, answer.slice(0, 7), ...queries]) {
          const {sqlite, postgres} = await random.found(q)
          expect(postgres, q).toEqual(sqlite)
        }
      }),
      {numRuns: 200, seed: seedOr(5)},
    )
  }, 240_000)

  test('takes any text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({unit: 'binary', maxLength: 60}), async (text) => {
        const sql = 'SELECT $1::tsvector @@ coalesce($2::tsquery, $3::tsquery) AS found'
        const row = await postgres.row(sql, [tsvectorOf('', text), tsqueryOf(text), "'nothing'"])
        expect(row).toEqual({found: expect.any(Boolean)})
      }),
      {numRuns: 500, seed: seedOr(6)},
    )
  }, 240_000)

  test.each([
    ['words', Array.from({length: 20_000}, (_, n) => `word${n}`).join(' ')],
    ['one word', 'again '.repeat(20_000)],
    ['one long word', 'x'.repeat(100_000)],
    ['letters without spaces', '変更数'.repeat(34_000)],
    ['signs', '🙂'.repeat(50_000)],
    ['symbols', '.a+b'.repeat(25_000)],
    ['different long words', Array.from({length: 1_000}, (_, n) => `${n}${'é'.repeat(2_000)}`).join(' ')],
    ['different letters', Array.from({length: 50_000}, (_, n) => String.fromCodePoint(0x4e00 + n)).join(' ')],
    ['quotes', "'\\".repeat(50_000)],
    ['halves of characters', '\ud800 \udc00a'.repeat(25_000)],
  ])('keeps 100,000 characters of %s within the limits of PostgreSQL', async (_name, text) => {
    const vector = tsvectorOf('Why?', text)
    const row = await postgres.row("SELECT $1::tsvector @@ 'why'::tsquery AS found", [vector])
    expect(row).toEqual({found: true})
  })

  test('finds a phrase within the question or within the text, not across both', async () => {
    const vector = tsvectorOf('one.end', 'begins.two')
    const finds = async (q: string) => {
      const sql = 'SELECT $1::tsvector @@ $2::tsquery AS found'
      return (await postgres.row<{found: boolean}>(sql, [vector, tsqueryOf(q)]))?.found
    }
    expect(await finds('end begins')).toBe(true)
    expect(await finds('end.begins')).toBe(false)
    expect(await finds('one.end')).toBe(true)
    expect(await finds('begins.two')).toBe(true)
  })
})
