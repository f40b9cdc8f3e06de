import {describe, expect, test} from 'vitest'
import {rulesOf, type Site} from '../../src/generators/index.ts'
import {noFrontMatter} from '../../src/markdown/index.ts'
import {siteIn} from '../support/memory-project.ts'

/** The address of a file, by its path below the project's root. */
function urlIn(site: Site, projectPath: string): string {
  const start = site.contentPath === '' ? 0 : site.contentPath.length + 1
  return rulesOf(site).placeOf(projectPath.slice(start), noFrontMatter).url
}

describe('a site', () => {
  const projects: Record<
    string,
    {files: Record<string, string>; folders: string[]; page: string; url: string}
  > = {
    docusaurus: {
      files: {
        'docusaurus.config.ts':
          "import type {Config} from '@docusaurus/types'\nconst config: Config = {baseUrl: '/tool/', presets: [['classic', {docs: {routeBasePath: 'manual'}}]]}\nexport default config",
        'docs/guide/01-setup.md': 'Text.',
        'docs/intro.md': 'Text.',
      },
      folders: ['', 'docs', 'docs/guide'],
      page: 'docs/guide/01-setup.md',
      url: '/tool/manual/guide/setup',
    },
    'docusaurus beside its docs': {
      files: {
        'website/docusaurus.config.js':
          "module.exports = {baseUrl: '/', presets: [['classic', {docs: {path: '../docs', routeBasePath: '/'}}]]}",
        'docs/guide/setup.md': 'Text.',
        'README.md': 'Text.',
      },
      folders: ['', 'docs', 'docs/guide'],
      page: 'docs/guide/setup.md',
      url: '/guide/setup',
    },
    hugo: {
      files: {
        'hugo.toml': 'baseURL = "https://example.com/kit/"',
        'content/en/docs/setup.md': 'Text.',
        'content/en/docs/_index.md': 'Text.',
      },
      folders: ['', 'content', 'content/en', 'content/en/docs'],
      page: 'content/en/docs/setup.md',
      url: '/kit/docs/setup/',
    },
    starlight: {
      files: {
        'site/astro.config.mjs':
          "import starlight from '@astrojs/starlight'\nexport default defineConfig({base: '/d', integrations: [starlight({title: 'T'})]})",
        'site/src/content/docs/guides/setup.md': 'Text.',
        'site/src/content/docs/index.md': 'Text.',
      },
      folders: ['', 'site', 'site/src/content', 'site/src/content/docs', 'site/src/content/docs/guides'],
      page: 'site/src/content/docs/guides/setup.md',
      url: '/d/guides/setup/',
    },
  }

  test.each(Object.keys(projects))('has the same addresses from each folder of its project: %s', (name) => {
    const {files, folders, page, url} = projects[name]!

    for (const folder of folders) expect([folder, urlIn(siteIn(files, folder), page)]).toEqual([folder, url])
  })

  test('of several is the one that holds most of the files', () => {
    const files = {
      '_config.yml': 'title: Old page',
      'README.md': 'Text.',
      'docs/.vitepress/config.ts': "export default {base: '/x/'}",
      'docs/a.md': 'Text.',
      'docs/b.md': 'Text.',
      'docs/c.md': 'Text.',
      'examples/book/book.toml': '[book]',
      'examples/book/src/a.md': 'Text.',
    }

    expect(siteIn(files)).toMatchObject({generator: 'vitepress', foundIn: 'docs/.vitepress/config.ts'})
    expect(siteIn(files, 'examples/book').generator).toBe('mdbook')
  })

  test('is none that holds few of the files of the folder, such as a sample in it', () => {
    const pages = Object.fromEntries(Array.from({length: 30}, (_, n) => [`guide/page-${n}.md`, 'Text.']))
    const files = {...pages, 'kit/sample/mkdocs.yml': 'site_name: x', 'kit/sample/docs/a.md': 'Text.'}

    expect(siteIn(files).generator).toBe('plain')
    expect(siteIn(files, 'kit').generator).toBe('mkdocs')
  })

  test('is not Jekyll’s if the configuration is Hexo’s, with which it shares its name', () => {
    const files = {
      '_config.yml': 'title: x\npermalink: :year/:title/\nsource_dir: source\nnew_post_name: :title.md',
      'source/docs/a.md': 'Text.',
      'themes/wave/_config.yml': 'menu: {}',
      'themes/wave/README.md': 'Text.',
    }

    for (const folder of ['', 'source', 'source/docs'])
      expect([folder, siteIn(files, folder).generator]).toEqual([folder, 'plain'])
  })

  test('can be named, with or without a configuration', () => {
    const files = {'docs/mkdocs.yml': 'site_name: x', 'docs/docs/a.md': 'Text.'}

    expect(siteIn(files, '', 'hugo')).toMatchObject({generator: 'hugo', foundIn: null})
    expect(siteIn(files, '', 'mkdocs')).toMatchObject({generator: 'mkdocs', foundIn: 'docs/mkdocs.yml'})
    expect(urlIn(siteIn({'docs/guide/a.md': 'Text.'}, 'docs', 'docusaurus'), 'docs/guide/a.md')).toBe(
      '/docs/guide/a',
    )
  })

  test('is plain without a configuration, and its folder is where routes begin', () => {
    const site = siteIn({'docs/guide/a.md': 'Text.', 'package.json': '{}'}, 'docs')

    expect(site).toMatchObject({generator: 'plain', foundIn: null})
    expect(urlIn(site, 'docs/guide/a.md')).toBe('/guide/a')
  })
})

