import {expect, test} from 'vitest'
import {correctionsOf} from '../../src/retrieval/spelling.ts'
import {samplePage} from '../support/sample-pages.ts'
import {retrievalWorld} from './world.ts'

const english = [
  samplePage('loops.md', 'Loops', [
    ['', 'A loop ends when its condition is false. To leave it before, write a break in its body.'],
    ['Stack', 'Each call of a function has a frame on the stack, which holds its own variables.'],
    ['Behavior', 'The behavior of a loop with a license is the same, and you configure it in the same file.'],
  ]),
]

test.each([
  ['confgur', ['configur']],
  ['stakc', ['stack']],
  ['licenc', ['licens']],
  ['bread', []],
  ['slack', []],
  ['behaviour', ['behavior']],
])('%s in English docs', async (word, corrections) => {
  const world = await retrievalWorld(english)

  expect(correctionsOf(world.build, word)).toEqual(corrections)
  world.close()
})

test('an English word in docs of another language is corrected like any other', async () => {
  const world = await retrievalWorld([
    samplePage('sichern.md', 'Sichern', [
      [
        '',
        'Der Ordner wird jede Nacht gesichert und kann jederzeit wiederhergestellt werden, sobald er fehlt.',
      ],
      ['Orders', 'Die Ordern werden gezählt.'],
    ]),
  ])

  expect(correctionsOf(world.build, 'order')).not.toEqual([])
  world.close()
})
