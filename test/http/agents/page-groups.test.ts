import {expect, test} from 'vitest'
import {pageGroups, pagesInOrder} from '../../../src/http/docs/agents/page-groups.ts'
import type {OutlineEntry, StoredPage} from '../../../src/search-index/index.ts'

/** An outline as indented lines; `Name/` is a group without a page of its own. */
function outlineOf(text: string): {outline(): readonly OutlineEntry[]} {
  const entries = text.split('\n').map((line, id): OutlineEntry => {
    const title = line.trim().replace(/\/$/, '')
    const page: StoredPage = {
      ...{id, title, path: `${title}.md`, url: `/${title}`},
      ...{description: null, version: null, lang: null, tags: []},
    }
    return {depth: line.search(/\S/), title, page: line.endsWith('/') ? null : page}
  })
  return {outline: () => entries}
}

const groupsOf = (text: string, hasSources = false, left: readonly string[] = []) =>
  pageGroups(outlineOf(text), ({title}) => !left.includes(title), hasSources).map(({title, pages}) => [
    title,
    pages.map((page) => page.title).join(' '),
  ])

test('pages are grouped as the top of the outline has them, those in no group first', () => {
  expect(groupsOf('start\nGuides\n a\n Deep/\n  b\nend\nAPI/\n c')).toEqual([
    [null, 'start end'],
    ['Guides', 'Guides a b'],
    ['API', 'c'],
  ])
})

test('one group around everything says nothing', () => {
  expect(groupsOf('All\n x\n Guides/\n  a\n API/\n  b')).toEqual([
    [null, 'All x'],
    ['Guides', 'a'],
    ['API', 'b'],
  ])
  expect(groupsOf('Guides/\n a\n b')).toEqual([['Guides', 'a b']])
})

test('the groups of a source are named with it', () => {
  expect(groupsOf('app\n x\n Guides/\n  a\n  Deep/\n   b\napi/\n c', true)).toEqual([
    ['app', 'app x'],
    ['app › Guides', 'a b'],
    ['api', 'c'],
  ])
})

test('what is not listed is in no group, and a group of nothing else is not there', () => {
  expect(groupsOf('start\nGuides/\n a\nAPI/\n b', false, ['a', 'start'])).toEqual([['API', 'b']])
})

test('a page that the outline has twice is listed once', () => {
  const outline = outlineOf('a\nGuides/\n b')
  const [a, ...others] = outline.outline()
  const twice = {outline: () => [a!, ...others, a!]}

  expect(pagesInOrder(twice, () => true).map(({title}) => title)).toEqual(['a', 'b'])
})
