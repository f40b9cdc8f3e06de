import {request} from 'node:http'
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest'
import {closedAfterEach} from '../../support/closed-after-each.ts'
import {sampleSource} from '../../support/fake-retriever.ts'
import {
  adminToken,
  type DocentWithClaude,
  startDocent,
  startDocentWithClaude,
  type TestDocent,
} from '../../support/start-docent.ts'
import {get, pageOf} from './agent-docs.ts'

vi.setConfig({testTimeout: 60_000})

const start = closedAfterEach(startDocent)
const asked = (question: string, more = ''): string => `/docs/?ask=${encodeURIComponent(question)}${more}`

interface Listed {
  readonly answerId: string
  readonly channel: string
  readonly generator: string
  readonly [key: string]: unknown
}

/** The transcripts that support staff see, the newest first. */
async function transcriptsOf(docent: TestDocent): Promise<readonly Listed[]> {
  const headers = {authorization: `Bearer ${adminToken}`}
  const response = await fetch(`${docent.url}/api/admin/transcripts`, {headers})
  return ((await response.json()) as {items: Listed[]}).items
}

describe('a question in an address, where Claude writes the answers', () => {
  let docent: DocentWithClaude

  beforeAll(async () => {
    docent = await startDocentWithClaude({
      pages: [
        pageOf('pumps.md', 'Pumps', '# Pumps'),
        pageOf('guides/valves.md', 'Valves', '# Valves'),
        pageOf('1.0/pumps.md', 'Old pumps', '# Old pumps', {url: '/1.0/pumps', version: '1.0'}),
        pageOf('de/pumpen.md', 'Pumpen', '# Pumpen', {lang: 'de'}),
      ],
      retriever: null,
      settings: {
        publicUrl: 'https://ask.example.com',
        siteUrl: 'https://docs.example.com',
        rewriteFollowUps: true,
      },
    })
  })
  afterAll(() => docent.close())

  test('is answered in Markdown by extracts with links to their sources, and Claude is not asked', async () => {
    const {status, type, text, headers} = await get(docent, asked('How do I set up pumps?'))

    expect([status, type]).toEqual([200, 'text/markdown; charset=utf-8'])
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('x-robots-tag')).toBe('noindex')
    expect(text).toContain('write its name into docent.toml. [[1]](https://docs.example.com/pumps#set-up)')
    expect(text).toContain(
      '## Sources\n\n1. [Pumps › Set up](https://docs.example.com/pumps#set-up) ([Markdown](https://ask.example.com/docs/pumps.md))',
    )
    expect(docent.upstream.requests).toHaveLength(0)
  })

  test('is in the transcripts, as what it was', async () => {
    await get(docent, '/docs/guides/valves.md?ask=How%20do%20I%20set%20up%20valves%3F')
    const [listed] = await transcriptsOf(docent)
    const transcript = await docent.transcript(listed!.answerId)

    expect(transcript).toMatchObject({
      channel: 'docs-ask',
      generator: 'extractive',
      model: null,
      question: 'How do I set up valves?',
      ending: 'complete',
      page: {url: '/docs/guides/valves'},
    })
  })

  test('takes a version and a language', async () => {
    expect((await get(docent, asked('How do I set up pumps?', '&version=1.0'))).text).toContain(
      '(https://docs.example.com/1.0/pumps#set-up)',
    )
    expect((await get(docent, asked('Pumpen', '&lang=de'))).text).toContain('docs.example.com/de/pumpen')
    const missing = await get(docent, asked('How?', '&version=9'))
    expect([missing.status, missing.text]).toEqual([
      404,
      '# Error: version not found\n\nThe docs have no version 9\n',
    ])
  })

  test('that the docs do not answer is told so in words, with the nearest pages', async () => {
    const {status, text} = await get(docent, asked('Who won the world cup in 1974?'))

    expect(status).toBe(200)
    expect(text).toMatch(/^The documentation does not seem to answer this\./)
    expect(text).not.toContain('](</')
  })

  test.each([
    ['', 400, 'ask: is required'],
    [' ', 400, 'ask: must not be empty'],
    ['x'.repeat(4_001), 400, 'ask: must have at most 4000 characters'],
    ['a&ask=b', 400, 'ask: must be given once'],
    ['a&lang=!', 400, 'lang: must be a language tag'],
  ])('of %j is refused in Markdown', async (question, status, message) => {
    const refused = await get(docent, `/docs/?ask=${question.replaceAll(' ', '%20')}`)

    expect([refused.status, refused.type]).toEqual([status, 'text/markdown; charset=utf-8'])
    expect(refused.text).toContain(message)
  })

  test('can be asked at any address of the docs, and HEAD asks nothing', async () => {
    const before = (await transcriptsOf(docent)).length
    const head = await get(docent, asked('How do I set up pumps?'), {method: 'HEAD'})

    expect([head.status, head.type, head.text]).toEqual([200, 'text/markdown; charset=utf-8', ''])
    expect(await transcriptsOf(docent)).toHaveLength(before)
    for (const path of ['/docs', '/docs/no/such/page', '/docs/search', '/docs/pumps/'])
      expect((await get(docent, `${path}?ask=set%20up%20pumps`)).status).toBe(200)
  })

  test('is answered whatever the client may have kept', async () => {
    const answer = await get(docent, asked('How do I set up pumps?'), {
      // Without the other, `fetch` asks for no cache.
      headers: {'if-none-match': '*', 'cache-control': 'max-age=0'},
    })

    expect([answer.status, answer.headers.get('etag')]).toEqual([200, null])
    expect(answer.text).toContain('pump')
  })

  test('is not taken from pages of other sites', async () => {
    const refused = await get(docent, asked('How?'), {headers: {origin: 'https://elsewhere.example'}})
    const allowed = await get(docent, asked('How?'), {headers: {origin: 'https://docs.example.com'}})

    expect([refused.status, refused.text.split('\n')[0]]).toEqual([403, '# Error: origin not allowed'])
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://docs.example.com')
  })

  test('never calls a model', async () => {
    expect((await transcriptsOf(docent)).length).toBeGreaterThan(5)
    expect(docent.upstream.requests).toHaveLength(0)
    await (await docent.ask({question: 'How do I set up pumps?'})).text()
    expect(docent.upstream.requests).toHaveLength(1)
  })
})

