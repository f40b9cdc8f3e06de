import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Page} from '../../../src/domain/index.ts'
import type {Site} from '../../../src/generators/index.ts'
import {parseTask} from '../../../src/ingestion/parse-task.ts'
import {scanFolder} from '../../../src/ingestion/scan-folder.ts'
import {siteOf} from '../../../src/ingestion/site-of.ts'
import {lettersOf} from '../../support/section-oracle.ts'
import type {BuiltHeading, BuiltPage, BuiltSite} from './built-site.ts'
import type {SiteGenerator} from './generator.ts'

/** The path at which each site of the fixtures is served; it is not a folder of the built site. */
const basePath = '/manual'

/** The site rules and pages of a project, as ingest reads them. */
export async function pagesOf(project: string): Promise<{site: Site; pages: readonly Page[]}> {
  const scan = await scanFolder(project)
  const site = siteOf(scan, null)
  const pages = scan.files.flatMap(({path}) => {
    const text = readFileSync(join(project, path), 'utf8')
    return parseTask({...scan, site}, {path, text}).page ?? []
  })
  return {site, pages}
}

/** How a built site differs from what Docent expects. Empty if all its links would be correct. */
export function differencesOf(
  pages: readonly Page[],
  site: Site,
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
    if (!found.has(file) && !generator.ownPages.includes(file)) differences.push(`${file} belongs to no page`)
  }
  return differences
}

function pageDifferences({title, sections}: Page, {ids, headings}: BuiltPage): string[] {
  const differences: string[] = []
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
