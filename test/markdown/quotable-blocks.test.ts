import {marked, type Tokens} from 'marked'
import {describe, expect, test} from 'vitest'
import {joinedBlocks} from '../../src/domain/index.ts'
import {parsePage, quotableBlocksIn} from '../../src/markdown/index.ts'
import {passageBudget} from '../../src/markdown/section-pieces.ts'
import {plainSite} from '../support/unconfigured-site.ts'

describe('units of Markdown', () => {
  test.each([
    ['Use e.g. `a. b` or v1.2 here. Then go.', ['Use e.g. `a. b` or v1.2 here.', 'Then go.']],
    ['**Bold. Two.** Next.', ['**Bold. Two.**', 'Next.']],
    ['One [link. With stop](https://a.example). Two.', ['One [link. With stop](https://a.example).', 'Two.']],
    ['これは文です。次の文です。', ['これは文です。', '次の文です。']],
    ['Line one\ncontinues here. Two.', ['Line one continues here.', 'Two.']],
    ['A footnote[^1] here.\n\n[^1]: x', ['A footnote here.', 'x']],
    ['Use [^0-9] or \\[^abc] here.', ['Use [^0-9] or \\[^abc] here.']],
    [
      'At https://a.example/__init__ and www.b.example now.',
      ['At https://a.example/__init__ and www.b.example now.'],
    ],
    ['*foo*_bar_ and **a**__b__', ['*foo*_bar_ and **a**__b__']],
    ['**![](icon.png) Settings** open', ['**Settings** open']],
    ['A &lt;tag&gt; here.', ['A &lt;tag&gt; here.']],
  ])('%j is cut between its sentences alone', (markdown, sentences) => {
    const units = quotableBlocksIn(markdown).flatMap((block) => block.units.map((unit) => unit.markdown))

    expect(units).toEqual(sentences)
  })

  test('the text of a unit is what a page shows: entities and escapes are resolved', () => {
    const [block] = quotableBlocksIn('Scales&mdash;that is, &#x201C;more&#8221; &lt;b&gt; &unknown; 5\\*3.')

    expect(block?.units[0]?.text).toBe('Scales—that is, “more” <b> &unknown; 5*3.')
  })

  test.each([
    [`- ${'> '.repeat(300)}text`, ['- text']],
    [`${'- '.repeat(300)}text`, ['- text']],
    ['1. > one\n2. > two\n   >\n   > more', ['1. one', '2. two\n\n   more']],
    ['- `a` b\n- > `c` d', ['- `a` b', '- `c` d']],
    ['- | a |\n  |---|\n  | b |', ['- | a |\n  | --- |\n  | b |']],
    ['- > # Head\n  > body', ['- **Head**\n\n  body']],
    ['- a\n\n  5. five', ['- a\n\n  5. five']],
    ['- a\n  1. one', ['- a\n  1. one']],
    ['- one\n\n  | a |\n  |---|\n  | b |\n\n  tail', ['- one\n\n  | a |\n  | --- |\n  | b |\n\n  tail']],
    ['- one\n  - sub\n\n  tail', ['- one\n  - sub\n\n  tail']],
    ['- ![](x.png) # hash', ['- \\# hash']],
    ['- `*`\n- `?`', ['- `*`', '- `?`']],
    ['- 通知。\n\n  > 第一句。第二句。', ['- 通知。\n\n  第一句。第二句。']],
    ['999999999. big\n1. next', ['999999999. big', '999999999. next']],
  ])('an item begins behind its bullet: %j', (markdown, expected) => {
    const units = quotableBlocksIn(markdown).flatMap((block) => block.units.map((unit) => unit.markdown))

    expect(units).toEqual(expected)
    const list = marked.lexer(expected[0]!)[0] as Tokens.List
    expect(list.items[0]!.tokens[0]!.type).toMatch(markdown.startsWith('- |') ? 'table' : /text|paragraph/)
  })

  test('a fence inside code gets a longer fence around it', () => {
    const [block] = quotableBlocksIn('````md\n```js\n1\n```\n````')

    expect(block?.units[0]?.markdown).toBe('````md\n```js\n1\n```\n````')
  })

  test('a sentence that would begin a list or a heading is escaped', () => {
    const units = quotableBlocksIn('It was in\n1999\\. Then 2. came. \\# five').flatMap((block) =>
      block.units.map((unit) => unit.markdown),
    )

    expect(units.length).toBeGreaterThan(1)
    for (const unit of units) {
      expect(marked.lexer(unit)[0]?.type).toBe('paragraph')
    }
  })
})

