import {describe, expect, test} from 'vitest'
import {outlineOf} from '../../src/generators/index.ts'

type Outline = ReturnType<typeof outlineOf>
type Item = Parameters<typeof outlineOf>[1]['items'][number]

const page = (path: string, title = path, position: number | null = null, part: string | null = null) => ({
  path,
  title,
  position,
  part,
})

const item = (title: string | null, path: string | null, items: Item[] = []): Item => ({title, path, items})

/** Titles with two spaces a level; a group without a page ends in a colon. */
const shown = (items: Outline | Outline[number]['items'], indent = ''): string[] =>
  items.flatMap(({title, path, items: below}) => [
    `${indent}${title}${path === null ? ':' : ''}`,
    ...shown(below, `${indent}  `),
  ])

const orderOf = (
  pages: ReturnType<typeof page>[],
  items: Item[] = [],
  folders: Parameters<typeof outlineOf>[1]['folders'] = {},
): string[] => shown(outlineOf(pages, {items, folders}))

test('a navigation may name a page by its address, unless a file is called so', () => {
  const pages = [
    {...page('notes/moved.md', 'Moved'), addressPath: 'plumbing/taps'},
    {...page('notes/a.md', 'A'), addressPath: 'notes/b'},
    {...page('notes/b.md', 'B'), addressPath: 'notes/c'},
  ]

  expect(orderOf(pages, [item(null, 'notes/b'), item(null, 'plumbing/taps'), item(null, 'notes/c')])).toEqual(
    ['B', 'Moved', 'A'],
  )
})

test('the home page stands first unless the navigation puts it elsewhere', () => {
  const pages = [page('docs/a.md', 'A'), page('docs/b.md', 'B'), page('docs/index.md', 'Home')]

  expect(orderOf(pages, [item(null, 'docs/b')])).toEqual(['Home', 'B', 'A'])
  expect(orderOf(pages, [item(null, 'docs/b'), item(null, 'docs/index')])).toEqual(['B', 'Home', 'A'])
})

describe('pages without a navigation', () => {
  test('stand by position, then by name, with numbers as numbers', () => {
    const pages = [page('b10.md'), page('b9.md'), page('z.md', 'First', 1), page('a.md', 'Second', 2)]

    expect(orderOf(pages)).toEqual(['First', 'Second', 'b9.md', 'b10.md'])
  })

  test('stand in groups by their folders, named by the index page or by the folder', () => {
    const pages = [
      page('index.md', 'Home'),
      page('loom/warp.md', 'Warp'),
      page('loom/weft.md', 'Weft'),
      page('dye_works/_index.md', 'Dyeing'),
      page('dye_works/madder.md', 'Madder'),
      page('about.md', 'About'),
    ]

    expect(orderOf(pages)).toEqual(['Home', 'About', 'Dyeing', '  Madder', 'Loom:', '  Warp', '  Weft'])
  })

  test('a folder stands where its index page, its label or its number says', () => {
    const pages = [
      page('03-loom/warp.md', 'Warp'),
      page('03-loom/weft.md', 'Weft'),
      page('dye/index.md', 'Dye', 1),
      page('dye/madder.md', 'Madder'),
      page('wool/fleece.md', 'Fleece'),
      page('wool/yarn.md', 'Yarn'),
    ]

    expect(orderOf(pages, [], {wool: {title: 'All wool', position: 2}})).toEqual([
      'Dye',
      '  Madder',
      'All wool:',
      '  Fleece',
      '  Yarn',
      'Loom:',
      '  Warp',
      '  Weft',
    ])
  })

  test('folders that hold only one thing are no groups', () => {
    const pages = [page('site/src/docs/a.md', 'A'), page('site/src/docs/b/c/d.md', 'D')]

    expect(orderOf(pages)).toEqual(['A', 'D'])
  })
})

describe('pages with a navigation', () => {
  test('stand as it says, under its titles, and the others follow', () => {
    const pages = [page('docs/one.md', 'One'), page('docs/two.md', 'Two'), page('docs/three.md', 'Three')]
    const items = [item('Begin', null, [item('The second', 'docs/two.md'), item(null, 'docs/one')])]

    expect(orderOf(pages, items)).toEqual(['Begin:', '  The second', '  One', 'Three'])
  })

  test('each page stands once, where it is named first', () => {
    const pages = [page('one.md', 'One'), page('two.md', 'Two')]
    const items = [item(null, 'one'), item('Again', 'one', [item(null, 'two')]), item(null, 'two')]

    expect(orderOf(pages, items)).toEqual(['One', 'Again:', '  Two'])
  })

  test.each([
    ['an index by its folder', 'guide/index.md', 'guide'],
    ['a page by its slug', '01-Getting Started/02-kiln.mdx', 'getting-started/kiln'],
    ['a page in another letter case', 'Guide.md', 'guide'],
  ])('%s is found', (_, path, named) => {
    expect(orderOf([page(path, 'Found'), page('a.md', 'Other')], [item(null, named)])[0]).toBe('Found')
  })

  test('a folder stands for its pages, and under a title its index page is the group', () => {
    const pages = [
      page('dye/index.md', 'Dyes'),
      page('dye/madder.md', 'Madder'),
      page('loom/warp.md', 'Warp'),
      page('loom/weft.md', 'Weft', 1),
    ]

    expect(orderOf(pages, [item(null, 'loom/'), item('Colours', 'dye/')])).toEqual([
      'Weft',
      'Warp',
      'Colours',
      '  Madder',
    ])
  })

  test('entries without pages of the index are left out', () => {
    const items = [item('Elsewhere', null), item('Gone', 'gone'), item('Empty', 'empty/'), item(null, 'a')]

    expect(orderOf([page('a.md', 'A')], items)).toEqual(['A'])
  })
})

test('translations and other versions are groups after the main part', () => {
  const pages = [
    page('a.md', 'A'),
    page('de/a.md', 'Ah', null, 'Deutsch'),
    page('v1/a.md', 'Old A', null, 'v1'),
    page('v1/b.md', 'Old B', null, 'v1'),
  ]

  expect(orderOf(pages)).toEqual(['A', 'Deutsch:', '  Ah', 'v1:', '  Old A', '  Old B'])
  expect(orderOf(pages.filter(({part}) => part === 'v1'))).toEqual(['Old A', 'Old B'])
})
