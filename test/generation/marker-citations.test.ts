import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {
  type MarkerCitation,
  type MarkerOptions,
  markerCitations,
} from '../../src/generation/marker-citations.ts'

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
  test('a marker leaves the text and becomes a citation of its sentence', () => {
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

  test('a marker that points at no source is never shown', () => {
    const seen = run(['Set it [9]. And [1, 8] so.'])

    expect(seen.text).toBe('Set it. And so.')
    expect(seen.cited).toEqual([{n: 1, words: 'And'}])
    expect(seen.dropped).toBe(2)
  })

  test('no part of a marker is ever shown while it arrives', () => {
    const markers = markerCitations({isSource: () => true})

    const shown = [...'Set it [1].'].map((char) => markers.push(char).text)

    expect(shown.join('')).toBe('Set it.')
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

  test('a marker between two words leaves them apart', () => {
    expect(run(['one [1]two']).text).toBe('one two')
    expect(run(['[1] One.']).text).toBe('One.')
  })

  test('a model told to write markers may put them at the word', () => {
    expect(run(['Set the port[1].'], {touchingWords: true}).text).toBe('Set the port.')
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
    )
    fc.assert(
      fc.property(fc.array(words, {maxLength: 40}), fc.integer({min: 1, max: 7}), (parts, size) => {
        const text = parts.join('')
        const points = [...text]
        const pieces: string[] = []
        for (let at = 0; at < points.length; at += size) pieces.push(points.slice(at, at + size).join(''))

        expect(run(pieces)).toEqual(run([text]))
      }),
      {numRuns: 500, seed: 7},
    )
  })
})
