import {expect, test} from 'vitest'
import {articlePage} from '../../src/http/docs/docs-html.ts'
import type {StoredPage} from '../../src/search-index/index.ts'

function pageAt(id: number, path: string, more: Partial<StoredPage> = {}): StoredPage {
  const url = `/${path.replace(/\.md$/, '')}`
  return {id, path, url, title: path, description: null, version: null, lang: 'en', tags: [], ...more}
}

/** The pages before and after one, as its article links to them. */
function neighboursOf(id: number, pages: readonly StoredPage[], sources: readonly string[]): string[] {
  const found = (is: (page: StoredPage) => boolean): StoredPage | null => pages.find(is) ?? null
  const markup = articlePage(
    pages.find((page) => page.id === id)!,
    {content: '', contents: []},
    {
      sources,
      pages: {
        pages: () => [...pages],
        outline: () => pages.map((page) => ({depth: 0, title: page.title, page})),
        pageByUrl: (url) => found((page) => page.url === url),
        pageByPath: (path) => found((page) => page.path === path),
      },
    },
  )
  return [...markup.matchAll(/rel="(?:prev|next)" href="([^"]+)"/g)].map(([, href]) => href!)
}

test('a page links to its neighbours in its own source, language and version', () => {
  const pages = [
    pageAt(1, 'guide/start.md'),
    pageAt(2, 'guide/de/start.md', {lang: 'de'}),
    pageAt(3, 'guide/v1/end.md', {version: 'v1'}),
    pageAt(4, 'guide/end.md'),
    pageAt(5, 'api/keys.md'),
  ]

  expect(neighboursOf(4, pages, ['api', 'guide'])).toEqual(['/docs/guide/start'])
  expect(neighboursOf(4, pages, [])).toEqual(['/docs/guide/start', '/docs/api/keys'])
  expect(neighboursOf(2, pages, [])).toEqual([])
})
