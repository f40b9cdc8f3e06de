import {describe, expect, test} from 'vitest'
import {docsify} from '../../src/generators/docsify/docsify.ts'
import {hashicorp} from '../../src/generators/hashicorp/hashicorp.ts'
import {rulesOf} from '../../src/generators/index.ts'
import {anchorsOf, pageIn, placeIn} from '../support/generated-page.ts'
import {memoryProject, siteIn} from '../support/memory-project.ts'

describe('Docsify', () => {
  const project = {
    'docs/index.html':
      "<script>window.$docsify = {name: 'Tide', homepage: 'start.md'}</script><script src='//cdn.jsdelivr.net/npm/docsify@4'></script>",
    'docs/start.md': '# Tide',
    'docs/moon.md': '# Moon',
    'docs/guide/README.md': '# Guide',
    'docs/_sidebar.md':
      '- [Home](/)\n- Sky\n  - [Moon](moon.md "The moon")\n  - [Guide](/guide/)\n- [Elsewhere](https://example.com)',
    'README.md': '# Repository',
  }
  const site = siteIn(project)
  const rules = rulesOf(site)

  test('pages are found by the part of the address after #', () => {
    expect(placeIn(rules, 'docs/start.md').url).toBe('/#/')
    expect(placeIn(rules, 'docs/moon.md').url).toBe('/#/moon')
    expect(placeIn(rules, 'docs/guide/README.md').url).toBe('/#/guide/')
  })

  test('without # where its router says so', () => {
    const files = {
      'index.html': "<script>window.$docsify = {routerMode: 'history'}</script>",
      'moon.md': '# Moon',
    }

    expect(placeIn(rulesOf(siteIn(files)), 'moon.md').url).toBe('/moon')
  })

  test('the frame and the README of the repository are no pages', () => {
    expect(placeIn(rules, 'docs/_sidebar.md').setAside?.rule).toBe('partial')
    expect(placeIn(rules, 'README.md').setAside?.rule).toBe('partial')
  })

  test('its syntax reaches no reader', () => {
    const text = `# Tide :id=tide

!> Mind the **current**.

?> A hint
on two lines.

## Rise {docsify-ignore}

See [the moon](moon.md ':ignore') and [stars](stars.md ":target=_blank").

[part](_media/part.md ':include')

[code](_media/tide.js ':include :type=code :fragment=high')
`
    const files = {
      'docs/_media/part.md': 'Twice *daily*.',
      'docs/_media/tide.js': 'no()\n/// [high]\nhigh()\n/// [high]\nno()',
    }
    const page = pageIn(rules, 'docs/start.md', text, files)

    expect(page?.sections.map(({anchor}) => anchor)).toEqual(['tide', 'rise'])
    expect(page?.markdown).toBe(
      '# Tide\n\nMind the **current**.\n\nA hint\non two lines.\n\n## Rise\n\nSee [the moon](moon.md) and [stars](stars.md).\n\nTwice *daily*.\n\n```js\nhigh()\n```',
    )
  })

  test('its sidebar is the navigation', () => {
    expect(docsify.navigation!(memoryProject(project).folder('docs'), site)).toEqual([
      {title: 'Home', path: 'docs/README', items: []},
      {
        title: 'Sky',
        path: null,
        items: [
          {title: 'Moon', path: 'docs/moon', items: []},
          {title: 'Guide', path: 'docs/guide/README', items: []},
        ],
      },
    ])
  })
})

describe('HashiCorp’s MDX', () => {
  const project = {
    'website/data/docs-nav-data.json':
      '[{"title": "Start", "routes": [{"title": "Overview", "path": "start"}]}, {"title": "Site", "href": "/x"}]',
    'website/content/docs/start/index.mdx': '# Start',
    'website/content/partials/ports.mdx': 'Open **port** 80.',
  }
  const site = siteIn(project)
  const rules = rulesOf(site)

  test('routes are paths below content, and parts are no pages', () => {
    expect(placeIn(rules, 'website/content/docs/start/index.mdx').url).toBe('/docs/start')
    expect(placeIn(rules, 'website/content/partials/ports.mdx').setAside?.rule).toBe('partial')
    expect(placeIn(rules, 'website/README.md').setAside?.rule).toBe('partial')
  })

  test('parts are included, alerts and aliases are read', () => {
    const text =
      '# Start ((#begin, #top))\n\n~> **Careful!** It is\nhot.\n\n@include "ports.mdx"\n\n- `-port` ((#port)) - The port.\n\n-> Done.'
    const page = pageIn(rules, 'website/content/docs/start/index.mdx', text, project)

    expect(page?.markdown).toBe(
      '# Start\n\n**Careful!** It is\nhot.\n\nOpen **port** 80.\n\n- `-port` - The port.\n\nDone.',
    )
    expect(page?.sections[0]?.anchor).toBe('start')
  })

  test('its data is the navigation', () => {
    expect(hashicorp.navigation!(memoryProject(project).folder('website'), site)).toEqual([
      {
        title: 'Start',
        path: null,
        items: [{title: 'Overview', path: 'website/content/docs/start', items: []}],
      },
    ])
  })
})

describe('Svelte’s documentation', () => {
  const project = {
    'documentation/docs/01-start/01-what-is-it.md': '# What',
    'documentation/docs/02-runes/02-$state.md': '# State',
    'documentation/docs/02-runes/index.md': '# Runes',
  }
  const rules = rulesOf(siteIn(project))

  test('routes are names without their numbers', () => {
    expect(placeIn(rules, 'documentation/docs/02-runes/02-$state.md').url).toBe('/docs/$state')
    expect(placeIn(rules, 'documentation/docs/02-runes/index.md').url).toBe('/docs/runes')
  })

  test('files are included', () => {
    const page = pageIn(
      rules,
      'documentation/docs/01-start/01-what-is-it.md',
      '@include .generated/list.md',
      {
        'documentation/docs/.generated/list.md': '- one',
      },
    )

    expect(page?.markdown).toBe('- one')
  })

  test('anchors begin with those of the headings above', () => {
    const page = pageIn(
      rules,
      'documentation/docs/01-start/01-what-is-it.md',
      '## One\n\nA.\n\n### In it\n\nB.\n\n## Two\n\nC.',
    )

    expect(page?.sections.map(({anchor}) => anchor)).toEqual(['One', 'One-In-it', 'Two'])
    expect(anchorsOf(rules, 'documentation/docs/a.md', ['$state.raw'])).toEqual(['$state.raw'])
  })
})
