import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {startDocent, type TestDocent} from '../../support/start-docent.ts'
import {get, linksIn, markdown, pageOf} from './agent-docs.ts'

let docent: TestDocent

const pages = [
  pageOf('index.md', 'Start', '# Start\n\nWelcome.', {url: '/'}),
  pageOf(
    'guides/auth.md',
    'Sign in',
    'See [tokens](../reference/tokens.md#set-up), [again](#set-up), [a picture](../img/a.png), [all](https://example.com/all) and `[code](x.md)`.\n\n## Set up\n\nWords.',
  ),
  pageOf('reference/tokens.md', 'Tokens', '# Tokens\n\n[Start](/)'),
  pageOf('many.md', 'Many', '[t](reference/tokens.md)\n'.repeat(2_500)),
  pageOf('elsewhere.md', 'Elsewhere', '# Elsewhere', {url: 'https://other.example.com/elsewhere'}),
]

beforeAll(async () => {
  docent = await startDocent({
    pages,
    retriever: null,
    settings: {siteUrl: 'https://docs.example.com/base', publicUrl: 'https://ask.example.com'},
  })
})

afterAll(() => docent.close())

describe('a page and its Markdown', () => {
  test('say where the other is, where people read it, and where the list of pages is', async () => {
    const page = await get(docent, '/docs/guides/auth')
    const twin = await get(docent, '/docs/guides/auth.md')

    expect(page.type).toMatch(/^text\/html/)
    expect(page.links).toEqual({
      alternate: 'https://ask.example.com/docs/guides/auth.md',
      canonical: 'https://docs.example.com/base/guides/auth',
      describedby: '/llms.txt',
      'llms-txt': '/llms.txt',
    })
    expect(page.text).toContain('<link rel="alternate" type="text/markdown" href="/docs/guides/auth.md">')
    expect(page.text).toContain('<link rel="describedby" type="text/markdown" href="/llms.txt">')
    expect(twin.type).toBe('text/markdown; charset=utf-8')
    expect(twin.links).toEqual({
      ...page.links,
      alternate: 'https://ask.example.com/docs/guides/auth',
    })
    expect(twin.headers.get('link')).toContain('auth>; rel="alternate"; type="text/html"')
    expect(twin.headers.get('x-robots-tag')).toBeNull()
  })

  test('of an address of its own on another site are one with that', async () => {
    const {links} = await get(docent, '/docs/elsewhere')

    expect(links['canonical']).toBe('https://other.example.com/elsewhere')
  })

  test('where no other site shows them are those of this server, as the client reached it', async () => {
    const bare = await startDocent({pages, retriever: null})
    const {links, text} = await get(bare, '/docs/guides/auth.md')
    await bare.close()

    expect(links).toMatchObject({canonical: '/docs/guides/auth', alternate: '/docs/guides/auth'})
    expect(text).toContain(`[tokens](${bare.url}/docs/reference/tokens.md#set-up)`)
  })
})

describe('the Markdown of a page', () => {
  test('has its title, and links that lead to Markdown or to where there is something', async () => {
    const {text} = await get(docent, '/docs/guides/auth.md')

    expect(text).toBe(
      '# Sign in\n\nSee [tokens](https://ask.example.com/docs/reference/tokens.md#set-up), [again](#set-up), [a picture](https://docs.example.com/base/img/a.png), [all](https://example.com/all) and `[code](x.md)`.\n\n## Set up\n\nWords.',
    )
    expect((await get(docent, '/docs/reference/tokens.md')).text).toBe(
      '# Tokens\n\n[Start](https://ask.example.com/docs/index.md)',
    )
  })

  test('has at most 2,000 links that were looked up; the others stay as they are written', async () => {
    const {text} = await get(docent, '/docs/many.md')

    expect(text.split('](https://ask.example.com/docs/reference/tokens.md)')).toHaveLength(2_001)
    expect(text.split('](reference/tokens.md)')).toHaveLength(501)
  })

  test('is sent again only when it has changed', async () => {
    const first = await get(docent, '/docs/guides/auth.md')
    const again = await get(docent, '/docs/guides/auth.md', {
      headers: {'if-none-match': first.headers.get('etag')!},
    })
    const head = await get(docent, '/docs/guides/auth.md', {method: 'HEAD'})

    expect([again.status, again.text]).toEqual([304, ''])
    expect([head.status, head.text, head.headers.get('etag')]).toEqual([200, '', first.headers.get('etag')])
    expect(head.links).toEqual(first.links)
  })
})

