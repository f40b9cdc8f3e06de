import {describe, expect, test} from 'vitest'
import {edited, offsetsIn, unedited} from '../../src/redaction/edited-text.ts'
import {createRedactor} from '../../src/redaction/index.ts'

describe('an edited text', () => {
  test('knows where its replacements were, after several rounds', () => {
    const first = edited(unedited('0123456789'), [
      {start: 1, end: 3, text: '[a]'},
      {start: 6, end: 7, text: '[b]'},
    ])
    expect(first.text).toBe('0[a]345[b]789')
    const second = edited(first, [
      {start: 0, end: 1, text: '[c]'},
      {start: 5, end: 6, text: ''},
      {start: 10, end: 12, text: '[d]'},
    ])

    expect(second).toEqual({
      text: '[c][a]35[b][d]9',
      replaced: [
        {start: 0, end: 1, text: '[c]'},
        {start: 1, end: 3, text: '[a]'},
        {start: 4, end: 5, text: ''},
        {start: 6, end: 7, text: '[b]'},
        {start: 7, end: 9, text: '[d]'},
      ],
    })
  })

  test('joins a replacement with the earlier ones that it covers or cuts', () => {
    const first = edited(unedited('0123456789'), [
      {start: 1, end: 3, text: '[aa]'},
      {start: 6, end: 7, text: '[bb]'},
    ])
    expect(first.text).toBe('0[aa]345[bb]789')

    expect(edited(first, [{start: 3, end: 10, text: '*'}])).toEqual({
      text: '0[a*b]789',
      replaced: [{start: 1, end: 7, text: '[a*b]'}],
    })
    expect(edited(first, [{start: 0, end: 13, text: '*'}])).toEqual({
      text: '*89',
      replaced: [{start: 0, end: 8, text: '*'}],
    })
  })

  test('says where each offset went; one inside a replacement to either end of it', () => {
    const text = edited(unedited('ab1234cd5'), [
      {start: 2, end: 6, text: '[n]'},
      {start: 8, end: 9, text: '[five]'},
    ])
    const offsetOf = offsetsIn(text)

    expect(text.text).toBe('ab[n]cd[five]')
    expect([0, 1, 2, 6, 7, 8, 9].map((offset) => offsetOf(offset))).toEqual([0, 1, 2, 5, 6, 7, 13])
    expect([3, 5].map((offset) => [offsetOf(offset, 'start'), offsetOf(offset)])).toEqual([
      [2, 5],
      [2, 5],
    ])
  })

  test('of a redactor is what it redacts, and its pieces are those of the original', () => {
    const text =
      'Über jane@acme.io: „password: Xy7qqqw9z!“, 0\u200b1 call +49 170 5551234, jané@acme.io, jane@acme.io'
    const redactor = createRedactor().alsoFoundIn(['password: Xy7qqqw9z!'])
    const whole = redactor.edit(text)

    expect(whole.text).toBe(redactor.redact(text).text)
    expect(whole.text).toContain('[email]')
    let rebuilt = ''
    let from = 0
    for (const {start, end, text: marker} of whole.replaced) {
      rebuilt += text.slice(from, start) + marker
      from = end
    }
    expect(rebuilt + text.slice(from)).toBe(whole.text)
    const offsetOf = offsetsIn(whole)
    const pieces = [...Array(text.length).keys()].map((at) =>
      whole.text.slice(offsetOf(at), offsetOf(at + 1)),
    )
    expect(pieces.join('')).toBe(whole.text)
  })
})
