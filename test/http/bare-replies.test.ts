import {describe, expect, test} from 'vitest'
import {closedAfterEach} from '../support/closed-after-each.ts'
import {allEventsOf, textOf} from '../support/event-reader.ts'
import {idOf} from '../support/reading.ts'
import {startDocent, type TestDocent} from '../support/start-docent.ts'

const start = closedAfterEach(startDocent)

/** Asks in one conversation. @returns the events of the answer. */
async function askIn(product: TestDocent, conversationId: string | null, question: string) {
  return allEventsOf(await product.ask({question, ...(conversationId === null ? {} : {conversationId})}))
}

/** One answered question. @returns the key of its conversation. */
async function answered(product: TestDocent, question: string, text: string): Promise<string> {
  const reading = await product.read({question})
  const call = await product.generator.call(0)
  call.say(text)
  call.finish()
  const events = await reading.all()
  return events[0]!.data['conversationId'] as string
}

describe('a text that asks nothing', () => {
  test('is answered with one line, without sources, search or model, as a whole stream', async () => {
    const product = await start()

    const events = await askIn(product, null, 'Thank you!')

    expect(events.map(({type}) => type)).toEqual(['start', 'sources', 'delta', 'done'])
    expect(events[1]!.data).toMatchObject({round: 1, query: 'Thank you!', sources: []})
    expect(textOf(events)).toMatch(/^You’re welcome/)
    expect(events.at(-1)!.data).toMatchObject({
      ending: 'complete',
      finishReason: 'bare_reply',
      abstained: false,
    })
    expect(product.retriever.queries).toEqual([])
    expect(product.generator.calls).toHaveLength(0)
  })

  test('is the same as JSON', async () => {
    const product = await start()

    const response = await product.ask({question: 'hola'}, {headers: {accept: 'application/json'}})

    expect(await response.json()).toMatchObject({
      ending: 'complete',
      finishReason: 'bare_reply',
      sources: [],
      citations: [],
      text: '¡Hola! ¿Qué quiere saber de esta documentación?',
    })
  })

  test('is marked in the transcript, and can be read again', async () => {
    const product = await start()
    const reading = await product.read({question: 'help'})
    const events = await reading.all()

    expect(await product.transcript(idOf(reading))).toMatchObject({
      question: 'help',
      ending: 'complete',
      finishReason: 'bare_reply',
      notes: [expect.stringContaining('Nothing was searched')],
    })
    const again = await (await product.resume(idOf(reading), 2)).all()
    expect(again.map(({type}) => type)).toEqual(['delta', 'done'])
    expect(textOf(again)).toBe(textOf(events))
  })

  test('in a conversation asks what was wrong, and says nothing about its topic afterwards', async () => {
    const product = await start()
    const key = await answered(product, 'How do I set the port?', 'Set PORT.')

    const wrong = await askIn(product, key, 'no')
    expect(textOf(wrong)).toMatch(/^Sorry/)
    expect(wrong[0]!.data['conversationId']).toBe(key)

    const reading = await product.read({question: 'Thanks, and how do I set the host?', conversationId: key})
    const call = await product.generator.call(1)
    call.say('Set HOST.')
    call.finish()
    await reading.all()

    expect(product.retriever.queries).toHaveLength(2)
    expect(product.retriever.queries[1]).toMatchObject({
      question: 'and how do I set the host?',
      history: [
        {role: 'user', content: 'How do I set the port?'},
        {role: 'assistant', content: 'Set PORT.'},
      ],
    })
    expect(await product.transcript(idOf(reading))).toMatchObject({
      question: 'Thanks, and how do I set the host?',
    })
  })

  test.each(['help with installing', 'no space left on device', 'no, on Windows'])(
    '%s is searched for',
    async (question) => {
      const product = await start()

      const reading = await product.read({question})
      const call = await product.generator.call(0)
      call.say('Found.')
      call.finish()
      await reading.all()

      expect(product.retriever.queries.map((query) => query.question)).toEqual([question])
    },
  )
})
