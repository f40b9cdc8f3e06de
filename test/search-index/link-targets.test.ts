import {describe, expect, test} from 'vitest'
import {LinkTargets} from '../../src/search-index/link-targets.ts'

const pages = [
  {path: 'index.md', url: '/'},
  {path: 'guides/auth.md', url: '/guides/auth'},
  {path: 'guides/tokens.mdx', url: '/guides/tokens'},
  {path: '02-runes/02-$state.md', url: '/02-runes/02-$state'},
  {path: 'v1/limits.md', url: 'https://docs.example/v1/limits/'},
  {path: 'v2/limits.md', url: 'https://docs.example/v2/limits/'},
] as const
const targets = new LinkTargets(pages)
const auth = pages[1]

describe('the page that a link leads to', () => {
  test.each([
    ['', 'guides/auth.md'],
    ['tokens.mdx', 'guides/tokens.mdx'],
    ['./tokens.mdx?plain=1', 'guides/tokens.mdx'],
    ['guides/tokens.mdx', 'guides/tokens.mdx'],
    ['/guides/tokens.mdx', 'guides/tokens.mdx'],
    ['../index.md', 'index.md'],
    ['tokens', 'guides/tokens.mdx'],
    ['/guides/tokens/', 'guides/tokens.mdx'],
    ['/guides/tokens.html', 'guides/tokens.mdx'],
    ['/v1/limits', 'v1/limits.md'],
  ])('from guides/auth.md for %j is %s', (target, path) => {
    expect(targets.pageAt(target, auth)?.path).toBe(path)
  })

  test('may be the only one of that name', () => {
    expect(targets.pageAt('/docs/$state', auth)).toBeUndefined()
    expect(targets.likelyPageAt('/docs/$state', auth)?.path).toBe('02-runes/02-$state.md')
  })

  test.each(['limits', 'gone.md', '/nowhere', '/another/index.html'])('is none for %j', (target) => {
    expect(targets.likelyPageAt(target, auth)).toBeUndefined()
  })
})
