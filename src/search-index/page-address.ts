import {isMarkdownName, withoutMarkdownEnding} from '../lib/markdown-name.ts'
import {decodedPath, encodedAddress, encodedPath} from '../lib/url-path.ts'
import type {BuildPages, StoredPage} from './build.ts'

/** The part of a build that is needed to find a page. */
export type PageLookup = Pick<BuildPages, 'pageByUrl' | 'pageByPath'>

/**
 * The page at a path such as `/guides/auth`, percent-encoded or not, by its URL on the site or by its file; null for the
 * path of a file with its ending.
 */
export function pageAtRoute(pages: PageLookup, route: string): StoredPage | null {
  const bare = route === '/' ? route : route.replace(/\/+$/, '')
  const byUrl = pages.pageByUrl(bare) ?? pages.pageByUrl(`${bare}/`)
  if (byUrl) return byUrl
  // Pages whose own URL is on another site, or is that of another page, are found by their file.
  const path = decodedPath(bare).slice(1)
  if (isMarkdownName(path)) return null
  for (const file of filesNamed(path)) {
    const page = pages.pageByPath(file)
    if (page) return page
  }
  return null
}

/** The path at which this server shows a page, percent-encoded, with a slash before it. */
export function routeOfPage(pages: PageLookup, page: Pick<StoredPage, 'id' | 'url' | 'path'>): string {
  const named = withoutMarkdownEnding(page.path)
  const folder = named.replace(/(?:^|\/)(?:_?index|readme)$/i, '')
  const own = page.url.startsWith('/') && !page.url.includes('#') ? [encodedAddress(page.url)] : []
  const candidates = [...own, `/${encodedPath(folder)}`, `/${encodedPath(named)}`]
  // Where all of them are taken by other pages, its Markdown still is at its file's path.
  return candidates.find((route) => pageAtRoute(pages, route)?.id === page.id) ?? `/${encodedPath(page.path)}`
}

const endings = ['md', 'mdx', 'markdown', 'mdown', 'mkd', 'mkdn']
const indexNames = ['index', '_index', 'README', 'readme', 'Readme']

/** The files that a path without an ending may name. */
function* filesNamed(path: string): Generator<string> {
  if (path !== '') for (const ending of endings) yield `${path}.${ending}`
  for (const name of indexNames) {
    for (const ending of endings) yield `${path === '' ? '' : `${path}/`}${name}.${ending}`
  }
}
