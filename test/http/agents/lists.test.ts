import {once} from 'node:events'
import {mkdtempSync, rmSync} from 'node:fs'
import {request} from 'node:http'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest'
import type {Page} from '../../../src/domain/index.ts'
import {type IndexBuild, localBuilds} from '../../../src/search-index/index.ts'
import {closedAfterEach} from '../../support/closed-after-each.ts'
import {type DocentOptions, startDocent, type TestDocent, writeIndex} from '../../support/start-docent.ts'
import {get, linksIn, markdown, pageOf} from './agent-docs.ts'

vi.setConfig({testTimeout: 60_000})

const start = closedAfterEach(startDocent)
const publicUrl = 'https://ask.example.com'
const patiently = {timeout: 20_000}

interface WatchedBuild {
  isClosed: boolean
  /** How many pages were read as Markdown in the server's own process. */
  pagesRead: number
}

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, {recursive: true, force: true})
})

/** A server whose builds are watched as it uses them; another one can be written into its data folder. */
async function startWatched(pages: readonly Page[], settings: DocentOptions['settings'] = {}) {
  const dataDir = mkdtempSync(join(tmpdir(), 'docent-agents-'))
  folders.push(dataDir)
  await writeIndex(dataDir, pages)
  const store = localBuilds(dataDir)
  const builds: WatchedBuild[] = []
  const watched = (build: IndexBuild): IndexBuild => {
    const watch: WatchedBuild = {isClosed: false, pagesRead: 0}
    builds.push(watch)
    return {
      ...build,
      markdownOf(pageId) {
        watch.pagesRead++
        return build.markdownOf(pageId)
      },
      close() {
        watch.isClosed = true
        build.close()
      },
    }
  }
  const docent = await start({
    dataDir,
    builds: {...store, open: async (id, options) => watched(await store.open(id, options))},
    retriever: null,
    // None are looked for in the pages then.
    settings: {assistantSuggestions: ['What is a valve?'], ...settings},
  })
  return {docent, builds, dataDir}
}

const versioned: readonly Page[] = [
  pageOf('index.md', 'Pumps', '# Pumps\n\nAll about pumps.', {
    url: '/',
    description: 'Pumps move\nwater [here](x) and <b>there</b>.',
    version: '2.0',
  }),
  pageOf('valves.md', 'Valves', '# Valves\n\nSee [Pumps](index.md) and [this](#set-up).', {
    url: '/valves',
    version: '2.0',
  }),
  pageOf('1.0/valves.md', 'Old valves', 'Old.', {url: '/1.0/valves', version: '1.0'}),
  pageOf('de/valves.md', 'Ventile', '# Ventile\n\nDeutsch.', {url: '/de/valves', version: '2.0', lang: 'de'}),
]

