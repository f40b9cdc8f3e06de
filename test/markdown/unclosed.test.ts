import fc from 'fast-check'
import {expect, test} from 'vitest'
import {type ParsedPage, parsePage} from '../../src/markdown/index.ts'
import {seedOr} from '../support/random-seed.ts'
import {plainSite, siteRulesOf} from '../support/unconfigured-site.ts'

const seed = seedOr(20261126)

/** Opening marks without their ends, each of which can occur anywhere in a text. */
const marks = [
  ...[
    'import os',
    'import x',
    'import os, sys',
    'import {a, b',
    'import * as x from',
    'import "x',
    'import type X',
  ],
  ...[
    'import x from y',
    'import x from "y',
    'import what you need',
    'export default',
    'export default settings:',
    'export default **settings**',
    'export default settings?',
    'export default Foo,',
    'export default values.',
    'export class diagrams with {a} in.',
    'export function list(s) in:',
    'export const x:',
    'export const x =',
    'export const x = (',
    'export *',
  ],
  ...[
    'export const x = {',
    'export const x = [',
    'export const x = `',
    'export const x = "',
    'export function f() {',
  ],
  ...[
    'export class X {',
    'export interface X {',
    'export const X = () => (',
    'export const X = <b>',
    'export {a',
    'export it',
  ],
  ...[
    '{',
    '{a',
    '{a.b',
    '{`',
    '{"',
    '{x.map(',
    '{(',
    '{x ? (',
    '{x && <b>',
    '{<b>',
    '<p>{',
    '{/*',
    '{/* a */',
    '{#id',
    '{.cls',
    '{: .x',
  ],
  ...[
    '<!--',
    '<!-- a',
    '<!doctype',
    '<!',
    '<![CDATA[',
    '<?php',
    '<div',
    '<div class="',
    '<div class="x',
    '<a href="',
    '<a href="x>',
  ],
  ...[
    '<Card',
    '<Card title="',
    '<Card title={',
    '<Card title={`',
    '<Card title={"',
    '<Card {...',
    '<Foo render={() => (',
  ],
  ...[
    '<script>',
    '<style>',
    '<template>',
    '<svg>',
    '<noscript>',
    '<textarea>',
    '<iframe>',
    '<video>',
    '<head>',
    '<dialog>',
  ],
  ...[
    '<script',
    '<script src="',
    '<pre>',
    '<code>',
    '<kbd>',
    '<table>',
    '<table><tr><td>',
    '<ul>',
    '<li>',
    '<h2>',
    '<summary>',
  ],
  ...[
    '<details>',
    '<select>',
    '<option>',
    '<title>',
    '<b>',
    '<a href="x">',
    '<Tabs>',
    '<x-y>',
    '<>',
    '</script>',
    '</Card>',
    '<%',
    '<a@b',
  ],
  ...[
    '{%',
    '{% note',
    '{% comment %}',
    '{% raw %}',
    '{% highlight x %}',
    '{% if x %}',
    '{% note %}',
    '{% include "',
    '{%- comment -%}',
  ],
  ...[
    '{{',
    '{{ x',
    '{{<',
    '{{%',
    '{{/*',
    '{{</* x',
    '{{< comment >}}',
    '{{< highlight go >}}',
    '{{< mermaid >}}',
    '{{< note >}}',
  ],
  ...[
    '{{< figure src="',
    '{{< tab "',
    '{{< unknown >}}',
    '{{domxref(',
    '{{domxref("',
    '{{#include',
    '{{!--',
    '{#',
    '{* x',
  ],
  ...[
    '`',
    '``',
    '$',
    '\\(',
    '[',
    '![',
    '[a](',
    '[a](<',
    '[a](x "',
    '![a](data:',
    '[a][',
    '[[',
    '[^1]',
    '^[',
    '{ref}`',
    '[!INCLUDE [',
  ],
  ...[
    '**',
    '__',
    '~~',
    '==',
    '{++',
    '{--',
    '{>>',
    ':a[',
    '::',
    '\\',
    '|',
    '&',
    '-->',
    '*/}',
    '}}',
    '%}',
    '=== "t',
    '??? note "',
  ],
]

