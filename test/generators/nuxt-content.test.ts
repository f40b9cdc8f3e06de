import {describe, expect, test} from 'vitest'
import {rulesOf} from '../../src/generators/index.ts'
import {nuxtContent} from '../../src/generators/nuxt-content/nuxt-content.ts'
import {pageIn, placeIn} from '../support/generated-page.ts'
import {memoryProject, siteIn} from '../support/memory-project.ts'

const docus = {
  'nuxt.config.ts': "export default defineNuxtConfig({modules: ['@nuxt/content']})",
  'content.config.ts': `
    export default defineContentConfig({collections: {
      docs: defineCollection({type: 'page', source: {include: 'guides/**/*.md', prefix: '/handbook'}}),
      facts: defineCollection({type: 'data', source: 'facts/**.json'}),
    }})`,
  'content/index.md': '# Home',
  'content/guides/1.sailing/02.Tying Knots.md': '# Knots',
  'content/guides/1.sailing/1.index.md': '# Sailing',
  'content/about.draft.md': '# About',
  'content/guides/.parts/tip.md': 'Tip.',
  'README.md': '# Project',
}
const layer = {
  'docs/1.start/.navigation.yml': 'title: Start',
  'docs/1.start/1.index.md': '# Start',
  'docs/1.start/4.x/2.rope.md': '# Rope',
  'docs/README.md': '# Docs',
}

describe('Nuxt Content', () => {
  const rules = rulesOf(siteIn(docus))

  test.each([
    ['content/index.md', '/'],
    ['content/guides/1.sailing/02.Tying Knots.md', '/handbook/sailing/tying-knots'],
    ['content/guides/1.sailing/1.index.md', '/handbook/sailing'],
    ['content/2.fish & chips.md', '/fish-and-chips'],
  ])('%s is %s', (path, url) => {
    expect(placeIn(rules, path).url).toBe(url)
  })

  test('a layer of pages is found by its numbered folders', () => {
    const site = siteIn(layer, 'docs/1.start')

    expect(site).toMatchObject({generator: 'nuxt-content', foundIn: 'docs/1.start/.navigation.yml'})
    expect(placeIn(rulesOf(site), '4.x/2.rope.md').url).toBe('/start/4.x/rope')
    expect(siteIn({'1.start/a.md': '# A', '2.end/b.md': '# B'}).generator).toBe('plain')
  })

  test('drafts, hidden files and the README are no pages', () => {
    expect(placeIn(rules, 'content/about.draft.md').setAside?.rule).toBe('draft')
    expect(placeIn(rules, 'content/guides/.parts/tip.md').setAside?.rule).toBe('partial')
    expect(placeIn(rules, 'README.md').setAside?.rule).toBe('partial')
    expect(placeIn(rules, 'content/index.md', 'navigation: false').setAside).toBeNull()
  })

  test('a file in a folder is its title', () => {
    expect(nuxtContent.labelOf!(memoryProject(layer).folder('docs/1.start'))).toEqual({
      title: 'Start',
      position: null,
    })
  })

  test('numbers are the order of pages', () => {
    const file = (path: string) => ({path, segments: path.split('/'), base: '', frontMatter: null as never})

    expect(nuxtContent.positionOf!(file('1.sailing/02.knots'))).toBe(2)
    expect(nuxtContent.positionOf!(file('7.sailing/index'))).toBe(7)
    expect(nuxtContent.positionOf!(file('sailing/knots'))).toBeNull()
  })
})

describe('MDC', () => {
  const rules = rulesOf(siteIn(docus))
  const textOf = (text: string): string | undefined => pageIn(rules, 'content/index.md', text)?.markdown

  test.each([
    ['::note\nMind the **gap**.\n::\n\nAfter.', '> **Note**\n>\n> Mind the **gap**.\n\nAfter.'],
    ['::tip{icon="i-lucide-star" to="/a/b"}\nSee it.\n::', '> **Tip**\n>\n> [B](/a/b)\n>\n> See it.'],
    ['::read-more{title="Hooks" to="/docs/hooks"}\n::', '[**Hooks**](/docs/hooks)'],
    ['::read-more{icon="x" to="/docs/going-further"}\n::', '[**Going further**](/docs/going-further)'],
    [':read-more{title="Hooks" to="/docs/hooks"}', '[Hooks](/docs/hooks)'],
    [
      '::card-group\n  ::::card\n  ---\n  title: Sails\n  to: /sails\n  icon: i-sail\n  ---\n  Hoist **them**.\n  ::::\n::\n\nEnd.',
      '[**Sails**](/sails)\n\nHoist **them**.\n\nEnd.',
    ],
    [
      '::hero\n#title\nCalm seas\n\n#description\nAnd :u-badge[new]{color="red"} winds.\n::',
      'Calm seas\n\nAnd new winds.',
    ],
    [
      '::tabs\n  :::tabs-item{label="npm"}\n  ```bash\n  npm i knot\n  ```\n  :::\n  :::tabs-item{label="pnpm"}\n  Or so.\n  :::\n::',
      '**npm**\n\n```bash\nnpm i knot\n```\n\n**pnpm**\n\nOr so.',
    ],
    ['Some [red words]{.text-red style="x"} here.', 'Some red words here.'],
    [
      'At 10:30 :smile: [a](b) stays, and `:code{x}` too.',
      'At 10:30 :smile: [a](b) stays, and `:code{x}` too.',
    ],
    [
      '::field{name="rope" type="string" required}\nOf hemp.\n::',
      '**rope**\n\nstring\n\nrequired\n\nOf hemp.',
    ],
  ])('%# %j', (text, markdown) => {
    expect(textOf(text)).toBe(markdown)
  })

  test('an unclosed component loses nothing', () => {
    expect(textOf('::note\nMind it.\n\nMore.')).toContain('Mind it.\n\nMore.')
  })
})
