import {describe, expect, test} from 'vitest'
import {siteIn} from '../support/memory-project.ts'
import {addressesIn, anchorsIn, positionsIn} from '../support/site-pages.ts'

describe('a Hugo project', () => {
  test('has its configuration in several files', () => {
    const files = {
      'config/_default/hugo.toml': 'baseURL = "https://kettle.example/m/"\ndefaultContentLanguage = "en"\n',
      'config/_default/params.toml': 'version = "4.2"\n',
      'config/_default/languages.toml':
        '[en]\ncontentDir = "content/english"\n[fr]\ncontentDir = "content/french"\n[xx]\ndisabled = true\n',
      'content/english/docs/_index.md': 'Text.',
      'content/english/docs/Set Up.md': 'Text.',
      'content/french/docs/setup.md': 'Texte.',
    }
    expect(addressesIn(files)).toEqual({
      'content/english/docs/_index.md': '/m/docs/',
      'content/english/docs/Set Up.md': '/m/docs/set-up/',
      'content/french/docs/setup.md': '/m/fr/docs/setup/',
    })
    expect(siteIn(files)).toMatchObject({
      foundIn: 'config/_default/hugo.toml',
      params: {version: '4.2'},
      languages: {default: 'en', folders: {'content/english': 'en', 'content/french': 'fr'}},
    })
  })

  test('has mounts, translations by ending, permalinks and bundles', () => {
    const files = {
      'hugo.yaml': [
        'baseURL: https://kettle.example/',
        'languages: {en: {weight: 1}, pt-br: {weight: 2}}',
        'permalinks: {page: {news: "/:year/:month/:slug/"}}',
        'module: {mounts: [{source: docs, target: content}, {source: shared/kb, target: content/kb}]}',
      ].join('\n'),
      'docs/guide/index.md': 'Text.',
      'docs/guide/part.md': 'Text.',
      'docs/guide.pt-br.md': 'Texto.',
      'docs/README.md': 'Text.',
      'docs/news/launch.md': '---\ntitle: Lift Off!\ndate: 2026-03-05\n---\nText.',
      'docs/moved.md': '---\nurl: /else/where/\n---\nText.',
      'docs/none.md': '---\nbuild: {render: never}\n---\nText.',
      'docs/shy.md': '---\nexclude_search: true\n---\nText.',
      'shared/kb/faq.md': 'Text.',
    }
    expect(addressesIn(files)).toEqual({
      'docs/guide/index.md': '/guide/',
      'docs/guide/part.md': '(partial)',
      'docs/guide.pt-br.md': '/pt-br/guide/',
      'docs/README.md': '/readme/',
      'docs/news/launch.md': '/2026/03/lift-off/',
      'docs/moved.md': '/else/where/',
      'docs/none.md': '(partial)',
      'docs/shy.md': '(hidden)',
      'shared/kb/faq.md': '/kb/faq/',
    })
  })

  test('is not one of Zola', () => {
    const files = {
      'config.toml': 'base_url = "https://kettle.example"\ntheme = "x"\n',
      'content/a.md': 'Text.',
    }
    expect(siteIn(files).generator).toBe('zola')
  })

  test('of Grafana has its shared files beside its pages', () => {
    const files = {
      'mkdocs.yml': 'plugins: [techdocs-core]\n',
      'docs/docs.mk': 'include variables.mk\n',
      'docs/sources/setup/_index.md': 'Text.',
      'docs/sources/shared/index.md': '---\nheadless: true\n---\n',
      'docs/sources/shared/note.md': 'Text.',
    }
    expect(addressesIn(files)).toEqual({
      'docs/sources/setup/_index.md': '/setup/',
      'docs/sources/shared/index.md': '(partial)',
      'docs/sources/shared/note.md': '(partial)',
    })
    expect(siteIn(files).includeFolders).toEqual(['docs/sources/shared'])
  })

  test('sorts by weight', () => {
    expect(
      positionsIn({'hugo.toml': '', 'content/a.md': '---\nweight: 20\n---\n', 'content/b.md': 'Text.'}),
    ).toEqual({'content/a.md': 20, 'content/b.md': null})
  })

  test('makes ASCII anchors if it says so', () => {
    const files = {
      'hugo.toml': 'baseURL = "/"\n[markup.goldmark.parser]\nautoHeadingIDType = "github-ascii"\n',
      'content/a.md': '',
    }
    expect(anchorsIn(files, ['Über größe', '日本'])).toEqual(['uber-groe', 'heading'])
  })
})
