import {describe, expect, test} from 'vitest'
import {closedAfterEach} from '../support/closed-after-each.ts'
import {allEventsOf} from '../support/event-reader.ts'
import {startDocent, type TestDocent} from '../support/start-docent.ts'

const start = closedAfterEach(startDocent)

/** An answer that has ended, and a way to send what a browser measured of it. */
async function finishedAnswer(): Promise<{
  product: TestDocent
  answerId: string
  send: (body: unknown) => Promise<Response>
}> {
  const product = await start()
  const response = await product.ask({question: 'How do I install it?'})
  const call = await product.generator.call(0)
  call.say('Run `npm ci`.')
  call.finish()
  const answerId = String((await allEventsOf(response))[0]!.data['answerId'])
  const send = (body: unknown): Promise<Response> =>
    fetch(`${product.url}/api/answers/${answerId}/timings`, {
      method: 'POST',
      headers: {'content-type': 'application/json'},
      body: JSON.stringify(body),
    })
  return {product, answerId, send}
}

describe('what a browser measured', () => {
  test('is in the transcript, and the first value counts', async () => {
    const {product, answerId, send} = await finishedAnswer()

    const first = await send({firstUsefulMs: 83.6})
    const second = await send({firstUsefulMs: 9})

    expect([first.status, second.status]).toEqual([204, 204])
    expect((await product.transcripts.get(answerId))?.firstUsefulMs).toBe(84)
  })

  test.each([{}, {firstUsefulMs: -1}, {firstUsefulMs: 1e9}, {firstUsefulMs: '5'}, {firstUsefulMs: null}])(
    'is refused when it cannot be: %j',
    async (body) => {
      const {send} = await finishedAnswer()

      expect((await send(body)).status).toBe(400)
    },
  )
})
