import {describe, expect, test} from 'vitest'
import {directParser} from '../support/direct-parser.ts'
import {hashingEmbedder} from '../support/hashing-embedder.ts'
import {ingestFolder, newFolder} from '../support/ingest-world.ts'

/** The warnings about links of a folder, as `path:line reason`. */
async function warningsOf(files: Readonly<Record<string, string>>, site = 'plain'): Promise<string[]> {
  const folder = newFolder(files)
  const report = await ingestFolder(folder, {site, openParser: directParser}, hashingEmbedder())
  return report.diagnostics
    .filter(({rule}) => rule.startsWith('broken-'))
    .map(({path, line, reason}) => `${path}:${line} ${reason}`)
}

describe('a link is not called broken', () => {
  test.each([
    ['explicit, in braces', '## Pools {#deep-end}\n\nWords.'],
    ['explicit, in brackets', '## Pools [deep-end]\n\nWords.'],
    ['of an element', '<a id="deep-end"></a>\n\nWords.'],
    ['of a named element', "Words <span\n  name='deep-end'>here</span>."],
    ['of MyST', '(deep-end)=\n## Pools\n\nWords.'],
    ['of a directive', '```{figure} pool.png\n:name: deep-end\nA pool.\n```'],
    ['of a labelled directive', ':::{table} Pools\n:label: deep-end\n\n| a | b |\n|---|---|\n| c | d |\n:::'],
    ['of Docsify', '## Pools :id=deep-end\n\nWords.'],
    ['of an attribute list', 'Words.\n{: #deep-end }'],
    ['of a heading', '## Deep end\n\nWords.'],
    ['of a heading, in other letter case', '## DEEP End\n\nWords.'],
  ])('to an id %s', async (_, markdown) => {
    expect(await warningsOf({'a.md': '# A\n\n[x](b.md#deep-end)\n', 'b.md': `# B\n\n${markdown}\n`})).toEqual(
      [],
    )
  })

  test('for its encoding, its Unicode form or a route of one page', async () => {
    const links = [
      'caf%C3%A9/50%25.md#gr%C3%B6%C3%9Fe',
      '<cafe\u0301/50%.md#größe>',
      'notes%20%23%201.md',
      '#/guide?id=setup',
      '#:~:text=words',
    ]
    const files = {
      'a.md': `# A\n\n${links.map((link) => `[x](${link})`).join('\n')}\n`,
      'caf\u00e9/50%.md': '# B\n\n## Größe\n\nWords.\n',
      'notes # 1.md': '# C\n\nWords.\n',
    }

    expect(await warningsOf(files)).toEqual([])
  })

  test('where it names a file that is no page', async () => {
    const files = {
      'a.md': '# A\n\n[draft](b.md) [raw](parts/c.md) [encoded](d%20e.md)\n',
      'b.md': '---\ndraft: true\n---\nWords.\n',
      'parts/c.md': '',
      'd e.md': '---\nnoindex: true\n---\nWords.\n',
    }

    expect(await warningsOf(files)).toEqual([])
  })

  test('where it is written from the root of the content', async () => {
    const files = {
      'content/guide/a.md': '# A\n\n[x](@/guide/b.md#deep-end) [y](/guide/b.md#deep-end)\n',
      'content/guide/b.md': '# B\n\n## Deep end\n\nWords.\n',
    }

    expect(await warningsOf(files)).toEqual([])
  })

  test('for its letter case where the site makes lower-case routes, or is not known', async () => {
    const files = {
      'a.md': '# A\n\n[x](Guides/Pool.MD#Deep-End)\n',
      'guides/pool.md': '# B\n\n## Deep end\n\nWords.\n',
    }

    expect(await warningsOf(files, 'plain')).toEqual([])
    expect(await warningsOf(files, 'hugo')).toEqual([])
  })
})

describe('where the generator is not known, a link is not called broken', () => {
  test.each(['List_Categories-js', 'list-categories-js', 'ListCategoriesJS'])(
    'for how its anchor is written: %s',
    async (anchor) => {
      const files = {
        'a.md': `# A\n\n[x](b.md#${anchor})\n[y](b.md#list-tags)\n`,
        'b.md': '# B\n\n## list_categories.js\n\nWords.\n',
      }

      expect(await warningsOf(files, 'plain')).toEqual([
        'a.md:4 the link to #list-tags matches no heading in b.md',
      ])
      expect(await warningsOf(files, 'hugo')).toHaveLength(2)
    },
  )
})

describe('a link is broken', () => {
  test('where its letter case is wrong on a site that keeps it', async () => {
    const files = {
      'a.md': '# A\n\n[x](Pool.md)\n[y](pool.md#Deep-End)\n',
      'pool.md': '# B\n\n## Deep end\n\nWords.\n',
    }

    expect(await warningsOf(files, 'docusaurus')).toEqual([
      'a.md:3 the link to Pool.md leads to a missing file; pool.md differs in letter case',
      'a.md:4 the link to #Deep-End matches no heading in pool.md',
    ])
  })

  test('where its file, or its anchor, is not there in any form', async () => {
    const files = {
      'a.md': '# A\n\n[x](pools.md)\n[y](@/pool.md#shallow-end)\n',
      'pool.md': '# B\n\n## Deep end\n\nWords.\n',
    }

    expect(await warningsOf(files)).toEqual([
      'a.md:3 the link to pools.md leads to a missing file',
      'a.md:4 the link to #shallow-end matches no heading in pool.md',
    ])
  })
})
