import {describe, expect, test} from 'vitest'
import {flatten} from '../../src/markdown/flatten.ts'
import {parsePage} from '../../src/markdown/index.ts'
import {plainSite, siteRulesOf} from '../support/unconfigured-site.ts'

interface Flat {
  readonly text: string
  /** Constructs that were not understood. */
  readonly unknown: readonly string[]
}

function flat(
  source: string,
  {path = 'a.md', site = 'plain', files = {} as Record<string, string>} = {},
): Flat {
  const {text, notes} = flatten(source, {
    path,
    projectPath: path,
    site: siteRulesOf(site) ?? plainSite,
    bodyLine: 1,
    readInclude: (name) => files[name] ?? null,
  })
  const unknown = notes.filter(({fate}) => fate === 'not-understood').map(({construct}) => construct)
  return {text: text.replace(/\n{3,}/g, '\n\n').trim(), unknown}
}

const mdx = (source: string): Flat => flat(source, {path: 'a.mdx', site: 'docusaurus'})
const lines = (...all: string[]): string => all.join('\n')

describe('a term and its definitions are one block', () => {
  test.each([
    [
      'elements',
      lines(
        '<dl>',
        '<dt>berth</dt>',
        '<dd>A place for a boat.</dd>',
        '<dt>buoy</dt>',
        '<dt><code>float</code></dt>',
        '<dd>It floats.</dd>',
        '<dd>It shines.</dd>',
        '</dl>',
      ),
      lines(
        ...['- **berth**', '', '  A place for a boat.', '', '- **buoy**', '', '  **`float`**', ''],
        ...['  It floats.', '', '  It shines.'],
      ),
    ],
    [
      'elements with Markdown between them',
      lines(
        '<dl>',
        '',
        '<dt>berth</dt>',
        '<dd>',
        '',
        'A *place*:',
        '',
        '```',
        'x',
        '```',
        '',
        '</dd>',
        '',
        '</dl>',
      ),
      lines('- **berth**', '', '  A *place*:', '', '  ```', '  x', '  ```'),
    ],
    [
      'a list in a definition',
      lines('<dl><dt>a</dt><dd>One', '<dl><dt>b</dt><dd>Two</dd></dl>', '</dd></dl>'),
      lines('- **a**', '', '  One', '', '  - **b**', '', '    Two'),
    ],
    [
      'Markdown Extra',
      lines('Berth', ': A place.', '', '    More of it.', '', 'Buoy', ': It floats.', ': It shines.'),
      lines(
        '- **Berth**',
        '',
        '  A place.',
        '',
        '    More of it.',
        '',
        '- **Buoy**',
        '',
        '  It floats.',
        '',
        '  It shines.',
      ),
    ],
  ])('%s', (_name, source, expected) => {
    expect(flat(`Before.\n\n${source}\n\nAfter.`).text).toBe(`Before.\n\n${expected}\n\nAfter.`)
  })

  test('no passage ends between them', () => {
    const meaning = 'A place in the harbour where a boat lies for a night. '.repeat(5)
    const source = lines(
      '# Words',
      '',
      ...['one', 'two', 'three', 'four'].flatMap((term) => [`Berth ${term}`, `: ${meaning}`, '']),
    )
    const {page} = parsePage(source, {path: 'a.md', site: plainSite})
    const passages = page!.sections.flatMap(({passages}) => passages)

    expect(passages.length).toBeGreaterThan(1)
    for (const {text} of passages) expect(text).toMatch(/^Berth \w+\nA place/)
  })
})

describe('text that Liquid or Nunjucks keeps for later', () => {
  const code = 'export default function (sea) {\n  // rises\n  return sea.tide();\n};'

  test.each([
    [
      'code for a file elsewhere',
      `{% set x %}\n${code}\n{% endset %}\n{% include "x.njk" %}`,
      `\`\`\`\n${code}\n\`\`\``,
    ],
    [
      'code for a filter',
      '{%- set x %}{% raw %}\n---\nlink: "/{% if a %}{{ b }}{% endif %}"\n---\n{% endraw %}{%- endset %}\n{{ x | highlight("yaml") | safe }}',
      '```yaml\n---\nlink: "/{% if a %}{{ b }}{% endif %}"\n---\n```',
    ],
    [
      'commands that tabs show',
      '{% set x %}\n# Rise.\nnpx tide\n{% endset %}\n<div>\n<p>{{ x | forPackages("npm") | highlight("bash") | safe }}</p>\n</div>',
      '```bash\n# Rise.\nnpx tide\n```',
    ],
    [
      'prose',
      '{% capture x %}\nMind the *step*.\nIt is wet.\n{% endcapture %}',
      'Mind the *step*.\nIt is wet.',
    ],
    ['a value', '{% set x = "Mind the step." %}\nText.', 'Text.'],
  ])('%s', (_, source, expected) => {
    expect(flat(source).text).toBe(expected)
  })
})

