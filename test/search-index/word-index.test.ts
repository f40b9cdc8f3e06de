import fc from 'fast-check'
import {afterEach, expect, test} from 'vitest'
import {openSqlite, type SqliteDatabase} from '../../src/native/index.ts'
import type {SectionTerms} from '../../src/search-index/word-index/section-terms.ts'
import {WordIndex, wordIndexSchema} from '../../src/search-index/word-index/word-index.ts'
import {WordIndexWriter} from '../../src/search-index/word-index/word-index-writer.ts'
import {termsOf} from '../../src/text/terms.ts'
import {seedOr} from '../support/random-seed.ts'

const opened: SqliteDatabase[] = []

afterEach(() => {
  for (const db of opened.splice(0)) db.close()
})

function emptyDatabase(): SqliteDatabase {
  const db = openSqlite(':memory:')
  opened.push(db)
  db.exec(wordIndexSchema)
  return db
}

function sectionOf(
  text: readonly string[],
  {title = [], headings = []}: Partial<SectionTerms> = {},
): SectionTerms {
  return {title, headings, text}
}

/** The words of sections that are numbered from 1. */
function indexOf(...sections: readonly (readonly string[])[]): WordIndex {
  const db = emptyDatabase()
  const writer = new WordIndexWriter(db)
  for (const [at, text] of sections.entries()) writer.add(at + 1, sectionOf(text))
  writer.finish()
  return new WordIndex(db)
}

/** Section numbers with how often the term stands in title, headings and text. */
function placesOf(words: WordIndex, term: string): number[][] {
  const pairs = [...words.postings(term)]
  return pairs.flatMap((counts, at) =>
    at % 2 === 0 ? [[pairs[at + 1]!, counts >>> 24, (counts >>> 16) & 255, counts & 65_535]] : [],
  )
}

/** Everything that is stored. */
function storedIn(db: SqliteDatabase): unknown {
  return db.prepare('SELECT term, hex(postings) FROM terms ORDER BY term').raw().all()
}

test('a term is read back with its sections in order and its counts in each column', () => {
  const db = emptyDatabase()
  const writer = new WordIndexWriter(db)
  writer.add(3, {title: ['guide', 'tide'], headings: ['tide', 'tide'], text: ['tide', 'tide', 'tide']})
  writer.add(8, {title: ['guide'], headings: [], text: ['tide']})
  writer.finish()

  const words = new WordIndex(db)

  expect(placesOf(words, 'tide')).toEqual([
    [3, 1, 2, 3],
    [8, 0, 0, 1],
  ])
  expect(placesOf(words, 'guide')).toEqual([
    [3, 1, 0, 0],
    [8, 1, 0, 0],
  ])
  expect([words.frequencyOf('tide'), words.frequencyOf('nowhere')]).toEqual([2, 0])
  expect(placesOf(words, 'nowhere')).toEqual([])
})

test('counts that are greater than a posting can hold are capped, each in its own column', () => {
  const db = emptyDatabase()
  const writer = new WordIndexWriter(db)
  const many = (count: number) => Array<string>(count).fill('tide')
  const length = writer.add(1, {title: many(300), headings: many(256), text: many(70_000)})
  writer.finish()

  expect(placesOf(new WordIndex(db), 'tide')).toEqual([[1, 255, 255, 65_535]])
  expect(length).toBe(70_556)
})

test('a section has a length of one at least', () => {
  expect(new WordIndexWriter(emptyDatabase()).add(1, sectionOf([]))).toBe(1)
})

test('terms that begin alike come by frequency, then by the alphabet, as many as are asked for', () => {
  const words = indexOf(['tide', 'tidal', 'time'], ['tide', 'tied'], ['tide', 'tied', 'toe', 'sea'])

  expect(words.termsFrom('ti', 10)).toEqual([
    {term: 'tide', frequency: 3},
    {term: 'tied', frequency: 2},
    {term: 'tidal', frequency: 1},
    {term: 'time', frequency: 1},
  ])
  expect(words.termsFrom('ti', 2).map(({term}) => term)).toEqual(['tide', 'tied'])
  expect(words.termsFrom('tide', 10)).toEqual([{term: 'tide', frequency: 3}])
  expect(words.termsFrom('x', 10)).toEqual([])
})

