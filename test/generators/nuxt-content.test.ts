import {describe, expect, test} from 'vitest'
import {rulesOf} from '../../src/generators/index.ts'
import {nuxtContent} from '../../src/generators/nuxt-content.ts'
import {placeIn} from '../support/generated-page.ts'
import {siteIn} from '../support/memory-project.ts'

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

  test('numbers are the order of pages', () => {
    const file = (path: string) => ({path, segments: path.split('/'), base: '', frontMatter: null as never})

    expect(nuxtContent.positionOf!(file('1.sailing/02.knots'))).toBe(2)
    expect(nuxtContent.positionOf!(file('7.sailing/index'))).toBe(7)
    expect(nuxtContent.positionOf!(file('sailing/knots'))).toBeNull()
  })
})