describe('marks in code for the highlighter reach no reader', () => {
  test.each([
    [
      'at the end of a line',
      'const a = 1 // [!code focus]\nlet b # [!code word:b] [!code ++]',
      'const a = 1\nlet b',
    ],
    ['before a comment', 'a() // [!code hl] rises', 'a() // rises'],
    ['alone', 'a()\n// [!code highlight:2]\nb()', 'a()\nb()'],
    ['between elements', '<A {/* [!code hl] */} b="c" />', '<A  b="c" />'],
    ['but shown where they are escaped', 'a() // [!!code focus]', 'a() // [!code focus]'],
  ])('%s', (_, code, expected) => {
    expect(flat(`\`\`\`ts\n${code}\n\`\`\``).text).toBe(`\`\`\`ts\n${expected}\n\`\`\``)
  })

  test('nor does what twoslash compiles and hides', () => {
    const code =
      '// @noErrors\nimport a from "b"\n// ---cut---\nconst c = a()\n//    ^?\n// @log: 5\nd()\n// ---cut-after---\ne()'
    expect(flat(`\`\`\`ts twoslash\n${code}\n\`\`\``).text).toBe('```ts\nconst c = a()\n// @log: 5\nd()\n```')
    expect(flat(`\`\`\`ts\n${code}\n\`\`\``).text).toContain('@noErrors')
  })

  test('an include among them shows its file, or its region, from a folder above', () => {
    const files = {
      'site/parts/tide.ts':
        'no()\n// [!region up]\nrise()\n// [!endregion up]\n// [!region down]\nfall() // [!code hl]\n// [!endregion down]',
    }
    const include = (spec: string): string =>
      flat(`\`\`\`ts\n// [!include ~/parts/tide.ts${spec}]\n\`\`\``, {path: 'site/pages/a/b.mdx', files}).text

    expect(include(':up')).toBe('```ts\nrise()\n```')
    expect(include('')).toBe('```ts\nno()\nrise()\nfall()\n```')
  })
})

test('HTML in a list item ends where the item does', () => {
  const source =
    '- One\n   <ol reversed>\n     <li>Two <code>a</code></li>\n   </ol>\n- **Three** _four_\n\nFive'
  const {text} = flat(source)

  expect(text).toContain('Two `a`')
  expect(text).toMatch(/^- \*\*Three\*\* _four_$/m)
})

describe('an include is found', () => {
  test('in the folder for includes above the page, if it is Markdown', () => {
    const files = {'src/_includes/note.md': 'Mind the step.', 'src/_includes/note.njk': '<p>{{ step }}</p>'}
    const page = (name: string): Flat => flat(`{% include "${name}" %}`, {path: 'src/docs/a/b.md', files})

    expect(page('note.md')).toEqual({text: 'Mind the step.', unknown: []})
    expect(page('note.njk')).toEqual({text: '', unknown: []})
  })

  test('by a name that the project gave to a folder', () => {
    const files = {'en/parts/note.mdx': 'Mind the step.'}
    const source = "import Note from '@en/parts/note.mdx'\n\n<Note />"

    expect(flat(source, {path: 'en/guide/a.mdx', files})).toEqual({text: 'Mind the step.', unknown: []})
  })
})

describe('templates reach no reader', () => {
  test.each([
    [
      'in the destination of a link',
      '[and you?]({{ site.edit }}{{ page.path }}) too',
      'plain',
      '[and you?]() too',
    ],
    [
      'as a tag in it',
      'See [it](https://a.b/{% version x %}/c.js).',
      'plain',
      'See [it](https://a.b//c.js).',
    ],
    ['with an object', '{% if a %}x{% endif %} {{ items | list({ deep: true }) }} y', 'plain', 'x  y'],
    ['as a filter, on a page without tags', 'A {{ items | list({ deep: true }) }} b', 'plain', 'A  b'],
    ['as marks around HTML', '{% raw %}<code>{{ a + 1 }}</code>{% endraw %}', 'plain', '`{{ a + 1 }}`'],
    [
      'as marks in code',
      '```html\n{% raw %}\n{{ page.x }}\n{% endraw %}\n```',
      'jekyll',
      '```html\n{{ page.x }}\n```',
    ],
    [
      'as code of Hexo',
      '{% codeblock Tide lang:js %}\nrise()\n{% endcodeblock %}',
      'plain',
      '```js title="Tide"\nrise()\n```',
    ],
  ])('%s', (_, source, site, expected) => {
    expect(flat(source, {site}).text).toBe(expected)
  })

  test('but code that shows them keeps them', () => {
    const source = '```html\n{% raw %}{{ page.x }}{% endraw %}\n```'
    expect(flat(source).text).toBe(source)
  })
})

