import {describe, expect, test} from 'vitest'
import {type ParsedPage, parsePage, type SiteRules} from '../../src/markdown/index.ts'
import {rulesIn, siteIn} from '../support/memory-project.ts'
import {plainSite, siteRulesOf} from '../support/unconfigured-site.ts'

const parse = (source: string, path = 'guides/page.md'): ParsedPage =>
  parsePage(source, {path, site: plainSite})
const rulesOf = (parsed: ParsedPage): string[] => parsed.diagnostics.map(({rule}) => rule)

describe('front matter', () => {
  test('YAML, TOML and JSON make the same page', () => {
    const yaml = parse('---\ntitle: A title\ntags: [a, b]\n---\nText.')
    const toml = parse('+++\ntitle = "A title"\ntags = ["a", "b"]\n+++\nText.')
    const json = parse('{\n "title": "A title",\n "tags": ["a", "b"]\n}\nText.')

    for (const {page} of [yaml, toml, json]) {
      expect(page).toMatchObject({title: 'A title', tags: ['a', 'b'], markdown: 'Text.'})
    }
  })

  test('[bad front matter] what does not parse is reported with its line, and the body is still parsed', () => {
    const parsed = parse('---\ntitle: Saved\nbroken: [a\nother: "x\n---\n\nThe body.')

    expect(parsed.page).toMatchObject({title: 'Saved', markdown: 'The body.'})
    const [diagnostic] = parsed.diagnostics
    expect(diagnostic).toMatchObject({rule: 'front-matter-invalid', severity: 'warning'})
    expect(diagnostic!.line).toBeGreaterThanOrEqual(3)
  })

  test('[bad front matter] what plain lines give whole is no warning', () => {
    const parsed = parse('---\ntitle: {#when otters}\ndescription: Otters: a guide\n---\n\nThe body.')

    expect(parsed.page).toMatchObject({title: '{#when otters}', description: 'Otters: a guide'})
    expect(parsed.diagnostics).toMatchObject([{rule: 'front-matter-invalid', severity: 'info'}])
  })

  test.each(['js', 'javascript', 'JS', 'coffee'])(
    '[code in front matter] code in %s is never run',
    (language) => {
      const parsed = parse(`---${language}\nglobalThis.ran = true\nmodule.exports = {title: 'x'}\n---\nText.`)

      expect((globalThis as {ran?: boolean}).ran).toBeUndefined()
      expect(rulesOf(parsed)).toContain('front-matter-invalid')
      expect(parsed.page?.markdown).toBe('Text.')
    },
  )

  test('[equal front matter] equal front matter of two pages is not one object', () => {
    const source = '---\ntags: [a]\n---\nText.'

    const first = parse(source)
    ;(first.page!.tags as string[]).push('changed')

    expect(parse(source).page?.tags).toEqual(['a'])
  })

  test.each(['- a: 1\n- b: 2', '- {a: 1}'])(
    '[bad front matter] %j is not a mapping and is reported',
    (yaml) => {
      const parsed = parse(`---\n${yaml}\n---\nText.`)

      expect(rulesOf(parsed)).toEqual(['front-matter-invalid'])
      expect(parsed.page?.sections[0]?.text).toBe('Text.')
    },
  )

  test('dates and numbers become text, and an alias bomb is ignored', () => {
    const bomb = `a: &a [x, x]\n${'bcdefghij'
      .split('')
      .map((name, n) => `${name}: &${name} [*${'abcdefghi'[n]}, *${'abcdefghi'[n]}]`)
      .join('\n')}\ntags: *j`

    const dated = parse('---\ntitle: 2024-05-01\nversion: 1.5\n---\nText.')
    const bombed = parse(`---\ntitle: Calm\n${bomb}\n---\nText.`)

    expect(dated.page).toMatchObject({title: '2024-05-01', version: '1.5'})
    expect(bombed.page).toMatchObject({title: 'Calm', tags: []})
  })

  test('[bad front matter] a byte order mark and Windows line ends change nothing', () => {
    const plain = parse('---\ntitle: T\n---\n# T\n\nText.\n')

    expect(parse('\ufeff---\r\ntitle: T\r\n---\r\n# T\r\n\r\nText.\r\n')).toEqual(plain)
  })

  test.each([
    ['draft: true', 'draft'],
    ['noindex: true', 'noindex'],
    ['robots: noindex, nofollow', 'noindex'],
  ])('%s sets the page aside and says so', (line, rule) => {
    const parsed = parse(`---\n${line}\n---\nText.`)

    expect(parsed.page).toBeNull()
    expect(parsed.diagnostics).toMatchObject([{rule, severity: 'info'}])
  })
})

