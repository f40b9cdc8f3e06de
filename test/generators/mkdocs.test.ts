import {describe, expect, test} from 'vitest'
import {siteIn} from '../support/memory-project.ts'
import {addressesIn, anchorsIn, navigationIn} from '../support/site-pages.ts'

const config = `site_name: Kettle
site_url: https://kettle.example/manual/
INHERIT: base.yml
nav:
  - Home: index.md
  - Guides:
      - guides/install.md
      - Elsewhere: https://other.example
exclude_docs: |
  *.draft.md
  /internal/
markdown_extensions:
  - toc:
      permalink: true
  - pymdownx.snippets:
      base_path: [docs/snippets, .]
  - pymdownx.emoji:
      emoji_index: !!python/name:material.extensions.emoji.twemoji
`

const files = {
  'mkdocs.yml': config,
  'base.yml':
    'extra:\n  release: 4.2\n  links:\n    forum: https://forum.example\nplugins:\n  - macros\n  - exclude:\n      glob: parts/*\n',
  'docs/index.md': '# Kettle',
  'docs/guides/install.md': '---\nslug: other\n---\nText.',
  'docs/guides/README.md': 'Text.',
  'docs/guides/idea.draft.md': 'Text.',
  'docs/internal/plan.md': 'Text.',
  'docs/parts/deep/note.md': 'Text.',
  'docs/old.md': '---\nsearch:\n  exclude: true\n---\nText.',
}