describe('a Liquid tag in a line leaves the line whole', () => {
  test.each([
    ['Pay by invoice {% if a %}or card {% endif %}now.', 'Pay by invoice or card now.'],
    ['{% if a %}boats{% else %}ships{% endif %} sail.', 'boats ships sail.'],
    ['### Otters {% include badge.html %}', '### Otters new'],
    ['An otter {% include badge.html %} swims.', 'An otter new swims.'],
    ['One.\n{% if a %}\nTwo.\n{% endif %}\nThree.', 'One.\n\nTwo.\n\nThree.'],
    ['One {%- if a %} two {%- endif %} three.', 'One two three.'],
  ])('%j', (source, expected) => {
    const files = {'_includes/badge.html': '<span class="x">new</span>'}
    expect(flat(source, {site: 'jekyll', files}).text).toBe(expected)
  })

  test('also a row of a table', () => {
    const source = '| a | b |\n| - | - |\n| x {% if p %}y{% endif %} | z |'
    expect(flat(source, {site: 'jekyll'}).text).toBe('| a | b |\n| - | - |\n| x y | z |')
  })
})

test.each([
  ["[A]({{ '/guide/' | relative_url }})", '[A](/guide/)'],
  ['[A]({{ site.baseurl }}/guide/#b "Title")', '[A](/guide/#b "Title")'],
  ['[A]({% link _docs/guide.md %})', '[A](/_docs/guide.md)'],
  ['<a href="{{ "/guide/" | relative_url }}">A</a>', '[A](/guide/)'],
])('Liquid in the destination of a link: %j', (source, expected) => {
  expect(flat(source, {site: 'jekyll'}).text).toBe(expected)
})

describe('text in the properties of components', () => {
  test('objects of objects become a list with their names', () => {
    const source = lines(
      '<TypeTable',
      '  type={{',
      '    berth: {description: "Where the boat lies.", type: "string", default: "none", required: true},',
      '    "max-length": {description: <>In <b>metres</b>.</>, type: "number", inner: {x: {text: "Deep"}}},',
      '  }}',
      '/>',
    )
    expect(mdx(source).text).toBe(
      lines(
        '- **berth** `string`: Where the boat lies.; default: none; required',
        '- **max-length** `number`: In metres.',
        '- **max-length.inner.x**: Deep',
      ),
    )
  })

  test('file names of a tree are a list', () => {
    const source =
      '<Files>\n  <Folder name="app">\n    <File name="page.tsx" />\n  </Folder>\n  <File name="a_b.ts" />\n</Files>'
    expect(mdx(source).text).toBe('- app\n  - page.tsx\n\n- a\\_b.ts')
  })

  test('code of several lines keeps its lines', () => {
    const source =
      '<Command npm="cd a\nnpm install" code={`if (a) {\n  b()\n}`} lang="js" text="One line.\nAnd another." />'
    expect(mdx(source).text).toBe(
      lines(
        ...['One line. And another.', '', '```text title="npm"', 'cd a', 'npm install', '```', ''],
        ...['```js', 'if (a) {', '  b()', '}', '```'],
      ),
    )
  })

  test.each([
    [
      'destructured',
      'export const Hero = ({title, href}) => (\n    <a href={href}>\n      <h3>{title}</h3>\n    </a>\n)',
    ],
    [
      'typed',
      'export const Hero = ({title, href = "/"}: {title: string; href?: string}): JSX.Element => {\n  return <h3>{title}</h3>\n}',
    ],
    ['typed by name', 'export const Hero: FC<Map<string, Props>> = (props: Props) => <h3>{props.title}</h3>'],
    [
      'a typed function',
      'export function Hero({title}: Props & {a: () => void}) {\n  return <h3>{title}</h3>\n}',
    ],
  ])('a component that the page defines shows them: %s', (_name, definition) => {
    expect(mdx(`${definition}\n\n<Hero title="Fill the pool" />\n\nText.`).text).toBe(
      '### Fill the pool\n\nText.',
    )
  })
})