test('every term of any text is found whole, and from each of its beginnings', () => {
  const written = fc.oneof(
    fc.string({maxLength: 40, unit: 'binary'}),
    fc.array(
      fc.constantFrom(
        '--dry-run',
        'c++',
        'node.js',
        'NEAR(',
        'a:b',
        '\ue02d',
        'İstanbul',
        '函数',
        '𠮷野家',
        ' ',
      ),
    ),
  )
  fc.assert(
    fc.property(written, (text) => {
      const terms = termsOf([text].flat().join(''))
      const words = indexOf(terms)

      for (const term of terms) {
        expect(placesOf(words, term)).toEqual([[1, 0, 0, terms.filter((other) => other === term).length]])
        const characters = [...term]
        for (let length = 1; length <= characters.length; length++) {
          const found = words.termsFrom(characters.slice(0, length).join(''), 1_000)
          expect(found.map((each) => each.term)).toContain(term)
        }
      }
    }),
    {numRuns: 100, seed: seedOr(1)},
  )
})

const terms = fc.array(fc.constantFrom('red', 'blue', 'tide', 'sea', 'boat', '船', 'keel'), {maxLength: 6})
const section = fc.record({title: terms, headings: terms, text: terms})
/** An index that is made, and the edits of the builds after it: sections that go, and sections that come. */
const history = fc.array(
  fc.record({removed: fc.array(fc.nat({max: 30}), {maxLength: 5}), added: fc.array(section, {maxLength: 8})}),
  {minLength: 1, maxLength: 6},
)

test('after any edits, in batches of any size, the index equals one that was made from nothing', () => {
  const limits = fc.record({changes: fc.integer({min: 1, max: 60}), terms: fc.integer({min: 1, max: 10})})
  fc.assert(
    fc.property(history, limits, (builds, limit) => {
      const db = emptyDatabase()
      const present = new Map<number, SectionTerms>()
      let next = 1
      for (const {removed, added} of builds) {
        const writer = new WordIndexWriter(db, limit)
        const remove = (id: number): void => {
          const stored = present.get(id)
          if (stored === undefined) return
          writer.remove(id, stored)
          present.delete(id)
        }
        for (const id of removed) remove(id)
        for (const each of added) {
          writer.add(next, each)
          present.set(next++, each)
        }
        // Added and removed again in one build, as when a path is put twice.
        remove(next - 2)
        writer.finish()
      }

      const fresh = emptyDatabase()
      const writer = new WordIndexWriter(fresh)
      for (const [id, each] of present) writer.add(id, each)
      writer.finish()
      expect(storedIn(db)).toEqual(storedIn(fresh))
    }),
    {numRuns: 300, seed: seedOr(1)},
  )
})

test('a term whose last section goes is gone', () => {
  const db = emptyDatabase()
  const writer = new WordIndexWriter(db)
  writer.add(1, sectionOf(['tide', 'sea']))
  writer.add(2, sectionOf(['sea']))
  writer.finish()

  const edit = new WordIndexWriter(db)
  edit.remove(1, sectionOf(['tide', 'sea']))
  edit.finish()

  expect(new WordIndex(db).termsFrom('', 10)).toEqual([{term: 'sea', frequency: 1}])
})

test('what is collected is stored before it passes its limits', () => {
  const db = emptyDatabase()
  const writer = new WordIndexWriter(db, {changes: 3, terms: 100})

  writer.add(1, sectionOf(['tide', 'sea']))
  expect(storedIn(db)).toEqual([])
  writer.add(2, sectionOf(['tide', 'boat']))

  expect(new WordIndex(db).frequencyOf('tide')).toBe(2)
})
