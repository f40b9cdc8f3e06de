import {describe, expect, test} from 'vitest'
import {docusaurus} from '../../src/generators/docusaurus/docusaurus.ts'
import {rulesOf} from '../../src/generators/index.ts'
import {pageIn, placeIn} from '../support/generated-page.ts'
import {memoryProject, siteIn} from '../support/memory-project.ts'

const project = {
  'website/docusaurus.config.ts': `
    import type {Config} from '@docusaurus/types'
    const config: Config = {
      baseUrl: '/kiln/',
      i18n: {defaultLocale: 'en', locales: ['en', 'pt-BR']},
      presets: [['classic', {
        docs: {path: '../docs', sidebarPath: './sidebars.ts', lastVersion: '2.0', exclude: ['**/_*', 'drafts/**'],
          versions: {current: {label: '3.0-dev', path: 'dev'}, '1.0': {path: 'old'}}},
        blog: {routeBasePath: 'news'},
      }]],
      plugins: [[require.resolve('@docusaurus/plugin-content-docs'), {id: 'api', path: 'api', routeBasePath: 'reference'}]],
    } satisfies Config
    export default config`,
  'website/versions.json': '["2.0", "1.0"]',
  'website/sidebars.ts': `export default {guide: ['intro', {type: 'category', label: 'Firing',
    link: {type: 'doc', id: 'firing/index'}, items: ['firing/bisque', {type: 'link', label: 'X', href: 'https://x'}]}]}`,
  'website/versioned_sidebars/version-2.0-sidebars.json': '{"guide": ["intro"]}',
  'docs/intro.md': '# Intro',
  'docs/01-firing/index.md': '# Firing',
  'docs/01-firing/02-bisque.md': '# Bisque',
  'docs/01-firing/_steps.md': 'Steps.',
  'docs/drafts/glaze.md': '# Glaze',
  'website/versioned_docs/version-2.0/intro.md': '# Intro',
  'website/versioned_docs/version-1.0/intro.md': '# Intro',
  'website/i18n/pt-BR/docusaurus-plugin-content-docs/version-2.0/intro.md': '# Introdução',
  'website/i18n/pt-BR/docusaurus-plugin-content-docs-api/current/kiln.md': '# Forno',
  'website/api/kiln.md': '# Kiln',
  'website/blog/2026-05-04-new-kiln.md': '# New kiln',
  'website/blog/2026/06/01/glazes/index.md': '# Glazes',
  'website/src/pages/about.md': '# About',
  'website/README.md': '# Website',
}

const site = siteIn(project)
const rules = rulesOf(site)

