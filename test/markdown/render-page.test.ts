import {describe, expect, test} from 'vitest'
import {parsePage, plainTextOf, renderPage} from '../../src/markdown/index.ts'
import {plainSite} from '../support/unconfigured-site.ts'

describe('a rendered page', () => {
  test('has the anchors of its sections on its headings', () => {
    const {page} = parsePage('# Top {#start}\n\nText.\n\n## Same\n\n## Same\n\n> ## Quoted', {
      path: 'a.md',
      site: plainSite,
    })

    const html = renderPage(page!.markdown, {
      anchors: page!.sections.filter(({depth}) => depth > 0).map(({anchor}) => anchor),
    })

    expect([...html.matchAll(/<h\d id="([^"]*)"/g)].map((match) => match[1])).toEqual([
      'start',
      'same',
      'same-1',
    ])
  })

  test.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '[a](javascript:alert(1))',
    '[a](data:text/html,x)',
    '[a](JaVaScRiPt:alert(1))',
    '<javascript:alert(1)>',
    '![a](javascript:alert(1))',
    '<form action="/x"><input name=y></form>',
    '<style>*{}</style>',
    '<iframe src="https://evil.example"></iframe>',
    '[a]: javascript:alert(1)\n\n[a]',
    '<svg><a xlink:href="javascript:alert(1)">x</a></svg>',
  ])('contains nothing that runs: %s', (markdown) => {
    const html = renderPage(markdown, {anchors: []})

    expect(html).not.toMatch(
      /<(?:script|style|form|iframe|svg|input)|\son\w+=|(?:href|src)="(?:javascript|data):/i,
    )
  })

  test('loads images from allowed hosts only, and shows the alternative text of all others', () => {
    const html = renderPage(
      '![good](https://ok.example/a.png) ![bad](https://evil.example/b.png) ![own](./c.png)',
      {
        anchors: [],
        imageHosts: ['ok.example'],
        imageOf: (url) => `/files/${url}`,
      },
    )

    expect([...html.matchAll(/src="([^"]*)"/g)].map((match) => match[1])).toEqual([
      'https://ok.example/a.png',
      '/files/./c.png',
    ])
    expect(html).toContain('bad')
  })

  test('loads images from everywhere if any host is allowed, over http and https only', () => {
    const html = renderPage('![a](https://one.example/a.png) ![b](ftp://two.example/b.png)', {
      anchors: [],
      imageHosts: ['*'],
    })

    expect([...html.matchAll(/src="([^"]*)"/g)].map((match) => match[1])).toEqual([
      'https://one.example/a.png',
    ])
  })

  test('turns bare addresses into links', () => {
    const html = renderPage('See https://example.com/a and `https://example.com/b`.', {anchors: []})

    expect([...html.matchAll(/href="([^"]*)"/g)].map((match) => match[1])).toEqual(['https://example.com/a'])
  })

  test('keeps the language and the file name of code, and rewrites the links of the page', () => {
    const html = renderPage('```ts title="a.ts"\nlet a\n```\n\n[b](./b.md)', {
      anchors: [],
      linkOf: () => '/docs/b',
    })

    expect(html).toContain('<p class="code-title">a.ts</p>')
    expect(html).toContain('class="language-ts"')
    expect(html).toContain('href="/docs/b"')
  })
})

test('plain text is what a reader sees, with each block on its own line', () => {
  expect(plainTextOf('# A *b*\n\nSee [c](d) and `e`.\n\n- f\n- g')).toBe('A b\nSee c and e.\nf\ng')
})
