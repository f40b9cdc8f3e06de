import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest'
import type {Page} from '../../src/domain/index.ts'
import {docsWordsIn} from '../../src/http/docs/docs-words.ts'
import {samplePage} from '../support/sample-pages.ts'
import {startDocent, type TestDocent} from '../support/start-docent.ts'

vi.setConfig({testTimeout: 120_000, hookTimeout: 120_000})

let product: TestDocent

function pageOf(path: string, title: string, markdown: string, more: Partial<Page> = {}): Page {
  const headings = [...markdown.matchAll(/^#{2,3} (.+)$/gm)].map(([, heading]) => heading!)
  const sections = samplePage(path, title, [
    ['', markdown.split('\n').find((line) => /^\w/.test(line)) ?? 'Words.'],
    ...headings.map((heading): [string, string] => [heading, `All about ${heading}.`]),
  ]).sections
  return {...samplePage(path, title, []), markdown, sections, lang: 'en', ...more}
}

const flat = 150

beforeAll(async () => {
  product = await startDocent({
    pages: [
      pageOf(
        'guide/pumps.md',
        'Pumps',
        'Pumps move water.\n\n## Valves\n\n```yaml\nvalve: open\n```\n\n## Filters\n\n- [x] rinse it\n- [ ] dry it\n\n|  |  |\n|--|--|\n| mesh | fine |\n| `https://example.com/meshes?size=fine` | `a/b` |\n\n### Meshes\n\nFine ones.',
        {url: '/guide/Pumps'},
      ),
      pageOf('old/pumps.md', 'Pumps', '# Pumps\n\nOld pumps.', {version: '1.0', url: '/1.0/guide/pumps'}),
      pageOf('de/pumps.md', 'Pumpen', '# Pumpen\n\nPumpen fördern Wasser.', {
        lang: 'de',
        url: '/de/guide/pumps',
      }),
      pageOf('ar/tanks.md', 'خزانات', '# خزانات\n\nماء.', {lang: 'ar'}),
      ...Array.from({length: flat}, (_, n) =>
        pageOf(`flat/page-${n}.md`, `Page ${n}`, `# Page ${n}\n\nWords.`),
      ),
    ],
    retriever: null,
    generator: null,
  })
})

afterAll(() => product.close())

async function get(path: string) {
  const response = await fetch(product.url + path, {redirect: 'manual'})
  return {status: response.status, headers: response.headers, text: await response.text()}
}

const sideOf = (text: string): string => /<nav class="side"[\s\S]*?<\/nav>/.exec(text)![0]

describe('a page of the docs', () => {
  test('has its sections in a table of contents', async () => {
    const {text} = await get('/docs/guide/Pumps')
    const contents = /<nav class="contents"[\s\S]*?<\/nav>/.exec(text)![0]

    expect(
      [...contents.matchAll(/class="(h\d)"><a href="([^"]+)">/g)].map((match) => match.slice(1)),
    ).toEqual([
      ['h2', '#valves'],
      ['h2', '#filters'],
      ['h3', '#meshes'],
    ])
  })

  test('has code in colours, in a frame that the keyboard can scroll', async () => {
    const {text} = await get('/docs/guide/Pumps')

    expect(text).toContain('<pre tabindex="0" role="group" aria-label="Code: yaml">')
    expect(text).toContain('<span class="hl-attr">valve:</span>')
  })

  test('has task boxes with names and tables without a blank head', async () => {
    const {text} = await get('/docs/guide/Pumps')

    expect(text).toContain('aria-label="Done: rinse it"')
    expect(text).toContain('aria-label="To do: dry it"')
    expect(text).toMatch(/<div class="table" tabindex="0" role="group" aria-label="Table"><table>\s*<tbody>/)
  })

  test('has cells whose long code can be broken', async () => {
    const {text} = await get('/docs/guide/Pumps')

    expect(text).toContain('<code>https://<wbr>example.<wbr>com/<wbr>meshes?<wbr>size=<wbr>fine</code>')
    expect(text).toContain('<code>a/b</code>')
  })

  test('says its version, and links to it in other versions and languages', async () => {
    const {text} = await get('/docs/guide/Pumps')

    expect(text).toContain('Version: <a href="/docs/1.0/guide/pumps">1.0</a>')
    expect((await get('/docs/1.0/guide/pumps')).text).toContain(
      'Version: <strong>1.0</strong> <a href="/docs/guide/Pumps">',
    )
    expect(text).toContain('<a href="/docs/de/guide/pumps" hreflang="de" lang="de">Deutsch</a>')
  })

  test('is marked in the side navigation, which shows few of very many pages', async () => {
    const {text} = await get('/docs/flat/page-99')
    const side = sideOf(text)
    const links = [...side.matchAll(/<a /g)].length

    expect(side).toContain('<a href="/docs/flat/page-99" aria-current="page">Page 99</a>')
    expect(links).toBeGreaterThan(20)
    expect(links).toBeLessThan(80)
    expect(side).toContain(`More (${flat + 1 - 60})`)
  })

  test.each([
    ['/docs/de/guide/pumps', 'de', 'ltr'],
    ['/docs/ar/tanks', 'ar', 'rtl'],
  ])('%s has words and direction of its language', async (path, lang, direction) => {
    const {text} = await get(path)

    expect(text).toContain(direction === 'rtl' ? `<html lang="${lang}" dir="rtl">` : `<html lang="${lang}">`)
    expect(text).toContain(docsWordsIn(lang).searchHint)
    expect(text).not.toContain(docsWordsIn('en').searchHint)
  })
})

describe('the words of the pages', () => {
  const english = docsWordsIn('en')

  test.each(['de', 'es', 'fr', 'ja', 'zh-CN', 'ar'])(
    '%s has all placeholders and no English line',
    (lang) => {
      const words = docsWordsIn(lang)

      for (const [name, line] of Object.entries(english)) {
        const own = words[name as keyof typeof words]
        const placeholders = (text: string) => text.match(/\{\w+\}/g) ?? []
        expect(placeholders(own), name).toEqual(placeholders(line))
        // Some words are the same in several languages.
        if (line.includes(' ')) expect(own, name).not.toBe(line)
      }
    },
  )
})

describe('a wrong address', () => {
  test.each([
    ['/docs/guide/Pumps.html', '/docs/guide/Pumps'],
    ['/docs/GUIDE/pumps', '/docs/guide/Pumps'],
    ['/docs/guide/Pumps/_index', '/docs/guide/Pumps'],
    ['/docs/guide/Pumps/index.html', '/docs/guide/Pumps'],
    ['/docs/FLAT/page_7', '/docs/flat/page-7'],
  ])('%s leads to the page that it surely means', async (path, route) => {
    const {status, headers} = await get(path)

    expect(status).toBe(302)
    expect(headers.get('location')).toBe(route)
  })

  test.each(['/docs/%E0%A4%A', '/docs/%00', '/docs/search?q=%00', '/docs/search?q=%E0%A4%A'])(
    '%s is a page for people, too',
    async (path) => {
      const {status, headers, text} = await get(path)

      expect(status).toBe(path.includes('?') ? 200 : 404)
      expect(headers.get('content-type')).toContain('text/html')
      expect(text).toContain('href="/docs/?all=1"')
    },
  )

  test('is searched for, and has a way on', async () => {
    const {status, text} = await get('/docs/no/such/filters')

    expect(status).toBe(404)
    expect(text).toContain('value="filters"')
    expect(text).toContain('href="/docs/guide/Pumps#filters"')
    expect(text).toContain('href="/docs/?all=1"')
  })
})

describe('the search of the docs', () => {
  test('shows sections by page with marks, without a script', async () => {
    const {status, headers, text} = await get('/docs/search?q=valves&lang=en')

    expect(status).toBe(200)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(text).toContain('value="valves"')
    expect(text).toMatch(
      /<a href="\/docs\/guide\/Pumps#valves"><span class="result-heading"><mark>Valves<\/mark>/,
    )
  })

  test('takes a beginning, and then sends results alone', async () => {
    const {text} = await get('/docs/search?q=filt&prefix=1')

    expect(text).toMatch(/^<div class="results">/)
    expect(text).toContain('<mark>Filt</mark>ers')
  })

  test('says so when nothing is found, and when nothing was typed', async () => {
    expect((await get('/docs/search?q=qqqzzz&prefix=1')).text).toContain('Nothing was found for “qqqzzz”')
    const blank = await get('/docs/search?q=')
    expect(blank.status).toBe(200)
    expect(blank.text).toContain(docsWordsIn('en').emptySearch)
  })

  test('shows what was typed as text', async () => {
    const {text} = await get(`/docs/search?q=${encodeURIComponent('<img src=x>"valves')}`)

    expect(text).not.toContain('<img')
  })

  test('says that it is not available where it cannot search', async () => {
    const {status, text} = await get('/docs/search?q=valves&version=9.9')

    expect(status).toBe(404)
    expect(text).toContain(docsWordsIn('en').tryLater)
  })
})

describe('/docs/', () => {
  test('shows the top of the docs as cards and all pages on a list of their own', async () => {
    const landing = await get('/docs/')
    const list = await get('/docs/?all=1')

    expect([...landing.text.matchAll(/<li><h2>/g)].length).toBeLessThanOrEqual(30)
    expect(landing.text).toContain('href="/docs/?all=1"')
    for (const route of ['/docs/flat/page-149', '/docs/1.0/guide/pumps', '/docs/ar/tanks']) {
      expect(list.text).toContain(`href="${route}"`)
    }
  })

  test('has style sheets and scripts that browsers keep for good', async () => {
    const {text} = await get('/docs/')
    const assets = [...text.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, address]) => address!)

    expect(assets).toHaveLength(5)
    for (const address of assets) {
      const {status, headers} = await get(address)
      expect(status).toBe(200)
      expect(headers.get('cache-control')).toContain('immutable')
    }
    expect((await get('/assets/docs.css')).headers.get('cache-control')).toBe('public, max-age=3600')
  })
})
