import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import type {Page} from '../../src/domain/index.ts'
import {headingsOf, pageMeant, pagesOfVersion, sectionMeant} from '../../src/retrieval/index.ts'
import {type IndexBuild, localBuilds} from '../../src/search-index/index.ts'
import {samplePage} from '../support/sample-pages.ts'
import {writeIndex} from '../support/start-docent.ts'

/** A page with a heading below another. */
function nestedPage(): Page {
  const page = samplePage('guides/auth.md', 'Auth', [
    ['', 'How to sign in.'],
    ['Tokens', 'About tokens.'],
    ['Expiry', 'They expire.'],
    ['Keys', 'About keys.'],
  ])
  const sections = page.sections.map((section) =>
    section.anchor === 'expiry' ? {...section, depth: 3, headings: ['Tokens', 'Expiry']} : section,
  )
  return {...page, sections}
}

const pages: readonly Page[] = [
  {...samplePage('index.md', 'Home', [['', 'Welcome.']]), url: '/'},
  nestedPage(),
  {...samplePage('guides/übung 1.md', 'Übung', [['', 'Text.']]), url: '/guides/%C3%BCbung-1'},
  {...samplePage('v1/old.md', 'Old', [['', 'Text.']]), version: '1.0'},
  {...samplePage('v2/new.md', 'New', [['', 'Text.']]), version: '2.0'},
]

let folder: string
let build: IndexBuild

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'docent-page-text-'))
  const {id} = await writeIndex(folder, pages)
  build = await localBuilds(folder).open(id)
})

afterAll(() => {
  build.close()
  rmSync(folder, {recursive: true, force: true})
})

const site = 'https://docs.example.com/handbook'

describe('a reference to a page', () => {
  test.each([
    ['guides/auth.md', 'guides/auth.md'],
    ['./guides/auth.md', 'guides/auth.md'],
    ['/guides/auth', 'guides/auth.md'],
    [' guides/auth#tokens ', 'guides/auth.md'],
    ['https://docs.example.com/handbook/guides/auth/', 'guides/auth.md'],
    ['https://docs.example.com/handbook/guides/auth.md', 'guides/auth.md'],
    ['https://www.docs.example.com/handbook/guides/auth.html#tokens', 'guides/auth.md'],
    ['/docs/guides/auth', 'guides/auth.md'],
    ['/docs/index.md', 'index.md'],
    ['https://docs.example.com/handbook', 'index.md'],
    ['guides/übung 1.md', 'guides/übung 1.md'],
    ['guides/%C3%BCbung%201.md', 'guides/übung 1.md'],
    ['/guides/übung-1', 'guides/übung 1.md'],
  ])('%j is %s', (reference, path) => {
    expect(pageMeant(build, reference, site)?.path).toBe(path)
  })

  test.each([
    '',
    ' ',
    '#tokens',
    'guides',
    'https://elsewhere.example.com/handbook/guides/auth',
    'ftp://docs.example.com/guides/auth',
    '../guides/auth.md/../../../etc/passwd',
    '%00',
    'http://',
    'x'.repeat(2000),
  ])('%j is none', (reference) => {
    expect(pageMeant(build, reference, site)).toBeNull()
  })
})

describe('a section of a page', () => {
  const page = () => pageMeant(build, 'guides/auth.md', site)!

  test('comes with those below it, under their headings', () => {
    expect(sectionMeant(build, page(), 'tokens')).toEqual({
      anchor: 'tokens',
      headings: ['Tokens'],
      text: '## Tokens\n\nAbout tokens.\n\n### Expiry\n\nThey expire.',
    })
    expect(sectionMeant(build, page(), 'Expiry')?.text).toBe('### Expiry\n\nThey expire.')
    expect(sectionMeant(build, page(), 'keys')?.text).toBe('## Keys\n\nAbout keys.')
    expect(sectionMeant(build, page(), 'nowhere')).toBeNull()
  })

  test('is among the headings, in order', () => {
    expect(headingsOf(build, page())).toEqual([
      {anchor: 'tokens', headings: ['Tokens']},
      {anchor: 'expiry', headings: ['Tokens', 'Expiry']},
      {anchor: 'keys', headings: ['Keys']},
    ])
  })
})

test('the pages of the current version are those that a search would read', () => {
  const pathsOf = (version: string | null) => pagesOfVersion(build, version).map(({path}) => path)

  expect(pathsOf('1.0')).toEqual(['v1/old.md'])
  expect(pathsOf('2.0')).toEqual(['v2/new.md'])
  // Pages of none are the docs as they are now, beside copies of versions.
  expect(pathsOf(null).toSorted()).toEqual(['guides/auth.md', 'guides/übung 1.md', 'index.md'])
})
