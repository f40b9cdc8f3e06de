import {describe, expect, test} from 'vitest'
import {folderSource} from '../../src/domain/index.ts'
import {findSites} from '../../src/generators/index.ts'
import {otherSitesLine} from '../../src/ingestion/other-sites.ts'
import {memoryProject} from '../support/memory-project.ts'

const page = 'Text.'

function lineFor(files: Record<string, string>, contentPath = ''): string | null {
  const {site, others} = findSites(memoryProject(files, contentPath))!
  return otherSitesLine(folderSource('/srv/docs'), site, others)
}

describe('another site in the content folder', () => {
  test('is named with its configuration and with what takes both', () => {
    const files = {
      'oven/mkdocs.yml': 'site_name: Oven\n',
      'oven/docs/index.md': page,
      'oven/docs/heat.md': page,
      'kiln/book.toml': '[book]\n',
      'kiln/src/SUMMARY.md': '- [Heat](heat.md)\n',
      'kiln/src/heat.md': page,
    }

    expect(lineFor(files)).toBe(
      'another site was found whose pages are not read as its own: mdBook, by kiln/book.toml, with 2 files. ' +
        'To take both: CONTENT_DIR=oven-docs=/srv/docs/oven/docs,kiln-src=/srv/docs/kiln/src',
    )
    expect(lineFor(files, 'oven')).toBeNull()
  })

  test('is one line with its largest where there are many', () => {
    const manuals = ['a', 'b', 'c', 'd', 'e'].flatMap((name) => [
      [`${name}/mkdocs.yml`, 'site_name: Oven\n'],
      [`${name}/docs/index.md`, page],
    ])

    expect(lineFor(Object.fromEntries(manuals))).toMatch(
      /^other sites were found .*; and 1 more\. To take all: .*,…$/,
    )
  })

  test('is neither one around the site nor one inside its folders of pages', () => {
    const files = {
      '_config.yml': 'title: Old\n',
      'README.md': page,
      'docs/.vitepress/config.ts': 'export default {}',
      'docs/heat.md': page,
      'docs/old/book.toml': '[book]\n',
      'docs/old/src/heat.md': page,
    }

    expect(lineFor(files)).toBeNull()
  })
})
