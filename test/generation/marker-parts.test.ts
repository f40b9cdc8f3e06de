import {describe, expect, test} from 'vitest'
import {CitedSentences} from '../../src/generation/marker-citations.ts'
import {MarkerReader} from '../../src/generation/marker-reader.ts'
import {MarkerRules, type TextBefore} from '../../src/generation/marker-rules.ts'
import {ShownText} from '../../src/generation/shown-text.ts'

describe('the marker reader', () => {
  test('joins markers that touch, and has the numbers of the last', () => {
    const reader = new MarkerReader()

    for (const marker of ['[1, 2]', '[3]']) {
      reader.begin('[')
      for (const char of marker.slice(1)) expect(reader.push(char)).toBe(true)
      expect(reader.isOpen).toBe(false)
    }

    expect(reader.group).toEqual({text: '[1, 2][3]', numbers: [1, 2, 3], last: [3]})
  })

  test('rejects what cannot continue a marker, and returns what it held back', () => {
    const reader = new MarkerReader()
    reader.begin('[')
    reader.push('1')

    expect(reader.push('x')).toBe(false)
    expect(reader.release()).toBe('[1')
    expect(reader.isOpen).toBe(false)
  })

  test('holds back at most the length of a marker', () => {
    const reader = new MarkerReader()
    reader.begin('[')

    const held = Array.from({length: 200}, () => reader.push(' ')).filter(Boolean).length

    expect(held).toBe(79)
  })
})

describe('the marker rules', () => {
  const group = {text: '[1]', numbers: [1], last: [1]}
  const textBefore = (more: Partial<TextBefore> = {}): TextBefore => ({
    sentence: 'Set the port',
    word: 'port',
    space: ' ',
    touches: false,
    beginsLine: false,
    ...more,
  })
  const rules = new MarkerRules({
    isSource: (n) => n === 1,
    isModelInstructed: true,
    isAddressOf: (_n, address) => address === '/docs',
  })

  test.each([
    ['.', {isCitation: true, rest: '.'}],
    ['[', 'extend'],
    ['*', 'wait'],
    ['(', 'wait'],
    ['(/docs)', {isCitation: true, rest: ''}],
    ['(/else)', {isCitation: false, rest: '(/else)'}],
    [`(${'x'.repeat(400)}`, {isCitation: true, rest: `(${'x'.repeat(400)}`}],
    ['+', {isCitation: false, rest: '+'}],
  ])('behind a marker, %j is %j', (after, verdict) => {
    expect(rules.verdictOn(group, textBefore(), after)).toEqual(verdict)
  })

  test('at the end of the text an incomplete address is dropped', () => {
    expect(rules.verdictAtEnd(group, textBefore(), '(/do')).toEqual({isCitation: true, rest: ''})
    expect(rules.verdictAtEnd(group, textBefore(), '*')).toEqual({isCitation: false, rest: '*'})
  })

  test('a definition, a number of no source and an index are not markers', () => {
    expect(rules.verdictOn(group, textBefore({beginsLine: true}), ':')).toEqual({
      isCitation: false,
      rest: ':',
    })
    const invented = {...group, text: '[9]', numbers: [9]}
    expect(rules.verdictOn(invented, textBefore(), '.')).toBe('wait')
    expect(rules.verdictOn(invented, textBefore(), ' x')).toEqual({isCitation: false, rest: ' x'})
    expect(rules.mayBegin(textBefore({space: '', touches: true, word: 'argv'}), 'v')).toBe(false)
    expect(rules.mayBegin(textBefore({space: '', touches: true}), 't')).toBe(true)
    expect(rules.mayBegin(textBefore({space: ''}), '(')).toBe(false)
  })
})

describe('the shown text', () => {
  const shown = (text: string): ShownText => {
    const all = new ShownText()
    for (const char of text) all.show(char)
    return all
  }

  test('has the current sentence, without the bullet of a list', () => {
    expect(shown('One. Two.\n- three').cited).toEqual({start: 12, end: 17, claim: 'three'})
  })

  test('cites the sentence before where this one has no words yet', () => {
    expect(shown('One thing. ').cited).toEqual({start: 0, end: 10, claim: 'One thing.'})
  })

  test('begins another sentence and another word after a marker', () => {
    const text = shown('Set it')
    text.endAt(text.cited)
    for (const char of ' now') text.show(char)

    expect(text.cited).toEqual({start: 7, end: 10, claim: 'now'})
    expect(text.word).toBe('now')
  })

  test('returns each text once, and bounds what it keeps', () => {
    const text = new ShownText()
    text.show('x')
    for (let i = 0; i < 100; i++) text.showInWord('y'.repeat(100))

    expect(text.flush()).toHaveLength(10_001)
    expect(text.flush()).toBe('')
    expect(text.length).toBe(10_001)
    expect(text.word.length).toBeLessThanOrEqual(160)
    expect(text.sentence.length).toBeLessThan(4_200)
  })
})

test('a source is cited once for a sentence, and again for the next', () => {
  const cited = new CitedSentences()
  const first = {start: 0, end: 4, claim: 'One.'}
  cited.cite([1, 2], first)
  cited.cite([2, 3], first)

  expect(cited.flush().map(({n}) => n)).toEqual([1, 2, 3])

  cited.cite([1], {start: 5, end: 9, claim: 'Two.'})
  expect(cited.flush()).toEqual([{n: 1, start: 5, end: 9, claim: 'Two.'}])
})