describe('the limits of a question in an address', () => {
  test('are those of questions, said in Markdown with when to come back', async () => {
    const docent = await start({settings: {rateLimitPerMinute: 2}})
    const statuses = [await get(docent, asked('How?')), await get(docent, asked('How?'))].map(
      ({status}) => status,
    )
    const refused = await get(docent, asked('How?'))

    expect(statuses).toEqual([200, 200])
    expect([refused.status, refused.type]).toEqual([429, 'text/markdown; charset=utf-8'])
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(refused.text).toMatch(
      /^# Error: rate limited\n\nNo more than 2 questions in a minute; try again in \d+ seconds?\.\n$/,
    )
    expect((await docent.ask({question: 'How?'})).status).toBe(429)
  })

  test('leave the budget of the day alone, and work when that is used up', async () => {
    const docent = await start({settings: {answersPerDay: 1, answersPerDayPerVisitor: 0}})
    for (let n = 0; n < 3; n++) expect((await get(docent, asked('How?'))).status).toBe(200)

    const reading = await docent.read()
    const meanwhile = await get(docent, asked('How?'))
    ;(await docent.generator.call(0)).finish('refusal')
    await reading.all()

    expect([reading.response.status, meanwhile.status]).toEqual([200, 200])
    expect((await docent.ask({question: 'How?'})).status).toBe(429)
    expect((await get(docent, asked('How?'))).status).toBe(200)
  })

  test('do not let it join an answer that a model writes', async () => {
    const docent = await start()
    const reading = await docent.read({question: 'How?'}, {'idempotency-key': 'k'})
    await docent.generator.call(0)
    const {status, text} = await get(docent, asked('How?'), {headers: {'idempotency-key': 'k'}})
    reading.leave()

    expect(status).toBe(200)
    expect(text).toContain('## Sources')
  })
})

test('whoever leaves ends the work', async () => {
  const docent = await start({retrieval: {until: new Promise(() => {})}})
  const leaving = request(docent.url + asked('How?'))
  leaving.on('error', () => undefined).end()
  await expect.poll(() => docent.answering.active).toBe(1)
  leaving.destroy()

  await expect.poll(() => docent.answering.active).toBe(0)
  expect((await transcriptsOf(docent))[0]).toMatchObject({ending: 'disconnected'})
})

test('a search that fails is a failure, said in Markdown', async () => {
  const docent = await start({retrieval: {error: new Error('secret detail')}})
  const {status, type, text} = await get(docent, asked('How?'))

  expect([status, type]).toEqual([500, 'text/markdown; charset=utf-8'])
  expect(text).toBe('Something went wrong on our side.\n')
})

test('names of sources cannot break the list of them', async () => {
  const hostile = 'a](https://evil.example) [b\n\n# Evil'
  const sources = [sampleSource(1, {title: hostile, headings: [hostile], url: '/docs/a(b)'})]
  const docent = await start({retrieval: {sources}})
  const {text} = await get(docent, asked('Which setting is on by default?'))

  expect(text).not.toMatch(/(?<!\\)\]\(https:\/\/evil/)
  expect(text).toContain(`](${docent.url}/docs/a%28b%29#section-1)`)
  expect(text.match(/^#.*$/gm)).toEqual(['## Sources'])
})

test('what asks nothing gets its line', async () => {
  const docent = await start()
  const {status, text} = await get(docent, asked('hello'))

  expect(status).toBe(200)
  expect(text.trim()).not.toBe('')
  expect(text).not.toContain('## Sources')
})
