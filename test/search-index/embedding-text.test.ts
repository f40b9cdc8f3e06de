import {expect, test} from 'vitest'
import {parsePage} from '../../src/markdown/index.ts'
import {embeddingTextOf} from '../../src/search-index/index.ts'
import {plainSite} from '../support/unconfigured-site.ts'

function textsOf(source: string): string[] {
  const {page} = parsePage(source, {path: 'prices.md', site: plainSite})
  return page!.sections.flatMap((section) =>
    section.passages.map((passage) => embeddingTextOf(page!, section, passage)),
  )
}

test('a passage is embedded under its title and headings', () => {
  expect(textsOf('# Prices\n\nOne.\n\n## Free\n\nTwo.\n\n### Limits\n\nThree.')).toEqual([
    'Prices\nOne.',
    'Prices > Free\nTwo.',
    'Prices > Free > Limits\nThree.',
  ])
})

test('an h1 that is the title in other words replaces it above its own text', () => {
  const title = '---\ntitle: Prices\n---\n\n'
  expect(textsOf(`${title}# What it costs\n\nOne.\n\n## Free\n\nTwo.`)).toEqual([
    'What it costs\nOne.',
    'Prices > Free\nTwo.',
  ])
  expect(textsOf(`${title}# What it costs\n\nOne.\n\n# Free\n\nTwo.`)).toEqual([
    'Prices > What it costs\nOne.',
    'Prices > Free\nTwo.',
  ])
})
