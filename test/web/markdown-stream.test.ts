import fc from 'fast-check'
import {Lexer, type Token} from 'marked'
import {describe, expect, test, vi} from 'vitest'
import type {Chip} from '../../src/web/render/chips.ts'
import type {Highlight, HighlightWhenReady} from '../../src/web/render/highlight.ts'
import {createMarkdownStream} from '../../src/web/render/markdown-stream.ts'
import type {NodeOptions} from '../../src/web/render/nodes.ts'
import {samples} from '../../src/web/render/samples.ts'
import {element, type RenderNode, textOf} from '../../src/web/render/tree.ts'
import {closeUnfinished} from '../../src/web/render/unfinished.ts'
import {seedOr} from '../support/random-seed.ts'
import {sampleAnswer} from '../support/sample-answer.ts'

const options: NodeOptions = {
  links: {base: 'https://docs.example/docs/', imageHosts: ['img.example']},
  labels: {copy: 'Copy', code: 'Code', table: 'Table'},
}

/** Nodes as something short to compare with: tags with the attributes that matter. */
function shown(nodes: readonly RenderNode[]): string {
  return nodes
    .map((node) => {
      if (typeof node === 'string') return node
      const {href, src, width, class: name} = node.attributes
      const detail =
        href !== undefined
          ? ` ${href}`
          : src !== undefined
            ? ` ${src}`
            : width !== undefined
              ? ` ${width}`
              : ''
      const tag = name === 'cite' ? 'cite' : node.tag
      return `<${tag}${tag === 'cite' ? '' : detail}>${shown(node.children)}</${tag}>`
    })
    .join('')
}

function finished(text: string, chips: readonly Chip[] = []): string {
  const blocks = createMarkdownStream(options).update(text, chips, true)
  return shown(blocks.flatMap((block) => block.nodes))
}

function writing(text: string): string {
  const blocks = createMarkdownStream(options).update(text, [], false)
  return shown(blocks.flatMap((block) => block.nodes))
}

/** Colours nothing but the word "let". */
const letHighlight: Highlight = (code) =>
  code.split(/(let)/).map((part, i) => (i % 2 === 1 ? element('b', {}, part) : part))

function chipAt(text: string, words: string, n = 1): Chip {
  const end = text.indexOf(words) + words.length
  return {
    n,
    start: end - words.length,
    end,
    href: '#',
    label: '',
    base: 'https://docs.example/docs/guide/auth',
  }
}

describe('a finished answer', () => {
  test.each([
    ['headings come below the question', '# Title', '<h3>Title</h3>'],
    [
      'a relative link leads into the docs, without the file ending',
      '[a](./b.md#c)',
      '<p><a https://docs.example/docs/b#c>a</a></p>',
    ],
    ['character references are resolved', 'a &lt; b &amp;&#x41;', '<p>a < b &A</p>'],
    ['harmless tags work', 'press <kbd>K</kbd><br>now', '<p>press <kbd>K</kbd><br></br>now</p>'],
    ['a line break of Windows is one', 'a\r\nb', '<p>a \nb</p>'],
  ])('%s', (_name, text, expected) => {
    expect(finished(text)).toBe(expected)
  })

  test.each([
    '[x](javascript:alert(1))',
    '[x](java\nscript:alert(1))',
    '[x](JaVaScRiPt:alert(1))',
    '[x](&#106;avascript:alert(1))',
    '[x](data:text/html,<script>1</script>)',
    '[x](vbscript:x)',
    '[x](\u0001javascript:alert(1))',
    '[x](https://user:pass@evil.example/)',
    '<javascript:alert(1)>',
    '[x]: javascript:alert(1)\n\n[x]',
  ])('[active content] %j makes no link that could do something', (text) => {
    expect(finished(text)).not.toMatch(/<a (?!https:\/\/docs\.example)/)
  })

  test.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '<svg><script>alert(1)</script></svg>',
    'a <iframe src="https://evil.example"></iframe> b',
    '<style>*{display:none}</style>',
    '<form action="https://evil.example"><input name=a></form>',
    '<a href="javascript:alert(1)">x</a>',
    '<math><mi//xlink:href="data:x,<script>alert(1)</script>">',
  ])('[active content] %j makes no element of its own', (text) => {
    expect(finished(text)).not.toMatch(/<(script|img|svg|iframe|style|form|input|math|a)\b/)
  })

  test('an image is shown from allowed hosts only', () => {
    expect(finished('![one](https://img.example/a.png)')).toContain('<img https://img.example/a.png>')
    expect(finished('![two](https://evil.example/a.png)')).toBe('<p><span>two</span></p>')
  })
})

