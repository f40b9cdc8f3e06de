import {allGenerators, type NavigationItem, rulesOf, type Site} from '../../src/generators/index.ts'
import {type ParsedPage, parsePage, splitFrontMatter} from '../../src/markdown/index.ts'
import {memoryProject, siteIn} from './memory-project.ts'

type Files = Readonly<Record<string, string>>

/** The address of every Markdown file of a project, or in parentheses the rule that sets it aside. */
export function addressesIn(files: Files): Record<string, string> {
  const rules = rulesOf(siteIn(files))
  return Object.fromEntries(
    memoryProject(files).files.map((path) => {
      const {url, setAside} = rules.placeOf(path, splitFrontMatter(files[path]!, path).frontMatter)
      return [path, setAside ? `(${setAside.rule})` : url]
    }),
  )
}

/** The anchors of one page with these headings. */
export function anchorsIn(files: Files, headings: readonly string[]): string[] {
  const maker = rulesOf(siteIn(files)).anchors()
  return headings.map((heading) => maker.ofHeading(heading, 2))
}

/** A page of a project as it is ingested. */
export function pageIn(files: Files, path: string): ParsedPage {
  return parsePage(files[path]!, {
    path,
    site: rulesOf(siteIn(files)),
    readInclude: (name) => files[name] ?? null,
  })
}

/** Its Markdown as readers get it. */
export function markdownIn(files: Files, path: string): string {
  return pageIn(files, path).page?.markdown ?? ''
}

/** The navigation that a project writes down, as titles and paths. */
export function navigationIn(files: Files): unknown {
  const site = siteIn(files)
  const generator = allGenerators.find(({name}) => name === site.generator)!
  const items = generator.navigation?.(memoryProject(files).folder(site.folder), site)
  return items?.map(shortItem) ?? null
}

function shortItem({title, path, items}: NavigationItem): unknown {
  const own = [title, path].filter((value) => value !== null).join(' = ')
  return items.length === 0 ? own : [own, ...items.map(shortItem)]
}

/** Where the pages of a project stand by themselves. */
export function positionsIn(files: Files): Record<string, number | null> {
  const site: Site = siteIn(files)
  const generator = allGenerators.find(({name}) => name === site.generator)!
  return Object.fromEntries(
    memoryProject(files).files.map((path) => [
      path,
      generator.positionOf?.({
        path,
        segments: path.replace(/\.\w+$/, '').split('/'),
        base: '',
        frontMatter: splitFrontMatter(files[path]!, path).frontMatter,
      }) ?? null,
    ]),
  )
}