describe('the configuration of a site', () => {
  test.each([
    ['a constant', "const base = '/a/'\nexport default {base}"],
    ['a call', "export default defineConfig({base: '/a/'})"],
    ['a function', "export default defineConfig(() => {\n  const base = '/a/'\n  return {base}\n})"],
    ['an async function', "export default async function config() {\n  return {base: '/a/'}\n}"],
    ['a template', "const name = 'a'\nexport default {base: `/${name}/`}"],
    ['a file beside it', "import {base} from './shared'\nexport default {base}"],
    ['a spread', "const shared = {base: '/a/'}\nexport default {...shared, title: 'x'}"],
    ['a fallback', "export default {base: process.env.BASE ?? '/a/'}"],
    ['a type', "import type {C} from 'x'\nexport default {base: '/a/'} satisfies C as C"],
    ['CommonJS', "module.exports = {base: '/a/'}"],
  ])('is known without being run: %s', (_, config) => {
    const files = {
      '.vitepress/config.mts': config,
      '.vitepress/shared.ts': "export const base: string = '/a/'",
      'page.md': 'Text.',
    }

    expect(siteIn(files).base).toBe('/a')
  })

  test.each(['export default {', 'throw new Error()', 'const a = b\nconst b = a\nexport default {base: a}'])(
    'that says nothing leaves the conventions: %j',
    (config) => {
      const site = siteIn({'.vitepress/config.mjs': config, 'page.md': 'Text.'})

      expect(site).toMatchObject({generator: 'vitepress', base: '', routeEnd: 'html'})
    },
  )

  test('may not lead out of the project, and a cycle of imports ends', () => {
    const site = siteIn({
      '.vitepress/config.mjs':
        "import {base} from '../../../outside.js'\nimport {b} from './b.js'\nexport default {base: b}",
      '.vitepress/b.js': "export {b} from './b.js'\nimport {b as c} from './config.mjs'\nexport const b = c",
      'page.md': 'Text.',
    })

    expect(site.base).toBe('')
  })
})

describe('versions and languages', () => {
  const pages = (...folders: string[]): Record<string, string> =>
    Object.fromEntries(
      folders.flatMap((folder) => ['a', 'b', 'c'].map((name) => [`${folder}${name}.md`, 'Text.'])),
    )
  const placeIn = (files: Record<string, string>, path: string) => {
    const {version, lang} = rulesOf(siteIn(files)).placeOf(path, noFrontMatter)
    return {version, lang}
  }

  test.each([
    [['4x/', '5x/'], '5x', '5x'],
    [['2024-11-05/', '2025-03-26/', 'draft/'], '2025-03-26', '2025-03-26'],
    [['v1.9/', 'v1.10/', 'next/'], 'v1.10', 'v1.10'],
    [['docs/latest/', 'docs/v2/'], 'latest', 'latest'],
    [['docs/', 'docs/v2/'], 'v2', null],
    [['version-1.0/', 'version-2.0-rc1/'], '1.0', '1.0'],
  ])('are folders with the same pages: %j', (folders, version, current) => {
    const files = pages(...folders)
    const folder = folders.find((name) => name.includes(version))!

    expect(placeIn(files, `${folder}a.md`).version).toBe(version)
    expect(siteIn(files).versions.current).toBe(current)
  })

  test('are no folders whose pages are their own', () => {
    const files = {
      ...pages('guide/'),
      'api/agent/v2/tokens.md': 'Text.',
      'api/agent/v3/keys.md': 'Text.',
      'blog/2024-01-02/news.md': 'Text.',
      'it/department.md': 'Text.',
    }

    for (const path of Object.keys(files)) expect(placeIn(files, path)).toEqual({version: null, lang: null})
  })

  test('a language is a folder or an ending of files with the same pages', () => {
    expect(placeIn(pages('', 'de/', 'zh-cn/'), 'zh-cn/a.md').lang).toBe('zh-CN')
    expect(placeIn(pages('', 'de/', 'zh-cn/'), 'a.md').lang).toBeNull()
    expect(siteIn(pages('en/', 'pt_BR/')).languages).toMatchObject({
      default: 'en',
      folders: {en: 'en', pt_BR: 'pt-BR'},
    })
    expect(placeIn({'a.md': 'Text.', 'a.fr.md': 'Text.'}, 'a.fr.md').lang).toBe('fr')
    expect(placeIn(pages('en/', 'no-menu-md/', 'zh-hant/'), 'zh-hant/a.md').lang).toBe('zh-Hant')
    expect(placeIn(pages('en/', 'no-menu-md/', 'zh-hant/'), 'no-menu-md/a.md').lang).toBe('en')
    expect(placeIn({'jquery.min.md': 'Text.'}, 'jquery.min.md').lang).toBeNull()
  })

  test('a folder beside two languages is one by its name, though its pages are its own', () => {
    const files = {
      ...pages('site/ko/', 'site/de/'),
      'site/vi/otters.md': 'Text.',
      'site/api/vi/b.md': 'Text.',
    }

    expect(placeIn(files, 'site/vi/otters.md').lang).toBe('vi')
    expect(placeIn(files, 'site/api/vi/b.md').lang).toBeNull()
    expect(placeIn({...pages('', 'de/'), 'it/department.md': 'Text.'}, 'it/department.md').lang).toBeNull()
  })

  test('of thousands of folders take no time that grows with their square', () => {
    const files = Object.fromEntries(
      Array.from({length: 4000}, (_, n) => [`part-${n}/v${n % 7}.1/page-${n}.md`, 'Text.']),
    )

    expect(Object.keys(siteIn(files).versions.folders).length).toBeGreaterThan(0)
  })
})
