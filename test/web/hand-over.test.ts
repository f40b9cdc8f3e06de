import {afterEach, beforeEach, expect, test, vi} from 'vitest'
import {filledAddress, handOverOf} from '../../src/web/assistant/hand-over.ts'
import {newAnswer} from '../../src/web/session/answer-state.ts'

beforeEach(() => vi.stubGlobal('location', {href: 'https://docs.example.com/guide'}))
afterEach(() => vi.unstubAllGlobals())

const values = {question: 'Why & how? #1', url: 'https://docs.example.com/guide?a=b', ref: 'r-1'}

test.each([
  ['https://help.example/new?q={question}', 'https://help.example/new?q=Why%20%26%20how%3F%20%231'],
  ['/tickets/{ref}', 'https://docs.example.com/tickets/r-1'],
  [
    'mailto:help@example.com?body={url}',
    'mailto:help@example.com?body=https%3A%2F%2Fdocs.example.com%2Fguide%3Fa%3Db',
  ],
  ['https://help.example/{other}', 'https://help.example/%7Bother%7D'],
  ['javascript:alert({question})', null],
  ['data:text/html,{question}', null],
  ['https://user:secret@help.example/', null],
])('the address %s becomes %s', (template, expected) => {
  expect(filledAddress(template, values)).toBe(expected)
})

test('what is in a question fills in nothing else', () => {
  expect(filledAddress('https://help.example/?q={question}&r={ref}', {...values, question: '{ref}$&'})).toBe(
    'https://help.example/?q=%7Bref%7D%24%26&r=r-1',
  )
})

test.each(['x', 'ü', '🔑', '漢字 '])(
  'a long question of %s is cut with an ellipsis, between characters',
  (piece) => {
    const question = piece.repeat(4_000 / piece.length)
    const address = filledAddress('https://help.example/?q={question}&page={url}', {...values, question})!
    const kept = new URL(address).searchParams.get('q')!

    expect(address.length).toBeLessThanOrEqual(2_000)
    expect(address.length).toBeGreaterThan(1_000)
    expect(kept.endsWith('…')).toBe(true)
    expect(question.startsWith(kept.slice(0, -1))).toBe(true)
    expect(kept).not.toContain('\ufffd')
  },
)

test('half a character does not break the address', () => {
  expect(filledAddress('https://help.example/?q={question}', {...values, question: 'a\ud83d'})).toBe(
    'https://help.example/?q=a%EF%BF%BD',
  )
})

test('before anything was asked there is nothing to carry but the page', () => {
  const options = {answers: [], at: null, template: 'https://help.example/?q={question}&u={url}', base: ''}

  expect(handOverOf({...options, pageUrl: 'https://docs.example.com/'})).toEqual({
    url: 'https://help.example/?q=&u=https%3A%2F%2Fdocs.example.com%2F',
    ref: null,
    turns: [],
  })
})

test('it is about the answer that the reader is at, and carries all in order', () => {
  const answers = ['First?', 'Second?'].map((question, n) => ({
    ...newAnswer(`k${n}`, question, {askedAt: 0}),
    ref: `r-${n}`,
  }))
  const {url, ref, turns} = handOverOf({
    answers,
    at: answers[0]!,
    template: 'https://help.example/?q={question}',
    pageUrl: '',
    base: 'https://docs.example.com/docs/',
  })

  expect([url, ref]).toEqual(['https://help.example/?q=First%3F', 'r-0'])
  expect(turns.map(({question, askedAt}) => [question, askedAt])).toEqual([
    ['First?', '1970-01-01T00:00:00.000Z'],
    ['Second?', '1970-01-01T00:00:00.000Z'],
  ])
})
