import {describe, expect, test} from 'vitest'
import {rulesOf} from '../../src/generators/index.ts'
import {pageIn} from '../support/generated-page.ts'
import {siteIn} from '../support/memory-project.ts'
import {addressesIn, anchorsIn, navigationIn} from '../support/site-pages.ts'

describe('a project like GitHub Docs', () => {
  const files = {
    'data/reusables/gated.md': 'Text.',
    'data/reusables/kits/a.md': 'Text.',
    'data/variables/product.yml': 'short: Kettle\ncompany:\n  name: The Kettle Company\n',
    'content/index.md': '---\nchildren:\n  - use\n  - /about\n---\n',
    'content/use/index.md': '---\nchildren: [setup]\n---\n',
    'content/use/setup.md': 'Text.',
    'content/about.md': 'Text.',
    'content/README.md': 'Text.',
  }

  test('has the pages in content, and values and parts in data', () => {
    expect(addressesIn(files)).toEqual({
      'data/reusables/gated.md': '(partial)',
      'data/reusables/kits/a.md': '(partial)',
      'content/index.md': '/',
      'content/use/index.md': '/use',
      'content/use/setup.md': '/use/setup',
      'content/about.md': '/about',
      'content/README.md': '(partial)',
    })
    expect(siteIn(files).params).toEqual({
      'variables.product.short': 'Kettle',
      'variables.product.company.name': 'The Kettle Company',
    })
    expect(navigationIn(files)).toEqual([['content/use/index', 'content/use/setup'], 'content/about'])
  })
})

describe('a DocC project', () => {
  const files = {
    'Sources/Kettle.docc/Info.plist':
      '<dict><key>CFBundleDisplayName</key>\n  <string>The Kettle Book</string></dict>',
    'Sources/Kettle.docc/The-Kettle-Book.md':
      '# The Kettle Book\n\n@Metadata {\n  @TechnologyRoot\n}\n\n## Topics\n\n### Use\n\n- <doc:SetUp>\n',
    'Sources/Kettle.docc/Use/SetUp.md': '# Set up\n\nText.',
  }

  test('has all articles below its name', () => {
    expect(addressesIn(files)).toEqual({
      'Sources/Kettle.docc/The-Kettle-Book.md': '/documentation/the-kettle-book',
      'Sources/Kettle.docc/Use/SetUp.md': '/documentation/the-kettle-book/setup',
    })
    expect(navigationIn(files)).toEqual([['Use', 'Sources/Kettle.docc/Use/SetUp.md']])
  })

  // By its function `urlReadableFragment`.
  test.each([
    ["What's New?", 'Whats-New'],
    ['A – B - C', 'A-B-C'],
    ['C++ & C#', 'C++--C'],
    ['snake_case', 'snakecase'],
    ['1. First step', '1-First-step'],
    ['日本語の見出し', '日本語の見出し'],
  ])('makes the anchor of %j', (heading, anchor) => {
    expect(anchorsIn(files, [heading])).toEqual([anchor])
  })
})

describe('a project of Elastic’s docs-builder', () => {
  const files = {
    'docs/_docset.yml':
      'project: kettle\nexclude: ["_*.md"]\nsubs:\n  ktl: "The Kettle"\ntoc:\n  - file: index.md\n  - folder: use\n    children:\n      - file: index.md\n      - file: setup.md\n  - toc: api\n',
    'docs/api/toc.yml': 'toc:\n  - file: calls.md\n',
    'docs/api/calls.md': 'Text.',
    'docs/index.md': 'Text.',
    'docs/use/index.md': 'Text.',
    'docs/use/setup.md': 'Text.',
    'docs/use/_note.md': 'Text.',
    'docs/_snippets/part.md': 'Text.',
  }

  test('has its pages, values and navigation', () => {
    expect(addressesIn(files)).toEqual({
      'docs/api/calls.md': '/api/calls',
      'docs/index.md': '/',
      'docs/use/index.md': '/use',
      'docs/use/setup.md': '/use/setup',
      'docs/use/_note.md': '(hidden)',
      'docs/_snippets/part.md': '(partial)',
    })
    expect(siteIn(files).params).toEqual({ktl: 'The Kettle'})
    expect(navigationIn(files)).toEqual([
      'docs/index.md',
      ['', 'docs/use/index.md', 'docs/use/setup.md'],
      ['', 'docs/api/calls.md'],
    ])
  })

  test.each([
    ["What's new?", 'whats-new'],
    ['v2.0 (beta)', 'v2.0-beta'],
    ['Größe & more', 'groe-more'],
  ])('makes the anchor of %j', (heading, anchor) => {
    expect(anchorsIn(files, [heading])).toEqual([anchor])
  })
})

