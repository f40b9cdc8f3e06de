import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {parsePage} from '../../src/markdown/index.ts'
import {parseMarkdown} from '../../src/markdown/parse-markdown.ts'
import {plainTextOfNode} from '../../src/markdown/plain-text.ts'
import {passageBudget} from '../../src/markdown/section-pieces.ts'
import {countWords} from '../../src/text/words.ts'
import {seedOr} from '../support/random-seed.ts'
import {plainSite} from '../support/unconfigured-site.ts'

const seed = seedOr(20261122)
const wordsOf = (text: string): string[] => text.match(/[\p{L}\p{N}]+/gu) ?? []

const word = fc.constantFrom(
  'alpha',
  'beta',
  'gamma',
  'delta',
  'epsilon',
  'Zeta',
  'etá',
  '語句',
  'x1',
  'e.g.',
)
const sentence = fc.array(word, {minLength: 1, maxLength: 14}).map((words) => `Say ${words.join(' ')}.`)
const inline = fc.oneof(
  {weight: 6, arbitrary: sentence},
  sentence.map((text) => `**${text}**`),
  word.map((text) => `\`code ${text}\``),
  word.map((text) => `[link ${text}](https://example.com/${text.length})`),
  word.map((text) => `![alt ${text}](a.png)`),
)
const paragraph = fc.array(inline, {minLength: 1, maxLength: 40}).map((parts) => parts.join(' '))
const block = fc.oneof(
  paragraph,
  fc
    .array(paragraph, {minLength: 1, maxLength: 12})
    .map((items) => items.map((item) => `- ${item}`).join('\n')),
  fc
    .array(paragraph, {minLength: 1, maxLength: 6})
    .map((items) => items.map((item, n) => `${n + 1}. ${item}\n\n   ${item}`).join('\n')),
  fc
    .array(sentence, {minLength: 1, maxLength: 60})
    .map((lines) => `\`\`\`js title="a.js"\n${lines.join('\n')}\n\`\`\``),
  fc
    .array(fc.tuple(sentence, sentence), {minLength: 1, maxLength: 30})
    .map((rows) => `| A | B |\n| - | - |\n${rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}`),
  fc
    .array(paragraph, {minLength: 1, maxLength: 4})
    .map((parts) => parts.map((part) => `> ${part}`).join('\n>\n')),
  fc.tuple(fc.integer({min: 1, max: 4}), word).map(([depth, text]) => `${'#'.repeat(depth)} Head ${text}`),
)
const document = fc.array(block, {minLength: 1, maxLength: 10}).map((blocks) => blocks.join('\n\n'))

describe('passages', () => {
  test('together contain each word of their section once and in order', () => {
    fc.assert(
      fc.property(document, (source) => {
        const {page} = parsePage(source, {path: 'a.md', site: plainSite})

        const seen = parseMarkdown(source)
          .children.filter((node) => node.type !== 'heading')
          .flatMap((node) => wordsOf(plainTextOfNode(node)))
        const kept = (page?.sections ?? []).flatMap((section) =>
          section.passages.flatMap((passage) => wordsOf(passage.text)),
        )
        expect(kept).toEqual(seen)
        for (const section of page?.sections ?? []) {
          expect(section.text).toBe(section.passages.map(({text}) => text).join('\n'))
        }
      }),
      {numRuns: 150, seed},
    )
  })

  test('stay within their budget, and all of their words can be quoted but titles of code and names of pictures', () => {
    let count = 0
    fc.assert(
      fc.property(document, (source) => {
        const {page} = parsePage(source, {path: 'a.md', site: plainSite})

        for (const passage of (page?.sections ?? []).flatMap((section) => section.passages)) {
          count++
          expect(countWords(passage.text)).toBeLessThanOrEqual(passageBudget.max + 20)
          expect(passage.endLine).toBeGreaterThanOrEqual(passage.startLine)
          const shown = new Set(
            passage.blocks.flatMap(({tableHeadText, units}) =>
              wordsOf([tableHeadText, ...units.map(({text}) => text)].join('\n')),
            ),
          )
          for (const [, title, picture] of source.matchAll(/title="([^"]*)"|!\[([^\]]*)\]/g))
            for (const word of wordsOf(title ?? picture!)) shown.add(word)
          expect(wordsOf(passage.text).filter((text) => !shown.has(text))).toEqual([])
        }
      }),
      {numRuns: 80, seed},
    )
    expect(count).toBeGreaterThan(80)
  })
})

const shard = fc.oneof(
  {weight: 3, arbitrary: fc.string({maxLength: 12, unit: 'grapheme'})},
  fc.constantFrom(
    '\n',
    '\n\n',
    '    ',
    '\t',
    '- ',
    '1. ',
    '> ',
    '# ',
    '```',
    '~~~',
    '```{note}\n',
    ':::',
    ':::note[x]\n',
    '!!! tip "t"\n    ',
    '/// tab | x\n',
    '=== "t"\n    ',
    '<div>',
    '</div>',
    '<table><tr><td>',
    '</table>',
    '<Tabs>\n',
    '<Tab title={`x`}>',
    '</Tab>',
    '<!--',
    '-->',
    '<a name="x">',
    '<code>',
    '<pre>',
    '{{< note >}}',
    '{{< /note >}}',
    '{{% tab name="x" %}}',
    '{{</* x */>}}',
    '{% raw %}',
    '{% endraw %}',
    '{{domxref("x")}}',
    '{/* c */}',
    '{a.b}',
    '{`t`}',
    '{',
    '}',
    '[a](',
    '[a]: b\n',
    '![',
    '](data:x)',
    '[^1]',
    '[^1]: n\n',
    '| a | b |\n| - | - |\n',
    '|',
    '`',
    '``',
    '**',
    '*',
    '_',
    '\\',
    '&amp;',
    '<',
    '>',
    '---\n',
    '+++\n',
    ': def\n',
    '$$\n',
    'import x from "y"\n',
    'export const a = {\n',
    '{#id}',
    '{ .cls }',
    '(t)=\n',
    '{ref}`x`',
    '[!NOTE]',
    '--8<-- "a.md"\n',
    '<<< a.js\n',
    '{{#include a.md}}\n',
    '\u202e',
    '\u0000',
    '\ud800',
    '語',
  ),
)

test('no source makes the parser throw, and lines and texts are consistent', () => {
  let count = 0
  fc.assert(
    fc.property(fc.array(shard, {maxLength: 60}), fc.boolean(), (shards, isMdx) => {
      const source = shards.join('')

      const {page, fidelity} = parsePage(source, {
        path: isMdx ? 'a/b.mdx' : 'a/b.md',
        site: plainSite,
        readInclude: (path) => (path.endsWith('a.md') ? '# Included\n\n:::note\nText' : null),
      })

      const lineCount = source.split(/\r\n?|\n/).length
      count += page?.sections.length ?? 0
      for (const section of page?.sections ?? []) {
        expect(section.startLine).toBeGreaterThanOrEqual(1)
        expect(section.endLine).toBeLessThanOrEqual(lineCount)
        expect(section.text).toBe(section.passages.map(({text}) => text).join('\n'))
      }
      expect(fidelity.keptWords).toBeLessThanOrEqual(fidelity.visibleWords)
    }),
    {numRuns: 1500, seed},
  )
  expect(count).toBeGreaterThan(1000)
})
