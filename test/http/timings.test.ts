import {afterEach, describe, expect, test} from 'vitest'
import {allEventsOf} from '../support/event-reader.ts'
import {type HttpProduct, startHttpProduct} from '../support/http-product.ts'

const open: HttpProduct[] = []

afterEach(async () => {
  for (const product of open.splice(0)) await product.close()
})

/** An answer that has ended, and a way to send what a browser measured of it. */
async function finishedAnswer(): Promise<{
  product: HttpProduct
  answerId: string
  send: (body: unknown) => Promise<Response>
}> {
  const product = await startHttpProduct()
  open.push(product)
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
  test('stands in the transcript, and the first word counts', async () => {
    const {product, answerId, send} = await finishedAnswer()

    const first = await send({firstUsefulMs: 83.6})
    const second = await send({firstUsefulMs: 9})

    expect([first.status, second.status]).toEqual([204, 204])
    expect((await product.journal.get(answerId))?.firstUsefulMs).toBe(84)
  })

  test.each([{}, {firstUsefulMs: -1}, {firstUsefulMs: 1e9}, {firstUsefulMs: '5'}, {firstUsefulMs: null}])(
    'is refused when it cannot be: %j',
    async (body) => {
      const {send} = await finishedAnswer()

      expect((await send(body)).status).toBe(400)
    },
  )
})
