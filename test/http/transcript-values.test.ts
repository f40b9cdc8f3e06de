import {describe, expect, test} from 'vitest'
import {DocentError} from '../../src/domain/index.ts'
import {closedAfterEach} from '../support/closed-after-each.ts'
import {bearer, staffApi} from '../support/staff-people.ts'
import {startDocent, supportToken, type TestDocent} from '../support/start-docent.ts'

const start = closedAfterEach(startDocent)

const valuesOf = (product: TestDocent, query: string) =>
  staffApi(product, 'GET', `/transcripts/values?${query}`, undefined, bearer(supportToken))

describe('the values that a filter can ask for', () => {
  test('are those that answers have, with how many each has, the most frequent first', async () => {
    const product = await start()
    const codes = ['upstream_cut', 'stall_timeout', 'upstream_auth', 'upstream_cut'] as const
    for (const [n, code] of codes.entries()) {
      const response = await product.ask({question: 'How?'})
      ;(await product.generator.call(n)).fail(new DocentError(code, 'It failed.'))
      await response.text()
    }

    const {status, body} = await valuesOf(product, 'kind=error')

    expect(status).toBe(200)
    expect(body).toEqual({
      values: [
        {name: 'upstream_cut', answers: 2},
        {name: 'stall_timeout', answers: 1},
        {name: 'upstream_auth', answers: 1},
      ],
    })
    expect((await valuesOf(product, 'kind=error&limit=1')).body.values).toHaveLength(1)
  })

  test('of pages are the pages that answers cite, as the filter takes them', async () => {
    const product = await start()
    const response = await product.ask({question: 'How?'})
    const call = await product.generator.call(0)
    call.say('Run it.')
    call.push({type: 'citation', n: 1, start: 0, end: 7})
    call.finish('end')
    await response.text()

    const {values} = (await valuesOf(product, 'kind=page')).body
    const found = await staffApi(product, 'GET', `/transcripts?page=${encodeURIComponent(values[0].name)}`)

    expect(values).toEqual([{name: '/docs/install', answers: 1}])
    expect(found.body.items).toHaveLength(1)
  })

  test.each(['', 'kind=question', 'kind=names', 'kind=build&limit=0', 'kind=build&limit=201'])(
    'cannot be asked for with ?%s',
    async (query) => {
      const product = await start()
      expect((await valuesOf(product, query)).status).toBe(400)
    },
  )
})
