import {afterEach, expect, test} from 'vitest'
import {openSqlite, type SqliteDatabase} from '../../src/native/index.ts'
import {PageWriter} from '../../src/search-index/page-writer.ts'
import {schema} from '../../src/search-index/schema.ts'
import {samplePage} from '../support/sample-pages.ts'

let db: SqliteDatabase

afterEach(() => db.close())

/** A writer whose indexes note what reaches them. */
function openWriter() {
  db = openSqlite(':memory:')
  db.exec(schema)
  const notes: string[] = []
  const stored = db.prepare('SELECT count(*) FROM vectors WHERE passage_id BETWEEN ? AND ?').pluck()
  const writer = new PageWriter(
    db,
    2,
    {
      graph: {
        add: (passageId) => notes.push(`+vector ${passageId}`),
        remove: ({first, last}) => notes.push(`-vectors ${first}-${last}, ${stored.get(first, last)} stored`),
      },
      words: {
        add(sectionId, {title, text}) {
          notes.push(`+words ${sectionId}: ${[...title, ...text].join(' ')}`)
          return title.length + text.length
        },
        remove: (sectionId, {title, text}) =>
          notes.push(`-words ${sectionId}: ${[...title, ...text].join(' ')}`),
      },
    },
    null,
  )
  return {writer, notes}
}

const file = {path: 'a.md', hash: 'h', includes: [], diagnostics: [], fidelity: null}
const page = samplePage('a.md', 'Guide', [['One', 'red', 'blue'], ['Only a heading'], ['Two', 'green']])
const vectors = [1, 2, 3].map((value) => Float32Array.of(value, 0))

test('a page is added to rows, words and graph with ids that increase in reading order', () => {
  const {writer, notes} = openWriter()

  writer.put(file, {page, links: [], vectors})

  expect(notes).toEqual([
    '+words 1: guid red blue',
    '+vector 1',
    '+vector 2',
    '+words 3: guid green',
    '+vector 3',
  ])
  expect(writer.finish()).toEqual({pages: 1, sections: 3, passages: 3})
})

test('a path that is put again replaces its page under new ids, and the graph can still read the removed vectors', () => {
  const {writer, notes} = openWriter()
  writer.put(file, {page, links: [], vectors})
  notes.length = 0

  writer.put(file, {page, links: [], vectors})

  expect(notes.slice(0, 5)).toEqual([
    '-words 1: guid red blue',
    '-vectors 1-2, 2 stored',
    '-vectors 3-2, 0 stored',
    '-words 3: guid green',
    '-vectors 3-3, 1 stored',
  ])
  expect(notes.slice(5)).toContain('+vector 6')
  expect(writer.finish()).toEqual({pages: 1, sections: 3, passages: 3})
})

test('a page with too few vectors, or one of another length, is rejected', () => {
  const {writer} = openWriter()

  expect(() => writer.put(file, {page, links: [], vectors: vectors.slice(1)})).toThrow('3 passages, got 2')
  expect(() => writer.put(file, {page, links: [], vectors: vectors.map(() => new Float32Array(3))})).toThrow(
    TypeError,
  )
})
