import {readdirSync, readFileSync} from 'node:fs'
import type {Page, Section} from '../../src/domain/index.ts'
import {parsePage, plainSite} from '../../src/markdown/index.ts'

/** Words alone, as they can be compared between a page, a quote and an answer. */
export function lettersOf(text: string): string {
  return text
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '')
}

/** Every page below a folder of Markdown, as the parser reads it. */
export function pagesBelow(folder: string): Page[] {
  const files = readdirSync(folder, {recursive: true, encoding: 'utf8'}).sort()
  return files
    .filter((path) => /\.mdx?$/.test(path))
    .flatMap((path) => {
      const {page} = parsePage(readFileSync(`${folder}/${path}`, 'utf8'), {path, site: plainSite})
      return page ?? []
    })
}

/**
 * What a reader finds at the address of a source: with a fragment the first section of the page that has it, its
 * heading and its own text up to the next heading; without one, what no fragment opens.
 */
export function sectionsAt(pages: ReadonlyMap<string, Page>, path: string, anchor: string): Section[] {
  const {sections} = pages.get(path)!
  if (anchor !== '') return sections.filter((section) => section.anchor === anchor).slice(0, 1)
  return sections.filter(
    (section, at) =>
      section.anchor === '' || sections.slice(0, at).some((before) => before.anchor === section.anchor),
  )
}
