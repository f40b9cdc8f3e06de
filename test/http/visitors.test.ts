import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {refOf} from '../../src/answers/index.ts'
import {transcriptsCommand} from '../../src/cli/transcripts/transcripts-command.ts'
import type {Settings} from '../../src/settings/settings.ts'
import {closedAfterEach} from '../support/closed-after-each.ts'
import {allEventsOf} from '../support/event-reader.ts'
import {bearer, staffApi} from '../support/staff-people.ts'
import {docsToken, startDocent, supportToken, type TestDocent} from '../support/start-docent.ts'

const start = closedAfterEach((settings: Partial<Settings> = {}) =>
  startDocent({settings: {trustProxy: '1', ...settings}}),
)

/** Asks what is not in the docs, so that the answer ends by itself. */
async function asked(product: TestDocent, address: string, question: string): Promise<string> {
  const headers = {
    'content-type': 'application/json',
    accept: 'text/event-stream',
    'x-forwarded-for': address,
  }
  const response = await product.ask({question: `${question} xyzzy`}, {headers})
  const [begun] = await allEventsOf(response)
  return String(begun!.data['answerId'])
}

const visitorOf = async (product: TestDocent, answerId: string) =>
  (await product.transcript(answerId))['visitor'] as string | null

async function listed(product: TestDocent, query: string): Promise<string[]> {
  const {body} = await staffApi(product, 'GET', `/transcripts?${query}`)
  return body.items.map(({answerId}: {answerId: string}) => answerId)
}

/** Everything on the disk that has to do with answers. */
const bytesOf = (product: TestDocent): string =>
  readdirSync(product.dataDir)
    .filter((name) => name.startsWith('transcripts'))
    .map((name) => readFileSync(join(product.dataDir, name), 'latin1'))
    .join('')

describe('a visitor', () => {
  test('is one keyed hash for an IPv4 address and for a household of IPv6, and on no wire of a visitor', async () => {
    const product = await start()
    const first = await asked(product, '192.0.2.7', 'one')
    const same = await asked(product, '::ffff:192.0.2.7', 'two')
    const home = await asked(product, '2001:db8:1:2::1', 'three')
    const laptop = await asked(product, '2001:db8:1:2:aaaa:bbbb:cccc:dddd', 'four')
    const neighbour = await asked(product, '2001:db8:1:3::1', 'five')

    const visitor = await visitorOf(product, first)
    expect(visitor).toMatch(/^[\w-]{22}$/)
    expect(await visitorOf(product, same)).toBe(visitor)
    expect(await visitorOf(product, laptop)).toBe(await visitorOf(product, home))
    expect(
      new Set(await Promise.all([first, home, neighbour].map((id) => visitorOf(product, id)))).size,
    ).toBe(3)
    const seen = await Promise.all(
      ['', '/events'].map(async (path) => (await fetch(`${product.url}/api/answers/${first}${path}`)).text()),
    )
    expect(seen.join('')).not.toContain(visitor!)
    // Support staff take no name out that tells visitors apart.
    const exported = await staffApi(product, 'GET', '/transcripts/export', undefined, bearer(supportToken))
    expect(exported.body).not.toContain(visitor!)
    expect(bytesOf(product)).not.toContain('192.0.2.7')
  })

  test('is kept without words with TRANSCRIPTS=metadata, and found by it', async () => {
    const product = await start({transcripts: 'metadata'})
    const mine = await asked(product, '192.0.2.1', 'one')
    await asked(product, '192.0.2.2', 'two')

    const visitor = await visitorOf(product, mine)

    expect(await listed(product, `visitor=${visitor}`)).toEqual([mine])
  })

  test('is deleted with all answers by the admin alone, from every file, and nobody else’s are', async () => {
    const product = await start()
    const mine = [
      await asked(product, '192.0.2.1', 'quokkas'),
      await asked(product, '192.0.2.1', 'quokkas again'),
    ]
    const other = await asked(product, '192.0.2.2', 'wombats')
    const visitor = (await visitorOf(product, mine[0]!))!
    expect((await listed(product, `visitor=${visitor}`)).toSorted()).toEqual(mine.toSorted())
    expect(await listed(product, 'q=quokkas')).toHaveLength(2)
    const path = `/visitors/${visitor}`

    for (const token of [supportToken, docsToken])
      expect((await staffApi(product, 'DELETE', path, undefined, bearer(token))).status).toBe(403)
    const unknown = {status: 404, body: {error: {message: 'No answer has this visitor.'}}}
    for (const wrong of ['not%20a%20hash', visitor.toUpperCase()])
      expect(await staffApi(product, 'DELETE', `/visitors/${wrong}`)).toMatchObject(unknown)
    const running = await product.read({question: 'quokkas, still written'}, {'x-forwarded-for': '192.0.2.1'})
    const deleted = await staffApi(product, 'DELETE', path)

    expect([deleted.status, deleted.body]).toEqual([200, {deleted: 3}])
    expect((await running.all()).at(-1)).toMatchObject({type: 'done', data: {ending: 'stopped'}})
    expect(await listed(product, `visitor=${visitor}`)).toEqual([])
    expect(await listed(product, 'q=quokkas')).toEqual([])
    expect((await fetch(`${product.url}/api/answers/${mine[0]}/events`)).status).toBe(404)
    expect(await listed(product, '')).toEqual([other])
    const left = bytesOf(product)
    for (const gone of ['quokkas', visitor, ...mine]) expect(left).not.toContain(gone)
    expect(left).toContain('wombats')
    const {body} = await staffApi(product, 'GET', '/audit')
    const lines = body.items.filter(({which}: {which: string | null}) => which === visitor)
    expect(lines).toMatchObject([
      {what: 'visitor_deleted', which: visitor, details: {rows: 3}},
      {what: 'visitor_deletion_began', which: visitor},
    ])
    expect(await staffApi(product, 'DELETE', path)).toMatchObject(unknown)
    // Nothing was deleted the second time.
    expect((await staffApi(product, 'GET', '/audit?what=visitor_deleted')).body.items).toHaveLength(1)
  })

  test('is deleted by a command, named by one of the answers', async () => {
    const product = await start()
    const mine = await asked(product, '192.0.2.1', 'quokkas')
    await asked(product, '192.0.2.1', 'quokkas again')
    const other = await asked(product, '192.0.2.2', 'wombats')
    const said: string[] = []
    const run = (...args: string[]) =>
      transcriptsCommand([...args, '--data', product.dataDir], {
        dataDir: () => product.dataDir,
        print: async (text) => void said.push(text),
        warn: (text) => void said.push(text),
        view: {columns: 100, hasColors: false},
      })
    await product.transcripts.flush()

    expect(await run('delete')).toBe(2)
    for (const wrong of ['not a hash', 'A'.repeat(22)]) {
      expect(await run('delete', '--visitor', wrong)).toBe(1)
      expect(said.at(-1)).toContain('No answer has this visitor')
    }
    expect((await staffApi(product, 'GET', '/audit?what=visitor_deleted')).body.items).toEqual([])
    expect(await run('delete', '--visitor-of', refOf(mine))).toBe(0)

    expect(said.at(-1)).toBe('Removed 2 answers.\n')
    expect(await listed(product, '')).toEqual([other])
  })
})