describe('a link to a host that the sources do not have', () => {
  const known = new Set(['docs.example', 'known.example', 'mail.example'])
  const guarded: NodeOptions = {...options, links: {...options.links, linkHosts: known}}
  const drawn = (text: string, isFinished = true): string =>
    shown(
      createMarkdownStream(guarded)
        .update(text, [], isFinished)
        .flatMap(({nodes}) => nodes),
    )

  test.each([
    [
      'as Markdown',
      '[click](https://tracker.example/?q=secret)',
      '<p><span>click <span>(https://tracker.example/?q=secret)</span></span></p>',
    ],
    [
      'with the words of another address',
      '[https://docs.example/](https://tracker.example/)',
      '<p><span>https://docs.example/ <span>(https://tracker.example/)</span></span></p>',
    ],
    [
      'bare',
      'see https://tracker.example/auto now',
      '<p>see <span>https://tracker.example/auto</span> now</p>',
    ],
    ['bare without a scheme', 'see www.tracker.example/x', '<p>see <span>www.tracker.example/x</span></p>'],
    ['in angle brackets', '<https://tracker.example/x>', '<p><span>https://tracker.example/x</span></p>'],
    [
      'by reference',
      '[click][1]\n\n[1]: https://tracker.example/x',
      '<p><span>click <span>(https://tracker.example/x)</span></span></p>',
    ],
    [
      'around an image',
      '[![alt](https://img.example/a.png)](https://tracker.example/x)',
      '<p><span><img https://img.example/a.png></img> <span>(https://tracker.example/x)</span></span></p>',
    ],
    [
      'to another port',
      '[x](https://known.example:8080/)',
      '<p><span>x <span>(https://known.example:8080/)</span></span></p>',
    ],
    [
      'to a host that only begins like one',
      '[x](https://known.example.evil.example/)',
      '<p><span>x <span>(https://known.example.evil.example/)</span></span></p>',
    ],
    [
      'without a scheme of its own',
      '[x](//tracker.example/y)',
      '<p><span>x <span>(https://tracker.example/y)</span></span></p>',
    ],
    ['by mail', 'a@tracker.example', '<p><span>a@tracker.example</span></p>'],
    [
      'by mail with a copy',
      '[x](mailto:a@mail.example?bcc=b@tracker.example)',
      '<p><span>x <span>(mailto:a@mail.example?bcc=b@tracker.example)</span></span></p>',
    ],
  ])('%s is text, with its address to be seen', (_name, text, expected) => {
    expect(drawn(text)).toBe(expected)
  })

  test.each([
    ['[x](https://known.example/any?way)', '<p><a https://known.example/any?way>x</a></p>'],
    ['https://known.example/x', '<p><a https://known.example/x>https://known.example/x</a></p>'],
    ['[x](../settings.md)', '<p><a https://docs.example/settings>x</a></p>'],
    ['a@mail.example', '<p><a mailto:a@mail.example>a@mail.example</a></p>'],
  ])('%j stays live', (text, expected) => {
    expect(drawn(text)).toBe(expected)
  })

  test('is never live while it is written, nor is one to a known host before it is whole', () => {
    const text =
      'See [a](https://tracker.example/a), https://tracker.example/b, [c](https://known.example/c) and\nhttps://known.example/dd for [e](known.md) more.'
    const whole = ['https://known.example/c', 'https://known.example/dd', 'https://docs.example/docs/known']
    const seen = new Set<string>()
    const stream = createMarkdownStream(guarded)

    for (let end = 1; end <= text.length; end++) {
      const nodes = stream.update(text.slice(0, end), [], false).flatMap((block) => block.nodes)
      for (const [, href] of shown(nodes).matchAll(/<a ([^>]+)>/g)) seen.add(href!)
    }

    expect([...seen].sort()).toEqual(whole.sort())
  })

  test('what broke off in the middle of an address has no live end', () => {
    expect(drawn('See https://known.example/half', false)).toBe(
      '<p>See <a>https://known.example/half</a></p>',
    )
  })
})

