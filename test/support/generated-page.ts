import type {Page} from '../../src/domain/index.ts'
import {type PagePlace, parsePage, type SiteRules} from '../../src/markdown/index.ts'

/** What becomes of a file with this front matter. */
export function placeIn(rules: SiteRules, path: string, front = ''): PagePlace {
  let found: PagePlace | null = null
  const noting: SiteRules = {
    ...rules,
    placeOf(file, frontMatter) {
      found = rules.placeOf(file, frontMatter)
      return found
    },
  }
  parsePage(front === '' ? 'Text.' : `---\n${front}\n---\n\nText.`, {path, site: noting})
  return found!
}

/** The page that a text becomes; other files of the project may be included. */
export function pageIn(
  rules: SiteRules,
  path: string,
  text: string,
  files: Readonly<Record<string, string>> = {},
): Page | null {
  return parsePage(text, {path, site: rules, readInclude: (file) => files[file] ?? null}).page
}

/** The anchors of a page with these headings, in order. */
export function anchorsOf(rules: SiteRules, path: string, headings: readonly string[]): string[] {
  const text = headings.map((heading) => `## ${heading}\n\nText.\n`).join('\n')
  return pageIn(rules, path, text)!.sections.map(({anchor}) => anchor)
}
