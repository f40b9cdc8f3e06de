import {existsSync, readFileSync} from 'node:fs'
import {describe, expect, test} from 'vitest'
import {createAnswerState} from '../../src/answers/answer-state.ts'
import type {AnswerEvent} from '../../src/domain/index.ts'
import {createRedactor, noRedactor} from '../../src/redaction/index.ts'
import {noise} from '../redaction/shapes.ts'
import {openForTest, sampleEntry, sampleSources, temporaryFile} from './samples.ts'

const password = `q7${noise(8)}`
const question = `my password is ${password}, jane@acme.io`
const query = `${password} for jane@acme.io refused`

const events: readonly AnswerEvent[] = [
  {
    type: 'sources',
    round: 1,
    query: question,
    sources: sampleSources,
    unknownWords: ['jane@acme.io', 'refused'],
  },
  {type: 'tool', id: 't', name: 'search_docs', status: 'started', input: {query, deep: [{query}]}},
  {
    type: 'tool',
    id: 't',
    name: 'search_docs',
    status: 'done',
    output: {found: 2},
    summary: `Searched for ${query}`,
  },
  {type: 'sources', round: 2, query, sources: []},
  {type: 'delta', text: 'Write to docs@acme.io.'},
]

async function journalled(transcripts: ReturnType<typeof openForTest>) {
  const entry = sampleEntry('a', {question, version: 'of jane@acme.io'})
  const state = createAnswerState(entry.startedAt)
  await transcripts.begin(entry, state)
  for (const [index, event] of events.entries()) {
    const sequenced = {seq: index + 1, at: entry.startedAt + index, event}
    state.add(sequenced)
    transcripts.append('a', sequenced)
  }
  transcripts.note('a', {
    errorDetail: `"${password}" is wrong`,
    fallbackCause: {code: 'upstream_error', upstreamRequestId: null, detail: `"${password}" failed`},
    notes: [`Searched for ${query}`],
    lang: 'en',
  })
}

const kept = {
  question: 'my password is [password], [email]',
  version: 'of [email]',
  errorDetail: '"[password]" is wrong',
  fallbackCause: {code: 'upstream_error', upstreamRequestId: null, detail: '"[password]" failed'},
  notes: ['Searched for [password] for [email] refused'],
}
const keptQuery = '[password] for [email] refused'

describe('the words of a visitor', () => {
  test('are kept without what is private, in memory and in the file', async () => {
    const file = temporaryFile()
    const transcripts = openForTest({file, flushMs: 10_000})
    await journalled(transcripts)
    const inMemory = await transcripts.eventsAfter('a', 0)
    expect(await transcripts.find('a')).toMatchObject({question: kept.question})
    await transcripts.flush()

    const stored = await transcripts.get('a')
    expect(stored).toMatchObject(kept)
    expect(stored?.events).toEqual(inMemory)
    expect(inMemory.map(({event}) => event)).toEqual([
      {...events[0], query: kept.question, unknownWords: ['[email]', 'refused']},
      {...events[1], input: {query: keptQuery, deep: [{query: keptQuery}]}},
      {...events[2], summary: `Searched for ${keptQuery}`},
      {...events[3], query: keptQuery},
      events[4],
    ])
    const bytes = ['', '-wal']
      .map((suffix) => (existsSync(file + suffix) ? readFileSync(file + suffix) : ''))
      .join('')
    expect(bytes).not.toContain(password)
    expect(bytes).not.toContain('jane')
    expect(bytes).toContain('docs@acme.io')
  })

  test('are not shown to staff while an answer runs of which nothing is kept', async () => {
    const transcripts = openForTest({mode: 'metadata'})
    await journalled(transcripts)
    expect(await transcripts.get('a')).toMatchObject({question: kept.question, errorDetail: kept.errorDetail})
  })

  test('are counted by kind, of a question once and of a comment', async () => {
    const found: unknown[] = []
    const transcripts = openForTest({onRedacted: (counts) => found.push(counts)})
    await journalled(transcripts)
    const comment = 'Mail joe@acme.io or jane@acme.io'
    const given = await transcripts.setFeedback('a', {rating: 'up', reasons: ['of jane@acme.io'], comment})
    expect(given.feedback).toMatchObject({reasons: ['of [email]'], comment: 'Mail [email] or [email]'})
    expect(found).toEqual([{password: 1, email: 2}, {email: 3}])
  })

  test('stay as they are without a redactor', async () => {
    const transcripts = openForTest({redactor: noRedactor})
    await journalled(transcripts)
    expect(await transcripts.get('a')).toMatchObject({question, version: 'of jane@acme.io'})
  })

  test('that are not private are the very ones that were written', async () => {
    const transcripts = openForTest({redactor: createRedactor()})
    const entry = sampleEntry('b', {page: {url: '/docs/a#b', title: 'A', section: null}})
    await transcripts.begin(entry, createAnswerState(entry.startedAt))
    expect(await transcripts.find('b')).toEqual({...entry, ending: null})
  })
})
