import {describe, expect, test} from 'vitest'
import {addressesIn} from '../support/site-pages.ts'

/** A configuration of each generator whose folder of pages is `manual/…`, and a page there. */
const sites: Record<string, Record<string, string>> = {
  mkdocs: {'mkdocs.yml': 'site_name: Oven\ndocs_dir: manual\n', 'manual/index.md': 'Text.'},
  mdbook: {
    'book.toml': '[book]\nsrc = "manual"\n',
    'manual/SUMMARY.md': '- [Heat](heat.md)\n',
    'manual/heat.md': 'Text.',
  },
  sphinx: {'manual/conf.py': "extensions = ['myst_parser']\n", 'manual/index.md': 'Text.'},
  hugo: {
    'hugo.toml': 'baseURL = "https://oven.example/"\ncontentDir = "manual"\n',
    'manual/heat.md': 'Text.',
  },
  zola: {'zola.toml': 'base_url = "https://oven.example"\n', 'content/heat.md': 'Text.'},
  jekyll: {'_config.yml': 'source: manual\n', 'manual/heat.md': 'Text.'},
  'jupyter-book': {'manual/_toc.yml': 'root: index\n', 'manual/index.md': 'Text.'},
  mystmd: {'manual/myst.yml': 'version: 1\n', 'manual/index.md': 'Text.'},
  docfx: {'manual/docfx.json': '{"build": {}}', 'manual/index.md': 'Text.'},
  gitbook: {'.gitbook.yaml': 'root: ./manual/\n', 'manual/heat.md': 'Text.'},
  quartz: {'quartz.config.ts': 'export default {configuration: {}}', 'content/heat.md': 'Text.'},
  mintlify: {'manual/docs.json': '{"navigation": {"pages": ["heat"]}}', 'manual/heat.mdx': 'Text.'},
  'elastic-docs': {'manual/docset.yml': 'toc:\n  - file: index.md\n', 'manual/index.md': 'Text.'},
  vitepress: {'manual/.vitepress/config.ts': 'export default {}', 'manual/heat.md': 'Text.'},
  vuepress: {'manual/.vuepress/config.ts': 'export default {}', 'manual/heat.md': 'Text.'},
}

const elsewhere = {'README.md': 'Text.', 'parts/warning.md': 'Text.'}

describe('files outside the folder of pages', () => {
  test.each(Object.keys(sites))('are no pages: %s', (name) => {
    const files = sites[name]!
    const addresses = addressesIn({...files, ...elsewhere})

    expect(addresses).toMatchObject({'README.md': '(partial)', 'parts/warning.md': '(partial)'})
    expect(Object.values(addresses)).toContainEqual(expect.stringMatching(/^\//))
  })

  test('are pages where the folder of pages is empty, since its configuration does not say where they are', () => {
    expect(addressesIn({'mkdocs.yml': 'site_name: Oven\n', ...elsewhere})).toEqual({
      'README.md': '/',
      'parts/warning.md': '/parts/warning/',
    })
  })

  test('are pages where a plugin takes them in', () => {
    const files = {
      'mkdocs.yml': 'plugins: [monorepo]\n',
      'docs/index.md': 'Text.',
      'api/docs/calls.md': 'Text.',
    }

    expect(addressesIn(files)).toMatchObject({'api/docs/calls.md': expect.stringMatching(/^\//)})
  })
})
