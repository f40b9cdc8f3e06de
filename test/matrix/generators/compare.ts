import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Page} from '../../../src/domain/index.ts'
import type {Site} from '../../../src/generators/index.ts'
import {navigationOf, orderedPages} from '../../../src/ingestion/page-order.ts'
import {parseTask} from '../../../src/ingestion/parse-task.ts'
import {scanFolder} from '../../../src/ingestion/scan-folder.ts'
import {projectOfScan, siteOf} from '../../../src/ingestion/site-of.ts'
import type {OutlineItem} from '../../../src/search-index/index.ts'
import {lettersOf} from '../../support/section-oracle.ts'
import type {BuiltHeading, BuiltPage, BuiltSite} from './built-site.ts'
import type {SiteGenerator} from './generator.ts'

/** The path at which each site of the fixtures is served; it is not a folder of the built site. */
const basePath = '/manual'

/** A project as ingest reads it. */
export interface ReadProject {
  readonly site: Site
  readonly pages: readonly Page[]
  /** The addresses of the pages, as `/docs` lists them. */
  readonly order: readonly string[]
}

export async function pagesOf(project: string): Promise<ReadProject> {
  const scan = await scanFolder(project)
  const site = siteOf(scan, null)
  const pages = scan.files.flatMap(({path}) => {
    const text = readFileSync(join(project, path), 'utf8')
    return parseTask({...scan, site}, {path, text}).page ?? []
  })
  const navigation = navigationOf(projectOfScan(scan), site)
  const placed = pages.map((page) => ({...page, position: page.position ?? null}))
  const order = addressesIn(orderedPages([{name: '', site, navigation}], placed), pages)
  return {site, pages, order}
}

function addressesIn(items: readonly OutlineItem[], pages: readonly Page[]): string[] {
  return items.flatMap(({path, items: below}) => [
    ...pages.flatMap((page) => (page.path === path ? page.url : [])),
    ...addressesIn(below, pages),
  ])
}

/** How a built site differs from what Docent expects. Empty if all its links would be correct. */
export function differencesOf(
  {site, pages, order}: ReadProject,
  built: BuiltSite,
  generator: SiteGenerator,
): string[] {
  const differences: string[] = []
  if (site.generator !== generator.name) differences.push(`the project is detected as ${site.generator}`)
  const found = new Set<string>()
  for (const page of pages) {
    const isBelow = `${page.url}/`.startsWith(`${basePath}/`)
    const there = isBelow ? built.pageAt(page.url.slice(basePath.length) || '/') : null
    if (there === null) {
      differences.push(`${page.path}: there is no page at ${page.url}`)
      continue
    }
    found.add(there.file)
    differences.push(...pageDifferences(page, there).map((difference) => `${page.path}: ${difference}`))
  }
  for (const file of built.files) {
    const original = generator.originalOf?.(file) ?? file
    if (!found.has(file) && !found.has(original) && !generator.ownPages.includes(original))
      differences.push(`${file} belongs to no page`)
  }
  if (generator.isSidebar) {
    for (const route of generator.sidebarsOn ?? ['/']) {
      const links = built.pageAt(route)?.sidebar ?? []
      const base = new URL(basePath + route, 'http://localhost')
      const addresses = links.map((link) => sameAddress(new URL(link, base).pathname))
      differences.push(...orderDifferences(route, addresses, order.map(sameAddress)))
    }
  }
  return differences
}

/** MkDocs writes the name of a locale, such as `pt_BR`. */
function tagOf(lang: string): string {
  return lang.toLowerCase().replaceAll('_', '-')
}

/** Without what may differ in addresses of one page. */
function sameAddress(address: string): string {
  return decodeURI(address).replace(/(?:(?:\/index)?\.html|\/)$/, '')
}

/** Where the pages of a sidebar do not follow each other in the same order. */
function orderDifferences(route: string, sidebar: readonly string[], order: readonly string[]): string[] {
  const listed = [...new Set(sidebar)].filter((address) => order.includes(address))
  if (listed.length < 2) return [`the sidebar of ${route} names no pages to compare`]
  return listed.slice(1).flatMap((address, n) => {
    const before = listed[n]!
    return order.indexOf(before) < order.indexOf(address) ? [] : [`${before} stands after ${address}`]
  })
}

function pageDifferences({title, lang, sections}: Page, {ids, headings, ...built}: BuiltPage): string[] {
  const differences: string[] = []
  if (lang !== null && built.lang !== null && lang.toLowerCase() !== tagOf(built.lang))
    differences.push(`its language is ${built.lang}, not ${lang}`)
  let last = -1
  for (const [index, {anchor, headings: path}] of sections.entries()) {
    // Docent links only to the first section with an id, which is the one that a browser opens.
    if (anchor === '' || sections.findIndex((other) => other.anchor === anchor) < index) continue
    const text = path.at(-1) ?? title
    if (!ids.has(anchor)) differences.push(`“${text}” has no element #${anchor}`)
    const at = headings.findIndex(({id}) => id === anchor)
    if (at === -1) continue
    const built = headings[at]!.text
    if (!isSameText(text, built)) {
      differences.push(`#${anchor} is “${built}”, not “${text}”`)
    }
    // Headings with the same text can be distinguished only by their order.
    if (at <= last) differences.push(`#${anchor} comes before the previous section`)
    last = at
  }
  // A section that begins at no heading was reported above, or begins at an anchor before its heading.
  const isOpened = ({id, text}: BuiltHeading) =>
    sections.some(
      ({anchor, headings: path}) =>
        anchor === id ||
        (!headings.some((other) => other.id === anchor) && isSameText(path.at(-1) ?? title, text)),
    )
  for (const heading of headings) {
    if (heading.depth > 1 && !isOpened(heading)) {
      differences.push(`no section begins at #${heading.id}, “${heading.text}”`)
    }
  }
  return differences
}

/** Themes add words to a heading, such as “Link to this heading”, but remove none. */
function isSameText(text: string, built: string): boolean {
  const letters = lettersOf(text)
  return letters === '' ? built.startsWith(text) && text !== '' : lettersOf(built).startsWith(letters)
}
