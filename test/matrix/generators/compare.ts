import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Page} from '../../../src/domain/index.ts'
import {parseTask} from '../../../src/ingestion/parse-task.ts'
import {scanFolder} from '../../../src/ingestion/scan-folder.ts'
import {detectSite, type SiteRules} from '../../../src/markdown/index.ts'
import {lettersOf} from '../../support/section-oracle.ts'
import type {BuiltHeading, BuiltPage, BuiltSite} from './built-site.ts'
import type {SiteGenerator} from './generator.ts'

/** Where each site of the fixtures is served, which is no folder of what is built. */
const basePath = '/manual'

/** What Docent thinks of a project, read as ingest reads it. */
export async function pagesOf(project: string): Promise<{site: SiteRules; pages: readonly Page[]}> {
  const {files, configs, root, dataDir} = await scanFolder(project)
  const site = detectSite(configs)
  const pages = files.flatMap(({path}) => {
    const text = readFileSync(join(project, path), 'utf8')
    return parseTask({root, dataDir, site}, {path, text}).page ?? []
  })
  return {site, pages}
}

/** In which ways a built site is not what Docent thinks of it. Empty when it would link everywhere correctly. */
export function differencesOf(
  pages: readonly Page[],
  site: SiteRules,
  built: BuiltSite,
  generator: SiteGenerator,
): string[] {
  const differences: string[] = []
  if (site.generator !== generator.name) differences.push(`the project is taken for one of ${site.generator}`)
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
    if (!found.has(file) && !generator.ownPages.includes(file)) differences.push(`${file} is of no page`)
  }
  return differences
}

function pageDifferences({title, sections}: Page, {ids, headings}: BuiltPage): string[] {
  const differences: string[] = []
  let last = -1
  for (const [index, {anchor, headings: path}] of sections.entries()) {
    // Docent links to the first section of an id alone, which is what a browser opens.
    if (anchor === '' || sections.findIndex((other) => other.anchor === anchor) < index) continue
    const text = path.at(-1) ?? title
    if (!ids.has(anchor)) differences.push(`“${text}” has no element #${anchor}`)
    const at = headings.findIndex(({id}) => id === anchor)
    if (at === -1) continue
    const built = headings[at]!.text
    if (!isSameText(text, built)) {
      differences.push(`#${anchor} is “${built}”, not “${text}”`)
    }
    // Headings of one text are told apart by their order alone.
    if (at <= last) differences.push(`#${anchor} stands before the section that comes before it`)
    last = at
  }
  // One that opens at no heading has been named above, or opens at an anchor that somebody wrote before its heading.
  const isOpened = ({id, text}: BuiltHeading) =>
    sections.some(
      ({anchor, headings: path}) =>
        anchor === id ||
        (!headings.some((other) => other.id === anchor) && isSameText(path.at(-1) ?? title, text)),
    )
  for (const heading of headings) {
    if (heading.depth > 1 && !isOpened(heading)) {
      differences.push(`no section opens at #${heading.id}, “${heading.text}”`)
    }
  }
  return differences
}

/** Themes add words to a heading, as “Link to this heading”, and never take any away. */
function isSameText(text: string, built: string): boolean {
  const letters = lettersOf(text)
  return letters === '' ? built.startsWith(text) && text !== '' : lettersOf(built).startsWith(letters)
}
