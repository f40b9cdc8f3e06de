import {describe, expect, test} from 'vitest'
import {finderIn} from '../../src/web/proof/find-words.ts'
import {surroundings} from '../../src/web/proof/surroundings.ts'

describe('words are found', () => {
  const found = (text: string, quote: string, from = 0) => {
    const place = finderIn(text)(quote, from)
    return place === null ? null : text.slice(...place)
  }

  test.each([
    [
      'whatever signs and white space stand between them',
      'Open the “lower”\n  valve!',
      'open the lower valve',
      'Open the “lower”\n  valve',
    ],
    ['however accents are written', 'Le cafe\u0301 noir', 'café', 'cafe\u0301'],
    ['as words before parts of words', 'The report names a port.', 'port', 'port'],
    ['as parts of words where there is nothing else', 'StartStop', 'stop', 'Stop'],
    ['in scripts without spaces', '水道の弁を開けます。', '弁を開け', '弁を開け'],
    ['in letters beyond the basic plane', 'see 𝒳 and 𐐀𐐁 here', '𐐀𐐁', '𐐀𐐁'],
  ])('%s', (_name, text, quote, expected) => {
    expect(found(text, quote)).toBe(expected)
  })

  test('from where the section begins, else before it', () => {
    const text = 'wait here. Draining: wait here. End'
    const find = finderIn(text)

    expect(find('wait here', 11)).toEqual([21, 30])
    expect(find('End', 11)).toEqual([32, 35])
    expect(find('wait here', 33)).toEqual([0, 9])
  })

  test('by beginning and end where the page interrupts them', () => {
    const words = Array.from({length: 20}, (_, n) => `w${n}`)
    const text = `x ${[...words.slice(0, 9), 'Copied', ...words.slice(9)].join(' ')} y`

    expect(found(text, words.join(' '))).toBe(text.slice(2, -2))
    expect(found(text, 'w0 w1 w9')).toBe(null)
  })

  test('never where there is no letter to look for', () => {
    expect(found('a — b', '—')).toBe(null)
  })
})

describe('a quote is shown in its surroundings:', () => {
  const text = 'First comes this. Then open it. Wait for an hour. At last it is dry. Nothing more.'
  const shown = (quotes: readonly string[], of = text) =>
    surroundings(of, quotes)?.map(({text, quoted}) => ({text, quoted: quoted.map((at) => text.slice(...at))}))

  test('the sentence before and the one after', () => {
    expect(shown(['Wait for an hour.'])).toEqual([
      {text: '… Then open it. Wait for an hour. At last it is dry. …', quoted: ['Wait for an hour']},
    ])
  })

  test('the sentence itself where part of it is quoted', () => {
    expect(shown(['for an'])).toEqual([
      {text: '… Then open it. Wait for an hour. At last it is dry. …', quoted: ['for an']},
    ])
  })

  test('no dots at the beginning and the end of the section', () => {
    expect(shown(['First comes this.'])![0]!.text).toBe('First comes this. Then open it. …')
    expect(shown(['Nothing more.'])![0]!.text).toBe('… At last it is dry. Nothing more.')
  })

  test('several quotes together where they are near, apart where not', () => {
    expect(shown(['Wait for', 'First comes'])).toEqual([
      {
        text: 'First comes this. Then open it. Wait for an hour. At last it is dry. …',
        quoted: ['First comes', 'Wait for'],
      },
    ])
    const far = `${text} ${'All of this is beside the point. '.repeat(20)}${text}`
    expect(shown(['First comes', 'Nothing more.'], far)!.length).toBe(2)
  })

  test('overlapping quotes are one', () => {
    expect(shown(['Wait for an', 'for an hour'])![0]!.quoted).toEqual(['Wait for an hour'])
  })

  test('never more than some of a text without sentences', () => {
    const words = Array.from({length: 400}, (_, n) => `word${n}`).join(' ')
    const [excerpt] = shown(['word200'], words)!

    expect(excerpt!.text.length).toBeLessThan(400)
    expect(excerpt!.text).toMatch(/^… word\d+ .* word\d+ …$/)
  })

  test('nothing where one of them is gone', () => {
    expect(shown(['Wait for an hour.', 'never written'])).toBe(undefined)
    expect(shown([])).toBe(undefined)
  })
})
