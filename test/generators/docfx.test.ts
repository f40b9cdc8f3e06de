import {describe, expect, test} from 'vitest'
import {addressesIn, navigationIn} from '../support/site-pages.ts'

describe('a DocFX project', () => {
  const files = {
    'docfx.json': JSON.stringify({
      build: {
        content: [
          {
            files: ['**/*.md', '**/toc.yml'],
            exclude: ['obj/**', 'notes/*.md'],
            src: 'articles',
            dest: 'docs',
          },
          {files: ['index.md']},
        ],
      },
    }),
    'index.md': 'Text.',
    'README.md': 'Text.',
    'articles/index.md': 'Text.',
    'articles/Setup.md': 'Text.',
    'articles/toc.yml':
      '- name: Welcome\n  href: index.md\n- name: Use\n  items:\n    - name: Setup\n      href: Setup.md\n- name: More\n  href: more/\n',
    'articles/more/toc.yml': 'items:\n  - name: Deep\n    href: deep.md\n',
    'articles/more/deep.md': 'Text.',
    'articles/notes/a.md': 'Text.',
    'articles/includes/part.md': 'Text.',
    'articles/toc.md': '# [A](a.md)',
  }

  test('has the pages that content names', () => {
    expect(addressesIn(files)).toEqual({
      'index.md': '/',
      'README.md': '(partial)',
      'articles/index.md': '/docs/index.html',
      'articles/Setup.md': '/docs/Setup.html',
      'articles/more/deep.md': '/docs/more/deep.html',
      'articles/notes/a.md': '(partial)',
      'articles/includes/part.md': '(partial)',
      'articles/toc.md': '(partial)',
    })
  })

  test('has the navigation of toc.yml', () => {
    const {'articles/toc.md': _, ...others} = files
    expect(navigationIn(others)).toEqual([
      'Welcome = articles/index.md',
      ['Use', 'Setup = articles/Setup.md'],
      ['More', 'Deep = articles/more/deep.md'],
    ])
  })

  test('of Microsoft Learn has addresses without an ending', () => {
    const learn = {
      'docs/docfx.json': JSON.stringify({
        build: {
          content: {files: '**/*.md'},
          globalMetadata: {breadcrumb_path: '/kettle/breadcrumb/toc.json'},
        },
      }),
      'docs/index.md': 'Text.',
      'docs/Use/Setup.md': 'Text.',
    }
    expect(addressesIn(learn)).toEqual({'docs/index.md': '/', 'docs/Use/Setup.md': '/Use/Setup'})
  })
})