describe('citations', () => {
  test.each([
    ['behind the words they end at', 'One fact. Two.', 'One fact.', '<p>One fact.<cite>1</cite> Two.</p>'],
    ['not within a word', 'One factual thing', 'One fact', '<p>One factual<cite>1</cite> thing</p>'],
    ['within emphasis', 'a **bold b** c', 'bold', '<p>a <strong>bold<cite>1</cite> b</strong> c</p>'],
    ['behind code', 'use `npm ci` now', 'npm', '<p>use <code>npm ci</code><cite>1</cite> now</p>'],
    [
      'behind a link',
      'see [the docs](/x) now',
      'the',
      '<p>see <a https://docs.example/x>the docs</a><cite>1</cite> now</p>',
    ],
    [
      'in an indented second line of an item',
      '- one\n  two three',
      'two',
      '<ul><li>one\ntwo<cite>1</cite> three</li></ul>',
    ],
    [
      'in a quotation',
      '> one\n> two three',
      'two',
      '<blockquote><p>one\ntwo<cite>1</cite> three</p></blockquote>',
    ],
    ['at the end of an item', '- one\n- two', 'one', '<ul><li>one<cite>1</cite></li><li>two</li></ul>'],
  ])('%s', (_name, text, words, expected) => {
    expect(finished(text, [chipAt(text, words)])).toBe(expected)
  })

  test('in the cell of a table', () => {
    const text = '| a | b |\n|---|---|\n| x | y \\| z |'

    expect(finished(text, [chipAt(text, '| x')])).toContain('<td>x<cite>1</cite></td>')
  })

  test('of a row stand in its last cell', () => {
    const text = '| a | b |\n|---|---|\n| x | y |\n| z | w |'

    expect(finished(text, [chipAt(text, '| x | y |')])).toContain(
      '<td>y<cite>1</cite></td></tr><tr><td>z</td>',
    )
  })

  test('of a code block stand in its head', () => {
    const text = '```js\nlet a\n```\n\nafter'

    expect(finished(text, [chipAt(text, 'let a')])).toMatch(/<figcaption>.*<cite>1<\/cite>.*<\/figcaption>/)
  })

  test('that come when the text has gone on find the block they belong to', () => {
    const text = 'First.\n\nSecond.\n\nThird.'
    const stream = createMarkdownStream(options)
    stream.update(text, [], false)

    const blocks = stream.update(text, [chipAt(text, 'First.')], false)

    expect(blocks.map(({nodes}) => shown(nodes))).toEqual([
      '<p>First.<cite>1</cite></p>',
      '<p>Second.</p>',
      '<p>Third.</p>',
    ])
  })

  const spansIn = (nodes: readonly RenderNode[]): string[] =>
    nodes.flatMap((node) =>
      typeof node === 'string'
        ? []
        : node.attributes['class'] === 'cite'
          ? [`${node.attributes['data-n']}: ${node.attributes['data-spans']}`]
          : spansIn(node.children),
    )

  test.each([
    ['that end in one word', 'One factual thing', ['One fact', 'One fac'], ['1: 0-7 0-8']],
    ['that end at one place', 'One fact. Two.', ['One fact.', 'fact.'], ['1: 0-9 4-9']],
    ['in one piece of code', 'use `npm ci now` so', ['npm', 'ci'], ['1: 5-8 9-11']],
    ['at two places', 'One fact. Two.', ['One fact.', 'Two.'], ['1: 0-9', '1: 10-14']],
  ])('of one source %s are one mark that tells them all', (_name, text, words, expected) => {
    const chips = words.map((cited) => chipAt(text, cited))
    const blocks = createMarkdownStream(options).update(text, chips, true)

    expect(blocks.flatMap(({nodes}) => spansIn(nodes))).toEqual(expected)
  })

  test('lead to what their number names now, though text and places are the same', () => {
    const text = 'First.\n\nSecond.'
    const chip = chipAt(text, 'First.')
    const stream = createMarkdownStream(options)
    stream.update(text, [{...chip, href: '#free'}], true)

    const [block] = stream.update(text, [{...chip, href: '#team'}], true)

    expect(JSON.stringify(block!.nodes)).toContain('"href":"#team"')
  })

  test('every one of them is shown once, wherever it ends', () => {
    fc.assert(
      fc.property(fc.integer({min: 1, max: sampleAnswer.length}), (end) => {
        const chip = {...chipAt(sampleAnswer, 'x'), start: 0, end}

        expect(finished(sampleAnswer, [chip]).match(/<cite>/g)).toHaveLength(1)
      }),
      {seed: seedOr(1)},
    )
  })

  test('change no word of the answer', () => {
    const plain = textOf(
      createMarkdownStream(options)
        .update(sampleAnswer, [], true)
        .flatMap(({nodes}) => nodes),
    )

    fc.assert(
      fc.property(fc.integer({min: 1, max: sampleAnswer.length}), (end) => {
        const chips = [{...chipAt(sampleAnswer, 'x'), n: 7_777, start: 0, end}]
        const blocks = createMarkdownStream(options).update(sampleAnswer, chips, true)

        expect(textOf(blocks.flatMap(({nodes}) => nodes)).replace('7777', '')).toBe(plain)
      }),
      {seed: seedOr(1)},
    )
  })

  test('give relative links the page they were quoted from', () => {
    const text = 'See [setup](setup.md).'

    expect(finished(text, [{...chipAt(text, text), start: 0}])).toContain(
      '<a https://docs.example/docs/guide/setup>',
    )
  })
})

