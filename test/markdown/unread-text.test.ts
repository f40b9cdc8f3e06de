import {describe, expect, test} from 'vitest'
import {unreadLinesOf} from '../../src/markdown/unread-text.ts'

const body = `# Volumes

A volume outlives the containers of its pod.
It is deleted with the pod.

- [x] Mount it with **read**-only *access* where \`that\` suffices[^1].
- See [the guide to volumes](https://example.com/volumes "All of them") for more.

\`\`\`yaml title="pod.yaml"
volumeMounts: {name: data}
\`\`\`

<Card title={label} href="/elsewhere/and/more/of/it">Inside the card stands text.</Card>
`

const kept = [
  'Volumes',
  'A volume outlives the containers of its pod. It is deleted with the pod.',
  'Mount it with read-only access where that suffices. See the guide to volumes for more.',
  'volumeMounts: {name: data}',
  'Inside the card stands text.',
]

describe('lines that are in no passage', () => {
  test('are not reported if only marks, tags, targets and titles are gone', () => {
    expect(unreadLinesOf(body, [], kept)).toEqual([])
  })

  test('are not reported if the site hides them in code', () => {
    const code =
      '```rust,no_run\n# // This line stands for what a build script would write.\n# fn main() {\nlet x = 1;\n# }\n```\n'

    expect(unreadLinesOf(code, [], ['let x = 1;'])).toEqual([])
    expect(unreadLinesOf(code.replaceAll('rust,no_run', 'sh'), [], ['let x = 1;'])).toMatchObject([{line: 2}])
  })

  test('are not reported if a highlighter reads them and shows nothing', () => {
    const code =
      '```ts twoslash\n// @noErrors: all of the many\nimport harbour from "the/old/sea/wall"\n// ---cut---\nlet x = 1 // [!code word:one two three four]\n```\n'

    expect(unreadLinesOf(code, [], ['let x = 1'])).toEqual([])
    expect(unreadLinesOf(code.replace('twoslash', ''), [], ['let x = 1'])).toMatchObject([
      {line: 2},
      {line: 3},
    ])
  })

  test('are not reported for a template with an object', () => {
    const template = '{{ "Tides" | list | shownAsLinks({ deep: true, wide: false, sorted: true }) }}'

    expect(unreadLinesOf(template, [], ['Tides'])).toEqual([])
  })

  test('are not reported for the marks of footnotes in a table', () => {
    const table = '| Hosts[^1] of tier one | All [^not-defined] others[^two] |\n'

    expect(unreadLinesOf(table, [], ['Hosts of tier one | All others'])).toEqual([])
  })

  test.each([
    [0, 'Volumes', []],
    [
      1,
      'the paragraph',
      [
        {line: 3, words: 9},
        {line: 4, words: 7},
      ],
    ],
    [
      2,
      'the list',
      [
        {line: 6, words: 9},
        {line: 7, words: 5},
      ],
    ],
    [4, 'the component', [{line: 13, words: 5}]],
  ])('are reported when part %i is missing: %s', (part, _name, lines) => {
    const unread = unreadLinesOf(body, [], kept.toSpliced(part, 1))

    expect(unread.map(({line}) => line)).toEqual(lines.map(({line}) => line))
  })

  test('are reported with the number of missing words', () => {
    expect(unreadLinesOf('One two three four five.\nSix seven.', [], [''])).toEqual([{line: 1, words: 5}])
  })

  test('are not reported if a construct has reported that it removes them', () => {
    const text = 'Before it.\n\nhidden words of a comment that nobody sees\n\nAfter it.'
    const start = text.indexOf('hidden')

    expect(unreadLinesOf(text, [], ['Before it.', 'After it.'])).toHaveLength(1)
    expect(unreadLinesOf(text, [[start, text.indexOf('\n\nAfter')]], ['Before it.', 'After it.'])).toEqual([])
  })

  test('are found in long lines, and in scripts without spaces', () => {
    const sentence = 'The queue is emptied by a worker that never sleeps. '
    const line = `${sentence}And then, whatever happens, somebody else has to be told of it.`

    expect(unreadLinesOf(line, [], [sentence])).toEqual([{line: 1, words: 12}])
    expect(
      unreadLinesOf('卷的生命周期比使用它的任何容器都长，并且数据在容器重新启动时得到保留。', [], ['卷']),
    ).toHaveLength(1)
  })
})
