import {describe, expect, test} from 'vitest'
import {type Turn, turnsBefore} from '../../src/domain/index.ts'

const said = (...contents: readonly string[]): Turn[] =>
  contents.map((content, index) => ({role: index % 2 === 0 ? 'user' : 'assistant', content}))

describe('the turns before a question when it was first asked', () => {
  test.each([
    ['a new question', 'How do I rotate a key?', said('What is a key?', 'A secret.'), 2],
    ['one asked twice in a row', 'How do I rotate a key?', said('How do I rotate a key?', 'Run it.'), 0],
    ['three times', 'Keys?', said('Hello', 'Hi.', 'Keys?', 'One.', 'keys', 'Two.'), 2],
    [
      'the one that opened the conversation, asked again later',
      'what is KELP',
      said('What is kelp?', 'Algae.', 'How do I deploy?', 'So.', 'And on Windows?', 'So.'),
      0,
    ],
    [
      'the opening one, asked again once more',
      'Which port?',
      said('Which port?', '80.', 'And for the proxy?', '81.', 'Which port?', '80.'),
      0,
    ],
    ['the same words by the assistant', 'Which port is it?', said('Hm', 'Which port is it?'), 2],
    ['marks alone', '??', said('!', 'Sorry?', '??', 'What?'), 2],
    ['no turns', 'Which port?', [], 0],
  ])('%s', (_name, question, history, turns) => {
    expect(turnsBefore(question, history)).toEqual(history.slice(0, turns))
  })

  test('of one that may refer to the last turn are all except its repetitions', () => {
    const history = said(
      'Otter on Linux?',
      'Apt.',
      'Does the command differ on Windows?',
      'Yes.',
      'Beaver on Linux?',
      'Apt.',
    )

    expect(turnsBefore('Does the command differ on Windows?', history)).toEqual([
      ...history.slice(0, 2),
      ...history.slice(4),
    ])
  })

  test('of a history that begins with the assistant include its greeting', () => {
    const history: Turn[] = [{role: 'assistant', content: 'Ask me.'}, ...said('Which port?', '80.')]

    expect(turnsBefore('Which port?', history)).toEqual(history.slice(0, 1))
  })
})
