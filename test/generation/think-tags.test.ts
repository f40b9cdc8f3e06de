import {expect, test} from 'vitest'
import {ThinkTags} from '../../src/generation/think-tags.ts'

const split = (pieces: readonly string[]) => {
  const tags = new ThinkTags()
  const all = [...pieces.flatMap((piece) => tags.push(piece)), ...tags.end()]
  const of = (isThought: boolean) =>
    all.flatMap((piece) => (piece.isThought === isThought ? [piece.text] : [])).join('')
  return {thought: of(true), answer: of(false)}
}

test.each([
  ['<think>Hm.</think>Yes.', 'Hm.', 'Yes.'],
  ['\n<think>\nHm.\n</think>\n\nYes.', '\nHm.\n', 'Yes.'],
  ['Yes. <think>no</think>', '', 'Yes. <think>no</think>'],
  ['<thinking>Hm.</thinking>\n\nYes.', 'Hm.', 'Yes.'],
  ['<think>a</think>\n<think>b</think>\n\nYes.', 'ab', 'Yes.'],
  ['<thin', '', '<thin'],
  ['<think>a</think>  \n ', 'a', ''],
  [' \n ', '', ''],
  ['<think>never closed', 'never closed', ''],
  ['<think>a </thin b</think> c', 'a </thin b', 'c'],
  ['<', '', '<'],
  ['<think></think>', '', ''],
  ['', '', ''],
])('%j, cut anywhere, is thought %j and answer %j', (text, thought, answer) => {
  for (let size = 1; size <= Math.max(1, text.length); size++) {
    const pieces = text.match(new RegExp(`.{1,${size}}`, 'gs')) ?? []
    const seen = split(pieces)
    expect([seen.thought, seen.answer]).toEqual([thought, answer])
  }
})
