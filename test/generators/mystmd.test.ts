import {describe, expect, test} from 'vitest'
import {addressesIn, anchorsIn, navigationIn} from '../support/site-pages.ts'

const pages = {
  'docs/index.md': 'Text.',
  'docs/01_Get Started/02-Set & up.md': 'Text.',
  'docs/01_Get Started/index.md': 'Text.',
  'docs/other/Set & up.md': 'Text.',
  'docs/2024-notes.md': 'Text.',
}
const toc =
  'project:\n  toc:\n    - file: index.md\n    - title: Begin\n      file: 01_Get Started/index.md\n      children:\n        - file: 01_Get Started/02-Set & up.md\n        - file: other/Set & up.md\n'

describe('a project of mystmd', () => {
  test('has flat addresses, numbered where they would be the same', () => {
    const files = {...pages, 'docs/myst.yml': toc}
    expect(addressesIn(files)).toEqual({
      'docs/index.md': '/',
      'docs/01_Get Started/index.md': '/index-1',
      'docs/01_Get Started/02-Set & up.md': '/set-and-up',
      'docs/other/Set & up.md': '/set-and-up-1',
      'docs/2024-notes.md': '(partial)',
    })
    expect(navigationIn(files)).toEqual([
      'docs/index.md',
      [
        'Begin = docs/01_Get Started/index.md',
        'docs/01_Get Started/02-Set & up.md',
        'docs/other/Set & up.md',
      ],
    ])
  })

  test('has folders in its addresses if it says so', () => {
    const files = {
      ...pages,
      'docs/myst.yml': 'site:\n  options:\n    folders: true\nproject:\n  exclude: other/*\n',
    }
    expect(addressesIn(files)).toEqual({
      'docs/index.md': '/',
      'docs/01_Get Started/index.md': '/get-started',
      'docs/01_Get Started/02-Set & up.md': '/get-started/set-and-up',
      'docs/other/Set & up.md': '(hidden)',
      'docs/2024-notes.md': '/2024-notes',
    })
  })

  // Expected values are from its functions `normalizeLabel` and `createHtmlId`.
  test.each([
    ["What's new?", 'whats-new-'],
    ['C++ & C#', 'c-c-'],
    ['--flag=value', 'id-flag-value'],
    ['1. First step', 'id-1-first-step'],
    ['snake_case', 'snake-case'],
    ['a/b and c', 'a-b-and-c'],
    ['Ünïcödé', 'id-n-c-d-'],
    ['Rocket 🚀 launch', 'rocket-launch'],
  ])('makes the anchor of %j, again and again', (heading, anchor) => {
    expect(anchorsIn({...pages, 'docs/myst.yml': ''}, [heading, heading])).toEqual([anchor, anchor])
  })
})
