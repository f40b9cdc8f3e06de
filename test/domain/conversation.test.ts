import {describe, expect, test} from 'vitest'
import {type Turn, turnsBefore} from '../../src/domain/index.ts'

const said = (...contents: readonly string[]): Turn[] =>
  contents.map((content, index) => ({role: index % 2 === 0 ? 'user' : 'assistant', content}))

describe('what was said before a question when it was asked first', () => {
  test.each([
    ['a new question', 'How do I rotate a key?', said('What is a key?', 'A secret.'), 2],
    ['one asked twice in a row', 'How do I rotate a key?', said('How do I rotate a key?', 'Run it.'), 0],
    ['three times', 'Keys?', said('Hello', 'Hi.', 'Keys?', 'One.', 'keys', 'Two.'), 2],
    [
      'one asked again later',
      'how do I rotate a key',
      said('What is a key?', 'A secret.', 'How do I rotate a key?', 'Run it.', 'And who can?', 'Staff.'),
      2,
    ],
    [
      'one that leans on another turn now',
      'And on Windows?',
      said('How do I install it?', 'So.', 'And on Windows?', 'So.', 'How do I start it?', 'So.'),
      6,
    ],
    ['one of few words', 'Which port?', said('Which port?', '80.', 'And for the proxy?', '81.'), 4],
    [
      'the same words by the assistant',
      'Which port is it on then?',
      said('Hm', 'Which port is it on then?'),
      2,
    ],
    ['marks alone', '??', said('!', 'Sorry?', '??', 'What?'), 2],
    ['no turns', 'Which port?', [], 0],
  ])('%s', (_name, question, history, turns) => {
    expect(turnsBefore(question, history)).toEqual(history.slice(0, turns))
  })
})
