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

/** The longest reference, in UTF-16 units: an address of the longest path, percent-encoded. */
export const maxReference = 16_000

/** A page and, where a reference names one, a section of it. */
export interface Place {
  readonly page: StoredPage
  /** Decoded; empty for the whole page. */
  readonly fragment: string
}

/** The place of a resource, also with a fragment; null for an address that is none. */
export function placeOfUri(build: IndexBuild, uri: string): Place | null {
  const [, rest] = /^docs:\/\/\/(.+)$/s.exec(uri) ?? []
  if (rest === undefined) return null
  // A client that fills in the template leaves the signs of a name as they are.
  return placeOf(rest, (path) => build.pageByPath(decodedPath(path)) ?? build.pageByPath(path))
}

/** More signs than that are in no name. */
const maxSplits = 20

/** A path and a fragment, of which either may have a `#`: the longest path that is one. */
function placeOf(reference: string, pageAt: (path: string) => StoredPage | null): Place | null {
  let end = reference.length
  for (let splits = 0; end > 0 && splits <= maxSplits; splits++) {
    const page = pageAt(reference.slice(0, end))
    if (page !== null) return {page, fragment: decodedPath(reference.slice(end + 1).trim())}
    end = reference.lastIndexOf('#', end - 1)
  }
  return null
}

/** The fragment of an address, decoded; that of a router that keeps the page after `#/` is its `id`. Empty for none. */
function fragmentOf(address: string): string {
  const [, fragment = ''] = /#\/[^#]*[?&]id=([^&#]*)/.exec(address) ?? /#([^/].*)$/s.exec(address) ?? []
  return decodedPath(fragment.trim())
}

const maxNearest = 5
const maxShown = 200

/**
 * The place that a reference means: an id or an address that the tools return, or an address or a path as people write it.
 * @throws DocentError `not_found` that names the nearest pages.
 */
export async function placeMeant(build: IndexBuild, reference: string, context: CallContext): Promise<Place> {
  const text = reference.trim()
  const place =
    placeOfUri(build, text) ?? placeOf(text.replace(/^\.?\/+/, ''), (path) => build.pageByPath(path))
  if (place !== null) return place
  const page = pageMeant(build, text, context.docs.siteUrl)
  if (page !== null) return {page, fragment: fragmentOf(text)}
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
