import {parseMarkdown} from '../markdown/index.ts'
import type {IndexBuild, StoredSection} from '../search-index/index.ts'

/** The Markdown of a section as its page has it, without its heading and without sections below it. */
export type SectionMarkdown = (section: StoredSection) => string

/** Pages are parsed once. */
export function sectionMarkdownOf(build: IndexBuild): SectionMarkdown {
  const pages = new Map<number, ReadonlyMap<number, string>>()
  return ({id, page}) => {
    let sections = pages.get(page.id)
    if (sections === undefined) {
      sections = cut(build.markdownOf(page.id) ?? '', build.sectionsOf(page.id))
      pages.set(page.id, sections)
    }
    return sections.get(id) ?? ''
  }
}

/** By section: the text from behind its heading to the next one. A page has a section for each heading at its margin. */
function cut(markdown: string, sections: readonly StoredSection[]): ReadonlyMap<number, string> {
  const headings = parseMarkdown(markdown).children.filter(({type}) => type === 'heading')
  const [first] = headings
  const beginning = sections.filter(({depth}) => depth === 0)
  const others = sections.filter(({depth}) => depth > 0)
  return new Map([
    ...beginning.map(({id}) => [id, markdown.slice(0, first?.position?.start.offset)] as const),
    ...others.map(({id}, index) => {
      const from = headings[index]?.position?.end.offset ?? markdown.length
      return [id, markdown.slice(from, headings[index + 1]?.position?.start.offset)] as const
    }),
  ])
}
