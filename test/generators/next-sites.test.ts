import {describe, expect, test} from 'vitest'
import {fumadocs} from '../../src/generators/fumadocs.ts'
import {rulesOf} from '../../src/generators/index.ts'
import {nextra} from '../../src/generators/nextra/nextra.ts'
import {pageIn, placeIn} from '../support/generated-page.ts'
import {memoryProject, siteIn} from '../support/memory-project.ts'

describe('Nextra', () => {
  const app = {
    'docs/next.config.mjs': "import nextra from 'nextra'\nexport default nextra({})({basePath: '/wool'})",
    'docs/app/(main)/dyes/page.mdx': '# Dyes',
    'docs/app/_parts/tip.mdx': 'Tip.',
    'docs/app/dyes/old.mdx': 'Old.',
    'docs/app/_meta.js': "export default {dyes: 'Dyes', hidden: {display: 'hidden'}}",
    'docs/app/dyes/page.mdx': '# Dyes',
  }
  const content = {
    'next.config.js': `const withNextra = require('nextra')({contentDirBasePath: '/docs'})
      module.exports = withNextra({i18n: {locales: ['en', 'ja'], defaultLocale: 'en'}, trailingSlash: true})`,
    'content/en/index.mdx': '# Home',
    'content/en/spin.mdx': '# Spin',
    'content/ja/spin.mdx': '# 紡ぐ',
    'content/en/_meta.ts': "export default {index: 'Home', spin: {title: 'Spinning'}}",
  }
  const pages = {
    'next.config.js':
      "const withNextra = require('nextra')('nextra-theme-docs')\nmodule.exports = withNextra({i18n: {locales: ['en-US', 'ja'], defaultLocale: 'en-US'}})",
    'pages/card.en-US.mdx': '# Card',
    'pages/card.ja.mdx': '# カード',
    'pages/index.mdx': '# Home',
  }

  test.each([
    [app, 'docs/app/(main)/dyes/page.mdx', '/wool/dyes', null],
    [content, 'content/en/index.mdx', '/docs/en/', 'en'],
    [content, 'content/ja/spin.mdx', '/docs/ja/spin/', 'ja'],
    [pages, 'pages/card.en-US.mdx', '/card', 'en-US'],
    [pages, 'pages/card.ja.mdx', '/ja/card', 'ja'],
    [pages, 'pages/index.mdx', '/', 'en-US'],
  ])('%#: %s is %s', (files, path, url, lang) => {
    expect(placeIn(rulesOf(siteIn(files)), path)).toMatchObject({url, lang, setAside: null})
  })

  test('in app/, only files called page are pages', () => {
    const rules = rulesOf(siteIn(app))

    expect(placeIn(rules, 'docs/app/dyes/old.mdx').setAside?.rule).toBe('partial')
    expect(placeIn(rules, 'docs/app/_parts/tip.mdx').setAside?.rule).toBe('partial')
    expect(placeIn(rules, 'docs/app/dyes/page.mdx', 'searchable: false').setAside?.rule).toBe('hidden')
  })

  test('in content/, names that begin with a line are pages; in pages/, those that Next.js keeps for itself are none', () => {
    const inContent = rulesOf(siteIn({...content, 'content/en/_notes/a.mdx': '# A'}))
    const inPages = rulesOf(siteIn(pages))

    expect(placeIn(inContent, 'content/en/_notes/a.mdx')).toMatchObject({
      url: '/docs/en/_notes/a/',
      setAside: null,
    })
    expect(placeIn(inPages, 'pages/_app.mdx').setAside?.rule).toBe('partial')
    expect(placeIn(inPages, 'pages/_notes.mdx').setAside).toBeNull()
  })

  // As in a site that Nextra 4.6 built.
  test('ids that authors set become slugs, no other is the same, and the title takes none', () => {
    const anchors = rulesOf(siteIn(content)).anchors()

    expect([
      anchors.ofHeading('Wool', 1),
      anchors.ofHeading('Wool', 2),
      anchors.ofExplicit('Fine_Wool.1'),
      anchors.ofExplicit('wool'),
      anchors.ofHeading('Fine_Wool1', 3),
    ]).toEqual(['wool', 'wool', 'fine_wool1', 'wool-1', 'fine_wool1-1'])
  })

  test('_meta files are the navigation', () => {
    expect(nextra.navigation!(memoryProject(app).folder('docs'), siteIn(app))).toEqual([
      {title: 'Dyes', path: 'docs/app/dyes/page', items: []},
      {title: null, path: 'docs/app/', items: []},
    ])
    expect(nextra.navigation!(memoryProject(content).folder(''), siteIn(content))).toEqual([
      {title: 'Home', path: 'content/en/index', items: []},
      {title: 'Spinning', path: 'content/en/spin', items: []},
      {title: null, path: 'content/en/', items: []},
    ])
  })

  test('another site of Next.js is none', () => {
    expect(siteIn({'next.config.js': 'module.exports = {}', 'pages/a.mdx': '# A'}).generator).toBe('plain')
  })
})

