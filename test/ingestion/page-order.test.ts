import {expect, test} from 'vitest'
import {currentBuildId, localBuilds} from '../../src/search-index/index.ts'
import type {ContentFolder} from '../support/content-folder.ts'
import {hashingEmbedder} from '../support/hashing-embedder.ts'
import {ingestFolder, newFolder} from '../support/ingest-world.ts'

const embedder = hashingEmbedder()

/** The outline of the current build: titles with two spaces a level, and paths. */
async function outlineOf({dataDir}: ContentFolder): Promise<string[]> {
  const build = await localBuilds(dataDir).open((await currentBuildId(dataDir))!)
  const lines = build
    .outline()
    .map(({depth, title, page}) => `${'  '.repeat(depth)}${title}${page ? ` (${page.path})` : ''}`)
  build.close()
  return lines
}

const book = {
  'book.toml': '[book]\ntitle = "Kilns"\n',
  'src/SUMMARY.md':
    '# Summary\n\n- [Firing](firing.md)\n  - [Cooling down](cooling.md)\n- [Glazes](glazes.md)\n',
  'src/cooling.md': '# Cooling\n\nWait a day.\n',
  'src/firing.md': '# Firing\n\nHeat it slowly.\n',
  'src/glazes.md': '# Glazes\n\nThin coats.\n',
}

test('the pages of a build are in the order that the project writes down', async () => {
  const folder = newFolder(book)

  await ingestFolder(folder, {}, embedder)

  expect(await outlineOf(folder)).toEqual([
    'Firing (src/firing.md)',
    '  Cooling down (src/cooling.md)',
    'Glazes (src/glazes.md)',
  ])
})

test('when only that order changes, the index gets it without a page read again', async () => {
  const nav = (...pages: string[]): string =>
    `site_name: Kilns\nnav:\n${pages.map((name) => `  - ${name}.md\n`).join('')}`
  const folder = newFolder({
    'mkdocs.yml': nav('firing', 'cooling'),
    'docs/cooling.md': '# Cooling\n\nWait a day.\n',
    'docs/firing.md': '# Firing\n\nHeat it slowly.\n',
    'docs/glazes.md': '# Glazes\n\nThin coats.\n',
  })
  await ingestFolder(folder, {}, embedder)

  folder.write('mkdocs.yml', nav('glazes', 'firing'))
  const report = await ingestFolder(folder, {}, embedder)

  expect(report).toMatchObject({
    outcome: 'published',
    renewedBecause: 'the site orders its pages in another way',
    passages: {embedded: 0},
  })
  expect(await outlineOf(folder)).toEqual([
    'Glazes (docs/glazes.md)',
    'Firing (docs/firing.md)',
    'Cooling (docs/cooling.md)',
  ])
  expect((await ingestFolder(folder, {}, embedder)).outcome).toBe('unchanged')
})

test('a sidebar of addresses orders pages that slugs or rewrites give other addresses than their files', async () => {
  const starlight = newFolder({
    'astro.config.mjs': `import starlight from '@astrojs/starlight'
      export default {base: '/kiln', integrations: [starlight({title: 'Kiln', sidebar: ['ware/bowls', 'firing']})]}`,
    'src/content/docs/a.md': '---\ntitle: Bowls\nslug: ware/bowls\n---\n\nText.\n',
    'src/content/docs/firing.md': '---\ntitle: Firing\n---\n\nText.\n',
    'src/content/docs/again.md': '---\ntitle: Again\n---\n\nText.\n',
  })
  const vitepress = newFolder({
    '.vitepress/config.mjs': `export default {srcDir: 'src', rewrites: {'old/:page': 'ware/:page'},
      themeConfig: {sidebar: [{text: 'Ware', items: [{text: 'Bowls', link: '/ware/bowls'}]}, {text: 'A', link: '/a'}]}}`,
    'src/a.md': '# A\n\nText.\n',
    'src/old/bowls.md': '# Bowls\n\nText.\n',
  })

  await ingestFolder(starlight, {}, embedder)
  await ingestFolder(vitepress, {}, embedder)

  expect(await outlineOf(starlight)).toEqual([
    'Bowls (src/content/docs/a.md)',
    'Firing (src/content/docs/firing.md)',
    'Again (src/content/docs/again.md)',
  ])
  expect(await outlineOf(vitepress)).toEqual(['Ware', '  Bowls (src/old/bowls.md)', 'A (src/a.md)'])
})

test('an edit keeps the positions of the pages that did not change', async () => {
  const folder = newFolder({
    'a.md': '---\norder: 2\n---\n\n# A\n\nText.\n',
    'b.md': '---\norder: 1\n---\n\n# B\n\nText.\n',
  })
  await ingestFolder(folder, {}, embedder)
  expect(await outlineOf(folder)).toEqual(['B (b.md)', 'A (a.md)'])

  folder.write('c.md', '# C\n\nText.\n')
  folder.write('a.md', '---\norder: 0\n---\n\n# A\n\nText.\n')
  await ingestFolder(folder, {}, embedder)

  expect(await outlineOf(folder)).toEqual(['A (a.md)', 'B (b.md)', 'C (c.md)'])
})

test('translations stand after the pages of the site’s own language, under the name of theirs', async () => {
  const text = {en: 'Heat the kiln slowly and wait.', de: 'Den Ofen langsam heizen und warten.'}
  const folder = newFolder(
    Object.fromEntries(
      (['en', 'de'] as const).flatMap((lang) =>
        ['firing', 'cooling', 'glazes'].map((name) => [
          `${lang}/${name}.md`,
          `# ${lang} ${name}\n\n${text[lang]}\n`,
        ]),
      ),
    ),
  )

  await ingestFolder(folder, {}, embedder)

  expect(await outlineOf(folder)).toEqual([
    'en cooling (en/cooling.md)',
    'en firing (en/firing.md)',
    'en glazes (en/glazes.md)',
    'Deutsch',
    '  de cooling (de/cooling.md)',
    '  de firing (de/firing.md)',
    '  de glazes (de/glazes.md)',
  ])
})
