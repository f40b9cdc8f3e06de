import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {type MarkerCitation, markerCitations} from '../../src/generation/marker-citations.ts'
import type {MarkerOptions} from '../../src/generation/marker-rules.ts'
import {seedOr} from '../support/random-seed.ts'

interface Seen {
  readonly text: string
  readonly cited: readonly {readonly n: number; readonly words: string}[]
  readonly dropped: number
}

/** Runs pieces through the processor; sources 1 to 3 exist. */
function run(pieces: readonly string[], options: Partial<MarkerOptions> = {}): Seen {
  const markers = markerCitations({isSource: (n) => n >= 1 && n <= 3, ...options})
  let text = ''
  const citations: MarkerCitation[] = []
  for (const piece of pieces) {
    const result = markers.push(piece)
    text += result.text
    // A citation may only point at text that has come out.
    for (const citation of result.citations) expect(citation.end).toBeLessThanOrEqual(text.length)
    citations.push(...result.citations)
  }
  const rest = markers.end()
  text += rest.text
  citations.push(...rest.citations)
  expect(markers.length).toBe(text.length)
  return {
    text,
    cited: citations.map(({n, start, end}) => ({n, words: text.slice(start, end)})),
    dropped: markers.dropped,
  }
}

describe('markers in streamed text', () => {
  test('a marker is removed from the text and becomes a citation of its sentence', () => {
    const seen = run(['It starts. Set PORT to change it [2]. Then restart.'])

    expect(seen.text).toBe('It starts. Set PORT to change it. Then restart.')
    expect(seen.cited).toEqual([{n: 2, words: 'Set PORT to change it'}])
  })

  test('a marker after the full stop cites the sentence before it', () => {
    const seen = run(['One thing. Another thing. [1] More.'])

    expect(seen.text).toBe('One thing. Another thing. More.')
    expect(seen.cited).toEqual([{n: 1, words: 'Another thing.'}])
  })

  test.each([
    ['[1][2]', [1, 2]],
    ['[1] [2]', [1, 2]],
    ['[1, 2]', [1, 2]],
    ['[1,3]', [1, 3]],
    ['[1-3]', [1, 2, 3]],
    ['[[2]]', [2]],
    ['[^3]', [3]],
    ['【2】', [2]],
    ['【1†source】', [1]],
    ['［3］', [3]],
    ['[2](https://docs.example/a)', [2]],
    ['[2](#anchor)[3](/b)', [2, 3]],
  ])('%s is known as a marker', (marker, numbers) => {
    const seen = run([`Set it ${marker}.`])

    expect(seen.text).toBe('Set it.')
    expect(seen.cited).toEqual(numbers.map((n) => ({n, words: 'Set it'})))
    expect(seen.dropped).toBe(0)
  })

  test.each([
    'Set it to [1, 8].',
    'Set it[9], and `list [9]` and `[9]`.',
    'Set the array [9].',
    'Set array[9].',
    'Set [0] and [-1] and [404].',
    'See [9](https://elsewhere.example).',
    '[9] One.',
    'The [9] of them.',
    '```\nx [9]\n```\n',
    'A port may be in [1, 10], as list([1, 2]) says.',
    '[1-9] matches.',
    'Run ls [1-3]*.txt there.',
    'Run ls [1-3]**/x there.',
    'Use [1]* here.',
    'Matches [1-3]+ and [1-3]{2} and ^[1-3]$ and /[1-3]/ and \\[1].',
    'Pick [5] stars.',
    'In the interval [1, 65] seconds.',
    'Call f([1], {[2]}) now.',
    'Take std::get<1>(t)[1] and f<T>(x)[2].',
    'Take `a`[1].b and **rows**[2].name.',
    'Take λ[1], α_1[2] and ж[3].',
  ])('brackets that are no marker stay, whatever the model was told: %j', (text) => {
    for (const isModelInstructed of [true, false]) {
      for (const pieces of [[text], [...text]]) {
        const seen = run(pieces, {isModelInstructed})

        expect(seen.text).toBe(text)
        expect(seen.cited).toEqual([])
        expect(seen.dropped).toBe(0)
      }
    }
  })

  test.each([
    'Pick [2] stars.',
    'In the interval [1, 2] seconds.',
    'The class [1-3] matches.',
    '[1] One.',
    'one [1]two',
    'Open [1].txt and [2]/x.',
    'Run `a`[1] twice.',
    'See [1](broken\nline)',
  ])('of a model that was to write no markers brackets stay where the sentence goes on: %j', (text) => {
    for (const pieces of [[text], [...text]]) {
      const seen = run(pieces)

      expect(seen.text).toBe(text)
      expect(seen.cited).toEqual([])
    }
  })

  test.each([
    ['Set it [9]. Then go.', 'Set it. Then go.', 1],
    ['Set it. [9] Then go.', 'Set it. Then go.', 1],
    ['Set it [99]', 'Set it', 1],
    ['Set it [8][9], then go.', 'Set it, then go.', 2],
    ['Set it【9】.', 'Set it.', 1],
    ['- Set it [9]\n- Go [9]\n', '- Set it\n- Go\n', 2],
  ])('of a model that was to write markers those of no source are left out: %j', (text, shown, dropped) => {
    for (const pieces of [[text], [...text]]) {
      const seen = run(pieces, {isModelInstructed: true})

      expect(seen.text).toBe(shown)
      expect(seen.cited).toEqual([])
      expect(seen.dropped).toBe(dropped)
    }
  })

  test('beside an invented number the others cite', () => {
    const seen = run(['Set it [1][9]. Go [9] [2].'], {isModelInstructed: true})

    expect(seen.text).toBe('Set it. Go.')
    expect(seen.cited.map(({n}) => n)).toEqual([1, 2])
    expect(seen.dropped).toBe(2)
  })

  test.each(['Set it [9].', 'Set [1][9].', 'See 【9】.'])(
    'of a model that was to write no markers %j stays, and so does what the sources contain',
    (text) => {
      expect(run([text]).text).toBe(text)
      expect(run([text], {isModelInstructed: true, isInSources: (words) => words === '[9]'}).text).toBe(text)
    },
  )

  test('text behind an invented marker is held back for no more than its punctuation', () => {
    const markers = markerCitations({isSource: (n) => n === 1, isModelInstructed: true})

    expect(markers.push('Set it [9]').text).toBe('Set it')
    expect(markers.push('. T').text).toBe('. T')
  })

  test('an interval stays beside a marker', () => {
    const seen = run(['Range [1, 10] holds [2]'], {isModelInstructed: true})

    expect(seen.text).toBe('Range [1, 10] holds')
    expect(seen.cited).toEqual([{n: 2, words: 'Range [1, 10] holds'}])
  })

  test('a marker at the end of emphasis is one', () => {
    for (const text of ['**Set it [1]**\n', '* *Set it [1]* now', 'So **set `it` [1]**']) {
      const seen = run([text], {isModelInstructed: true})

      expect(seen.text).toBe(text.replace(' [1]', ''))
      expect(seen.cited).toHaveLength(1)
    }
  })

  test('what the sources have word for word stays, although it touches no word', () => {
    const isInSources = (words: string) => 'Pick [2] stars, in [1, 2].'.includes(words)
    for (const isModelInstructed of [true, false]) {
      const seen = run(['It is in [1, 2]. Pick [2]. Set it [1, 2].'], {isModelInstructed, isInSources})

      expect(seen.text).toBe('It is in [1, 2]. Pick [2]. Set it.')
      expect(seen.cited.map(({n}) => n)).toEqual([1, 2])
    }
  })

  test.each(['[1](', "')[", '[1] ', '[1]*', '`a`[1].', '**[1]**'])(
    'a text of nothing but %j takes no long',
    (part) => {
      const markers = markerCitations({
        isSource: () => true,
        isModelInstructed: true,
        isAddressOf: () => false,
      })
      const text = part.repeat(10_000)
      const before = performance.now()
      markers.push(text)
      markers.end()

      expect(performance.now() - before).toBeLessThan(6000)
    },
  )

  test('no part of a marker is ever shown while it arrives', () => {
    const markers = markerCitations({isSource: () => true})

    const shown = [...'Set it [1].'].map((char) => markers.push(char).text)

    expect(shown.join('') + markers.end().text).toBe('Set it.')
    expect(shown.every((text) => !text.includes('['))).toBe(true)
  })

  test('a marker cut off by the end of the text is dropped', () => {
    expect(run(['Set it [1']).text.trim()).toBe('Set it')
    expect(run(['A list [']).text).toBe('A list [')
  })

  test.each([
    'Use `args[1]` and `x [2]` here.',
    '``a ` [1] b`` end',
    '```js\nconst a = [1]\nconst b = x [2]\n```\n',
    '~~~\n[1]\n~~~\n',
    '- item\n  ```sh\n  echo [1]\n  ```\n',
    '````md\n```\n[1]\n```\n[2]\n````\n',
    '- [ ] task\n- [x] done\n',
    'See [the guide](https://a.example/1) and [1st].',
    'The year [2024], code [404], index [0], args[1].',
  ])('%j passes untouched', (text) => {
    for (const pieces of [[text], [...text]]) {
      const seen = run(pieces)

      expect(seen.text).toBe(text)
      expect(seen.cited).toEqual([])
    }
  })

  test('markers after a closed fence and after inline code count again', () => {
    const seen = run(['```\n[1]\n```\nThen run `npm ci` [2].\n'])

    expect(seen.text).toBe('```\n[1]\n```\nThen run `npm ci`.\n')
    expect(seen.cited).toEqual([{n: 2, words: 'Then run `npm ci`'}])
  })

  test('a list item is cited without its bullet', () => {
    const seen = run(['Do:\n\n- first thing [1]\n2. second **thing** [2]\n'])

    expect(seen.cited).toEqual([
      {n: 1, words: 'first thing'},
      {n: 2, words: 'second **thing**'},
    ])
  })

  test('a marker between two words leaves a space', () => {
    expect(run(['one [1]two'], {isModelInstructed: true}).text).toBe('one two')
    expect(run(['[1] One.'], {isModelInstructed: true}).text).toBe('One.')
  })

  test.each([
    'Set the port[1].',
    'Set the **port**[1], then restart.',
    'It listens on port 3000[2].',
    'Call the function (see below)[1].',
    'It speaks IPv6[1] and HTTP/2 over JavaScript[2].',
    'Both say so[1][2].',
    'Both say so[1, 3]: yes.',
    'Is it the port[1]? Yes - it is.',
    'The résumés[1] and the on-premise[2] option.',
    '设置端口[1]。然后重启[2]',
    '设置端口[1]然后重启。',
    'Run `npm ci`[1].',
    'The default is 3000 [1]. It says "no"[2].',
    'See the port[1](/docs/b) here.',
  ])('a model told to write markers may put them at the word: %j', (text) => {
    for (const pieces of [[text], [...text]]) {
      const seen = run(pieces, {isModelInstructed: true})

      expect(seen.text).toBe(text.replace(/\s*\[[\d, ]+\](?:\([^)]*\))?/g, ''))
      expect(seen.cited.length).toBeGreaterThan(0)
      expect(seen.dropped).toBe(0)
    }
  })

  test.each([
    'The file is argv[1].',
    'The file is in **argv[1]** here.',
    'Then sys.argv[1] and process.argv[2] are set.',
    'The value of $x[2], of @list[1] and of a[0][1].',
    'Take items[1].name, or matrix[1][2] and grid[1][i].',
    'Use args[1], x1[2], my_list[1], itemList[3], MY_LIST[1] or C[1].',
    'So settings[1].name, list[1]->next, port[1]::b, port[1]?.b and port[1] = 3.',
    'It calls split(text)[1] and handlers[1](event).',
    'Set port[1][i] first.',
    'See [the guide][1] and [2][ref].',
    'The list x = [1, 2] is short.',
    '使用argv[1]获取参数',
    'The port[7] is none of the sources.',
    'Open https://example.com/?a[1]=2 now.',
    'See [1](https://elsewhere.example/x) and the port[2](https://elsewhere.example/x).',
    '[1]: https://docs.example/a\n[^2]: A footnote.\n',
    '- [ ] task\n- [x] done\n',
  ])('brackets that are no marker stay, though the model was told to write some: %j', (text) => {
    const isAddressOf = (_n: number, address: string) => address.startsWith('https://docs.example/')
    for (const pieces of [[text], [...text]]) {
      const seen = run(pieces, {isModelInstructed: true, isAddressOf})

      expect(seen.text).toBe(text)
      expect(seen.cited).toEqual([])
    }
  })

  test('what touches a word in the sources too is not a marker', () => {
    const isInSources = (words: string) => 'Set ports[1] to 80.'.includes(words)

    expect(run(['Set ports[1] so[2].'], {isModelInstructed: true, isInSources}).text).toBe('Set ports[1] so.')
  })

  test('expressions stay whole however the text is cut, and markers after them are recognised', () => {
    const names = fc.constantFrom('argv', '$x', 'a.b', 'my_list', 'items', 'f(x)', 'itemList', 'x', 'm[0]')
    const index = fc.integer({min: 1, max: 3})
    const ends = fc.constantFrom('', '.name', '[2]', '->x')
    fc.assert(
      fc.property(names, index, ends, index, fc.integer({min: 1, max: 5}), (name, i, end, n, size) => {
        const kept = `Take ${name}[${i}]${end} here`
        const text = `${kept} [${n}]. Done.`
        const pieces = text.match(new RegExp(`.{1,${size}}`, 'g'))!

        const seen = run(pieces, {isModelInstructed: true})

        expect(seen.text).toBe(`${kept}. Done.`)
        expect(seen.cited).toEqual([{n, words: kept}])
      }),
      {seed: seedOr(5)},
    )
  })

  test('endless markers are not held back for ever', () => {
    const markers = markerCitations({isSource: () => true})
    markers.push(`Set it ${'[1]'.repeat(40)}`)

    expect(markers.push('[2]'.repeat(40)).citations).not.toEqual([])
  })

  test('how the text is cut into pieces changes nothing', () => {
    const words = fc.constantFrom(
      'word',
      ' ',
      ' ',
      '. ',
      '\n',
      '\n\n',
      '[1]',
      '[2]',
      '[9]',
      '[1, 2]',
      '【3】',
      '`',
      '``',
      '```',
      '~~~',
      '[',
      ']',
      '(',
      ')',
      '- ',
      '1. ',
      '[[1]]',
      '\u{1F600}',
      'é',
      '[x](y)',
      '。',
      'argv',
      'f(x)',
      '*',
      '**',
      '{',
      ',',
      '\t',
      '[1-3]',
      'λ',
      '.b',
      ':',
      '=',
      '-',
    )
    fc.assert(
      fc.property(fc.array(words, {maxLength: 40}), fc.integer({min: 1, max: 7}), (parts, size) => {
        const text = parts.join('')
        const points = [...text]
        const pieces: string[] = []
        for (let at = 0; at < points.length; at += size) pieces.push(points.slice(at, at + size).join(''))

        expect(run(pieces)).toEqual(run([text]))
        expect(run(pieces, {isModelInstructed: true})).toEqual(run([text], {isModelInstructed: true}))
      }),
      {numRuns: 500, seed: seedOr(7)},
    )
  })
})
