import {DocentError} from '../domain/index.ts'
import {cleanLine} from '../lib/clean-text.ts'
import {headOf} from '../lib/cut.ts'
import {wordsOfRoute} from '../lib/route-words.ts'
import {decodedPath} from '../lib/url-path.ts'
import {pageMeant} from '../retrieval/index.ts'
import type {IndexBuild, StoredPage} from '../search-index/index.ts'
import type {CallContext} from './tool.ts'

/** The id of a page or a section, as the tools return it: the path of the page's file, and a fragment. */
export function idOf(path: string, anchor: string): string {
  return anchor === '' ? path : `${path}#${anchor}`
}

/** The fragment of a reference, decoded; empty for none. */
export function fragmentOf(reference: string): string {
  const [, fragment = ''] = /#([^/].*)$/s.exec(reference) ?? []
  return decodedPath(fragment.trim())
}

/** The page of a resource; null for an address that is none. */
export function pageOfUri(build: IndexBuild, uri: string): StoredPage | null {
  const [, path] = /^docs:\/\/\/([^?#]+)$/.exec(uri) ?? []
  return path === undefined ? null : build.pageByPath(decodedPath(path))
}

const maxNearest = 5
const maxShown = 200

/**
 * The page that a reference means.
 * @throws DocentError `not_found` that names the nearest pages.
 */
export async function pageOf(
  build: IndexBuild,
  reference: string,
  context: CallContext,
): Promise<StoredPage> {
  const {docs} = context
  const page = pageOfUri(build, reference) ?? pageMeant(build, reference, docs.siteUrl)
  if (page !== null) return page
  const nearest = await nearestPages(reference, context)
  const shown = JSON.stringify(cleanLine(headOf(reference, maxShown)))
  throw new DocentError(
    'not_found',
    nearest.length === 0
      ? `The docs have no page ${shown}. list_docs lists the pages, search_docs finds them by their content.`
      : `The docs have no page ${shown}. The nearest are:\n${nearest.map((line) => `- ${line}`).join('\n')}`,
  )
}

async function nearestPages(reference: string, {docs, signal}: CallContext): Promise<readonly string[]> {
  const text = wordsOfRoute(decodedPath(headOf(reference, maxShown)))
  if (text === '') return []
  const {hits} = await docs.search.search({text, limit: 3 * maxNearest}, {signal})
  const titles = new Map(hits.map(({path, title}) => [path, title]))
  return [...titles].slice(0, maxNearest).map(([path, title]) => `${path} (${cleanLine(title)})`)
}
