import {describe, expect, test} from 'vitest'
import {rulesOf} from '../../src/generators/index.ts'
import {vuepress} from '../../src/generators/vuepress.ts'
import {anchorsOf, pageIn, placeIn} from '../support/generated-page.ts'
import {memoryProject, siteIn} from '../support/memory-project.ts'

const first = {
  'docs/.vuepress/config.js': `module.exports = {
    base: '/hive/',
    locales: {'/': {lang: 'en-US'}, '/fr/': {lang: 'fr-FR'}},
    themeConfig: {sidebar: [['/', 'Home'], {title: 'Guide', children: ['/guide/', '/guide/queen']}]},
  }`,
  'docs/README.md': '# Hive',
  'docs/guide/README.md': '# Guide',
  'docs/guide/queen.md': '# Queen',
  'docs/fr/guide/queen.md': '# Reine',
}
const second = {
  'docs/.vuepress/config.ts':
    "import {defineUserConfig} from 'vuepress'\nexport default defineUserConfig({lang: 'en-US'})",
  'docs/README.md': '# Hive',
}

describe('VuePress', () => {
  const rules = rulesOf(siteIn(first))

  test.each([
    ['docs/README.md', '', '/hive/'],
    ['docs/guide/README.md', '', '/hive/guide/'],
    ['docs/guide/queen.md', '', '/hive/guide/queen.html'],
    ['docs/guide/index.md', '', '/hive/guide/'],
    ['docs/fr/guide/queen.md', '', '/hive/fr/guide/queen.html'],
  ])('%s is %s', (path, front, url) => {
    expect(placeIn(rules, path, front).url).toBe(url)
  })

  test('its locales are the languages', () => {
    expect(placeIn(rules, 'docs/fr/guide/queen.md').lang).toBe('fr-FR')
    expect(placeIn(rules, 'docs/guide/queen.md').lang).toBe('en-US')
  })

  test('its configuration says whether repeats are numbered as in version 1 or 2', () => {
    expect(anchorsOf(rules, 'docs/a.md', ['Hive', 'Hive'])).toEqual(['hive', 'hive-2'])
    expect(anchorsOf(rulesOf(siteIn(second)), 'docs/a.md', ['Hive', 'Hive'])).toEqual(['hive', 'hive-1'])
  })

  test('its syntax reaches no reader', () => {
    const text = '# Hive\n\n[[toc]]\n\n::: tip Bees\nThey **dance**.\n:::\n\n@[code{2-2} js](./bee.js)'

    expect(pageIn(rules, 'docs/guide/queen.md', text, {'docs/guide/bee.js': 'a()\nb()\nc()'})?.markdown).toBe(
      '# Hive\n\n> **Bees**\n>\n> They **dance**.\n\n```js\nb()\n```',
    )
  })

  test('search: false hides a page', () => {
    expect(placeIn(rules, 'docs/guide/queen.md', 'search: false').setAside?.rule).toBe('hidden')
  })

  test('its sidebar is the navigation', () => {
    expect(vuepress.navigation!(memoryProject(first).folder('docs'), siteIn(first))).toEqual([
      {title: 'Home', path: 'docs/README', items: []},
      {
        title: 'Guide',
        path: null,
        items: [
          {title: null, path: 'docs/guide/README', items: []},
          {title: null, path: 'docs/guide/queen', items: []},
        ],
      },
    ])
  })
})

test.each([
  ['1', first, 'actionText: Meet the queen\nactionLink: /guide/queen.html'],
  ['2', second, 'actions:\n  - {text: Meet the queen, link: /guide/queen.html, type: primary}'],
])('the home page of VuePress %s is what its front matter shows', (_, files, action) => {
  const front = `home: true\nheroText: Hive\ntagline: Bees in order\n${action}\nfeatures:\n  - title: Sweet\n    details: Honey all year.\nfooter: Made by bees`
  const page = pageIn(rulesOf(siteIn(files)), 'docs/README.md', `---\n${front}\n---\n`)

  expect(page?.title).toBe('Hive')
  expect(page?.markdown).toBe(
    'Bees in order\n\n[Meet the queen](/guide/queen.html)\n\n**Sweet**\n\nHoney all year.\n\nMade by bees',
  )
})