describe('code and marks stay what they are', () => {
  test('a backticked tag inside its own component', () => {
    const source = '<Steps>\n\nUse `<Steps>` here.\n\n```\n<Steps>\n```\n\n</Steps>\n\nAfter.'
    expect(mdx(source).text).toBe('Use `<Steps>` here.\n\n```\n<Steps>\n```\n\nAfter.')
  })

  test('prose that begins like module code', () => {
    const source = 'One.\n\nimport os\n\nMore "text" here.\n\nexport PATH=$PATH:/bin\n\nThe end.'
    expect(mdx(source).text).toBe(source)
  })

  test('a template in a component holds fences and other templates', () => {
    const source =
      'export function Demo({a}: {a: string[]}) {\n  const t = `\n~~~js\n${a.map((x) => `b ${x}`)}\n`\n  return <Code text={t} />\n}\n\n# Head\n\nText.'
    expect(mdx(source).text).toBe('# Head\n\nText.')
  })

  test('a tab with a language is code', () => {
    const source =
      '{{< tab header="Go" codelang="go" >}}\nf(a, *b*)\n[x](y)\n{{< /tab >}}\n{{< tab header="Text" >}}\nSome *prose*.\n{{< /tab >}}'
    expect(flat(source, {site: 'hugo'}).text).toBe(
      '**Go**\n\n```go\nf(a, *b*)\n[x](y)\n```\n\n**Text**\n\nSome *prose*.',
    )
  })

  test('a pipe in the code of a row', () => {
    const source = '| a | b |\n| - | - |\n| `x | y` | c |\n| `|` | d |'
    expect(flat(source).text).toBe('| a | b |\n| - | - |\n| `x \\| y` | c |\n| `|` | d |')
  })

  test('MDX in a fence for GitHub', () => {
    const source =
      '```mdx-code-block\n<Tabs>\n<TabItem label="Apple">\n```\n\nRed.\n\n```mdx-code-block\n</TabItem>\n</Tabs>\n```'
    expect(flat(source).text).toBe('**Apple**\n\nRed.')
  })

  test('a long list without blank lines', () => {
    const items = Array.from(
      {length: 400},
      (_, n) => `* **part ${n}:** mended ([#${n}](https://example.com/${n}))`,
    )
    const {page, diagnostics} = parsePage(`# News\n\n${items.join('\n')}`, {path: 'a.md', site: plainSite})
    expect(diagnostics).toEqual([])
    expect(page!.markdown).not.toContain('\\*')
  })

  test.each([
    ['!!!note\n    Mind the step.', '> **Note**\n>\n> Mind the step.'],
    ['- item\n  {#id}\n- other {#id2}', '- item\n- other'],
    ['(a/b)=\n\nText.', 'Text.'],
    ['[!code-JSON [a](a.json)]', '```json\n{"a": 1}\n```'],
    ['```{card} Title\n:header: Head\n:footer: Foot\n\nBody.\n```', '**Title**\n\nHead\n\nFoot\n\nBody.'],
  ])('%j', (source, expected) => {
    expect(flat(source, {files: {'a.json': '{"a": 1}'}}).text).toBe(expected)
  })
})

describe('an unknown construct keeps its text and is counted', () => {
  test.each([
    [':::odd Title here\nBody.\n:::', 'docusaurus', '**Title here**\n\nBody.', 'directive:odd'],
    ['::odd{title="A deck" to="/deck"}', 'plain', '[A deck](/deck)', 'directive:odd'],
    ['A :odd[plank]{a=b} here.', 'docusaurus', 'A plank here.', 'directive:odd'],
    ['A :odd{x="y"} here.', 'docusaurus', 'A  here.', 'directive:odd'],
    ['{{< odd title="A deck" >}}\nBody.\n{{< /odd >}}', 'hugo', '**A deck**\n\nBody.', 'shortcode:odd'],
    ['{% odd title="A deck" %}\nBody.\n{% endodd %}', 'jekyll', '**A deck**\n\nBody.', 'liquid:odd'],
    ['See {% odd slug "How it rises" %} here.', 'plain', 'See How it rises here.', 'liquid:odd'],
    ['See {{ odd("x") }} here.', 'jekyll', 'See  here.', 'macro:odd'],
    ['```{odd} A deck\nBody.\n```', 'sphinx', '**A deck**\n\nBody.', 'myst:odd'],
    ['<Odd kind="x" />\n\nBody.', 'docusaurus', 'Body.', 'jsx:Odd'],
  ])('%j', (source, site, text, construct) => {
    expect(flat(source, {site})).toEqual({text, unknown: [construct]})
  })
})
