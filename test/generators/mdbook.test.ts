import {describe, expect, test} from 'vitest'
import {addressesIn, anchorsIn, navigationIn} from '../support/site-pages.ts'

const files = {
  'guide/book.toml': '[book]\nsrc = "text"\nlanguage = "en"\n[output.html]\nsite-url = "/kettle/"\n',
  'guide/text/SUMMARY.md':
    '# Summary\n\n[Welcome](README.md)\n\n# First part\n\n- [Setup](setup/README.md)\n    - [On Linux](./setup/on%20linux.md)\n- [Later]()\n',
  'guide/text/README.md': 'Text.',
  'guide/text/setup/README.md': 'Text.',
  'guide/text/setup/on linux.md': 'Text.',
  'guide/text/setup/warning.md': 'Text.',
}

describe('a project of mdBook', () => {
  test('has the pages that SUMMARY.md names', () => {
    expect(addressesIn(files)).toEqual({
      'guide/text/SUMMARY.md': '(partial)',
      'guide/text/README.md': '/kettle/index.html',
      'guide/text/setup/README.md': '/kettle/setup/index.html',
      'guide/text/setup/on linux.md': '/kettle/setup/on%20linux.html',
      'guide/text/setup/warning.md': '(partial)',
    })
  })

  test('has SUMMARY.md as navigation', () => {
    expect(navigationIn(files)).toEqual([
      'Welcome = guide/text/README.md',
      [
        'First part',
        ['Setup = guide/text/setup/README.md', 'On Linux = guide/text/setup/on linux.md'],
        'Later',
      ],
    ])
  })

  test('without SUMMARY.md has all files as pages', () => {
    expect(addressesIn({'book.toml': '', 'src/a.md': 'Text.'})).toEqual({'src/a.md': '/a.html'})
  })

  // By its function `id_from_content`.
  test.each([
    ["What's new?", 'whats-new'],
    ['C++ & C#', 'c--c'],
    ['--flag=value', '--flagvalue'],
    ['v2.0 (beta)', 'v20-beta'],
    ['a/b and c', 'ab-and-c'],
    ['Ünïcödé größer', 'ünïcödé-größer'],
    ['日本語の見出し', '日本語の見出し'],
    ['Rocket 🚀 launch', 'rocket--launch'],
    ['???', 'section'],
  ])('makes the anchor of %j', (heading, anchor) => {
    expect(anchorsIn(files, [heading])).toEqual([anchor])
  })
})