describe('Docusaurus', () => {
  test.each([
    [
      'js',
      '// highlight-next-line\na()\n  /* highlight-start */\nb() // highlight-next-line',
      'a()\nb() // highlight-next-line',
    ],
    ['bash', '# highlight-start\nrun\n# highlight-end\n# highlight it', 'run\n# highlight it'],
    ['jsx', '<a>\n  {/* highlight-next-line */}\n  b\n</a>', '<a>\n  b\n</a>'],
    ['html', '<!-- highlight-next-line -->\n<p>', '<p>'],
    ['sql', '-- highlight-end\nSELECT 1', 'SELECT 1'],
    ['md', '<!-- highlight-end -->\n// highlight-start', '// highlight-start'],
  ])('comments that mark lines of %s code are not shown', (language, code, shown) => {
    const page = pageIn(rules, 'docs/intro.md', `\`\`\`${language}\n${code}\n\`\`\``)

    expect(page?.markdown).toBe(`\`\`\`${language}\n${shown}\n\`\`\``)
  })

  test('its configuration says which comments mark lines', () => {
    const own = rulesOf(
      siteIn({
        'docusaurus.config.js': `export default {themeConfig: {prism: {magicComments: [
          {className: 'bad', line: 'This is wrong', block: {start: 'wrong-start', end: 'wrong-end'}}]}}}`,
        'docs/a.md': '',
      }),
    )
    const code = '// This is wrong\na()\n// wrong-start\nb()\n// wrong-end\n// highlight-next-line\n'

    expect(pageIn(own, 'docs/a.md', `\`\`\`js\n${code}\`\`\``)?.markdown).toBe(
      '```js\na()\nb()\n// highlight-next-line\n```',
    )
  })

  test('is found with all its docs plugins, from whatever folder', () => {
    expect(site.foundIn).toBe('website/docusaurus.config.ts')
    expect(siteIn(project, 'docs').generator).toBe('docusaurus')
    expect(siteIn(project, 'website/api').base).toBe('/kiln')
  })

  test.each([
    ['docs/intro.md', '', '/kiln/docs/dev/intro'],
    ['docs/01-firing/index.md', '', '/kiln/docs/dev/firing'],
    ['docs/01-firing/02-bisque.md', '', '/kiln/docs/dev/firing/bisque'],
    ['docs/01-firing/02-bisque.md', 'id: first', '/kiln/docs/dev/firing/first'],
    ['docs/01-firing/02-bisque.md', 'slug: ../warm', '/kiln/docs/dev/warm'],
    ['docs/01-firing/02-bisque.md', 'slug: /', '/kiln/docs/dev'],
    ['docs/01-firing/02-bisque.md', 'slug: warm#up', '/kiln/docs/dev/firing/warm'],
    ['docs/50% C# or 2?.md', '', '/kiln/docs/dev/50%25%20C%23%20or%202%3F'],
    ['website/src/pages/C#.md', '', '/kiln/C%23'],
    ['website/versioned_docs/version-2.0/intro.md', '', '/kiln/docs/intro'],
    ['website/versioned_docs/version-1.0/intro.md', '', '/kiln/docs/old/intro'],
    ['website/i18n/pt-BR/docusaurus-plugin-content-docs/version-2.0/intro.md', '', '/kiln/pt-BR/docs/intro'],
    [
      'website/i18n/pt-BR/docusaurus-plugin-content-docs-api/current/kiln.md',
      '',
      '/kiln/pt-BR/reference/kiln',
    ],
    ['website/api/kiln.md', '', '/kiln/reference/kiln'],
    ['website/blog/2026-05-04-new-kiln.md', '', '/kiln/news/2026/05/04/new-kiln'],
    ['website/blog/2026/06/01/glazes/index.md', '', '/kiln/news/2026/06/01/glazes'],
    ['website/blog/2026-05-04-new-kiln.md', 'slug: kiln', '/kiln/news/kiln'],
    ['website/src/pages/about.md', '', '/kiln/about'],
  ])('%s with “%s” is %s', (path, front, url) => {
    expect(placeIn(rules, path, front).url).toBe(url)
  })

  test('languages and versions are those of the configuration', () => {
    expect(site.versions.current).toBe('2.0')
    expect(placeIn(rules, 'docs/intro.md')).toMatchObject({version: '3.0-dev', lang: 'en'})
    expect(placeIn(rules, 'website/api/kiln.md')).toMatchObject({version: null, lang: 'en'})
    expect(
      placeIn(rules, 'website/i18n/pt-BR/docusaurus-plugin-content-docs/version-2.0/intro.md'),
    ).toMatchObject({version: '2.0', lang: 'pt-BR'})
  })

  test('parts, hidden pages and files outside its folders are no pages', () => {
    expect(placeIn(rules, 'docs/01-firing/_steps.md').setAside?.rule).toBe('partial')
    expect(placeIn(rules, 'docs/drafts/glaze.md').setAside?.rule).toBe('partial')
    expect(placeIn(rules, 'website/README.md').setAside?.rule).toBe('partial')
    expect(placeIn(rules, 'docs/intro.md', 'unlisted: true').setAside?.rule).toBe('noindex')
    expect(placeIn(rules, 'docs/intro.md').setAside).toBeNull()
  })

  test('the sidebars of the version that readers get are the navigation', () => {
    const {'website/versions.json': _, ...unversioned} = Object.fromEntries(
      Object.entries(project).filter(([path]) => !path.includes('versioned_')),
    )

    expect(docusaurus.navigation!(memoryProject(project).folder('website'), site)).toEqual([
      {title: null, path: 'website/versioned_docs/version-2.0/intro', items: []},
    ])
    expect(docusaurus.navigation!(memoryProject(unversioned).folder('website'), siteIn(unversioned))).toEqual(
      [
        {title: null, path: 'docs/intro', items: []},
        {
          title: 'Firing',
          path: 'docs/firing/index',
          items: [{title: null, path: 'docs/firing/bisque', items: []}],
        },
      ],
    )
  })

  test('a sidebar made of folders takes their labels and positions', () => {
    const files = {
      'docusaurus.config.js':
        "module.exports = {presets: [['classic', {docs: {sidebarPath: './sidebars.js'}}]]}",
      'sidebars.js': "module.exports = {docs: [{type: 'autogenerated', dirName: '.'}]}",
      'docs/a.md': '# A',
      'docs/kilns/_category_.json': '{"label": "All kilns", "position": 2}',
    }

    expect(docusaurus.navigation!(memoryProject(files).folder(''), siteIn(files))).toEqual([
      {title: null, path: 'docs/', items: []},
    ])
    expect(docusaurus.labelOf!(memoryProject(files).folder('docs/kilns'))).toEqual({
      title: 'All kilns',
      position: 2,
    })
    expect(docusaurus.labelOf!(memoryProject(files).folder('docs'))).toBeNull()
  })

  test('a part of a page may be imported from @site', () => {
    const text =
      "import Steps from '@site/shared/_steps.mdx'\nimport Own from './_own.mdx'\n\nFirst.\n\n<Steps />\n\n<Own />"

    expect(
      pageIn(rules, 'website/api/kiln.md', text, {
        'website/shared/_steps.mdx': 'Heat **slowly**.',
        'website/api/_own.mdx': 'Cool down.',
      })?.sections[0]?.text,
    ).toBe('First.\nHeat slowly.\nCool down.')
  })
})