describe('/llms.txt', () => {
  let docent: TestDocent

  beforeAll(async () => {
    docent = await startDocent({pages: versioned, retriever: null, settings: {publicUrl}})
  })
  afterAll(() => docent.close())

  test('has a title, a summary, how to read and ask, and a link to the Markdown of each page', async () => {
    const {status, type, text, headers} = await get(docent, '/llms.txt')
    const [title, , summary] = text.split('\n')

    expect([status, type]).toEqual([200, 'text/markdown; charset=utf-8'])
    expect(headers.get('x-robots-tag')).toBe('noindex')
    expect(title).toBe('# Pumps')
    expect(summary).toBe('> Pumps move water [here\\](x) and \\<b>there\\</b>.')
    expect(text).toContain(`${publicUrl}/llms-full.txt`)
    expect(text).toContain(`GET ${publicUrl}/docs/?ask=QUESTION`)
    expect(text).toContain(`GET ${publicUrl}/api/search?q=`)
    expect(linksIn(text)).toEqual([
      {
        title: 'Pumps',
        url: `${publicUrl}/docs/index.md`,
        rest: ': Pumps move water [here\\](x) and \\<b>there\\</b>.',
      },
      {title: 'Valves', url: `${publicUrl}/docs/valves.md`, rest: ''},
    ])
  })

  test('links to pages that are there', async () => {
    for (const {url} of linksIn((await get(docent, '/llms.txt')).text)) {
      const twin = await get(docent, url.slice(publicUrl.length))
      expect([twin.status, twin.type]).toEqual([200, 'text/markdown; charset=utf-8'])
    }
  })

  test('names what it leaves out, and lists it when it is asked for', async () => {
    const {text} = await get(docent, '/llms.txt')
    const titles = async (path: string) => linksIn((await get(docent, path)).text).map(({title}) => title)

    expect(text).toContain(
      `other versions are not listed here: 1.0. Add \`version\`, as in <${publicUrl}/llms.txt?version=1.0>`,
    )
    expect(text).toContain(
      `other languages are not listed here: de. Add \`lang\`, as in <${publicUrl}/llms.txt?lang=de>`,
    )
    expect(await titles('/llms.txt?version=1.0')).toEqual(['Old valves'])
    expect(await titles('/llms.txt?lang=de')).toEqual(['Ventile'])
    expect(await titles('/llms.txt?lang=de&version=1.0')).toEqual([])
  })

  test.each([
    ['version=9', 404, 'version not found'],
    ['lang=fr', 404, 'not found'],
    ['lang=!', 400, 'invalid request'],
    ['from=0', 400, 'invalid request'],
    ['from=x', 400, 'invalid request'],
  ])('says in Markdown what is wrong with ?%s', async (query, status, code) => {
    const refused = await get(docent, `/llms.txt?${query}`)

    expect([refused.status, refused.type]).toEqual([status, 'text/markdown; charset=utf-8'])
    expect(refused.text).toContain(`# Error: ${code}`)
  })

  test('says that a page to begin with is given once', async () => {
    const {status, text} = await get(docent, '/llms.txt?from=2&from=3')

    expect([status, text]).toEqual([400, expect.stringContaining('from: must be given once')])
  })

  test('is sent again only when it has changed, and has a head', async () => {
    const first = await get(docent, '/llms.txt')
    const etag = first.headers.get('etag')!
    const again = await get(docent, '/llms.txt', {headers: {'if-none-match': etag}})
    const head = await get(docent, '/llms.txt', {method: 'HEAD'})

    expect([again.status, again.text]).toEqual([304, ''])
    expect([head.status, head.text, head.headers.get('etag')]).toEqual([200, '', etag])
  })
})