describe('an Obsidian vault', () => {
  const files = {
    'en/.obsidian/templates.json': '{"folder": "Models"}',
    'en/.obsidian/app.json': '{"userIgnoreFilters": ["Inbox/", "/^x/"]}',
    'en/Set up/First steps.md': 'Text.',
    'en/Home.md': '---\npermalink: home\n---\nText.',
    'en/Private.md': '---\npublish: false\n---\nText.',
    'en/Models/Note.md': 'Text.',
    'en/Inbox/Thought.md': 'Text.',
  }

  test('has the addresses of Obsidian Publish', () => {
    expect(addressesIn(files)).toEqual({
      'en/Set up/First steps.md': '/Set+up/First+steps',
      'en/Home.md': '/home',
      'en/Private.md': '(draft)',
      'en/Models/Note.md': '(partial)',
      'en/Inbox/Thought.md': '(partial)',
    })
    expect(anchorsIn(files, ['Nested tags', 'What: a #1?'])).toEqual(['Nested+tags', 'What+a+1?'])
  })

  test.each(['Tea first.\n\n![[Pot]]', '![[Pot]]'])(
    'names a page as its file, not by the note in %j',
    (text) => {
      const vault = {'.obsidian/app.json': '{}', 'Tea.md': text, 'Pot.md': '# The pot\n\nRound.'}
      const page = pageIn(rulesOf(siteIn(vault)), 'Tea.md', text, vault)

      expect(page?.title).toBe('Tea')
      expect(page?.sections.at(-1)).toMatchObject({headings: ['The pot'], text: 'Round.'})
    },
  )

  test('that Quartz publishes has the addresses of Quartz', () => {
    const garden = {
      'quartz.config.ts':
        "const config: QuartzConfig = {configuration: {baseUrl: 'kettle.example/garden', locale: 'en-US', ignorePatterns: ['private', 'templates']}, plugins: {filters: [Plugin.RemoveDrafts()]}}\nexport default config",
      'content/.obsidian/app.json': '{}',
      'content/index.md': 'Text.',
      'content/Set up & run/First #1 step.md': 'Text.',
      'content/Set up & run/index.md': 'Text.',
      'content/private/note.md': 'Text.',
    }
    expect(addressesIn(garden)).toEqual({
      'content/index.md': '/garden/',
      'content/Set up & run/First #1 step.md': '/garden/Set-up--and--run/First-1-step',
      'content/Set up & run/index.md': '/garden/Set-up--and--run/',
      'content/private/note.md': '(hidden)',
    })
    expect(siteIn(garden).languages.default).toBe('en-US')
  })

  test('that Quartz publishes may have its pages where a script says so', () => {
    const files = {
      'quartz.config.ts': 'export default {configuration: {}}',
      'package.json': '{"scripts": {"docs": "npx quartz build --serve -d docs", "test": "tsx --test"}}',
      'docs/index.md': 'Text.',
      'docs/use/Set up.md': 'Text.',
    }
    expect(addressesIn(files)).toEqual({'docs/index.md': '/', 'docs/use/Set up.md': '/use/Set-up'})
  })
})
