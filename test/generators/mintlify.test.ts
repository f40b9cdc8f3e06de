import {describe, expect, test} from 'vitest'
import {rulesOf} from '../../src/generators/index.ts'
import {mintlify} from '../../src/generators/mintlify/mintlify.ts'
import {pageIn, placeIn} from '../support/generated-page.ts'
import {memoryProject, siteIn} from '../support/memory-project.ts'

const project = {
  'docs/docs.json': JSON.stringify({
    $schema: 'https://mintlify.com/docs.json',
    navigation: {
      languages: [
        {
          language: 'en',
          versions: [
            {version: 'v2 (beta)', groups: [{group: 'Start', pages: ['v2/brew', 'v2/index']}]},
            {version: 'v1', default: true, groups: [{group: 'Start', pages: ['v1/brew']}]},
          ],
          tabs: [{tab: 'Inside', hidden: true, pages: ['inside/recipe']}],
        },
        {$ref: './config/cn.json'},
      ],
    },
  }),
  'docs/config/cn.json': JSON.stringify({language: 'cn', groups: [{group: '开始', pages: ['cn/brew']}]}),
  'docs/.mintignore': '# private\n*.draft.mdx\n/internal/\n',
  'docs/v1/brew.mdx': '# Brew',
  'docs/v2/brew.mdx': '# Brew',
  'docs/v2/index.mdx': '# Two',
  'docs/cn/brew.mdx': '# 泡茶',
  'docs/inside/recipe.mdx': '# Recipe',
  'docs/snippets/steep.mdx': 'Steep it.',
  'docs/README.md': '# Docs',
}
const site = siteIn(project)
const rules = rulesOf(site)

describe('Mintlify', () => {
  test('the description stands above the page, as text', () => {
    const text = '---\ntitle: Brew\ndescription: Warm <br> the {pot} first.\n---\n\nPour **slowly**.\n'
    const page = pageIn(rules, 'docs/v1/brew.mdx', text)

    expect(page?.sections.map((section) => section.text)).toEqual([
      'Warm <br> the {pot} first.\nPour slowly.',
    ])
    expect(pageIn(rules, 'docs/v1/brew.mdx', 'Pour.')?.sections[0]?.text).toBe('Pour.')
  })

  test.each([
    ['bash Kettle at home', 'bash title="Kettle at home"'],
    ['js Boil it icon="kettle" lines highlight={1-2,5} {3}', 'js title="Boil it"'],
    ['ts "On the hob" expandable', 'ts title="On the hob"'],
    ['ts title="Named" wrap', 'ts title="Named"'],
    ['python brew.py', 'python title="brew.py"'],
    ['python wrap lines theme={null}', 'python'],
    ['', ''],
  ])('the words after the language of ```%s are the title of the code', (info, shown) => {
    expect(pageIn(rules, 'docs/v2/brew.mdx', `\`\`\`${info}\nboil\n\`\`\``)?.markdown).toBe(
      `\`\`\`${shown}\nboil\n\`\`\``,
    )
  })

  test('routes are paths, an index stands for its folder', () => {
    expect(placeIn(rules, 'docs/v2/brew.mdx').url).toBe('/v2/brew')
    expect(placeIn(rules, 'docs/v2/index.mdx').url).toBe('/v2')
    expect(placeIn(rules, 'docs/index.mdx').url).toBe('/')
  })

  test('languages and versions are those of the navigation, its parts in other files included', () => {
    expect(placeIn(rules, 'docs/cn/brew.mdx').lang).toBe('zh-Hans')
    expect(placeIn(rules, 'docs/v1/brew.mdx')).toMatchObject({lang: 'en', version: 'v1'})
    expect(site.versions.current).toBe('v1')
  })

  test('a folder that looks like a version is none where the navigation names no versions', () => {
    const files = {
      'docs.json': '{"navigation": {"pages": ["api/v2/a"]}}',
      'api/v2/a.mdx': '# A',
      'api/a.mdx': '# A',
    }

    expect(siteIn(files).versions).toEqual({current: null, folders: {}})
  })

  test('parts, hidden pages and what is ignored are no pages', () => {
    expect(placeIn(rules, 'docs/snippets/steep.mdx').setAside?.rule).toBe('partial')
    expect(placeIn(rules, 'docs/README.md').setAside?.rule).toBe('partial')
    expect(placeIn(rules, 'docs/internal/plan.mdx').setAside?.rule).toBe('partial')
    expect(placeIn(rules, 'docs/v1/next.draft.mdx').setAside?.rule).toBe('partial')
    expect(placeIn(rules, 'docs/inside/recipe.mdx').setAside?.rule).toBe('hidden')
    expect(placeIn(rules, 'docs/v1/brew.mdx', 'hidden: true').setAside?.rule).toBe('hidden')
    expect(placeIn(rules, 'docs/v1/brew.mdx').setAside).toBeNull()
  })

  test('snippets are shown where they are imported', () => {
    const text = "import Steep from '/snippets/steep.mdx'\n\nBoil water.\n\n<Steep />"

    expect(pageIn(rules, 'docs/v1/brew.mdx', text, project)?.sections[0]?.text).toBe('Boil water.\nSteep it.')
  })

  test('docs.json is the navigation', () => {
    const navigation = mintlify.navigation!(memoryProject(project).folder('docs'), site)

    expect(navigation?.map(({title}) => title)).toEqual(['en', 'cn'])
    expect(navigation?.[1]?.items).toEqual([
      {title: '开始', path: null, items: [{title: null, path: 'docs/cn/brew', items: []}]},
    ])
  })
})
