import {describe, expect, test} from 'vitest'
import {searchingKeptWords} from '../../src/answering/kept-words.ts'
import {createRedactor} from '../../src/redaction/index.ts'
import type {Retrieval, RetrievalQuery} from '../../src/retrieval/index.ts'
import {keys} from '../redaction/shapes.ts'

const key = keys['Anthropic']!

/** What is searched for a question, and what the reader is told. */
async function searched(question: string, unknownWords?: readonly string[]) {
  const queries: RetrievalQuery[] = []
  const retriever = searchingKeptWords(
    {
      async retrieve(query) {
        queries.push(query)
        return {query: query.question, ...(unknownWords === undefined ? {} : {unknownWords})} as Retrieval
      },
    },
    createRedactor(),
  )
  const retrieval = await retriever.retrieve(
    {question, history: [], k: 6, version: 'v2'} as unknown as RetrievalQuery,
    {signal: AbortSignal.timeout(1_000)},
  )
  return {searched: queries.map((query) => query.question), version: queries[0]?.version, retrieval}
}

describe('a question with something private in it', () => {
  test.each([
    ['How do I set the port? Mail me at jane.roe@acme.io', 'How do I set the port? Mail me at'],
    [`Why is ${key} refused, and jane@acme.io too?`, 'Why is refused, and too?'],
    // Nothing else to search for.
    ['jane.roe@acme.io?', 'jane.roe@acme.io?'],
    ['How do I set the port?', 'How do I set the port?'],
  ])('%s', async (question, expected) => {
    const {searched: queries, version, retrieval} = await searched(question)

    expect(queries).toEqual([expected])
    expect(version).toBe('v2')
    expect(retrieval).toEqual({query: question})
  })

  test('has no part of it among the words that the docs never use', async () => {
    const {retrieval} = await searched('Does jane@acme.io need zorblatt?', ['jane', 'acme', 'zorblatt'])

    expect(retrieval.unknownWords).toEqual(['zorblatt'])
  })
})