describe('the form of a page', () => {
  const chrome = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8'

  test.each([
    [chrome, 'text/html'],
    ['*/*', 'text/html'],
    [undefined, 'text/html'],
    ['text/*', 'text/html'],
    ['application/json', 'text/html'],
    ['application/json, text/plain, */*', 'text/html'],
    ['text/html, text/markdown', 'text/html'],
    ['text/markdown;q=0.5, text/html', 'text/html'],
    ['text/markdown;q=0', 'text/html'],
    ['text/markdown;q=0, */*', 'text/html'],
    ['text/markdown', 'text/markdown'],
    ['text/markdown, text/html, */*', 'text/markdown'],
    ['text/markdown, */*;q=0.1', 'text/markdown'],
    ['text/html;q=0.5, text/markdown;q=0.9', 'text/markdown'],
    ['TEXT/Markdown; variant=GFM', 'text/markdown'],
    ['text/plain', 'text/plain'],
    ['text/plain, text/html;q=0.5', 'text/plain'],
    ['text/plain, text/markdown;q=0.9, */*;q=0.1', 'text/plain'],
    ['text/plain, */*;q=0.1', 'text/plain'],
    ['text/plain, text/html', 'text/plain'],
    ['text/plain;q=0.4, text/markdown;q=0.5, text/html;q=0.3', 'text/markdown'],
    ['text/markdown;q=x, text/html;q=0.1', 'text/html'],
  ])('for Accept: %s is %s', async (accept, type) => {
    const headers: Record<string, string> = accept === undefined ? {} : {accept}
    const page = await get(docent, '/docs/guides/auth', {headers})

    expect(page.type).toBe(`${type}; charset=utf-8`)
    expect(page.headers.get('vary')?.split(', ')).toContain('Accept')
    if (type !== 'text/html') {
      expect(page.text).toMatch(/^# Sign in\n/)
      expect(page.headers.get('content-location')).toBe('https://ask.example.com/docs/guides/auth.md')
    }
  })

  test('has an entity tag of its own', async () => {
    const html = await get(docent, '/docs/guides/auth')
    const asMarkdown = await get(docent, '/docs/guides/auth', {
      headers: {...markdown.headers, 'if-none-match': html.headers.get('etag')!},
    })

    expect(asMarkdown.status).toBe(200)
  })

  test('at the address of a Markdown file is Markdown, whatever a client prefers', async () => {
    expect((await get(docent, '/docs/guides/auth.md', {headers: {accept: chrome}})).type).toMatch(
      /^text\/markdown/,
    )
  })
})

describe('an address without a page', () => {
  test('is told to agents as Markdown, with the nearest pages as Markdown', async () => {
    const {status, type, text, links} = await get(docent, '/docs/manuals/token', markdown)

    expect([status, type]).toEqual([404, 'text/markdown; charset=utf-8'])
    expect(links).toEqual({describedby: '/llms.txt', 'llms-txt': '/llms.txt'})
    expect(text).toContain('The docs have no page at `/manuals/token`.')
    expect(text).toContain('](https://ask.example.com/docs/reference/tokens.md')
    expect(text).toContain('All pages: <https://ask.example.com/llms.txt>')
  })

  test('of a Markdown file is told as Markdown to whoever takes anything, and as a page to a browser', async () => {
    expect((await get(docent, '/docs/manuals/token.md')).type).toMatch(/^text\/markdown/)
    const browser = await get(docent, '/docs/manuals/token.md', {headers: {accept: 'text/html,*/*;q=0.8'}})
    expect([browser.status, browser.type]).toEqual([404, 'text/html; charset=utf-8'])
    expect((await get(docent, '/docs/manuals/token')).type).toMatch(/^text\/html/)
  })

  test('that surely means a page leads to it in the same form', async () => {
    const locationOf = async (path: string, init = {}) =>
      (await get(docent, path, init)).headers.get('location')

    expect(await locationOf('/docs/Guides/AUTH.md')).toBe('/docs/guides/auth.md')
    expect(await locationOf('/docs/Guides/AUTH', markdown)).toBe('/docs/guides/auth.md')
    expect(await locationOf('/docs/Guides/AUTH')).toBe('/docs/guides/auth')
  })

  test('is shown as it is written, and adds nothing to the Markdown', async () => {
    const {text} = await get(docent, `/docs/${encodeURIComponent('`x`\n\n# Evil [a](b)')}`, markdown)

    expect(text.split('\n').filter((line) => line.startsWith('#'))).toEqual(['# Not found'])
  })
})

test('pages whose names or addresses are like those of each other have Markdown of their own', async () => {
  const alike = [
    pageOf('index.md', 'Start', '# Start', {url: '/'}),
    pageOf('double.md', 'Double', '# Double', {url: '/double'}),
    pageOf('double.md.md', 'Double md', '# Double md', {url: '/double.md'}),
    pageOf('alone.md.md', 'Alone md', '# Alone md', {url: '/alone.md'}),
    pageOf('moved.md', 'Moved', '# Moved', {url: '/elsewhere'}),
    pageOf('other.md', 'Other', '# Other', {url: '/moved'}),
  ]
  const bare = await startDocent({pages: alike, retriever: null})
  try {
    const {text} = await get(bare, '/llms.txt')

    const listed = linksIn(text)
    expect(listed.map(({title}) => title).sort()).toEqual(alike.map(({title}) => title).sort())
    for (const {title, url} of listed) {
      const twin = await get({url: ''}, url)
      expect([title, twin.type, twin.text.trim()]).toEqual([
        title,
        'text/markdown; charset=utf-8',
        `# ${title}`,
      ])
    }
  } finally {
    await bare.close()
  }
})
