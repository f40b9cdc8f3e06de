import {describe, expect, test} from 'vitest'
import {closedAfterEach} from '../support/closed-after-each.ts'
import {samplePage} from '../support/sample-pages.ts'
import {startDocent} from '../support/start-docent.ts'

const start = closedAfterEach(startDocent)

const pages = [
  samplePage('port.md', 'Change the port or the address', [['', 'Set PORT. The default is 3000.']]),
  samplePage('pods.md', 'Pods', [['Policies', 'A policy says which pods may talk.']]),
]

interface Found {
  readonly query: string
  readonly build: string
  readonly tookMs: number
  readonly abstention: unknown
  readonly results: readonly {
    readonly title: string
    readonly headings: readonly string[]
    readonly text: string
    readonly score: number
    readonly highlights: {
      readonly title: readonly [number, number][]
      readonly headings: readonly [number, number][][]
      readonly text: readonly [number, number][]
    }
  }[]
}

/** `GET /api/search` of a server with a real index. */
async function searching() {
  const product = await start({pages, retriever: null})
  const get = (query: string) => fetch(`${product.url}/api/search?${query}`)
  const search = async (query: string) => (await (await get(query)).json()) as Found
  return {product, get, search}
}

describe('GET /api/search', () => {
  test('with prefix takes the last word as a beginning and marks the match', async () => {
    const {product, search} = await searching()

    const {results, ...found} = await search('q=change+the+po&k=5&prefix=1')

    expect(found).toMatchObject({query: 'change the po', build: product.build, abstention: null})
    expect(results[0]).toMatchObject({
      title: 'Change the port or the address',
      headings: [],
      highlights: {
        title: [
          [0, 6],
          [7, 10],
          [11, 13],
        ],
        headings: [],
      },
    })
    const {text, highlights} = results[0]!
    expect(highlights.text.map(([start, end]) => text.slice(start, end))).toEqual(['PO'])
  })

  test('with prefix finds nothing where no word begins so', async () => {
    const {search} = await searching()

    expect((await search('q=qqqqzzzz&prefix=1')).results).toEqual([])
  })

  test('without prefix marks whole words', async () => {
    const {search} = await searching()

    const [first] = (await search('q=policy&prefix=0')).results

    expect(first).toMatchObject({headings: ['Policies'], highlights: {title: [], headings: [[[0, 8]]]}})
  })

  test('refuses a bad prefix and an unknown version', async () => {
    const {get} = await searching()

    expect((await get('q=po&prefix=maybe')).status).toBe(400)
    const missing = await get('q=po&prefix=1&version=9')
    expect(await missing.json()).toMatchObject({error: {code: 'version_not_found'}})
  })
})
