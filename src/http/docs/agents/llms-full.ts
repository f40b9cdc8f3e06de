import {setImmediate} from 'node:timers/promises'
import type {SiteUrl} from '../../../domain/index.ts'
import {addressOfFile} from '../../../retrieval/index.ts'
import type {IndexBuild, StoredPage} from '../../../search-index/index.ts'
import {docsRouteOf, markdownRouteOf} from '../docs-lookup.ts'
import {isListed, type ListedPart} from './listed-part.ts'
import {pagesInOrder} from './page-groups.ts'
import {titleLine, twinOf} from './twin.ts'

/** What `/llms-full.txt` is made of, besides the pages. */
export interface FullRequest {
  /** Where this server is reached, without a slash at the end. */
  readonly base: string
  /** What stands before the pages. */
  readonly intro: string
  readonly parts: readonly ListedPart[]
  /** The first page, from 1. */
  readonly from: number
  /** The address of this file, to which `from` is added. */
  readonly address: string
  /** Where the docs are published. */
  readonly siteUrl: SiteUrl
  /** Names of the build's sources if it has several. */
  readonly sources: readonly string[]
}

/** UTF-16 units of all pages in one file. A page is never cut, so the last one may go beyond. */
export const maxFullChars = 10_000_000
/** After so many milliseconds other requests get a turn. */
const turnMs = 20

/**
 * The pages as Markdown in reading order, each with its title and its addresses, a piece for each page. Made as it is read,
 * and bounded: the last line says which pages are left out, and where they are.
 */
export async function* fullText(
  build: IndexBuild,
  {base, intro, parts, from, address, siteUrl, sources}: FullRequest,
  maxChars = maxFullChars,
): AsyncGenerator<string> {
  const listed = pagesInOrder(build, (page) => isListed(parts, page))
  yield `${intro}\n`
  let length = 0
  let turnFrom = performance.now()
  for (const [index, page] of listed.entries()) {
    if (index + 1 < from) continue
    if (length >= maxChars) {
      const rest = `${address}${address.includes('?') ? '&' : '?'}from=${index + 1}`
      yield `\n---\n\nPages ${index + 1} to ${listed.length} of ${listed.length} are left out here. They follow at <${rest}>.\n`
      return
    }
    const text = pageText(build, page, {base, siteUrl, sources})
    length += text.length
    yield text
    if (performance.now() - turnFrom >= turnMs) {
      await setImmediate()
      turnFrom = performance.now()
    }
  }
}

function pageText(
  build: IndexBuild,
  page: StoredPage,
  {base, siteUrl, sources}: Pick<FullRequest, 'base' | 'siteUrl' | 'sources'>,
): string {
  const published = publishedAddress(build, page, siteUrl)
  const twin = twinOf(page, build.markdownOf(page.id) ?? '', {
    ...{base, published, sources},
    pages: build,
    isAmongOthers: true,
  })
  const [, title = `# ${titleLine(page)}`, rest = ''] = /^(#[ \t][^\n]*)(?:\n+([\s\S]*))?$/.exec(twin) ?? [
    '',
    undefined,
    twin,
  ]
  const source = published ?? base + docsRouteOf(build, page)
  return `\n---\n\n${title}\n\nSource: <${source}>\nMarkdown: <${base}${markdownRouteOf(build, page)}>\n\n${rest.trimEnd()}\n`
}

/** Where a page is on the site of the docs, absolute; null where only this server shows it, or after a `#` of a router. */
export function publishedAddress(build: IndexBuild, page: StoredPage, siteUrl: SiteUrl): string | null {
  const address = addressOfFile(build, page.path, siteUrl)
  return address !== null && /^https?:\/\/[^#]*$/i.test(address) ? address : null
}