/** Opening marks that are alone on their line. */
const lineMarks = [
  ...[
    '```',
    '```js',
    '~~~',
    '```{toctree}',
    '```{raw} html',
    '```{raw} latex',
    '```{tags}',
    '```{note}',
    '```{include} x.md',
  ],
  ...[
    '```{figure} x',
    '```{code-block} js',
    '```{math}',
    ':::{toctree}',
    ':::{note}',
    '::::{raw} html',
    ':::',
    ':::note',
    ':::row',
  ],
  ...[
    ':::moniker',
    '!!! note',
    '=== "t"',
    '/// tab | x',
    '/// html | div',
    '///',
    '$$',
    '\\[',
    '--8<--',
    '-8<-',
    '<<< x',
    '{* x *}',
  ],
  ...[
    '[^1]:',
    '[!div',
    '> [!NOTE]',
    '(x)=',
    '% ',
    '+++',
    '+++ {',
    '===',
    '@tab x',
    '{{#include x.md}}',
    '[ref]:',
    '| a |',
  ],
]

/** Constructs that hide their content and are closed. */
const closed = [
  (words: string) => `<!-- ${words} -->`,
  (words: string) => `<!--\n${words}\n\n${words}\n-->`,
  (words: string) => `<script>\n${words}\n\n${words}\n</script>`,
  (words: string) => `{% comment %}\n${words}\n\n${words}\n{% endcomment %}`,
  (words: string) => `{{< comment >}}\n${words}\n\n${words}\n{{< /comment >}}`,
  (words: string) => `\`\`\`{toctree}\n${words}\n\`\`\``,
  (words: string) => `{/*\n${words}\n\n${words}\n*/}`,
]
const closedInMdx = [
  ...closed,
  (words: string) => `import {X} from '${words}'`,
  (words: string) => `export const x = {\n  text: '${words}',\n\n  other: \`${words}\`,\n}`,
]

/** Makes unique words, none of which contains another. */
class Words {
  #count = 0
  readonly visible: string[] = []