describe('a MkDocs project', () => {
  test('has the addresses and pages that its configuration says', () => {
    expect(addressesIn(files)).toEqual({
      'docs/index.md': '/manual/',
      'docs/guides/install.md': '/manual/guides/install/',
      'docs/guides/README.md': '/manual/guides/',
      'docs/guides/idea.draft.md': '(hidden)',
      'docs/internal/plan.md': '(hidden)',
      'docs/parts/deep/note.md': '(hidden)',
      'docs/old.md': '(hidden)',
    })
  })

  test('gives macros and includes what it inherits and sets', () => {
    const site = siteIn(files)
    expect(site.includeFolders).toEqual(['docs/snippets', ''])
    expect(site.params).toMatchObject({
      release: '4.2',
      'links.forum': 'https://forum.example',
      'config.extra.release': '4.2',
      'config.site_name': 'Kettle',
    })
  })

  test('has its nav as navigation', () => {
    expect(navigationIn(files)).toEqual(['Home = docs/index.md', ['Guides', 'docs/guides/install.md']])
  })

  test('has the order of files of links with the plugin for them, which are no pages', () => {
    const pages = {
      'mkdocs.yml': 'plugins:\n  - literate-nav\n',
      'docs/SUMMARY.md': '- [Use](use.md)\n- [Parts](parts/)\n- [Home](index.md)\n',
      'docs/index.md': 'Text.',
      'docs/use.md': 'Text.',
      'docs/parts/SUMMARY.md': '* [Lid](lid.md)\n* [Handle](handle.md)\n',
      'docs/parts/handle.md': 'Text.',
      'docs/parts/lid.md': 'Text.',
    }
    expect(navigationIn(pages)).toEqual([
      'Use = docs/use.md',
      ['Parts', 'Lid = docs/parts/lid.md', 'Handle = docs/parts/handle.md'],
      'Home = docs/index.md',
    ])
    expect(addressesIn(pages)).toMatchObject({
      'docs/SUMMARY.md': '(partial)',
      'docs/parts/SUMMARY.md': '(partial)',
      'docs/use.md': '/use/',
    })
    expect(addressesIn({...pages, 'mkdocs.yml': 'site_name: Kettle\n'})['docs/SUMMARY.md']).toBe('/SUMMARY/')
  })

  test('has the folders that its nav names, and the order against names, with the plugin for .pages', () => {
    const pages = {
      'mkdocs.yml': 'plugins: [awesome-pages]\nnav:\n  - use.md\n  - Old notes: notes\n  - ...\n',
      'docs/use.md': 'Text.',
      'docs/notes/a.md': 'Text.',
    }
    expect(navigationIn(pages)).toEqual(['docs/use.md', 'Old notes = docs/notes/'])

    const notes = {
      'mkdocs.yml': 'plugins: [awesome-pages]\n',
      'docs/.pages': 'order: desc\n',
      'docs/a.md': 'Text.',
      'docs/b.md': 'Text.',
      'docs/index.md': 'Text.',
    }
    expect(navigationIn(notes)).toEqual(['docs/index.md', 'docs/b.md', 'docs/a.md'])
  })

  test('has the order of .pages files with the plugin for them', () => {
    const pages = {
      'mkdocs.yml': 'plugins: [awesome-pages]\n',
      'docs/.pages': 'nav:\n  - index.md\n  - Handbook: book\n  - ...\n',
      'docs/index.md': 'Text.',
      'docs/about.md': 'Text.',
      'docs/book/.pages': 'nav: [z.md, a.md]\n',
      'docs/book/a.md': 'Text.',
      'docs/book/z.md': 'Text.',
    }
    expect(navigationIn(pages)).toEqual([
      'docs/index.md',
      ['Handbook', 'docs/book/z.md', 'docs/book/a.md'],
      'docs/about.md',
    ])
  })

  test.each([
    ['{name: material, language: de}', 'de'],
    ['{name: mkdocs, locale: pt_BR}', 'pt-BR'],
    ['mkdocs', null],
  ])('the theme %s says the language %s', (theme, lang) => {
    expect(siteIn({'mkdocs.yml': `theme: ${theme}\n`, 'docs/a.md': '# A'}).languages.default).toBe(lang)
  })

  test.each([
    ['suffix', 'docs/guide.md', 'docs/guide.fr.md'],
    ['folder', 'docs/en/guide.md', 'docs/fr/guide.md'],
  ])('has its translations by %s', (structure, english, french) => {
    const translated = {
      'mkdocs.yml': `site_url: https://kettle.example/m/\nplugins:\n  - i18n:\n      docs_structure: ${structure}\n      languages:\n        - {locale: en, default: true}\n        - {locale: fr}\n`,
      [english]: 'Text.',
      [french]: 'Texte.',
    }
    expect(addressesIn(translated)).toEqual({[english]: '/m/guide/', [french]: '/m/fr/guide/'})
    const {languages} = siteIn(translated)
    expect(languages.default).toBe('en')
    expect(structure === 'folder' ? languages.folders : languages.endings).toEqual(
      structure === 'folder' ? {'docs/en': 'en', 'docs/fr': 'fr'} : ['en', 'fr'],
    )
  })

  test('that mike publishes is below the folder of the current version', () => {
    const site = (url: string): string =>
      siteIn({
        'mkdocs.yml': `site_url: ${url}\nplugins:\n  - mike: {canonical_version: latest}\n`,
        'docs/a.md': 'Text.',
      }).base
    expect(site('https://kettle.example/docs/')).toBe('/docs/latest')
    expect(site('https://kettle.example/docs/latest/')).toBe('/docs/latest')
  })

  // Expected values are from the functions `slugify` and `slugify_unicode` of Python-Markdown 3.4.
  test.each([
    ["What's new?", 'whats-new', 'whats-new'],
    ['“Curly” — dash', 'curly-dash', 'curly-dash'],
    ['C++ & C#', 'c-c', 'c-c'],
    ['--flag=value', '-flagvalue', '-flagvalue'],
    ['1. First step', '1-first-step', '1-first-step'],
    ['v2.0 (beta)', 'v20-beta', 'v20-beta'],
    ['snake_case_name', 'snake_case_name', 'snake_case_name'],
    ['a/b and c', 'ab-and-c', 'ab-and-c'],
    ['Ünïcödé größer', 'unicode-groer', 'ünïcödé-größer'],
    ['日本語の見出し', '_1', '日本語の見出し'],
    ['Rocket 🚀 launch', 'rocket-launch', 'rocket-launch'],
    ['foo -- bar', 'foo-bar', 'foo-bar'],
    ['???', '_1', '_1'],
  ])('makes the anchors of %j', (heading, ascii, unicode) => {
    const slugified = {
      'mkdocs.yml':
        'markdown_extensions:\n  - toc:\n      slugify: !!python/name:markdown.extensions.toc.slugify_unicode\n',
      'docs/a.md': '',
    }
    expect(anchorsIn(files, [heading])).toEqual([ascii])
    expect(anchorsIn(slugified, [heading])).toEqual([unicode])
  })

  test('numbers repeated headings, and keeps spaces apart with the function of PyMdown', () => {
    expect(anchorsIn(files, ['Twice', 'Twice', 'Twice'])).toEqual(['twice', 'twice_1', 'twice_2'])
    const pymdown = {
      'mkdocs.yml':
        'markdown_extensions:\n  - toc:\n      slugify: !!python/object/apply:pymdownx.slugs.slugify\n        kwds: {case: lower}\n',
      'docs/a.md': '',
    }
    expect(anchorsIn(pymdown, ['Größe – A & b'])).toEqual(['größe--a--b'])
  })
})
