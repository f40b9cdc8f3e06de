import {expect, test} from 'vitest'
import type {RetrieveOptions} from '../../src/retrieval/index.ts'
import {fakeRetriever} from '../support/fake-retriever.ts'
import {createWorld, readerOf} from './answering-world.ts'

test('an answer of extracts alone is written by no other generator, and its search calls no model', async () => {
  const options: RetrieveOptions[] = []
  const found = fakeRetriever()
  const spent: boolean[] = []
  const {answering, ask, generator, transcripts} = createWorld({
    retriever: {
      retrieve(query, given = {}) {
        options.push(given)
        return found.retrieve(query, given)
      },
    },
    onEnd: ({calledModel}) => spent.push(calledModel),
  })

  const answerId = await ask(
    {question: 'And on Windows?', history: [{role: 'user', content: 'How do I install it?'}]},
    {channel: 'docs-ask', extractsOnly: true},
  )
  const reader = readerOf(answering, answerId)
  await reader.over
  const events = reader.got.map(({event}) => event)

  expect(events.at(-1)).toMatchObject({type: 'done', ending: 'complete', finishReason: 'extract'})
  expect(events[0]).toMatchObject({type: 'start', generator: 'extractive', model: null})
  expect(events.some(({type}) => type === 'citation')).toBe(true)
  expect(options.map(({mayCallModel}) => mayCallModel)).toEqual([false])
  expect(generator.calls).toHaveLength(0)
  expect(spent).toEqual([false])
  expect(await transcripts.get(answerId)).toMatchObject({generator: 'extractive', channel: 'docs-ask'})
})

test('other answers are written by the generator that is set, and their search may call a model', async () => {
  const options: RetrieveOptions[] = []
  const found = fakeRetriever()
  const {ask, generator} = createWorld({
    retriever: {
      retrieve(query, given = {}) {
        options.push(given)
        return found.retrieve(query, given)
      },
    },
  })

  await ask({question: 'How do I install it?'})
  await generator.call(0)

  expect(options.map(({mayCallModel}) => mayCallModel)).toEqual([true])
})