describe('what can be quoted from a page', () => {
  const passagesOf = (source: string) =>
    parsePage(source, {path: 'a.md', site: plainSite}).page!.sections.flatMap(({passages}) => passages)
  const unitsOf = (source: string) =>
    passagesOf(source).flatMap(({blocks}) => blocks.flatMap(({units}) => units))

  test('each unit has its kind and its lines in the file', () => {
    const page = [
      '---',
      'title: Keys',
      '---',
      '',
      '# Keys',
      '',
      'A key opens',
      'one project. It never',
      'expires.',
      '',
      '- one',
      '- two:',
      '  more',
      '',
      '1. first',
      '2. second',
      '',
      '| a | b |',
      '| - | - |',
      '| c | d |',
      '',
      '```sh',
      'rotate',
      '```',
    ].join('\n')

    expect(unitsOf(page).map(({kind, startLine, endLine, text}) => [kind, startLine, endLine, text])).toEqual(
      [
        ['sentence', 7, 8, 'A key opens one project.'],
        ['sentence', 8, 9, 'It never expires.'],
        ['item', 11, 11, 'one'],
        ['item', 12, 13, 'two: more'],
        ['step', 15, 15, 'first'],
        ['step', 16, 16, 'second'],
        ['row', 20, 20, 'c d'],
        ['code', 22, 24, 'rotate'],
      ],
    )
  })

  test('lines are those of the file, also after an include', () => {
    const {page} = parsePage('# T\n\nOne.\n\n{{#include part.md}}\n\nTwo.\n', {
      path: 'a.md',
      site: plainSite,
      readInclude: () => 'Taken\nin.\n',
    })
    const units = page!.sections.flatMap(({passages}) =>
      passages.flatMap(({blocks}) => blocks.flatMap((block) => block.units)),
    )

    expect(units.map(({text, startLine}) => [text, startLine])).toEqual([
      ['One.', 3],
      ['Taken in.', 5],
      ['Two.', 7],
    ])
  })

  test.each([
    ['See [a](https://a.example/x) and [b](../b.md).', 'See [a](https://a.example/x) and b.'],
    ['See [a][1] and ![pic][1].\n\n[1]: https://a.example "T"', 'See [a](https://a.example) and pic.'],
    ['A ![logo](x.png) and <b>bold</b> note[^n].\n\n[^n]: The note.', 'A logo and **bold** note.'],
    ['Use ``a ` b`` or ` `` `.', 'Use ``a ` b`` or ``` `` ```.'],
    ['Not \\*bold\\* &amp; ~~gone~~.', 'Not \\*bold\\* &amp; ~~gone~~.'],
    ['A `\\` and a trailing\\\nbreak.', 'A `\\` and a trailing break.'],
    ['> quoted\n> twice', 'quoted twice'],
  ])('%j is quoted as clean Markdown', (source, expected) => {
    expect(unitsOf(source)[0]!.markdown).toBe(expected)
  })

  test('a heading inside a blockquote is the heading of the blocks below it there, and of no others', () => {
    const [passage] = passagesOf('# T\n\nBefore.\n\n> ## Note\n>\n> Inside.\n\nAfter.\n')

    expect(passage!.blocks.map(({heading, units}) => [heading, units[0]!.text])).toEqual([
      ['', 'Before.'],
      ['Note', 'Inside.'],
      ['', 'After.'],
    ])
  })

  test.each([
    ['Do this:\n\n- one', true],
    ['It is not sent when\n\n- it is empty', true],
    ['It is sent.\n\n- one', false],
    ['It is not sent when\n\nother words follow', false],
  ])('%j begins with a lead-in: %s', (source, expected) => {
    expect(unitsOf(source)[0]!.isLeadIn).toBe(expected)
  })

  test('a list of links is navigation, a list with some is not', () => {
    const blocks = (source: string) => passagesOf(source).flatMap((passage) => passage.blocks)

    expect(blocks('- [One](a.md)\n- [Two](b.md)')[0]!.isNavigation).toBe(true)
    expect(blocks('- See [one](a.md) for all the rest of it, which is long.')[0]!.isNavigation).toBe(false)
  })

  const many = (count: number, word: (n: number) => string): string =>
    Array.from({length: count}, (_, n) => word(n)).join('\n')

  test.each([
    ['a list', many(60, (n) => `- item ${n} has some words of its own here`), 'list', 60],
    ['steps', many(60, (n) => `${n + 1}. step ${n} has some words of its own here`), 'steps', 60],
    [
      'a table',
      `| a | b |\n|---|---|\n${many(60, (n) => `| row ${n} | has some words of its own |`)}`,
      'table',
      60,
    ],
    ['a paragraph', many(60, (n) => `Sentence ${n} has some words of its own here.`), 'paragraph', 60],
  ])('%s longer than a passage goes on in the next one as the same block', (_, source, kind, count) => {
    const passages = passagesOf(`Before.\n\n${source}\n\nAfter.`)
    const blocks = passages.flatMap((passage) => passage.blocks)
    const parts = blocks.filter((block) => block.kind === kind && block.units.length > 1)

    expect(passages.length).toBeGreaterThan(2)
    expect(new Set(parts.map(({position}) => position)).size).toBe(1)
    const joined = joinedBlocks(blocks)
    expect(joined.map(({units}) => units.length)).toEqual([1, count, 1])
    if (kind === 'steps') expect(joined[1]!.units[59]!.markdown).toMatch(/^60\. step 59 /)
    if (kind === 'table') for (const part of parts) expect(part.tableHead).toBe('| a | b |\n| --- | --- |')
  })

  test('an item longer than a passage keeps its number at its beginning', () => {
    const long = many(40, (n) => `Sentence ${n} has some words of its own here.`).replaceAll('\n', ' ')
    const joined = joinedBlocks(passagesOf(`1. one\n2. ${long}\n3. three`).flatMap(({blocks}) => blocks))

    const steps = joined.flatMap((block) => (block.kind === 'steps' ? block.units : []))
    expect(steps.map(({markdown}) => markdown.slice(0, 14))).toEqual(['1. one', '2. Sentence 0 ', '3. three'])
  })

  test('data without a full stop is cut between words and loses none', () => {
    const data = many(900, (n) => `value-${n}`).replaceAll('\n', ' ')
    const passages = passagesOf(data)

    expect(
      passages.flatMap(({blocks}) => blocks.flatMap(({units}) => units.map(({text}) => text))).join(' '),
    ).toBe(data)
    expect(Math.max(...passages.map(({words}) => words))).toBeLessThanOrEqual(passageBudget.max)
  })

  test('a passage spans the lines of all that it has, also of a footnote written above its text', () => {
    const [passage] = passagesOf('Text.[^1]\n\n[^1]: note\n\nlast paragraph\n')
    const lines = passage!.blocks.flatMap(({units}) => units.map(({endLine}) => endLine))

    expect([passage!.startLine, passage!.endLine]).toEqual([1, Math.max(...lines)])
    expect(lines).toContain(5)
  })
})
