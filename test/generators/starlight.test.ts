import {describe, expect, test} from 'vitest'
import {rulesOf} from '../../src/generators/index.ts'
import {starlight} from '../../src/generators/starlight/starlight.ts'
import {pageIn, placeIn} from '../support/generated-page.ts'
import {memoryProject, siteIn} from '../support/memory-project.ts'

const project = {
  'site/astro.config.mjs': `
    import {defineConfig} from 'astro/config'
    import starlight from '@astrojs/starlight'
    export default defineConfig({base: '/orchard', srcDir: './source', integrations: [starlight({
      title: 'Orchard',
      locales: {root: {label: 'English', lang: 'en'}, 'pt-br': {label: 'Português', lang: 'pt-BR'}},
      sidebar: [{label: 'Trees', items: ['trees/pruning', {label: 'Apples', link: '/trees/apples/'}]}],
    })]})`,
  'site/source/content.config.ts': `
    import {defineCollection} from 'astro:content'
    export const collections = {docs: defineCollection({loader: glob({pattern: '**/*.md', base: './manual'}), schema: docsSchema()})}`,
  'site/manual/index.mdx': '# Orchard',
  'site/manual/trees/Pruning Trees.md': '# Pruning',
  'site/manual/trees/pruning.md': '# Pruning',
  'site/manual/pt-br/trees/pruning.md': '# Poda',
  'site/manual/trees/_part.md': 'Part.',
  'site/manual/404.md': '# Lost',
  'site/README.md': '# Site',
}
const site = siteIn(project)
const rules = rulesOf(site)

describe('Starlight', () => {
  test('is found with its docs collection wherever that is, from any folder', () => {
    expect(site.roots[0]?.path).toBe('site/source/pages')
    expect(siteIn(project, 'site/manual/trees').generator).toBe('starlight')
  })

  test.each([
    ['site/manual/index.mdx', '', '/orchard/'],
    ['site/manual/trees/Pruning Trees.md', '', '/orchard/trees/pruning-trees/'],
    ['site/manual/pt-br/trees/pruning.md', '', '/orchard/pt-br/trees/pruning/'],
    ['site/manual/trees/pruning.md', 'slug: how-to/prune', '/orchard/how-to/prune/'],
    ['site/manual/trees/README.md', '', '/orchard/trees/readme/'],
  ])('%s with “%s” is %s', (path, front, url) => {
    expect(placeIn(rules, path, front).url).toBe(url)
  })

  test('its locales are the languages', () => {
    expect(placeIn(rules, 'site/manual/pt-br/trees/pruning.md').lang).toBe('pt-BR')
    expect(placeIn(rules, 'site/manual/trees/pruning.md').lang).toBe('en')
  })

  test('what it leaves out is set aside', () => {
    expect(placeIn(rules, 'site/manual/trees/pruning.md', 'pagefind: false').setAside?.rule).toBe('hidden')
    expect(placeIn(rules, 'site/manual/trees/_part.md').setAside?.rule).toBe('partial')
    expect(placeIn(rules, 'site/manual/404.md').setAside?.rule).toBe('partial')
    expect(placeIn(rules, 'site/README.md').setAside?.rule).toBe('partial')
    expect(placeIn(rules, 'site/manual/trees/pruning.md').setAside).toBeNull()
  })
})

describe('Astro without Starlight', () => {
  const files = {
    'astro.config.mjs': "import {defineConfig} from 'astro/config'\nexport default defineConfig({})",
    'src/pages/about.md': '# About',
    'src/pages/[lang]/journal/[...slug].astro': "const posts = await getCollection('journal')",
    'src/content/journal/en/first-frost.md': '# First frost',
    'src/content/tools/saw.md': '# Saw',
    'notes/plan.md': '# Plan',
  }
  const astro = rulesOf(siteIn(files))

  test('has its pages, and collections below the pages that list them', () => {
    expect(siteIn(files).generator).toBe('astro')
    expect(placeIn(astro, 'src/pages/about.md').url).toBe('/about/')
    expect(placeIn(astro, 'src/content/journal/en/first-frost.md').url).toBe('/journal/en/first-frost/')
    expect(placeIn(astro, 'src/content/tools/saw.md').url).toBe('/tools/saw/')
    expect(placeIn(astro, 'notes/plan.md').setAside?.rule).toBe('partial')
  })
})

test('the sidebar of Starlight is the navigation', () => {
  const plain = {
    'astro.config.mjs': `import starlight from '@astrojs/starlight'
      export default {integrations: [starlight({sidebar: [{label: 'Trees', items: ['trees/pruning', {label: 'Apples', link: '/trees/apples/'}, {label: 'Bushes', autogenerate: {directory: 'bushes'}}]}]})]}`,
    'src/content/docs/trees/pruning.md': '# Pruning',
  }

  expect(starlight.navigation!(memoryProject(plain).folder(''), siteIn(plain))).toEqual([
    {
      title: 'Trees',
      path: null,
      items: [
        {title: null, path: 'src/content/docs/trees/pruning', items: []},
        {title: 'Apples', path: 'src/content/docs/trees/apples', items: []},
        {title: 'Bushes', path: 'src/content/docs/bushes/', items: []},
      ],
    },
  ])
})

