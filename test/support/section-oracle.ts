import {readdirSync, readFileSync} from 'node:fs'
import type {Page, Section} from '../../src/domain/index.ts'
import {parsePage} from '../../src/markdown/index.ts'
import {plainSite} from './unconfigured-site.ts'

/** The letters and digits of a text, so that a page, a quote and an answer can be compared. */
export function lettersOf(text: string): string {
  return text
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '')
}

/** All pages below a folder of Markdown, parsed. */
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
 * The sections that a reader finds at the address of a source: with a fragment, the first section of the page that has
 * it; without one, the sections that no fragment leads to.
 */
export function sectionsAt(pages: ReadonlyMap<string, Page>, path: string, anchor: string): Section[] {
  const {sections} = pages.get(path)!
  if (anchor !== '') return sections.filter((section) => section.anchor === anchor).slice(0, 1)
  return sections.filter(
    (section, at) =>
      section.anchor === '' || sections.slice(0, at).some((before) => before.anchor === section.anchor),
  )
}
