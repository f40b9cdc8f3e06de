import {z} from 'zod'
import {DocentError} from '../../domain/index.ts'
import {cleanLine} from '../../lib/clean-text.ts'
import {headOf, shortened} from '../../lib/cut.ts'
import {decodedPath} from '../../lib/url-path.ts'
import {likeliestRoute, type NamedPage, namedPage, pagesOfVersion} from '../../retrieval/index.ts'
import type {IndexBuild, StoredPage} from '../../search-index/index.ts'
import {lang, version} from '../arguments.ts'
import {type Docs, docsNamed, publicAddress, withBuild} from '../docs.ts'
import {maxReference} from '../page-reference.ts'
import {listPart} from '../paging.ts'
import {defineTool} from '../tool.ts'
import {checkVersion, listed, servedLanguage} from '../versions.ts'

const defaultLimit = 50
const maxLimit = 200
const maxDescription = 200
/** Of the longest path, in base64. */
const maxCursor = 24_000

const input = z.object({
  under: z
    .string()
    .max(maxReference)
    .optional()
    .describe('Only pages below this folder or address, as guides. Default: all.'),
  version: version.describe('Version of the docs. Default: the current one.'),
  lang: lang.describe('Only pages in this language (BCP 47). Default: all languages.'),
  limit: z.number().int().min(1).max(maxLimit).default(defaultLimit).describe('Number of pages.'),
  cursor: z
    .string()
    .min(1)
    .max(maxCursor)
    .optional()
    .describe('Where to read on: next_cursor of the call before.'),
})

const output = z.object({
  total: z.number().describe('Pages in the whole list.'),
  pages: z.array(
    z.object({
      id: z.string().describe('For get_doc.'),
      url: z.string(),
      title: z.string(),
      description: z.string().nullable(),
      version: z.string().nullable(),
      lang: z.string().nullable(),
    }),
  ),
  next_cursor: z.string().nullable().describe('Null at the end.'),
})

export const listDocs = defineTool({
  name: 'list_docs',
  title: 'List the pages',
  about: (subject) =>
    `Lists the pages of ${docsNamed(subject)} in the order of its navigation, a part at a time. Use it to see what there is; to find something, use search_docs.`,
  input,
  output,
  run: ({under, version: wanted, lang: tag, limit, cursor}, {docs}) =>
    withBuild(docs.current, (build) => {
      checkVersion(build, wanted)
      const language = servedLanguage(build, tag)
      const all = pagesOfVersion(build, wanted ?? null).filter(
        (page) => language === null || (page.lang ?? build.language) === language,
      )
      const below = under === undefined ? all : pagesUnder(all, under, docs)
      const {items, nextCursor} = listPart(below, {cursor, limit, keyOf: ({path}) => path})
      const pages = items.map((page) => listedPage(build, page, docs))
      return {
        text: textOf(pages, {total: below.length, nextCursor}),
        data: {total: below.length, pages, next_cursor: nextCursor},
      }
    }),
})

function listedPage(build: IndexBuild, page: StoredPage, docs: Docs) {
  const {path, url, description, ...facts}: NamedPage = namedPage(build, page, docs.siteUrl)
  return {
    id: path,
    url: publicAddress({url, path}, docs),
    description: description === null ? null : shortened(cleanLine(description), maxDescription),
    ...facts,
  }
}

/** @throws DocentError `not_found` that names the folders there are. */
function pagesUnder(pages: readonly StoredPage[], under: string, docs: Docs): readonly StoredPage[] {
  // As the tools return addresses of resources.
  const given = under.trim().replace(/^docs:\/\/\//, '')
  const routes = [likeliestRoute(given, docs.siteUrl), given]
    .filter((route) => route !== null)
    .flatMap((route) => [decodedPath(route), route])
    .map((route) => route.replace(/^[./]+|\/+$/g, ''))
  if (routes.includes('')) return pages
  const found = pages.filter(({path, url}) =>
    [path, decodedPath(url).replace(/^\/+/, '')].some((place) => routes.some((route) => isIn(place, route))),
  )
  if (found.length > 0) return found
  const folders = [...new Set(pages.flatMap(({path}) => /^[^/]+(?=\/)/.exec(path) ?? []))].sort()
  const there =
    folders.length === 0 ? 'All pages are in one folder; leave it out.' : `There are ${listed(folders)}.`
  throw new DocentError(
    'not_found',
    `under: there are no pages below ${JSON.stringify(cleanLine(headOf(under, 200)))}. ${there}`,
  )
}

/** Whether a place is a folder or a page, whatever its ending, or below it. */
function isIn(place: string, route: string): boolean {
  return place === route || place.startsWith(`${route}/`) || place.startsWith(`${route}.`)
}

function textOf(
  pages: readonly {readonly id: string; readonly title: string; readonly description: string | null}[],
  {total, nextCursor}: {readonly total: number; readonly nextCursor: string | null},
): string {
  const lines = pages.map(
    ({id, title, description}) =>
      `- ${cleanLine(title)} (${id})${description === null ? '' : `: ${description}`}`,
  )
  const rest =
    nextCursor === null ? '' : `\n\n(There are more: call list_docs again with cursor ${nextCursor}.)`
  return `${total} ${total === 1 ? 'page' : 'pages'}\n\n${lines.join('\n')}${rest}`
}
