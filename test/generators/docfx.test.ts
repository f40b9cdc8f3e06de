import {describe, expect, test} from 'vitest'
import {rulesOf} from '../../src/generators/index.ts'
import {pageIn} from '../support/generated-page.ts'
import {siteIn} from '../support/memory-project.ts'
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

describe('code from a file on a page of DocFX', () => {
  const parts = {
    'pot.cs':
      'class Pot\n{\n    // <Fill>\n    Fill();\n    // <more>\n    Stir();\n    // </more>\n    // </Fill>\n#region Pour\n    Pour();\n#endregion\n}\n',
  }
  const rules = rulesOf(siteIn({'docfx.json': '{"build": {"content": "**/*.md"}}', 'index.md': '', ...parts}))
  const shown = (text: string): string | undefined => pageIn(rules, 'index.md', text, parts)?.markdown

  test.each([
    ['[!code-csharp[Pot](pot.cs#L1-L2)]', 'class Pot\n{'],
    ['[!code-csharp[Pot](pot.cs?range=1-2,12)]', 'class Pot\n{\n}'],
    ['[!code-csharp[Pot](pot.cs?start=1&end=2)]', 'class Pot\n{'],
    ['[!code-csharp[Pot](pot.cs?name=fill&highlight=1)]', 'Fill();\nStir();'],
    ['[!code-csharp[Pot](pot.cs#more)]', 'Stir();'],
    ['[!code-csharp[Pot](pot.cs#Pour)]', 'Pour();'],
    ['[!code-csharp[Pot](pot.cs?name=more&dedent=2)]', '  Stir();'],
    [':::code language="csharp" source="pot.cs" id="more":::', 'Stir();'],
    [':::code language="csharp" source="pot.cs" range="1-2":::', 'class Pot\n{'],
  ])('%s shows its part of the file', (text, code) => {
    expect(shown(text)).toBe(`\`\`\`csharp\n${code}\n\`\`\``)
  })

  test('has the title that it is given', () => {
    expect(shown('[!code-csharp[Pot](pot.cs#L1 "The pot")]')).toBe(
      '```csharp title="The pot"\nclass Pot\n```',
    )
  })
})
