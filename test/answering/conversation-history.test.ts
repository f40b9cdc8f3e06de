import {expect, test} from 'vitest'
import {openingAndLatestTurns, turnsBefore} from '../../src/answering/conversation-history.ts'
import type {Turn} from '../../src/domain/index.ts'

const asked = (content: string): Turn => ({role: 'user', content})
const answered = (content: string): Turn => ({role: 'assistant', content})

test('a short conversation is kept whole', () => {
  const turns = [asked('1'), answered('one'), asked('2')]

  expect(openingAndLatestTurns(turns, 3)).toEqual(turns)
})

test.each([
  [4, ['1', 'one', '3', 'three']],
  [3, ['1', 'one', 'three']],
  [2, ['1', 'one']],
  [1, ['1']],
  [0, []],
])('of a long one, %d turns are the opening and the latest', (most, contents) => {
  const turns = ['1', 'one', '2', 'two', '3', 'three'].map((content, index) =>
    index % 2 === 0 ? asked(content) : answered(content),
  )

  expect(openingAndLatestTurns(turns, most).map(({content}) => content)).toEqual(contents)
})

test('an opening that was not answered is only its question', () => {
  const turns = [asked('1'), asked('2'), answered('two'), asked('3'), answered('three')]

  expect(openingAndLatestTurns(turns, 3).map(({content}) => content)).toEqual(['1', '3', 'three'])
})

test('the continued turn is not part of its own history, answered or not', () => {
  const before = [asked('1'), answered('one')]

  expect(turnsBefore([...before, asked('2')], '2')).toEqual(before)
  expect(turnsBefore([...before, asked('2'), answered('tw')], '2')).toEqual(before)
})

test('turns that end in another question are all history', () => {
  const turns = [asked('1'), answered('one')]

  expect(turnsBefore(turns, '2')).toEqual(turns)
  expect(turnsBefore([], '2')).toEqual([])
})
