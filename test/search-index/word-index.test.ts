import {afterEach, expect, test} from 'vitest'
import {openSqlite, type SqliteDatabase} from '../../src/native/index.ts'
import {WordIndex, WordIndexWriter, wordIndexSchema} from '../../src/search-index/word-index/word-index.ts'

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

/** `usual` stands in every section and more than once in some, `rare3` in the third alone. */
function addSections(writer: WordIndexWriter, from: number, to: number): void {
  for (let id = from; id <= to; id++) {
    const text = id % 2 === 0 ? ['usual', 'usual', `rare${id}`] : ['usual', `rare${id}`]
    writer.add(id, {title: ['guide'], headings: id % 3 === 0 ? ['usual'] : [], text})
  }
}

/** Section numbers with how often the term stands in title, headings and text. */
function placesOf(words: WordIndex, term: string): number[][] {
  const pairs = [...words.postings(term)]
  return pairs.flatMap((counts, at) =>
    at % 2 === 0 ? [[pairs[at + 1]!, counts >>> 24, (counts >>> 16) & 255, counts & 65_535]] : [],
  )
}

const expectedPlaces = (ids: readonly number[]) =>
  ids.map((id) => [id, 0, id % 3 === 0 ? 1 : 0, id % 2 === 0 ? 2 : 1])
const numbers = (from: number, to: number) => Array.from({length: to - from + 1}, (_, i) => from + i)

test.each([10, 63, 64, 200])(
  'a word in %i sections is read back with its counts, however it is stored',
  (count) => {
    const db = emptyDatabase()
    const writer = new WordIndexWriter(db, {isEdit: false})
    addSections(writer, 1, count)
    writer.finish(count)

    const words = new WordIndex(db)

    expect(placesOf(words, 'usual')).toEqual(expectedPlaces(numbers(1, count)))
    expect(words.frequencyOf('usual')).toBe(count)
    expect(placesOf(words, 'rare3')).toEqual([[3, 0, 0, 1]])
    expect(placesOf(words, 'nowhere')).toEqual([])
    expect(words.frequencyOf('nowhere')).toBe(0)
    const frequencies = new Map(words.termsFrom('us').map(({term, frequency}) => [term, frequency]))
    expect(frequencies).toEqual(new Map([['usual', count]]))
  },
)

test.each([
  ['common before', 100, 130],
  ['rare before and common after', 40, 130],
])('a word that is %s is read right after an edit', (_what, before, after) => {
  const db = emptyDatabase()
  const first = new WordIndexWriter(db, {isEdit: false})
  addSections(first, 1, before)
  first.finish(before)

  const edit = new WordIndexWriter(db, {isEdit: true})
  edit.remove(2, 4)
  edit.remove(5, 3)
  addSections(edit, before + 1, after)
  edit.finish(after - 2)

  const left = numbers(1, after).filter((id) => id !== 2 && id !== 5)
  const words = new WordIndex(db)
  expect(placesOf(words, 'usual')).toEqual(expectedPlaces(left))
  expect(words.frequencyOf('usual')).toBe(left.length)
  expect(placesOf(words, 'rare5')).toEqual([])
})

test('a section that is added and removed again in one build leaves nothing', () => {
  const db = emptyDatabase()
  const writer = new WordIndexWriter(db, {isEdit: false})
  addSections(writer, 1, 100)
  writer.remove(4, 4)
  addSections(writer, 101, 101)
  writer.finish(100)

  const words = new WordIndex(db)

  expect(words.postings('usual')).toHaveLength(200)
  expect(placesOf(words, 'usual').map(([id]) => id)).not.toContain(4)
})
