import {describe, expect, test} from 'vitest'
import {rulesOf} from '../../src/generators/index.ts'
import {vitepress} from '../../src/generators/vitepress.ts'
import {parsePage} from '../../src/markdown/index.ts'
import {pageIn, placeIn} from '../support/generated-page.ts'
import {memoryProject, siteIn} from '../support/memory-project.ts'

const project = {
  'docs/.vitepress/config.mts': `
    import {defineConfig} from 'vitepress'
    export default defineConfig({
      base: '/loom/',
      cleanUrls: true,
      srcExclude: ['**/drafts/**', 'notes.md'],
      rewrites: {'en/:rest*': ':rest*', 'packages/:name/docs/:page': ':name/:page'},
      locales: {root: {label: 'English', lang: 'en-US'}, zh: {label: '中文', lang: 'zh-Hans'}},
      themeConfig: {sidebar: {'/guide/': [{text: 'Guide', items: [{text: 'Warp', link: '/guide/warp'}]}]}},
    })`,
  'docs/en/index.md': '# Loom',
  'docs/en/guide/warp.md': '# Warp',
  'docs/zh/guide/warp.md': '# 经线',
  'docs/packages/reed/docs/usage.md': '# Usage',
  'docs/drafts/weft.md': '# Weft',
  'docs/notes.md': '# Notes',
  'README.md': '# Loom',
}
const site = siteIn(project)
const rules = rulesOf(site)

describe('VitePress', () => {
  test.each([
    ['docs/en/index.md', '/loom/'],
    ['docs/en/guide/warp.md', '/loom/guide/warp'],
    ['docs/zh/guide/warp.md', '/loom/zh/guide/warp'],
    ['docs/packages/reed/docs/usage.md', '/loom/reed/usage'],
  ])('%s is %s', (path, url) => {
    expect(placeIn(rules, path).url).toBe(url)
  })

  test('README is a page like any other, and a slug says nothing', () => {
    const html = rulesOf(siteIn({'.vitepress/config.js': 'export default {}', 'a/README.md': ''}))

    expect(placeIn(html, 'a/README.md').url).toBe('/a/README.html')
    expect(placeIn(html, 'a/index.md').url).toBe('/a/')
    expect(placeIn(html, 'a/b.md', 'slug: c').url).toBe('/a/b.html')
  })

  test('a badge is shown and is no part of the id', () => {
    const text =
      '[[toc]]\n\n## `useWarp` <Badge type="tip" text="new" />\n\nA.\n\n## Weft <Badge>old</Badge> {#weft}\n\nB.'
    const page = pageIn(rules, 'docs/en/guide/warp.md', text)

    expect(page?.sections.map(({anchor}) => anchor)).toEqual(['usewarp', 'weft'])
    expect(page?.sections.map(({headings}) => headings)).toEqual([['useWarp new'], ['Weft old']])
  })

  test.each([
    ['./part.md', '# Reed\n\nOne.\n\n## Fine *reed*\nTwo.\n## Last\n\nThree.'],
    ['./part.md{3,5}', 'One.\n\n## Fine *reed*'],
    ['./part.md{9-}', '## Last\n\nThree.'],
    ['./part.md{3}', 'One.'],
    ['./part.md#fine', 'Two.'],
    ['./part.md#last', '## Last\n\nThree.'],
    ['@/en/guide/part.md{-1}', '# Reed'],
    ['../../parts/warp.md', ''],
  ])('the comment that includes %s becomes what it names', (file, shown) => {
    const files = {
      'docs/en/guide/part.md':
        '# Reed\n\nOne.\n\n## Fine *reed*\n<!-- #region fine -->\nTwo.\n<!-- #endregion fine -->\n## Last\n\nThree.\n',
    }
    const text = `Before.\n\n<!-- @include: ${file} -->\n\nAfter.\n\n<!--@include: ./part.md{3}-->\n- In a list: <!-- @include: ./part.md#fine -->\n`
    const page = pageIn(rules, 'docs/en/guide/warp.md', text, files)

    expect(page?.markdown.replace(/\n{2,}/g, '\n\n')).toBe(
      `Before.\n\n${shown === '' ? '' : `${shown}\n\n`}After.\n\nOne.\n\n- In a list: Two.`,
    )
  })

  test.each(['./gone.md', './part.md#gone'])('an include of %s, which is not there, is reported', (file) => {
    const {diagnostics} = parsePage(`Text.\n\n<!-- @include: ${file} -->`, {
      path: 'docs/en/guide/warp.md',
      site: rules,
      readInclude: (path) => (path === 'docs/en/guide/part.md' ? 'One.' : null),
    })

    expect(diagnostics.map(({rule, line}) => [rule, line])).toEqual([['include-missing', 3]])
  })

  test('its locales are the languages', () => {
    expect(placeIn(rules, 'docs/zh/guide/warp.md').lang).toBe('zh-Hans')
    expect(placeIn(rules, 'docs/en/guide/warp.md').lang).toBe('en-US')
  })

  test('what it leaves out is set aside', () => {
    expect(placeIn(rules, 'docs/drafts/weft.md').setAside?.rule).toBe('partial')
    expect(placeIn(rules, 'docs/notes.md').setAside?.rule).toBe('partial')
    expect(placeIn(rules, 'README.md').setAside?.rule).toBe('partial')
    expect(placeIn(rules, 'docs/en/guide/warp.md', 'search: false').setAside?.rule).toBe('hidden')
    expect(placeIn(rules, 'docs/en/guide/warp.md').setAside).toBeNull()
  })

  test('its sidebar is the navigation', () => {
    expect(vitepress.navigation!(memoryProject(project).folder('docs'), site)).toEqual([
      {title: 'Guide', path: null, items: [{title: 'Warp', path: 'docs/guide/warp', items: []}]},
    ])
  })
})

describe('the home page of VitePress', () => {
  const front = `layout: home
hero:
  name: Loom
  text: Weave at home
  tagline: 3. place among looms
  actions:
    - text: Begin here
      link: /guide/warp
features:
  - title: Quiet
    details: No motor at all.
    link: /guide/quiet
    linkText: Why
  - details: It <b>folds</b> up.`

  test('is what its front matter shows, then its body', () => {
    const page = pageIn(rules, 'docs/en/index.md', `---\n${front}\n---\n\n## Next\n\nThread it.\n`)

    expect(page?.title).toBe('Loom')
    expect(page?.markdown).toBe(
      'Weave at home\n\n3\\. place among looms\n\n[Begin here](/guide/warp)\n\n**Quiet**\n\nNo motor at all.\n\n[Why](/guide/quiet)\n\nIt **folds** up.\n\n## Next\n\nThread it.',
    )
    expect(page?.sections.map(({anchor, startLine}) => [anchor, startLine])).toEqual([
      ['', 1],
      ['next', 18],
    ])
  })

  test('keeps the title that the page has', () => {
    const page = pageIn(rules, 'docs/en/index.md', `---\ntitle: Looms\n${front}\n---\n`)

    expect(page?.title).toBe('Looms')
    expect(page?.sections[0]?.text).toContain('Weave at home')
  })

  test('is only one with the layout of a home page', () => {
    const page = pageIn(rules, 'docs/en/index.md', `---\n${front.replace('home', 'doc')}\n---\n\nText.\n`)

    expect(page?.markdown).toBe('Text.')
  })
})
