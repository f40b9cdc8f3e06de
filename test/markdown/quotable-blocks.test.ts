import {marked, type Tokens} from 'marked'
import {describe, expect, test} from 'vitest'
import {parsePage, plainSite, quotableBlocksIn} from '../../src/markdown/index.ts'

describe('units of Markdown', () => {
  test.each([
    ['Use e.g. `a. b` or v1.2 here. Then go.', ['Use e.g. `a. b` or v1.2 here.', 'Then go.']],
    ['**Bold. Two.** Next.', ['**Bold. Two.**', 'Next.']],
    ['One [link. With stop](https://a.example). Two.', ['One [link. With stop](https://a.example).', 'Two.']],
    ['これは文です。次の文です。', ['これは文です。', '次の文です。']],
    ['Line one\ncontinues here. Two.', ['Line one continues here.', 'Two.']],
    ['A footnote[^1] here.', ['A footnote here.']],
    ['A &lt;tag&gt; here.', ['A &lt;tag&gt; here.']],
  ])('%j is cut between its sentences alone', (markdown, sentences) => {
    const units = quotableBlocksIn(markdown).flatMap((block) => block.units.map((unit) => unit.markdown))

    expect(units).toEqual(sentences)
  })

  test('what is visible is what a page shows: entities and escapes are read', () => {
    const [block] = quotableBlocksIn('Scales&mdash;that is, &#x201C;more&#8221; &lt;b&gt; &unknown; 5\\*3.')

    expect(block?.units[0]?.text).toBe('Scales—that is, “more” <b> &unknown; 5*3.')
  })

  test.each([
    [`- ${'> '.repeat(300)}text`, ['- text']],
    [`${'- '.repeat(300)}text`, ['- text']],
    ['1. > one\n2. > two\n   >\n   > more', ['1. one', '2. two\n\n   more']],
    ['- `a` b\n- > `c` d', ['- `a` b', '- `c` d']],
    ['- | a |\n  |---|\n  | b |', ['- | a |\n  | --- |\n  | b |']],
  ])('an item begins behind its bullet: %j', (markdown, expected) => {
    const units = quotableBlocksIn(markdown).flatMap((block) => block.units.map((unit) => unit.markdown))

    expect(units).toEqual(expected)
    const list = marked.lexer(expected[0]!)[0] as Tokens.List
    expect(list.items[0]!.tokens[0]!.type).toMatch(markdown.includes('|') ? 'table' : /text|paragraph/)
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