describe('Fumadocs', () => {
  const project = {
    'source.config.ts': "export const docs = defineDocs({\n  dir: 'content/manual',\n})",
    'lib/source.ts':
      "export const source = loader({baseUrl: '/manual', source: docs.toFumadocsSource(), i18n})",
    'lib/i18n.ts':
      "export const i18n = defineI18n({defaultLanguage: 'en', languages: ['en', 'de'], hideLocale: 'default-locale'})",
    'content/manual/index.mdx': '# Manual',
    'content/manual/(basics)/knead.mdx': '# Knead',
    'content/manual/(basics)/knead.de.mdx': '# Kneten',
    'content/manual/(basics)/meta.json': '{"title": "Basics", "pages": ["rise", "..."]}',
    'content/manual/(basics)/rise.mdx': '# Rise',
    'content/manual/meta.json': '{"pages": ["index", "---Work---", "(basics)"]}',
    'content/blog/oven.mdx': '# Oven',
    'components/note.mdx': 'Note.',
  }
  const site = siteIn(project)
  const rules = rulesOf(site)

  test.each([
    ['content/manual/index.mdx', '/manual', 'en'],
    ['content/manual/(basics)/knead.mdx', '/manual/knead', 'en'],
    ['content/manual/(basics)/knead.de.mdx', '/de/manual/knead', 'de'],
    ['content/blog/oven.mdx', '/blog/oven', 'en'],
  ])('%s is %s', (path, url, lang) => {
    expect(placeIn(rules, path)).toMatchObject({url, lang, setAside: null})
  })

  test('files outside its folders are no pages', () => {
    expect(placeIn(rules, 'components/note.mdx').setAside?.rule).toBe('partial')
  })

  test.each([
    ['<include>./dough.mdx</include>', '## Rest\n\nAn hour.\n\nSoft.'],
    ['<include>./dough.mdx#soft</include>', 'Soft.'],
    ['<include>./dough.mdx#rest</include>', '## Rest\n\nAn hour.\n\nSoft.'],
    ['<include cwd>components/note.mdx</include>', 'Note.'],
    ['<include>./mix.ts</include>', '```ts\nmix()\nturn()\n```'],
    [
      '<include lang="js" meta=\'title="mix.js"\'>\n  ./mix.ts#slow\n</include>',
      '```js title="mix.js"\nturn()\n```',
    ],
    ['A word: <include>../../../components/note.mdx</include>', 'A word: Note.'],
    ['1. One\n\n   <include>./mix.ts#slow</include>', '1. One\n\n   ```ts\n   turn()\n   ```'],
  ])('%s becomes what it names', (source, shown) => {
    const files = {
      ...project,
      'content/manual/(basics)/dough.mdx':
        '---\ntitle: Dough\n---\n\n## Rest\n\nAn hour.\n\n<section id="soft">\n\nSoft.\n\n</section>\n',
      'content/manual/(basics)/mix.ts': 'mix()\n// #region slow\nturn()\n// #endregion slow\n',
    }
    const page = pageIn(rules, 'content/manual/(basics)/knead.mdx', `# Knead\n\n${source}\n\nEnd.`, files)

    expect(page?.markdown.replace(/\n{2,}/g, '\n\n')).toBe(`# Knead\n\n${shown}\n\nEnd.`)
  })

  test('a meta file takes the rest from the end, without what it leaves out', () => {
    const files = {
      ...project,
      'content/manual/meta.json': '{"pages": ["./index", "!draft", "notes"]}',
      'content/manual/draft.mdx': '# Draft',
      'content/manual/notes/meta.json': '{"title": "What is new", "pages": ["z...a"]}',
      'content/manual/notes/first.mdx': '# First',
      'content/manual/notes/second.mdx': '# Second',
    }
    const inFolder = (name: string) => ({title: null, path: `content/manual/notes/${name}`, items: []})

    expect(fumadocs.navigation!(memoryProject(files).folder(''), site)).toEqual([
      {title: null, path: 'content/manual/index', items: []},
      {title: 'What is new', path: null, items: [inFolder('second'), inFolder('first')]},
    ])
  })

  test.each([
    "<Tabs items={['npm', 'pnpm add it']}><Tab>First *one*.</Tab><Tab>Second</Tab></Tabs>",
    "<Tabs items={['npm', 'pnpm add it']}>\n<Tab>First *one*.</Tab><Tab>Second</Tab>\n</Tabs>",
    "<Tabs items={['npm', 'pnpm add it']}>\n  <Tab>First *one*.</Tab>\n  <Tab>\n    Second\n  </Tab>\n</Tabs>",
    '<Tabs><Tab value="npm">First *one*.</Tab> <Tab value="pnpm add it">Second</Tab></Tabs>',
  ])('tabs are blocks below their names: %s', (text) => {
    const page = pageIn(rules, 'content/manual/index.mdx', `Do:\n\n${text}\n\nEnd <Key>a</Key><Key>b</Key>.`)

    expect(page?.markdown.replace(/\n{2,}/g, '\n\n')).toBe(
      'Do:\n\n**npm**\n\nFirst *one*.\n\n**pnpm add it**\n\nSecond\n\nEnd a b.',
    )
  })

  test('meta files are the navigation', () => {
    expect(fumadocs.navigation!(memoryProject(project).folder(''), site)).toEqual([
      {title: null, path: 'content/manual/index', items: []},
      {
        title: 'Basics',
        path: null,
        items: [
          {title: null, path: 'content/manual/(basics)/rise', items: []},
          {title: null, path: 'content/manual/(basics)/knead.de', items: []},
          {title: null, path: 'content/manual/(basics)/knead', items: []},
        ],
      },
    ])
  })
})