describe('a title in the front matter', () => {
  test.each([
    ['"Broken', 'Broken'],
    ["'It''s: so", "It's: so"],
    ['"Say \\"no\\": twice', 'Say "no": twice'],
    ['{#if ...}', '{#if ...}'],
    ['[Draft] Otters', '[Draft] Otters'],
    ['"Rules of {#each}"', 'Rules of {#each}'],
  ])('%s is %j', (written, title) => {
    expect(parse(`---\ntitle: ${written}\n---\nText.`).page?.title).toBe(title)
  })

  test('keeps its words where it has the syntax of a template', () => {
    const {page} = parse('---\ntitle: Seats {% ifversion x %}for teams{% endif %} and guests\n---\nText.')

    expect(page?.title).toBe('Seats for teams and guests')
  })

  test('that is nothing but a template is none', () => {
    expect(parse('---\ntitle: "{{ page.name }}"\n---\n# Seats\n\nText.').page?.title).toBe('Seats')
  })
})

describe('sections', () => {
  test('a heading inside a code fence starts no section', () => {
    const {page} = parse('# Top\n\n```\n# not a heading\n```\n')

    expect(page?.sections.map(({anchor}) => anchor)).toEqual(['top'])
  })

  test('the first h1 is the page’s top: it has an anchor and no heading path', () => {
    const {page} = parse('# The *title*\n\nText.\n\n## Part\n\nMore.')

    expect(page?.title).toBe('The title')
    expect(page?.sections.map(({anchor, headings, depth}) => ({anchor, headings, depth}))).toEqual([
      {anchor: 'the-title', headings: [], depth: 1},
      {anchor: 'part', headings: ['Part'], depth: 2},
    ])
  })

  test('an h1 that differs from the title in the front matter is the heading of its own section only', () => {
    const {page} = parse('---\ntitle: Prices\n---\n\n# Compare our plans\n\nPick one.\n\n## Free\n\nUp to 3.')

    expect(page?.title).toBe('Prices')
    expect(page?.sections.map(({anchor, headings}) => ({anchor, headings}))).toEqual([
      {anchor: 'compare-our-plans', headings: ['Compare our plans']},
      {anchor: 'free', headings: ['Free']},
    ])
  })

  test('an h1 without text of its own stands over the first section that has some', () => {
    const {page} = parse(
      '---\ntitle: Prices\n---\n\n# Compare our plans\n\n## Free\n\n### Limits\n\nUp to 3.\n\n## Paid\n\nMore.',
    )

    expect(page?.title).toBe('Prices')
    expect(page?.sections.map(({headings}) => headings)).toEqual([
      ['Compare our plans'],
      ['Free'],
      ['Compare our plans', 'Free', 'Limits'],
      ['Paid'],
    ])
    expect(page?.markdown).toMatch(/^# Compare our plans$/m)
  })

  test('an h1 that equals the title in the front matter is not repeated', () => {
    const {page} = parse('---\ntitle: Our *plans*\n---\n\n# Our plans!\n\n## Free\n\nUp to 3.')

    expect(page?.sections.map(({headings}) => headings)).toEqual([[], ['Free']])
  })

  test('a footnote belongs to the section of its first mark, wherever it is written', () => {
    const {page, diagnostics} = parse(
      [
        '# Elephants',
        'Big.[^big] Grey.',
        '## Tusks',
        'They grow.[^tusk] And[^big] grow.',
        '## Support[^late]',
        'Write to us.',
        '[^tusk]: To 90 centimetres[^bulls].',
        '[^big]: Very.',
        '[^bulls]: In bulls.',
        '[^late]: On Mondays.',
        '[^nobody]: Of no mark.',
        '[^egg]: The hen[^hen].',
        '[^hen]: The egg[^egg].',
      ].join('\n\n'),
    )

    expect(page?.sections.map(({text}) => text)).toEqual([
      'Big. Grey.\nVery.',
      'They grow. And grow.\nTo 90 centimetres.\nIn bulls.',
      'Write to us.\nOf no mark.\nThe hen.\nThe egg.\nOn Mondays.',
    ])
    expect(diagnostics).toEqual([])
  })

  test('lines are those of the source', () => {
    const {page} = parse('---\ntitle: T\n---\n\n<!-- a\ncomment -->\n\n## One\n\nText.\n\n## Two\n\nMore.\n')

    expect(page?.sections.map(({startLine}) => startLine)).toEqual([8, 12])
    expect(page?.sections[1]?.passages[0]).toMatchObject({startLine: 14, endLine: 14})
  })

  test('invisible characters are removed and reported', () => {
    const parsed = parse('pass\u200bword \u202egnp.exe\u202c and \u{e0041}x')

    expect(parsed.page?.sections[0]?.text).toBe('password gnp.exe and x')
    expect(rulesOf(parsed)).toContain('hidden-characters')
  })

  test('joiners stay if a script or an emoji needs them', () => {
    const {page} = parse('می\u200cخواهم 👩\u200d💻 क्\u200dष a\u200db')

    expect(page?.sections[0]?.text).toBe('می\u200cخواهم 👩\u200d💻 क्\u200dष ab')
  })

  test('no Markdown reaches a passage as a broken reference', () => {
    const {page} = parse('# T\n\n[One][a] and [a] and ![pic][a].\n\n[a]: https://example.com "A"\n')

    expect(page?.markdown).toContain(
      '[One](https://example.com "A") and [a](https://example.com "A") and ![pic](https://example.com "A").',
    )
    expect(page?.sections[0]?.passages[0]?.blocks[0]?.units[0]?.markdown).toBe(
      '[One](https://example.com) and [a](https://example.com) and pic.',
    )
  })
})

describe('limits', () => {
  test.each([
    ['emphasis', '**a*b'.repeat(5000)],
    ['links', '[a]('.repeat(20_000)],
    ['quotes', `${'>'.repeat(50_000)} a`],
    ['lists', Array.from({length: 300}, (_, n) => `${'  '.repeat(n)}- item ${n}`).join('\n')],
    ['tags', '<x>'.repeat(50_000)],
    ['tables', '<table><tr><td>x'.repeat(5000)],
    ['shortcodes', '{{< tab >}}\n'.repeat(10_000)],
    ['front matter', `---\n${'key: value\n'.repeat(400_000)}`],
    ['braces', '{'.repeat(100_000)],
    ['templates in braces', '{`${'.repeat(20_000)],
    ['comments in braces', '{a /* '.repeat(5000)],
    ['elements in braces', '{x && <b>\n'.repeat(2000)],
    ['exports', 'export const x = (\n\n'.repeat(2000)],
    ['imports', 'import {a,\n\n'.repeat(2000)],
    ['operators', `export const a = ${'-a+'.repeat(1500)}a\n\n{a}`],
    ['directives', '- ```{toctree}\n'.repeat(2000)],
    ['blanks', `Word ${' '.repeat(200_000)}x\n${' '.repeat(200_000)}x`],
  ])('parsing a page of nothing but %s terminates', (_, source) => {
    const parsed = parse(source, 'page.mdx')

    expect(parsed.page !== null || parsed.diagnostics.length > 0).toBe(true)
  })

  test('[oversized page] a page beyond the limit is set aside with a diagnostic', () => {
    expect(parse('a\n'.repeat(3_000_000)).diagnostics).toMatchObject([{rule: 'too-large', severity: 'error'}])
  })
})

describe('what belongs together stays in one passage', () => {
  const words = (count: number, word: string): string =>
    `${Array.from({length: count}, (_, n) => word + n).join(' ')}.`
  const indented = (text: string): string => text.replace(/^(?=.)/gm, '    ')
  const code = (text: string): string => `\`\`\`sh\n${text}\n\`\`\`\n`
  const passagesIn = (source: string): string[] =>
    parse(source).page!.sections.flatMap(({passages}) => passages.map(({text}) => text))

  test.each([
    [
      'terms of a list in HTML',
      (name: string, text: string) => `<dt>${name}</dt>\n<dd>${text}</dd>\n`,
      '<dl>\n',
      '</dl>\n',
    ],
    ['terms of a list in Markdown', (name: string, text: string) => `${name}\n: ${text}\n\n`, '', ''],
    ['options in code', (name: string, text: string) => `\`${name}\`\n\n${text}\n\n`, '', ''],
    ['labels in bold', (name: string, text: string) => `**${name}**\n\n${text}\n\n`, '', ''],
    ['tabs with text', (name: string, text: string) => `=== "${name}"\n\n${indented(text)}\n\n`, '', ''],
    [
      'tabs with code',
      (name: string, text: string) => `=== "${name}"\n\n${indented(code(text))}\n\n`,
      '',
      '',
    ],
  ])('%s with what they name', (_, entry, before, after) => {
    const names = ['alpha', 'beta', 'gamma', 'delta', 'epsilon']
    const entries = names.map((name) => entry(`the ${name}`, words(57, name)))

    const passages = passagesIn(`# Options\n\n${before}${entries.join('')}${after}`)

    expect(passages.length).toBeGreaterThan(1)
    for (const name of names) {
      const own = passages.filter((text) => text.includes(`${name}56`))
      expect(own).toEqual([expect.stringContaining(`the ${name}\n`)])
    }
  })

  test('a label and the lead-in below it go with their code', () => {
    const passages = passagesIn(
      `# Setup\n\n${words(120, 'before')}\n\n**On Linux**\n\nRun this:\n\n${code(words(90, 'run'))}`,
    )

    expect(passages).toEqual([
      expect.stringMatching(/before119\.$/),
      expect.stringMatching(/^On Linux\nRun this:\nrun0 /),
    ])
  })

  test('steps go with their code', () => {
    const steps = ['one', 'two', 'three'].map(
      (step, n) => `${n + 1}. ${words(50, step)}\n\n${indented(code(`run ${step}`)).replace(/^ /gm, '')}\n`,
    )

    const passages = passagesIn(`# Setup\n\n${steps.join('')}${words(90, 'after')}\n`)

    for (const step of ['one', 'two', 'three']) {
      expect(passages.filter((text) => text.includes(`run ${step}`))).toEqual([
        expect.stringContaining(`${step}49.`),
      ])
    }
  })

  test('many short paragraphs in a row are no labels of the last', () => {
    const passages = passagesIn(`# Names\n\n${words(30, 'intro')}\n\n${'Four words of names\n\n'.repeat(60)}`)

    expect(passages.length).toBeGreaterThan(1)
    for (const text of passages) expect(text.split(/\s+/).length).toBeLessThanOrEqual(200)
  })
})

describe('includes', () => {
  test.each([
    ['{{#include parts/pot.md}}', 'The pot'],
    ['Tea first.\n\n{{#include parts/pot.md}}', 'Tea'],
    ['Tea first.\n\n{{#include parts/all.md}}', 'Tea'],
    ['# All tea\n\n{{#include parts/pot.md}}', 'All tea'],
  ])('a heading of another file is the title only if it stands first: %j', (text, title) => {
    const files: Readonly<Record<string, string>> = {
      'parts/pot.md': '# The pot\n\nRound.',
      'parts/all.md': '{{#include pot.md}}',
    }
    const readInclude = (path: string): string | null => files[path] ?? null

    expect(parsePage(text, {path: 'tea.md', site: plainSite, readInclude}).page?.title).toBe(title)
  })

  test('[path outside the content] never request a path outside the content', () => {
    const asked: string[] = []
    const source = [
      '../../../etc/passwd',
      '/etc/passwd',
      '..\\..\\x.md',
      'file:///etc/passwd',
      'ok/../../../x.md',
    ]
      .map(
        (path) =>
          `{{#include ${path}}}\n\n--8<-- "${path}"\n\n[!INCLUDE [x](${path})]\n\n{{< include "${path}" >}}`,
      )
      .join('\n\n')

    const parsed = parsePage(source, {
      path: 'guides/page.md',
      site: plainSite,
      readInclude: (path) => {
        asked.push(path)
        return null
      },
    })

    expect(asked.filter((path) => path.startsWith('/') || path.split('/').includes('..'))).toEqual([])
    expect(parsed.includes).toEqual([...new Set(asked)])
    expect(rulesOf(parsed)).toContain('include-outside')
  })

  test('that are circular end', () => {
    const parsed = parsePage('{{#include b.md}}', {
      path: 'a.md',
      site: plainSite,
      readInclude: (path) =>
        path === 'b.md' ? 'From b.\n\n{{#include a.md}}\n\n{{#include b.md}}' : '{{#include b.md}}',
    })

    expect(parsed.page?.sections[0]?.text).toBe('From b.')
    expect(rulesOf(parsed)).toContain('include-circular')
  })
})

describe('the fidelity report', () => {
  test('counts each construct, and notes with its line what was not understood', () => {
    const {fidelity} = parse(
      'Text.\n\n<Card title="Seen" />\n\n<LiveChart data={rows} />\n\n{{< unknown-thing >}}\n',
    )

    expect(fidelity.constructs['jsx:Card']).toMatchObject({flattened: 1})
    expect(fidelity.notes.filter(({fate}) => fate === 'not-understood')).toMatchObject([
      {construct: 'jsx:LiveChart', line: 5},
      {construct: 'shortcode:unknown-thing', line: 7},
    ])
    expect(fidelity.keptWords).toBe(fidelity.visibleWords)
  })

  test.each([
    [
      'export function Two() {\n  if (a) return <b>One thing</b>\n  return <i>Another</i>\n}\n\n<Two/>',
      'mdx:export',
      3,
    ],
    ['<Chart data={pick("some visible words")} />', 'jsx:Chart', 3],
    ['{{< banner "Words that somebody sees" >}}', 'shortcode:banner', 4],
    ['<svg><text>In a drawing</text></svg>', 'html:svg', 3],
  ])('counts the words that the site shows and that are lost here: %j', (markdown, construct, words) => {
    const parsed = parse(`Text.\n\n${markdown}\n`, 'a.mdx')
    const {fidelity} = parsed

    expect(fidelity.constructs[construct]).toMatchObject({lostWords: words})
    expect(fidelity.notes.find((note) => note.words)).toMatchObject({construct, words})
    expect(fidelity).toMatchObject({visibleWords: 1 + words, keptWords: 1})
    expect(rulesOf(parsed)).toEqual(['lost-text'])
  })

  test('distinguishes what a construct shows from what it hides', () => {
    const {fidelity} = parse('<Card title="Three words here" />\n\n<!-- not for readers -->\n\nText.\n')

    expect(fidelity.constructs['jsx:Card']).toMatchObject({keptWords: 3, lostWords: 0})
    expect(fidelity.constructs['comment']).toMatchObject({keptWords: 0, lostWords: 0, droppedWords: 3})
    expect(fidelity).toMatchObject({visibleWords: 4, keptWords: 4})
  })

  test('counts the words of a page that is set aside as lost', () => {
    const {page, fidelity} = parse('word '.repeat(900_000))

    expect(page).toBeNull()
    expect(fidelity).toMatchObject({visibleWords: 900_000, keptWords: 0})
  })
})

describe('fragments', () => {
  test('come from elements, targets and named directives as well as headings', () => {
    const {fragments, page} = parse(
      '(my_target)=\n# Top\n\n<a name="by-name"></a><div id="by-id">x</div>\n\n```{note}\n:name: Named Note\nText.\n```\n\nText.\n{: #listed}\n',
    )

    expect(fragments).toEqual([
      'my_target',
      'my-target',
      'by-name',
      'by-id',
      'Named Note',
      'named-note',
      'listed',
    ])
    expect(page?.sections[0]?.anchor).toBe('top')
  })
})

describe('components that a page defines', () => {
  test('show their text wherever they are used', () => {
    const {page} = parse(
      'export const Hint = () => (\n  <p>\n    Seen on the **site**.\n  </p>\n)\n\n# Top\n\nBefore.\n\n<Hint />\n\nAfter.\n',
      'a.mdx',
    )

    expect(page?.sections.map(({text}) => text)).toEqual(['Before.\nSeen on the site.\nAfter.'])
  })
})

describe('what a page exports', () => {
  const seen = (...parts: string[]): {text: string | undefined; rules: string[]; lost: number} => {
    const parsed = parse([...parts, 'End.'].join('\n\n'), 'a.mdx')
    const {visibleWords, keptWords} = parsed.fidelity
    return {text: parsed.page?.sections[0]?.text, rules: rulesOf(parsed), lost: visibleWords - keptWords}
  }
  const lost = (words: number, text = 'End.') => ({text, rules: ['lost-text'], lost: words})
  const kept = (text: string) => ({text: `${text}\nEnd.`, rules: [], lost: 0})
  const feature =
    'export const Feature = ({title, text = "No text."}) => (\n  <div>\n    <b>{title}</b>\n\n    {text}\n  </div>\n)'

  test('a component shows its properties, in blocks, lines and cells', () => {
    expect(seen(feature, '<Feature title="Fast search" text={\'It "is".\'} />')).toEqual(
      kept('Fast search\nIt "is".'),
    )
    expect(seen(feature, 'Has <Feature title="Fast search"/> in it.')).toEqual(
      kept('Has Fast search No text. in it.'),
    )
    expect(seen(feature, '| a |\n| - |\n| <Feature title="Fast search"/> |')).toEqual(
      kept('a\nFast search No text.'),
    )
    expect(
      seen('export const A = (props) => <Card {...props}>{props.more}</Card>', '<A title="One" more="Two"/>'),
    ).toEqual(kept('One\nTwo'))
  })

  test('a component may be used above its definition', () => {
    expect(seen('<Hint />', 'export const Hint = () => <p>Seen.</p>')).toEqual(kept('Seen.'))
  })

  test('a component shows its own words around its content', () => {
    const label = 'export const Note = ({children}) => <div>**Note:** {children} Read on.</div>'

    expect(seen(label, 'A <Note>few words</Note> here.')).toEqual(kept('A Note: few words Read on. here.'))
    expect(seen(label, '<Note>\n\nOne.\n\n- Two.\n\n</Note>')).toEqual(kept('Note:\nOne.\nTwo.\nRead on.'))
  })

  test('text that a component computes is reported once, and its properties are kept', () => {
    const computed = 'export const Feature = ({title}) => <p>Always read this. {title && <b>{title}</b>}</p>'

    expect(seen(computed, '<Feature title="Fast search" />\n\n<Feature title="Good" />')).toEqual(
      lost(3, 'Fast search\nGood\nEnd.'),
    )
    expect(seen(computed)).toEqual({text: 'End.', rules: [], lost: 0})
  })

  test('strings and elements are shown wherever they are used', () => {
    expect(seen("export const note = 'Words for readers.'", '{note}')).toEqual(kept('Words for readers.'))
    expect(seen('export const note = <p>Words for readers.</p>', '{note}')).toEqual(
      kept('Words for readers.'),
    )
    expect(seen("export const meta = {title: 'The *title*'}", 'Read {meta.title}.')).toEqual(
      kept('Read The *title*.'),
    )
    expect(seen("export const rows = [{text: 'Words for readers.'}]", '<Table rows={rows}/>')).toEqual(
      kept('Words for readers.'),
    )
    expect(seen('export const all = {Hint: () => <p>Seen.</p>}', '<all.Hint/>')).toEqual(kept('Seen.'))
  })

  test.each([
    ["export const rows = [{text: 'Words for readers.'}]", '{rows.map((row) => <b>{row.text}</b>)}'],
    ["export const rows = ['Words for readers.']", '{rows.join()}'],
    ["export const rows = pick(['Words for readers.'])", '<List of={rows.slice(1)} title="" />'],
    ['export const all = {Hint: memo(() => <p>Words for readers.</p>)}', '<all.Hint/>'],
    ["export const a = ['Words for readers.']\nexport const B = () => <b>{a.map(show)}</b>", '<B/>\n\n{a}'],
  ])('data that is shown by code is reported as lost: %j', (code, use) => {
    expect(seen(code, use)).toEqual(lost(3))
    expect(seen(code)).toEqual({text: 'End.', rules: [], lost: 0})
  })

  test('text that the default export shows around the page is reported as lost', () => {
    expect(seen('export default ({children}) => <Layout><p>For version two.</p>{children}</Layout>')).toEqual(
      lost(3),
    )
  })

  test.each([
    ['export const A = () => <p>LONG</p>', '<A/>'],
    ["export const a = 'LONG'", '{a}'],
    ["export const a = ['LONG']", '<A text={a}/>'],
  ])('is shown only up to the limit of a page: %j', (code, use) => {
    const long = 'words '.repeat(3000)
    const parsed = parse(`${code.replace('LONG', long)}\n\n${`${use}\n\n`.repeat(1000)}`, 'a.mdx')

    expect(rulesOf(parsed)).toContain('export-limit')
    expect(parsed.fidelity.visibleWords).toBeLessThan(1_000_000)
  })
})

describe('callouts', () => {
  test('can contain code and tables, also in a list', () => {
    const {page} = parse(
      ':::tip[Code]\n\n```bash\n# no heading\nnpm i\n```\n\n| a |\n| - |\n| b |\n\n:::\n\n- item\n\n  :::note\n\n  ```js\n  run()\n  ```\n\n  :::\n',
    )

    expect(page?.markdown).toContain('> ```bash\n> # no heading\n> npm i\n> ```')
    expect(page?.markdown).toContain('> | a |')
    expect(page?.markdown).toContain('  > ```js\n  > run()\n  > ```')
    expect(page?.sections.map(({text}) => text)).toEqual([
      'Code\n# no heading\nnpm i\na\nb\nitem\nNote\nrun()',
    ])
  })

  test('with headings are split into sections', () => {
    const {page} = parse('!!! note "Title"\n\n    ## Inside\n\n    Text.\n')

    expect(page?.sections.map(({anchor}) => anchor)).toEqual(['', 'inside'])
  })
})

describe('sites', () => {
  const routeIn = (site: SiteRules, path: string, front = ''): string | undefined =>
    parsePage(`${front}\n\nText.`, {path, site}).page?.url

  test('are detected from their configuration', () => {
    const generatorOf = (path: string, text = ''): string => siteIn({[path]: text}).generator

    expect(generatorOf('docusaurus.config.js')).toBe('docusaurus')
    expect(generatorOf('mkdocs.yml')).toBe('mkdocs')
    expect(generatorOf('hugo.toml')).toBe('hugo')
    expect(generatorOf('config.toml', 'baseURL = "https://example.com"')).toBe('hugo')
    expect(generatorOf('config.toml', 'port = 1')).toBe('plain')
    expect(generatorOf('docs/.vitepress/config.ts')).toBe('vitepress')
    expect(generatorOf('astro.config.mjs', "import starlight from '@astrojs/starlight'")).toBe('starlight')
    expect(generatorOf('astro.config.mjs')).toBe('astro')
    expect(generatorOf('book.toml')).toBe('mdbook')
    expect(generatorOf('docs.json', '{"navigation": {}}')).toBe('mintlify')
  })

  test.each([
    ['hugo.toml', '[params]\nversion = "1.2"\n'],
    ['hugo.yaml', 'params:\n  version: "1.2"\n  list: [a]\n'],
    ['hugo.json', '{"params": {"version": "1.2"}}'],
  ])('provide the parameters that shortcodes print: %s', (path, text) => {
    const site = rulesIn({[path]: text})

    const {page} = parsePage('Version {{< param "version" >}}.', {path: 'a.md', site})

    expect(page?.sections[0]?.text).toBe('Version 1.2.')
  })

  test('have the routes of their generators', () => {
    const docusaurus = rulesIn({'docusaurus.config.js': "module.exports = {baseUrl: '/project/'}"})
    const mkdocs = rulesIn({'mkdocs.yml': 'site_url: https://example.com/tool/'})
    const book = siteRulesOf('mdbook')!
    const hugo = siteRulesOf('hugo')!

    expect(routeIn(plainSite, 'guides/auth.md')).toBe('/guides/auth')
    expect(routeIn(plainSite, 'guides/README.md')).toBe('/guides')
    expect(routeIn(plainSite, 'index.md')).toBe('/')
    expect(routeIn(docusaurus, 'docs/01-start/02-install.md')).toBe('/project/docs/start/install')
    expect(routeIn(docusaurus, 'versioned_docs/version-2.0/a.md')).toBe('/project/docs/2.0/a')
    expect(routeIn(docusaurus, 'docs/a/b.md', '---\nslug: c\n---')).toBe('/project/docs/a/c')
    expect(routeIn(docusaurus, 'docs/a/b.md', '---\nslug: /\n---')).toBe('/project/docs')
    expect(routeIn(mkdocs, 'docs/setup/index.md')).toBe('/tool/setup/')
    expect(routeIn(book, 'src/ch01.md')).toBe('/ch01.html')
    expect(routeIn(hugo, 'content/en/docs/_index.md')).toBe('/docs/')
    expect(routeIn(hugo, 'content/docs/A Page.md', '---\nslug: other\n---')).toBe('/docs/other/')
    expect(routeIn(hugo, 'x.md', '---\nurl: https://example.com/x/#y\n---')).toBe('https://example.com/x/')
  })

  test('number repeated headings like their generators', () => {
    const anchorsIn = (name: string): (string | undefined)[] | undefined =>
      parsePage('## A & b!\n\nx\n\n## A & b!\n\n## Ünï 1\n\n## 1. Go', {
        path: 'a.md',
        site: siteRulesOf(name)!,
      }).page?.sections.map(({anchor}) => anchor)

    expect(anchorsIn('plain')).toEqual(['a--b', 'a--b-1', 'ünï-1', '1-go'])
    expect(anchorsIn('docusaurus')).toEqual(['a--b', 'a--b-1', 'ünï-1', '1-go'])
    expect(anchorsIn('hugo')).toEqual(['a--b', 'a--b-1', 'ünï-1', '1-go'])
    expect(anchorsIn('mkdocs')).toEqual(['a-b', 'a-b_1', 'uni-1', '1-go'])
    expect(anchorsIn('vitepress')).toEqual(['a-b', 'a-b-1', 'uni-1', '_1-go'])
  })
})

describe('an unclosed construct', () => {
  const textOf = (markdown: string, path = 'a.mdx'): string | undefined =>
    parse(markdown, path).page?.sections[0]?.text

  test.each([
    'import os',
    'import what you need from the store',
    'import x from "y and more',
    'export it to a file',
    'export const x = (',
    'export class of things {',
  ])('is text if it only begins like module code: %j', (line) => {
    const parsed = parse(`First.\n\n${line}\n\nSay "this" to it.\n\nLast.`, 'a.mdx')

    expect(parsed.page?.sections[0]?.text).toBe(`First.\n${line}\nSay "this" to it.\nLast.`)
    expect(parsed.diagnostics).toEqual([])
  })

  test.each([
    "import 'a.css'",
    "import A, {b as c} from './a'; import * as E from 'e' // all",
    "import A from 'a'\n// of words\n/* and\n\nmore of them */\nimport B from 'b'",
    "import {\n  a,\n  // and\n  b,\n} from 'x' with {type: 'json'}",
    "export * from 'x'",
    'export {a, b}',
    "export const a = {\n  it: 'is',\n\n  b: [/['\"`]/, `x ${`y`}`],\n}",
    "export default ({children}) => (\n  <Layout title={'x'}>Don't {children} :)</Layout>\n)",
    'export async function load() {\n  return 1\n}',
    'export let x',
  ])('is hidden if it is module code: %j', (code) => {
    expect(textOf(`${code}\n\nText of the page.`)).toBe('Text of the page.')
  })

  test.each([
    'export default settings:',
    'export default **settings**',
    'export default settings?',
    'export default Foo,',
    'export default values.',
    'export class diagrams with {a} in.',
    'export function list(s) in:',
    'export const x:',
    'export const x =',
    'export type A = string',
  ])('prose like module code does not hide the block after it: %j', (line) => {
    for (const block of ['<div>\n\nSeen.\n\n</div>', '~~~\nSeen.\n~~~', '`Seen.`', '(Seen.)']) {
      const parsed = parse(`${line}\n\n${block}\n\nEnd.`, 'a.mdx')

      expect(parsed.page?.markdown.slice(0, 9)).toBe(line.slice(0, 9))
      expect(parsed.page?.sections[0]?.text).toMatch(/Seen\.[)]?\nEnd\.$/)
      expect(parsed.diagnostics).toEqual([])
    }
  })

  test.each(['```js\nSeen.\n```', 'Seen.\n\n***', 'Seen.\n\n---', '| Seen. |\n| - |\n| b |', 'Seen.\n==='])(
    'module code may begin directly below a complete block: %j',
    (block) => {
      const {page} = parse(`${block}\nimport A from 'hidden'\n\nEnd.`, 'a.mdx')

      const text = page?.sections.flatMap(({headings, text}) => [...headings, text]).join('\n')
      expect(`${page?.title}\n${text}`).toMatch(/Seen\.[\s\S]*End\.$/)
      expect(text).not.toContain('import')
    },
  )

  test('a page counts as MDX only on sites that may have it', () => {
    const source = "Write {this}.\n\nimport A from 'a'\n\n<Card />\n\n{'Text'}"
    const textFor = (name: string): string | undefined =>
      parsePage(source, {path: 'a.md', site: siteRulesOf(name)!}).page?.sections[0]?.text

    for (const name of ['hugo', 'mkdocs', 'mdbook', 'sphinx', 'jekyll', 'vitepress'])
      expect(textFor(name)).toContain("import A from 'a'")
    expect(textFor('plain')).toBe('Write {this}.\nText')
  })

  test('module code is never nested and interrupts no paragraph', () => {
    expect(textOf("Write this:\nimport a from 'a'")).toBe("Write this: import a from 'a'")
    expect(textOf("- import a from 'a'")).toBe("import a from 'a'")
  })

  test.each([
    ['{', 'and } here.'],
    ['<Card title={', 'and } here > it.'],
    ['<div class="', 'and " here > it.'],
    ['<!doctype', 'and > here.'],
    ['<!--', 'and --> here.'],
    ['{/*', 'and */} here.'],
  ])('%s in a sentence does not extend into another paragraph', (mark, end) => {
    const parsed = parse(`Words ${mark} more of them.\n\nIn between.\n\nAnother ${end}`, 'a.mdx')

    expect(parsed.page?.sections[0]?.text).toContain('In between.')
    expect(parsed.fidelity.keptWords).toBe(parsed.fidelity.visibleWords)
  })

  test.each(['<!--', '```{toctree}', ':::{toctree}'])('%s hides the rest, which is reported', (mark) => {
    const parsed = parse(`First words.\n\n${mark}\n\nThese four are hidden.\n`, 'a.md')

    expect(parsed.page?.sections[0]?.text).toBe('First words.')
    expect(parsed.diagnostics).toMatchObject([
      {rule: 'lost-text', reason: expect.stringContaining('4 words')},
    ])
    expect(parsed.fidelity).toMatchObject({visibleWords: 6, keptWords: 2})
  })

  test('text between two thematic breaks is not front matter, and text in front matter is reported', () => {
    expect(textOf('---\n\nA page begins with a rule.\n\n---\n\nText.')).toBe(
      'A page begins with a rule.\nText.',
    )
    for (const line of [
      '- One item\n- Two',
      '"Quoted words"',
      '[A link](https://a.b)',
      'Three plain words',
      'https://a.b/?c=d',
    ])
      expect(parse(`---\n${line}\n---\n\nText.`)).toMatchObject({
        diagnostics: [],
        page: {markdown: `---\n${line}\n---\n\nText.`},
      })
    expect(parse('{\n"title": "T",\nThis line is for readers.\n}\n\nText.').fidelity).toMatchObject({
      visibleWords: 6,
      keptWords: 1,
    })
    const parsed = parse('---\ntitle: T\nThis line is for readers.\nlist: [\n---\n\nText.')
    expect(rulesOf(parsed)).toContain('lost-text')
    expect(parsed.fidelity).toMatchObject({visibleWords: 6, keptWords: 1})
  })
})
