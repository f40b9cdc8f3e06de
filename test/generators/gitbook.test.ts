import {describe, expect, test} from 'vitest'
import {siteIn} from '../support/memory-project.ts'
import {addressesIn, anchorsIn, navigationIn} from '../support/site-pages.ts'

const summary =
  '# Table of contents\n\n* [Welcome](README.md)\n\n## Use it <a href="#use" id="use"></a>\n\n* [Setup](setup/README.md)\n  * [On Linux](setup/linux.md)\n* [Forum](https://forum.example)\n'
const pages = {
  'README.md': 'Text.',
  'setup/README.md': 'Text.',
  'setup/linux.md': '---\nhidden: true\n---\nText.',
}

describe('a GitBook project', () => {
  test('is found by its table of contents alone', () => {
    const files = {'SUMMARY.md': summary, ...pages}
    expect(addressesIn(files)).toEqual({
      'README.md': '/',
      'SUMMARY.md': '(partial)',
      'setup/README.md': '/setup',
      'setup/linux.md': '(hidden)',
    })
    expect(navigationIn(files)).toEqual([
      'Welcome = README.md',
      ['Use it', ['Setup = setup/README.md', 'On Linux = setup/linux.md'], 'Forum'],
    ])
  })

  test('may have a root of its own, or a folder for each space', () => {
    const inFolder = {'.gitbook.yaml': 'root: ./docs/\n', 'docs/SUMMARY.md': summary, 'docs/a b.md': 'Text.'}
    expect(addressesIn(inFolder)).toEqual({'docs/SUMMARY.md': '(partial)', 'docs/a b.md': '/a%20b'})
    const spaces = {
      '.gitbook.yaml': '',
      'guides/SUMMARY.md': summary,
      'guides/README.md': 'Text.',
      'api/SUMMARY.md': summary,
      'api/calls.md': 'Text.',
      '.gitbook/includes/note.md': 'Text.',
    }
    expect(addressesIn(spaces)).toEqual({
      'guides/SUMMARY.md': '(partial)',
      'guides/README.md': '/guides',
      'api/SUMMARY.md': '(partial)',
      'api/calls.md': '/api/calls',
      '.gitbook/includes/note.md': '(partial)',
    })
    expect(siteIn(spaces).includeFolders).toEqual(['.gitbook/includes'])
  })

  test('is not one of mdBook', () => {
    expect(siteIn({'SUMMARY.md': '# Summary\n\n- [A](a.md)\n', 'a.md': 'Text.'}).generator).toBe('plain')
  })

  // Anchors of published pages.
  test.each([
    ['1. Create a new application in Auth0', 'id-1.-create-a-new-application-in-auth0'],
    ['3. Configure it for content (optional)', 'id-3.-configure-it-for-content-optional'],
    ["A maker's practices", 'a-makers-practices'],
    ['Math & TeX', 'math-and-tex'],
    ['Set syntax…', 'set-syntax...'],
    ['How to: run it', 'how-to-run-it'],
  ])('makes the anchor of %j', (heading, anchor) => {
    expect(anchorsIn({'SUMMARY.md': summary, ...pages}, [heading])).toEqual([anchor])
  })
})
