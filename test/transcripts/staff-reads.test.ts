import {describe, expect, test} from 'vitest'
import {answerStateOf} from '../../src/answers/index.ts'
import {openSqlite} from '../../src/native/index.ts'
import {createAnswerWriter} from '../../src/transcripts/answer-writer.ts'
import {createQuestionReads} from '../../src/transcripts/asked-questions.ts'
import {createCatalogReads} from '../../src/transcripts/catalog/catalog-reads.ts'
import {createCatalogTables} from '../../src/transcripts/catalog/catalog-schema.ts'
import {createCatalogWriter} from '../../src/transcripts/catalog/catalog-writer.ts'
import {createLiveAnswer, type LiveAnswer} from '../../src/transcripts/live-answer.ts'
import {createMaterialReads} from '../../src/transcripts/material-reads.ts'
import {migrate} from '../../src/transcripts/migrations.ts'
import {recordOf, summaryRecordOf} from '../../src/transcripts/overlay.ts'
import {redactionOf} from '../../src/transcripts/redaction.ts'
import {createStaffReads} from '../../src/transcripts/staff-reads.ts'
import {createTranscriptReads} from '../../src/transcripts/transcript-reads.ts'
import type {TranscriptFilter} from '../../src/transcripts/transcript-store.ts'
import {sampleEntry, sampleEvents} from './samples.ts'

/** An answer in memory with all its events waiting. */
function waiting(
  answerId: string,
  over: Parameters<typeof sampleEntry>[1] = {},
  ...how: EventArgs
): LiveAnswer {
  const events = sampleEvents(answerId, ...how)
  const entry = sampleEntry(answerId, over)
  const answer = createLiveAnswer(entry, answerStateOf(events, entry.startedAt), false)
  answer.pending.push(...events)
  return answer
}

type EventArgs = Parameters<typeof sampleEvents> extends [unknown, ...infer Rest] ? Rest : never

/** A database with some of the answers written, which then wait no more. */
function databaseWith(written: readonly LiveAnswer[]) {
  const db = openSqlite(':memory:')
  migrate(db, ':memory:')
  createAnswerWriter(db, redactionOf(true)).writeSome(written, Number.POSITIVE_INFINITY)
  createCatalogTables(db)
  const catalog = createCatalogWriter({transcripts: db, catalog: db})
  const catchUp = () => catalog.catchUp(Number.POSITIVE_INFINITY)
  catchUp()
  return {
    db,
    catchUp,
    reads: createStaffReads(
      createTranscriptReads(db),
      createCatalogReads(db),
      createQuestionReads(db),
      createMaterialReads(db),
    ),
  }
}

function mixed(): LiveAnswer[] {
  return [
    waiting('a', {startedAt: 100, build: 'b0', question: 'Is there a C++ client?'}),
    waiting('b', {startedAt: 200, conversation: 'c'}, ['Xylomancy says ', 'so.'], 'stopped'),
    waiting(
      'd',
      {startedAt: 300, question: 'ポートを変更する方法'},
      ['設定で変更できます。'],
      'complete',
      'max_tokens',
    ),
    waiting('e', {startedAt: 400, question: 'And the .NET one?'}, undefined, 'complete', 'refusal'),
    waiting('f', {startedAt: 500, question: 'Does node.js do?'}),
  ]
}

const filters: readonly TranscriptFilter[] = [
  {},
  {q: 'c++'},
  {q: 'xylo'},
  {q: '変更'},
  {q: '.net'},
  {q: 'd'},
  {q: 'node.js', ending: 'complete'},
  {ending: 'stopped'},
  {ending: 'running'},
  {partial: true},
  {partial: false},
  {rating: 'none', verdict: 'none'},
  {rating: 'up'},
  {abstained: false},
  {build: 'b0'},
  {from: 200, to: 400},
  {conversation: 'c'},
]

describe('a filter means the same in memory as in the file', () => {
  test.each(filters)('%j', (filter) => {
    const {reads} = databaseWith(mixed())
    const expected = reads.list(filter, {}, [])

    for (const count of [5, 2, 0]) {
      const some = databaseWith(mixed().slice(0, count))
      const memory = mixed().slice(count).map(summaryRecordOf)

      expect(some.reads.list(filter, {}, memory)).toEqual(expected)
      expect(some.reads.ids(filter, null, memory).ids).toEqual(
        expected.items.map(({answerId}) => answerId).reverse(),
      )
    }
  })
})

describe('memory over the file', () => {
  test('pages continue from memory into the file without a gap', () => {
    const {reads} = databaseWith(mixed().slice(0, 3))
    const memory = mixed().slice(3).map(summaryRecordOf)

    const seen: string[] = []
    let cursor: string | null = null
    do {
      const page = reads.list({}, {limit: 2, ...(cursor === null ? {} : {cursor})}, memory)
      seen.push(...page.items.map(({answerId}) => answerId))
      cursor = page.nextCursor
    } while (cursor !== null)

    expect(seen).toEqual(['f', 'e', 'd', 'b', 'a'])
  })

  test('an answer that ended in memory is found by its ending, with the feedback in the file', () => {
    const [answer] = [waiting('a', {}, undefined, null)]
    const {db, reads, catchUp} = databaseWith([answer!])
    db.prepare("UPDATE answers SET rating = 'down', rated_at = 7").run()
    catchUp()
    const ended = waiting('a')
    ended.row = answer!.row
    ended.pending = [ended.pending.at(-1)!]

    expect(reads.list({ending: 'running'}, {}, [summaryRecordOf(ended)]).items).toEqual([])
    expect(
      reads.list({ending: 'complete', rating: 'down'}, {}, [summaryRecordOf(ended)]).items,
    ).toMatchObject([{answerId: 'a', ending: 'complete', rating: 'down'}])
    expect(reads.read(['a'], [recordOf(ended)])).toMatchObject([
      {ending: 'complete', feedback: {rating: 'down', at: 7}, events: sampleEvents('a')},
    ])
  })

  test('an event that was written meanwhile occurs once', () => {
    const {reads} = databaseWith([waiting('a')])

    const [transcript] = reads.read(['a'], [recordOf(waiting('a'))])

    expect(transcript?.events).toEqual(sampleEvents('a'))
  })
})

test('a message of answers is limited, and has at least one', () => {
  const large = (id: string) => waiting(id, {}, ['x'.repeat(200_000)])
  const {reads} = databaseWith([large('a'), large('b'), large('c'), waiting('d')])

  expect(reads.read(['a', 'b', 'c', 'd'], [])).toHaveLength(2)
  expect(reads.read(['c', 'none', 'd'], []).map((found) => found?.answerId)).toEqual(['c', undefined, 'd'])
  expect(reads.read(['a'], [])).toHaveLength(1)
})

test('a question that followed another is read as it was asked, and as it was searched for', () => {
  const {reads} = databaseWith([waiting('a', {question: 'And the port?'})])
  const [{ref} = {ref: ''}] = reads.list({}, {}, []).items

  expect(reads.asked([ref])).toMatchObject([{question: 'And the port?', searched: 'How do I set the port?'}])
})

test('statements are prepared once and reused', () => {
  const {db, reads} = databaseWith(mixed())
  reads.list({q: 'port', ending: 'complete'}, {}, [])
  const prepare = db.prepare.bind(db)
  let prepared = 0
  Object.assign(db, {
    prepare: (sql: string) => {
      prepared += 1
      return prepare(sql)
    },
  })

  for (const q of ['one', 'two', 'three']) reads.list({q, ending: 'complete'}, {}, [])

  expect(prepared).toBe(0)
})
