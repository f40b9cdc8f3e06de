import {describe, expect, test} from 'vitest'
import {siteIn} from '../support/memory-project.ts'
import {addressesIn, anchorsIn, navigationIn, positionsIn} from '../support/site-pages.ts'

const files = {
  '_config.yml': [
    '---',
    'baseurl: /m',
    'release: 4.2',
    'collections:',
    '  guides: {output: true, permalink: "/:collection/:path/"}',
    '  parts: {output: false}',
    'defaults:',
    '  - scope: {path: _posts/talks, type: posts}',
    '    values: {permalink: "/talks/:title"}',
    'exclude: [drafts, "*.note.md"]',
  ].join('\n'),
  'index.md': '---\n---\nText.',
  'about us.md': '---\n---\nText.',
  'reference/index.md': 'Text.',
  'moved.md': '---\npermalink: /else/where/\n---\nText.',
  '_guides/Set_Up/first.md': 'Text.',
  '_parts/note.md': 'Text.',
  '_posts/2026-03-05-Lift-Off.md': '---\ncategories: [News, Big Day]\n---\nText.',
  '_posts/2026-03-06-other.md': '---\nslug: Renamed\n---\nText.',
  '_posts/talks/2026-04-01-hello.md': 'Text.',
  'press/_posts/2026-01-02-seen.md': 'Text.',
  '_drafts/idea.md': 'Text.',
  '_includes/note.md': 'Text.',
  'drafts/plan.md': 'Text.',
  'a.note.md': 'Text.',
  'shy.md': '---\nsearch_exclude: true\n---\nText.',
}

describe('a Jekyll project', () => {
  test('has the addresses of its pages, collections and posts', () => {
    expect(addressesIn(files)).toEqual({
      'index.md': '/m/',
      'about us.md': '/m/about%20us.html',
      'reference/index.md': '/m/reference/',
      'moved.md': '/m/else/where/',
      '_guides/Set_Up/first.md': '/m/guides/Set_Up/first/',
      '_parts/note.md': '(partial)',
      '_posts/2026-03-05-Lift-Off.md': '/m/news/big%20day/2026/03/05/Lift-Off.html',
      '_posts/2026-03-06-other.md': '/m/2026/03/06/Renamed.html',
      '_posts/talks/2026-04-01-hello.md': '/m/talks/hello',
      'press/_posts/2026-01-02-seen.md': '/m/press/2026/01/02/seen.html',
      '_drafts/idea.md': '(draft)',
      '_includes/note.md': '(partial)',
      'drafts/plan.md': '(hidden)',
      'a.note.md': '(hidden)',
      'shy.md': '(hidden)',
    })
    expect(siteIn(files)).toMatchObject({includeFolders: ['_includes'], params: {'site.release': '4.2'}})
  })

  test('has folders as addresses where permalink is pretty', () => {
    const pretty = {
      '_config.yml': 'permalink: pretty\ncollections:\n  docs: {output: true}\n',
      'a.md': 'Text.',
      '_docs/b/c.md': 'Text.',
      '_posts/2026-03-05-d.md': 'Text.',
    }
    expect(addressesIn(pretty)).toEqual({
      'a.md': '/a/',
      '_docs/b/c.md': '/docs/b/c/',
      '_posts/2026-03-05-d.md': '/2026/03/05/d/',
    })
  })

  // Expected values are those of a site that Jekyll 4.3 built.
  test.each([
    ["What's new?", 'whats-new'],
    ['“Curly” — dash', 'curly--dash'],
    ['C++ & C#', 'c--c'],
    ['1. First step', '1-first-step'],
    ['v2.0 (beta)', 'v20-beta'],
    ['snake_case_name', 'snake_case_name'],
    ['a/b and c', 'ab-and-c'],
    ['Ünïcödé größer', 'ünïcödé-größer'],
    ['日本語の見出し', '日本語の見出し'],
    ['Rocket 🚀 launch', 'rocket--launch'],
    ['foo -- bar', 'foo--bar'],
    ['Two  spaces', 'two--spaces'],
  ])('makes the anchor of %j', (heading, anchor) => {
    expect(anchorsIn(files, [heading])).toEqual([anchor])
  })

  test('numbers repeated headings, and has kramdown’s own anchors if it says so', () => {
    expect(anchorsIn(files, ['Twice', 'Twice', '???', '!!!'])).toEqual(['twice', 'twice-1', '', '-1'])
    const own = {'_config.yml': 'kramdown: {input: kramdown, auto_id_prefix: h-}\n', 'a.md': ''}
    expect(anchorsIn(own, ['1. Größe A', '日本'])).toEqual(['h-gre-a', 'h-section'])
  })

  test('sorts by nav_order', () => {
    expect(positionsIn({'_config.yml': '', 'a.md': '---\nnav_order: 3\n---\n'})).toEqual({'a.md': 3})
  })
})

describe('the order of a Jekyll project', () => {
  const titled = (title: string, ...lines: string[]): string =>
    ['---', `title: ${title}`, ...lines, '---', 'Text.'].join('\n')

  test('is the tree that the theme just-the-docs makes of parents', () => {
    const files = {
      '_config.yml': 'theme: just-the-docs\n',
      'index.md': titled('Start', 'nav_order: 1'),
      'bake.md': titled('Bake', 'nav_order: 3'),
      'store.md': titled('Store', 'nav_order: 2'),
      'last.md': titled('Last'),
      'away.md': titled('Away', 'nav_exclude: true'),
      'crust.md': titled('Crust', 'parent: Bake', 'nav_order: 2'),
      'crumb.md': titled('Crumb', 'parent: Bake', 'nav_order: 1'),
      'holes.md': titled('Holes', 'parent: Crumb', 'grand_parent: Bake'),
    }

    expect(navigationIn(files)).toEqual([
      'index.md',
      'store.md',
      ['bake.md', ['crumb.md', 'holes.md'], 'crust.md'],
      'last.md',
    ])
    expect(navigationIn({...files, '_config.yml': 'theme: minima\n'})).toBeNull()
  })

  test('is that which a collection lists, with its other files after it', () => {
    const files = {
      '_config.yml': 'collections:\n  steps:\n    output: true\n    order: [mix.md, heat.md]\n',
      '_steps/heat.md': 'Text.',
      '_steps/mix.md': 'Text.',
    }

    expect(navigationIn(files)).toEqual([['Steps', '_steps/mix.md', '_steps/heat.md', '_steps/']])
  })
})