  #next(): string {
    const digits = [...String(100 + this.#count++)].map((digit) => 'abcdefghij'[Number(digit)])
    return `q${digits.join('')}z`
  }

  hidden(): string {
    return Array.from({length: 5}, () => `${this.#next()}hidden`).join(' ')
  }

  say(): string {
    const words = Array.from({length: 6}, () => this.#next())
    this.visible.push(...words)
    return words.join(' ')
  }
}

const aloneOnItsLine: Readonly<Record<string, (mark: string, words: Words) => string>> = {
  'a block': (mark) => mark,
  'above a line': (mark, words) => `${mark}\n${words.say()}.\n${words.say()}`,
  'between lines': (mark, words) => `${words.say()}\n${mark}\n${words.say()}.`,
  'in a list': (mark, words) => `- ${words.say()}\n- ${mark}\n- ${words.say()}`,
  'in an item': (mark, words) => `- ${words.say()}\n\n  ${mark}\n\n  ${words.say()}\n- ${words.say()}`,
  'in a quote': (mark, words) => `> ${words.say()}\n> ${mark}\n> ${words.say()}`,
  'in code': (mark, words) => `~~~~~~js\n${mark}\n${words.say()}\n~~~~~~`,
}
const anywhere: Readonly<Record<string, (mark: string, words: Words) => string>> = {
  ...aloneOnItsLine,
  'before words': (mark, words) => `${mark} ${words.say()}.`,
  'in a sentence': (mark, words) => `${words.say()} ${mark} ${words.say()}\n${words.say()}.`,
  'above an element': (mark, words) => `${mark}\n\n<div>\n\n${words.say()}\n\n</div>`,
  'above a fence': (mark, words) => `${mark}\n\n~~~~~~js\n${words.say()}\n~~~~~~`,
  'above code': (mark, words) => `${mark}\n\n\`${words.say()}\``,
  'in a list item': (mark, words) => `- ${words.say()} ${mark} ${words.say()}\n- ${mark} ${words.say()}`,
  'in a heading': (mark, words) => `## ${words.say()} ${mark} ${words.say()}`,
  'in a code span': (mark, words) =>
    `${words.say()} \`\`\`\`\`${words.say()} ${mark.replaceAll('`', '')} x\`\`\`\`\` ${words.say()}`,
  'in a table': (mark, words) =>
    `| ${words.say()} | b |\n| - | - |\n| ${mark.replaceAll('|', '')} | ${words.say()} |\n| c | ${words.say()} |`,
}

const placed = fc.oneof(
  fc.record({mark: fc.constantFrom(...marks), place: fc.constantFrom(...Object.keys(anywhere))}),
  fc.record({mark: fc.constantFrom(...lineMarks), place: fc.constantFrom(...Object.keys(aloneOnItsLine))}),
)
const file = fc.record({
  generator: fc.constantFrom(
    'plain',
    'docusaurus',
    'hugo',
    'mkdocs',
    'vitepress',
    'mdbook',
    'jekyll',
    'sphinx',
  ),
  isMdx: fc.boolean(),
})
/** Text in another paragraph that might close a mark by accident. */
const ends = fc.constantFrom('', '', '}', '" >', "' >", '} >', '`', ')', ']', '>', '} "', '`}', '"} />', ')}')

function read(source: string, {generator, isMdx}: {generator: string; isMdx: boolean}): ParsedPage {
  return parsePage(source, {path: isMdx ? 'a.mdx' : 'a.md', site: siteRulesOf(generator) ?? plainSite})
}

function textOf({page}: ParsedPage): string {
  const sections = page?.sections ?? []
  return [page?.title, ...sections.flatMap(({headings, text}) => [...headings, text])].join('\n')
}

/** Number of words that warnings report as lost. */
function reportedWords({diagnostics}: ParsedPage): number {
  return diagnostics
    .filter(({rule}) => rule === 'lost-text')
    .reduce((sum, {reason}) => sum + Number(/(\d+) words/.exec(reason)?.[1] ?? 1), 0)
}

test('whatever is never closed, each word of the text is kept or reported as lost', {
  timeout: 180_000,
}, () => {
  fc.assert(
    fc.property(
      file,
      placed,
      fc.array(fc.nat(), {maxLength: 2}),
      fc.boolean(),
      ends,
      ({generator, isMdx}, {mark, place}, before, isFirst, end) => {
        const words = new Words()
        const source = [
          ...(isFirst ? [] : [`${words.say()}.`]),
          ...before.map((n) => closed[n % closed.length]!(words.hidden())),
          ...(isFirst && before.length === 0 ? [] : [words.say()]),
          anywhere[place]!(mark, words),
          `${words.say()}.`,
          `${words.say()} ${end} ${words.say()}`,
          `${words.say()}.`,
        ].join('\n\n')

        const parsed = read(source, {generator, isMdx})

        const text = textOf(parsed)
        const missing = words.visible.filter((word) => !text.includes(word))
        const reported = Math.min(
          reportedWords(parsed),
          parsed.fidelity.visibleWords - parsed.fidelity.keptWords,
        )
        expect(missing.slice(reported), source).toEqual([])
      },
    ),
    {numRuns: 1500, seed},
  )
})

test('closed constructs hide their own words only, and no loss is reported', () => {
  fc.assert(
    fc.property(file, fc.array(fc.nat(), {minLength: 1, maxLength: 8}), (options, parts) => {
      const words = new Words()
      const constructs = options.isMdx ? closedInMdx : closed
      const source = parts
        .map(
          (n) =>
            `${words.say()}.\n\n${constructs[n % constructs.length]!(words.hidden())}\n\n${words.say()}.`,
        )
        .join('\n\n')

      const parsed = read(source, options)

      expect(textOf(parsed).match(/q\w+z(?:hidden)?/g)).toEqual(expect.arrayContaining(words.visible))
      expect(textOf(parsed)).not.toContain('hidden')
      expect(reportedWords(parsed)).toBe(0)
      expect(parsed.fidelity.keptWords).toBe(parsed.fidelity.visibleWords)
    }),
    {numRuns: 300, seed},
  )
})
