import {expect, test} from 'vitest'
import {withQuotes} from '../../src/web/proof/text-fragment.ts'
import {withoutQuotes} from '../../src/web/proof/without-quotes.ts'

const page = 'https://docs.example.com/guide#valves'

test.each([
  [
    'a sentence, with commas & signs',
    'Open it, then wait & see.',
    'text=Open%20it%2C%20then%20wait%20%26%20see.',
  ],
  ['a hyphen, which would begin what stands around', '-x and --all', 'text=%2Dx%20and%20%2D%2Dall'],
  ['other scripts', 'اضغط الزر', `text=${encodeURIComponent('اضغط الزر')}`],
  ['ends that were cut', '… water runs …', 'text=water%20runs'],
  ['white space of any kind', ' two \t words ', 'text=two%20words'],
  ['half a character', 'a \ud83d b', 'text=a%20b'],
])('a link quotes %s', (_name, quote, directive) => {
  expect(withQuotes(page, [quote])).toBe(`${page}:~:${directive}`)
})

test('a long quote is named by its first and last words', () => {
  const long = Array.from({length: 60}, (_, n) => `word${n}`).join(' ')

  expect(withQuotes(page, [long])).toBe(
    `${page}:~:text=word0%20word1%20word2%20word3%20word4,word55%20word56%20word57%20word58%20word59`,
  )
})

test('a quote of several blocks is named by words of its first and its last line', () => {
  expect(withQuotes(page, ['Run it:\n\n---\nnpm run drain'])).toBe(
    `${page}:~:text=Run%20it%3A,npm%20run%20drain`,
  )
})

test('a long quote of a script without spaces is cut between its words', () => {
  const sentence = '水道の弁を開けてから一時間ほど待ち、タンクが空になったことを確かめてください。'
  const link = withQuotes(page, [sentence.repeat(5)])
  const [start, end] = link
    .slice(link.indexOf('text=') + 5)
    .split(',')
    .map(decodeURIComponent)

  expect(sentence.startsWith(start!)).toBe(true)
  expect(sentence.endsWith(end!)).toBe(true)
  expect(start!.length).toBeLessThan(30)
})

test('words that the section has twice are told apart by what stands around them', () => {
  const section = 'Close the valve at night.\nThen open the lower valve slowly, and wait.'

  expect(withQuotes(page, ['valve'], section)).toBe(`${page}:~:text=Close%20the-,valve,-at%20night.`)
  expect(withQuotes(page, ['lower'], section)).toBe(`${page}:~:text=lower`)
  expect(withQuotes(page, ['gone'], section)).toBe(`${page}:~:text=gone`)
})

test('several quotes are all marked, each once, five at most', () => {
  expect(withQuotes(page, ['one', 'two', 'one'])).toBe(`${page}:~:text=one&text=two`)
  expect(withQuotes(page, ['a', 'b', 'c', 'd', 'e', 'f', 'g'])).toBe(
    `${page}:~:text=a&text=b&text=c&text=d&text=e`,
  )
})

test('a link to a page without a section quotes it too, and one without words stays as it is', () => {
  expect(withQuotes('/guide', ['water'])).toBe('/guide#:~:text=water')
  expect(withQuotes('/guide', ['…', ' '])).toBe('/guide')
})

test.each([
  [`${page}:~:text=a`, page],
  ['/guide#:~:text=a', '/guide'],
  [page, page],
])('%s goes to a router as %s', (link, plain) => {
  expect(withoutQuotes(link)).toBe(plain)
})
