import {describe, expect, test} from 'vitest'
import {GenerationRelay, type GenerationRelayOptions} from '../../src/answering/generation-relay.ts'
import {createAnswerState} from '../../src/answers/answer-state.ts'
import type {AnswerEvent} from '../../src/domain/index.ts'

function relayTo(options: Partial<GenerationRelayOptions> = {}) {
  const sent: AnswerEvent[] = []
  const state = createAnswerState(0)
  let dropped = 0
  const relay = new GenerationRelay({
    state,
    emit(event) {
      sent.push(event)
      state.add({seq: sent.length, at: 0, event})
    },
    hasSource: (n) => n <= 2,
    onDroppedCitation: () => {
      dropped += 1
    },
    maxTextChars: 100_000,
    ...options,
  })
  return {relay, sent, dropped: () => dropped}
}

const textsOf = (events: readonly AnswerEvent[]) =>
  events.map((event) => (event.type === 'delta' ? event.text : `(${event.type})`))

describe('text', () => {
  test('is sent piece by piece, nothing for an empty one', () => {
    const {relay, sent} = relayTo()

    for (const text of ['One ', '', 'two']) relay.send({type: 'delta', text})
    relay.end()

    expect(textsOf(sent)).toEqual(['One ', 'two'])
  })

  test('waits for the other half of a character, and sends U+FFFD if it never comes', () => {
    const {relay, sent} = relayTo()

    for (const text of ['a\ud83d', '\ude00b\ud83d']) relay.send({type: 'delta', text})
    relay.end()

    expect(textsOf(sent)).toEqual(['a', '😀b', '\ufffd'])
  })

  test('in one long piece is split, but never inside a character', () => {
    const {relay, sent} = relayTo()
    const text = `${'x'.repeat(16_383)}${'👩‍👩‍👧'.repeat(4_000)}`

    relay.send({type: 'delta', text})

    const pieces = textsOf(sent)
    expect(pieces.join('')).toBe(text)
    expect(pieces.length).toBeGreaterThan(1)
    for (const piece of pieces) {
      expect(piece.length).toBeLessThanOrEqual(16_384)
      expect(piece).toMatch(/(?:x|👩‍👩‍👧)$/u)
    }
  })

  test('without end is refused', () => {
    const {relay} = relayTo({maxTextChars: 10})
    relay.send({type: 'delta', text: '0123456789'})

    expect(() => relay.send({type: 'delta', text: '!'})).toThrowError(
      expect.objectContaining({code: 'upstream_invalid'}),
    )
  })
})

describe('a citation', () => {
  test('is relative to where the generator’s own text begins', () => {
    const {relay, sent} = relayTo()
    relay.sendEarlierText('Set the port')
    relay.send({type: 'delta', text: ' with PORT.'})

    relay.send({type: 'citation', n: 2, start: 1, end: 5})

    expect(sent.at(-1)).toEqual({type: 'citation', n: 2, start: 13, end: 17})
  })

  test.each([
    ['of a source that was not shown', {n: 3, start: 0, end: 4}],
    ['beyond the text so far', {n: 1, start: 0, end: 7}],
    ['before the generator’s own text', {n: 1, start: -1, end: 3}],
    ['that ends before it starts', {n: 1, start: 4, end: 2}],
    ['at no whole number', {n: 1, start: 0.5, end: 2}],
    ['at no number', {n: 1, start: Number.NaN, end: 2}],
  ])('%s is dropped and counted', (_, citation) => {
    const {relay, sent, dropped} = relayTo()
    relay.send({type: 'delta', text: 'Words.'})

    relay.send({type: 'citation', ...citation})

    expect([textsOf(sent), dropped()]).toEqual([['Words.'], 1])
  })

  test('has whole characters in its quote', () => {
    const {relay, sent} = relayTo()

    relay.send({type: 'citation', n: 1, start: 0, end: 0, quote: 'one\ud83d'})

    expect(sent).toEqual([{type: 'citation', n: 1, start: 0, end: 0, quote: 'one\ufffd'}])
  })
})

describe('events of a generator other than text', () => {
  test('reasoning is limited, and no character of it is split', () => {
    const {relay, sent} = relayTo()

    for (const text of ['so\ud83d', '\ude00', 'x'.repeat(200_000), 'more']) {
      relay.send({type: 'reasoning', text})
    }

    expect(sent).toEqual([
      {type: 'reasoning', text: 'so'},
      {type: 'reasoning', text: '😀'},
    ])
  })

  test('a tool’s input is left out if it is too large or not JSON', () => {
    const {relay, sent} = relayTo()
    const tool = {type: 'tool', id: 't', name: 'search_docs', status: 'started'} as const
    const circular: {self?: object} = {}
    circular.self = circular

    for (const input of [{query: 'port\ud83d'}, {query: 'x'.repeat(8_192)}, circular, undefined]) {
      relay.send({...tool, input})
    }

    expect(sent).toEqual([{...tool, input: {query: 'port\ufffd'}}, tool, tool, tool])
  })
})