test('Cloudflare’s and Supabase’s components show the part that they name', () => {
  const files = {
    'astro.config.ts':
      "import starlight from '@astrojs/starlight'\nexport default {integrations: [starlight({title: 'Docs'})]}",
    'src/content/docs/dns/start.mdx': '# Start',
    'src/content/partials/dns/record.mdx': 'Add a **record**.',
    'src/content/partials/tls/certificate.mdx': 'Get a certificate.',
    'src/content/_partials/key.mdx': 'Copy the key.',
  }
  const rules = rulesOf(siteIn(files))
  const text =
    '<Render file="record" params={{name: "x"}} />\n\n<Render file="certificate" product="tls" />\n\n<$Partial path="key.mdx" />'

  const page = pageIn(rules, 'src/content/docs/dns/start.mdx', text, files)

  expect(page?.markdown).toBe('Add a **record**.\n\nGet a certificate.\n\nCopy the key.')
  expect(placeIn(rules, 'src/content/partials/dns/record.mdx').setAside?.rule).toBe('partial')
})

test('A part of Cloudflare’s docs has the properties that it is given, and an AnchorHeading is a heading', () => {
  const files = {
    'astro.config.ts':
      "import starlight from '@astrojs/starlight'\nexport default {integrations: [starlight({title: 'Docs'})]}",
    'src/content/docs/dns/start.mdx': '# Start',
    'src/content/partials/dns/record.mdx':
      '---\nparams:\n  - name\n---\n\nAdd <code>{props.name}</code> by [a form]({props.link}).\n\n{ props.kind === "a" ? (<p>An address.</p>) : (<p>A name.</p>) }\n\n<Render file="more" product="dns" params={{ part: props.name }} />',
    'src/content/partials/dns/more.mdx': 'More of {props.part}.',
  }
  const rules = rulesOf(siteIn(files))
  const text =
    '<Render\n\tfile="record"\n\tparams={{\n\t\tname: "kettle",\n\t\tlink: "/form/" }}\n/>\n\n<AnchorHeading title="`create`" slug="records-create" depth={3} />\n\nCreate it.'

  const page = pageIn(rules, 'src/content/docs/dns/start.mdx', text, files)

  expect(page?.markdown).toBe(
    'Add `kettle` by [a form](/form/).\n\nAn address.\n\nA name.\n\nMore of kettle.\n\n### `create`\n\nCreate it.',
  )
  expect(page?.sections.map(({anchor}) => anchor)).toEqual(['', 'records-create'])
})

test('A part shows only what fits the values that it is given, and a Plan its name', () => {
  const files = {
    'astro.config.ts':
      "import starlight from '@astrojs/starlight'\nexport default {integrations: [starlight({title: 'Docs'})]}",
    'src/content/docs/dns/start.mdx': '# Start',
    'src/content/partials/dns/record.mdx': [
      '{ props.kind === "a" && (<p>An address.</p>) }',
      '{ props.kind === "b" && (<p>A name.</p>) }',
      '{ props.kind !== "b" && (<p>No name.</p>) }',
      '{ props.kind === "b" ? (<p>Short.</p>) : props.kind === "a" ? (<p>Long.</p>) : (<p>None.</p>) }',
      '{ props.other === "c" && (<p>Perhaps.</p>) }',
    ].join('\n\n'),
  }
  const text = '<Render file="record" params={{ kind: "a" }} />\n\n<Plan type="pro" />'

  const page = pageIn(rulesOf(siteIn(files)), 'src/content/docs/dns/start.mdx', text, files)

  expect(page?.markdown).toBe('An address.\n\nNo name.\n\nLong.\n\nPerhaps.\n\nPro and above')
})

test('the hero of a page of Starlight is part of the page', () => {
  const files = {
    'astro.config.mjs':
      "import starlight from '@astrojs/starlight'\nexport default {integrations: [starlight({title: 'Trees'})]}",
    'src/content/docs/index.mdx': '',
  }
  const front =
    'title: Trees\ntemplate: splash\nhero:\n  title: Trees for all\n  tagline: Plant them in <b>autumn</b>.\n  actions:\n    - {text: Choose one, link: /trees/}'
  const page = pageIn(rulesOf(siteIn(files)), 'src/content/docs/index.mdx', `---\n${front}\n---\n\nMore.\n`)

  expect(page?.title).toBe('Trees')
  expect(page?.markdown).toBe('Trees for all\n\nPlant them in **autumn**.\n\n[Choose one](/trees/)\n\nMore.')
})