describe('an answer that is being written', () => {
  test.each([
    ['half a bold word', 'a **bo', '<p>a <strong>bo</strong></p>'],
    ['a mark alone', 'a **', '<p>a</p>'],
    ['half a closing mark', 'a **bold*', '<p>a <strong>bold</strong></p>'],
    ['half a code span', 'use `npm', '<p>use <code>npm</code></p>'],
    ['half a link text', 'see [the d', '<p>see <a>the d</a></p>'],
    ['half an address', 'see [the docs](https://exa', '<p>see <a>the docs</a></p>'],
    ['half an image', 'see ![pic](https://exa', '<p>see</p>'],
    ['half a tag', 'see <a hre', '<p>see </p>'],
    ['half a character reference', 'a &am', '<p>a </p>'],
    ['a mark that could become a list', 'text\n-', '<p>text</p>'],
    ['a mark that could become a heading', 'text\n\n##', '<p>text</p>'],
    ['half a fence', 'text\n\n``', '<p>text</p>'],
  ])('%s', (_name, text, expected) => {
    expect(writing(text).replace(/\s+(?=<\/p>)/g, '')).toBe(expected.replace(/\s+(?=<\/p>)/g, ''))
  })

  test('a fence is a code block from its first line on, and its end is never shown', () => {
    expect(writing('```js\nlet a')).toContain('<code>')
    expect(writing('```js\nlet a\n``')).not.toContain('``')
  })

  test('a table is shown with its first whole row, whose words say how wide its columns stay', () => {
    const long = 'word '.repeat(30)
    const before = `Text.\n\n| a | b |\n|---|---|\n| x | ${long} |`
    for (let length = 'Text.\n\n|'.length; length <= before.length; length++)
      expect(writing(before.slice(0, length))).not.toContain('a')

    const first = writing(`${before}\n`)
    expect(first).toContain('<th>a</th><th>b</th>')
    const widths = (html: string) => [...html.matchAll(/<col (\d+)%>/g)].map(([, width]) => Number(width))
    const [narrow, wide] = widths(first)
    expect([narrow! + wide!, wide! > 1.7 * narrow!]).toEqual([100, true])
    expect(widths(writing(`${before}\n| ${long} | y |\n`))).toEqual([narrow, wide])
    expect(widths(finished(`${before}\n| ${long} | y |`))).toEqual([narrow, wide])
  })

  test('blocks that were there stay the same objects', () => {
    const stream = createMarkdownStream(options)
    const first = stream.update('One.\n\nTwo.\n\nThr', [], false)

    const later = stream.update('One.\n\nTwo.\n\nThree and more', [], false)

    expect(later[0]).toBe(first[0])
    expect(later[1]).toBe(first[1])
    expect(later[2]).not.toBe(first[2])
  })

  test('never turns a block of one kind into another of a sample answer', () => {
    const stream = createMarkdownStream(options)
    const kinds: string[] = []

    for (let i = 1; i <= sampleAnswer.length; i++) {
      const now = stream
        .update(sampleAnswer.slice(0, i), [], false)
        .map(({nodes}) => nodes.map((node) => (typeof node === 'string' ? '' : node.tag)).join())
      now.forEach((kind, at) => {
        expect(kinds[at] ?? kind, sampleAnswer.slice(0, i)).toBe(kind)
        kinds[at] = kind
      })
    }
  })

  test('ends as if it had come at once, however it was cut', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({min: 1, max: 60}), {minLength: 1, maxLength: 60}), (cuts) => {
        const stream = createMarkdownStream(options)
        let at = 0
        for (const cut of cuts) {
          at += cut
          stream.update(sampleAnswer.slice(0, at), [], false)
        }

        const whole = stream.update(sampleAnswer, [], true).flatMap(({nodes}) => nodes)

        expect(shown(whole)).toBe(finished(sampleAnswer))
      }),
      {seed: seedOr(1)},
    )
  })

  test('any text can be closeUnfinished: a part of it, then closing marks', () => {
    const marks = fc.constantFrom(
      '*',
      '**',
      '_',
      '`',
      '```\n',
      '[',
      '](',
      ')',
      '|',
      '\n',
      '\n\n',
      '- ',
      '1. ',
      '<',
      '&',
      '~~',
      '\\',
      '!',
      ' ',
      'word',
      'https://x.y',
    )
    fc.assert(
      fc.property(fc.array(marks, {maxLength: 40}), fc.boolean(), (parts, isGrowing) => {
        const text = parts.join('')
        const result = closeUnfinished(text, isGrowing)

        let common = 0
        while (common < result.length && result[common] === text[common]) common++
        expect(result.slice(common)).toMatch(/^(?:[*_~`\])|\-\n!]|\(?docent:pending\))*$/)
      }),
      {seed: seedOr(1)},
    )
  })
})

test.each(['| A | B |', '| A | B |\n', '| A | B |\n|--', '| A | B |\n|---|---|\n'])(
  'a table is held back while it grows, and shown where it was cut: %j',
  (text) => {
    expect(closeUnfinished(`So:\n\n${text}`)).toBe('So:\n\n')
    expect(closeUnfinished(`So:\n\n${text}`, false)).toMatch(/^So:\n\n\| A \| B \|\n\|---\|---\|\n?$/)
  },
)

describe('code', () => {
  const fence = '```js\nlet a\n```\n\n'

  test('is plain until there is something to colour it with, and then coloured where it stands', () => {
    const stream = createMarkdownStream(options)
    const before = stream.update(`${fence}After.`, [], true)

    stream.colour(letHighlight)
    const after = stream.update(`${fence}After.`, [], true)

    expect(before.map(({isPlain}) => isPlain)).toEqual([true, false])
    expect(after.map(({isPlain}) => isPlain)).toEqual([false, false])
    expect(shown(after[0]!.nodes)).toContain('<code><b>let</b> a</code>')
    expect(textOf(after[0]!.nodes)).toBe(textOf(before[0]!.nodes))
    expect(after[1]).toBe(before[1])
  })

  test('that stands there already is coloured a little with each update', () => {
    const text = `\`\`\`js\n${'let a\n'.repeat(300)}\`\`\`\n\n`.repeat(4)
    const stream = createMarkdownStream(options)
    stream.update(text, [], true)
    stream.colour(letHighlight)

    const plain = Array.from(
      {length: 5},
      () => stream.update(text, [], true).filter(({isPlain}) => isPlain).length,
    )

    expect(plain).toEqual([2, 0, 0, 0, 0])
  })

  test('keeps its citation when it is coloured', () => {
    const chip = chipAt(fence, 'let a')
    const stream = createMarkdownStream(options)
    stream.update(fence, [chip], true)
    stream.colour(letHighlight)

    const [block] = stream.update(fence, [chip], true)

    expect(shown(block!.nodes)).toContain('<cite>')
    expect(shown(block!.nodes)).toContain('<b>let</b>')
  })

  test('of no language has nothing to wait for', () => {
    const [block] = createMarkdownStream(options).update('```\nlet a\n```', [], true)

    expect(block!.isPlain).toBe(false)
  })

  test('stays plain while the highlighter is not ready for its language, and then is coloured', () => {
    let isReady = false
    const whenReady: HighlightWhenReady = (code, language) => (isReady ? letHighlight(code, language) : null)
    const stream = createMarkdownStream(options)
    stream.colour(whenReady)
    const texts = [`${fence}After.`, '```js\nlet a\nlet b']
    const isPlain = (text: string) => stream.update(text, [], false).some((block) => block.isPlain)

    const before = texts.map(isPlain)
    isReady = true

    expect(before).toEqual([true, true])
    expect(texts.map(isPlain)).toEqual([false, false])
  })

  test('that is being written is coloured as it grows', () => {
    const stream = createMarkdownStream(options)
    stream.colour(letHighlight)

    const lengths = [6, 10, 14].map(
      (end) => shown(stream.update('```js\nlet a\nlet b'.slice(0, end + 6), [], false)[0]!.nodes).length,
    )

    expect(lengths).toEqual([...lengths].sort((a, b) => a - b))
    expect(shown(stream.update('```js\nlet a\nlet b', [], false)[0]!.nodes)).toContain('<b>let</b> b')
  })
})

describe('a long answer', () => {
  const part = (n: number): string =>
    `## Part ${n}\n\nSet \`port\` to **${n}**, then restart.\n\n\`\`\`js\nlet a = ${n}\n\`\`\`\n\n| a | b |\n|---|---|\n| ${n} | c |\n\n- one\n- two\n\n`
  const parts = Array.from({length: 60}, (_, n) => part(n))

  /** For each part: how much is parsed, how many pieces of code are coloured and how many blocks change with a few letters. */
  function workByPart(): {parsed: number; coloured: number; changed: number}[] {
    const lex = vi.spyOn(Lexer, 'lex')
    let coloured = 0
    const stream = createMarkdownStream(options)
    stream.colour((code, language) => {
      coloured++
      return letHighlight(code, language)
    })
    let shownBefore: readonly unknown[] = []
    const work = parts.map((written, n) => {
      lex.mockClear()
      coloured = 0
      let changed = 0
      const before = parts.slice(0, n).join('')
      for (let end = 4; end < written.length + 4; end += 4) {
        const blocks = stream.update(before + written.slice(0, end), [], false)
        changed += blocks.filter((block, i) => block !== shownBefore[i]).length
        shownBefore = blocks
      }
      return {parsed: lex.mock.calls.reduce((sum, [text]) => sum + text.length, 0), coloured, changed}
    })
    lex.mockRestore()
    return work
  }

  test('costs as much for its last words as for its first ones', () => {
    const [, second, ...rest] = workByPart()
    const last = rest.at(-1)!

    // Only the numbers in it have grown, by a digit.
    expect(last.parsed).toBeLessThan(second!.parsed * 1.1)
    expect(last.coloured).toBeLessThanOrEqual(second!.coloured + 1)
    expect(last.changed).toBeLessThanOrEqual(second!.changed + 2)
    expect(second!.parsed).toBeGreaterThan(0)
  })
})

test('the samples that warm the renderer have something of every kind that answers have', () => {
  const kinds = new Set<string>()
  const visit = (tokens: readonly Token[]): void => {
    for (const token of tokens) {
      kinds.add(token.type)
      visit(Lexer.lexInline(token.raw).filter(({type}) => !kinds.has(type)))
    }
  }
  for (const sample of samples) visit(Lexer.lex(sample))

  const blocks = ['code', 'heading', 'hr', 'blockquote', 'list', 'html', 'table', 'paragraph']
  const inlines = ['escape', 'link', 'strong', 'em', 'codespan', 'del', 'text']
  expect([...kinds]).toEqual(expect.arrayContaining([...blocks, ...inlines]))
})