test('without a start page, /docs/ is this list for agents', async () => {
  const docent = await start({
    pages: [pageOf('guides/a.md', 'A', 'Words.')],
    retriever: null,
    settings: {assistantName: 'Ask [Acme]'},
  })
  const {text} = await get(docent, '/docs/', markdown)

  expect(text).toMatch(/^# Ask \[Acme\]\n\n> Documentation as Markdown/)
  expect(linksIn(text)).toEqual([{title: 'A', url: `${docent.url}/docs/guides/a.md`, rest: ''}])
  expect((await get(docent, '/docs/')).type).toMatch(/^text\/html/)
})

test('titles and descriptions cannot break the list', async () => {
  const hostile = [
    'a](https://evil.example) [b',
    '[x]',
    'x] y',
    'line\n\n## Evil\n- [e](https://evil.example)',
    '\\',
    '\\]',
    '`x',
    '<script>alert(1)</script>',
    '*a* _b_ ~~c~~',
    '![i](https://evil.example)',
    '\u202etxet\u0000 \u0085 \u2028 x',
    '   ',
    'long '.repeat(1_000),
  ]
  const docent = await start({
    pages: hostile.map((title, n) => pageOf(`p${n}.md`, title, 'Words.', {description: title})),
    retriever: null,
  })
  const {text} = await get(docent, '/llms.txt')
  const links = linksIn(text)

  expect(links).toHaveLength(hostile.length)
  for (const {url} of links) expect(url).toMatch(new RegExp(`^${docent.url}/docs/p\\d+\\.md$`))
  expect(text.match(/^#+ .*$/gm)).toEqual(['# Documentation', '## Pages'])
  expect(text).not.toMatch(/(?<!\\)<script/)
  expect(text).not.toMatch(/(?<!\\)\]\(https:\/\/evil/)
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(1_000)
})

describe('many pages', () => {
  const count = 5_200
  const many = Array.from({length: count}, (_, n) =>
    pageOf(
      `p/${String(n).padStart(4, '0')}.md`,
      `Page ${n}`,
      `Text of ${n}. ${n < 12 ? 'x'.repeat(1_000_000) : ''}`,
      {
        sections: [],
      },
    ),
  )
  let docent: TestDocent

  beforeAll(async () => {
    docent = await startDocent({pages: many, retriever: null})
  }, 120_000)
  afterAll(() => docent.close())

  test('are listed 5,000 at a time, and the list says where it continues', async () => {
    const first = (await get(docent, '/llms.txt')).text
    const next = /The list continues at <([^>]+)>/.exec(first)![1]!
    const rest = (await get(docent, next.slice(docent.url.length))).text

    expect(first).toContain('Pages 1 to 5000 of 5200 are listed here.')
    expect(next).toBe(`${docent.url}/llms.txt?from=5001`)
    expect(rest).toContain('Pages 5001 to 5200 of 5200 are listed here.')
    expect(new Set([...linksIn(first), ...linksIn(rest)].map(({url}) => url)).size).toBe(count)
    expect((await get(docent, '/llms.txt?from=9000')).text).toContain('none is listed from 9000 on')
  })

  test('are in one file up to its limit, which says where the rest is', async () => {
    const first = await get(docent, '/llms-full.txt', {headers: {'accept-encoding': 'gzip'}})
    const next = /They follow at <([^>]+)>\.\n$/.exec(first.text)![1]!
    const rest = await get(docent, next.slice(docent.url.length))

    expect(first.headers.get('content-encoding')).toBe('gzip')
    expect(first.text.length).toBeLessThan(11_100_000)
    expect(first.text).toContain('Pages 11 to 5200 of 5200 are left out here.')
    expect(next).toBe(`${docent.url}/llms-full.txt?from=11`)
    expect(rest.text).toContain('# Page 10\n')
    expect(rest.text).toContain('Text of 5199.')
    expect(rest.text).not.toContain('# Page 9\n')
    expect(rest.text).not.toContain('left out here')
  })

  test('that a client leaves in the middle of are read no further, and let their build go', async () => {
    const {docent, builds, dataDir} = await startWatched(many.slice(0, 12))
    const left = request(`${docent.url}/llms-full.txt`)
    left.on('error', () => undefined).end()
    const [response] = await once(left, 'response')
    await once(response, 'data')
    response.pause()
    const [build] = builds
    await writeIndex(dataDir, versioned)
    await expect.poll(() => builds.length, patiently).toBe(2)
    const next = await get(docent, '/llms-full.txt')

    expect(next.text).toContain('# Valves')
    expect(build).toMatchObject({isClosed: false})
    expect(build!.pagesRead).toBeLessThan(12)
    left.destroy()
    await expect.poll(() => build!.isClosed, patiently).toBe(true)
    expect(build!.pagesRead).toBeLessThan(12)
  })

  test('that a client does not read are not sent for ever', async () => {
    const {docent, builds, dataDir} = await startWatched(many.slice(0, 12), {slowReaderTimeoutMs: 50})
    const stalled = request(`${docent.url}/llms-full.txt`)
    stalled.on('error', () => undefined).end()
    const [response] = await once(stalled, 'response')
    response.on('error', () => undefined).pause()
    await writeIndex(dataDir, versioned)
    await expect.poll(() => builds.length, patiently).toBe(2)

    await expect.poll(() => builds[0]!.isClosed, patiently).toBe(true)
    stalled.destroy()
  })

  test('are sent to a visitor twice at a time, and no faster than they are read', async () => {
    const {docent, builds} = await startWatched(many.slice(0, 12))
    const readers = [0, 1].map(() => request(`${docent.url}/llms-full.txt`))
    for (const reader of readers) reader.on('error', () => undefined).end()
    const responses = await Promise.all(readers.map((reader) => once(reader, 'response')))
    for (const [response] of responses) response.pause()
    const refused = await get(docent, '/llms-full.txt')

    expect([refused.status, refused.type]).toEqual([429, 'text/markdown; charset=utf-8'])
    expect(refused.headers.get('retry-after')).toBe('5')
    expect(refused.text).toContain('Try again in 5 seconds.')
    expect(builds[0]!.pagesRead).toBeLessThan(20)
    for (const reader of readers) reader.destroy()
    await expect.poll(async () => (await get(docent, '/llms-full.txt?from=12')).status, patiently).toBe(200)
  })
})

describe('/llms-full.txt', () => {
  test('has the pages in reading order, each with its title and addresses', async () => {
    const docent = await start({
      pages: versioned,
      retriever: null,
      settings: {publicUrl, siteUrl: 'https://docs.example.com'},
    })
    const {status, type, text, headers} = await get(docent, '/llms-full.txt')

    expect([status, type]).toEqual([200, 'text/markdown; charset=utf-8'])
    expect(headers.get('x-robots-tag')).toBe('noindex')
    expect(text.slice(text.indexOf('\n---\n'))).toBe(`
---

# Pumps

Source: <https://docs.example.com/>
Markdown: <${publicUrl}/docs/index.md>

All about pumps.

---

# Valves

Source: <https://docs.example.com/valves>
Markdown: <${publicUrl}/docs/valves.md>

See [Pumps](${publicUrl}/docs/index.md) and [this](${publicUrl}/docs/valves.md#set-up).
`)
    expect((await get(docent, '/llms-full.txt?version=1.0')).text).toContain(
      `# Old valves\n\nSource: <https://docs.example.com/1.0/valves>\nMarkdown: <${publicUrl}/docs/1.0/valves.md>\n\nOld.\n`,
    )
  })

  test('is sent again only when it has changed, and its head makes nothing', async () => {
    const {docent, builds} = await startWatched(versioned)
    const head = await get(docent, '/llms-full.txt', {method: 'HEAD'})
    const etag = head.headers.get('etag')!
    const again = await get(docent, '/llms-full.txt', {headers: {'if-none-match': etag}})

    expect([head.status, head.text, again.status, again.text]).toEqual([200, '', 304, ''])
    expect(builds[0]).toMatchObject({pagesRead: 0})
    const full = await get(docent, '/llms-full.txt')
    expect(full.headers.get('etag')).toBe(etag)
    expect((await get(docent, '/llms-full.txt?lang=de')).headers.get('etag')).not.toBe(etag)
  })
})

test('crawlers are told what they may fetch', async () => {
  const docent = await start()
  const {status, type, text} = await get(docent, '/robots.txt')

  expect([status, type]).toEqual([200, 'text/plain; charset=utf-8'])
  expect(text).toContain(`${docent.url}/llms.txt`)
  expect(text.match(/^(?:User-agent|Disallow|Allow): .*$/gm)).toEqual([
    'User-agent: *',
    'Disallow: /docs/search',
    'Disallow: /docs?*ask=',
    'Disallow: /docs/*?*ask=',
    'Disallow: /api/',
    'Disallow: /console',
    'Disallow: /handover/',
    'Allow: /',
  ])
})

test('before there is an index, agents are told to come back', async () => {
  const docent = await start({pages: null})
  const {status, headers, text} = await get(docent, '/llms.txt')

  expect([status, headers.get('retry-after')]).toEqual([503, '5'])
  expect(text).toContain('# Error: not ready')
})
