import {expect, test} from 'vitest'
import {ShownSources, sourcesEventOf} from '../../src/answering/shown-sources.ts'
import {quotableBlocksIn} from '../../src/markdown/index.ts'
import {sampleSource} from '../support/fake-retriever.ts'

test('sources are numbered in the order shown, each section once', () => {
  const shown = new ShownSources()

  const first = shown.add([sampleSource(1), sampleSource(2)])
  const second = shown.add([sampleSource(2), {...sampleSource(9), n: 7}])

  expect(first.map(({n, id}) => [n, id])).toEqual([
    [1, 'section-1'],
    [2, 'section-2'],
  ])
  expect(second.map(({n, id}) => [n, id])).toEqual([[3, 'section-9']])
  expect(shown.nextNumber).toBe(4)
  expect([shown.numberOf('section-9'), shown.numberOf('section-7')]).toEqual([3, undefined])
  expect([shown.has(3), shown.has(4)]).toEqual([true, false])
})

test('sources of an earlier answer keep their numbers, and new ones continue after the greatest', () => {
  const shown = new ShownSources()

  shown.restore({id: 'section-5', n: 4})
  shown.restore({id: 'section-6', n: 2})
  const added = shown.add([sampleSource(5), sampleSource(1)])

  expect(added.map(({n, id}) => [n, id])).toEqual([[5, 'section-1']])
  expect([shown.numberOf('section-5'), shown.has(2), shown.has(1)]).toEqual([4, true, false])
})

test('the event has what readers may see, whole characters, and the hosts in all of the text', () => {
  const event = sourcesEventOf(2, 'zebra \ud83d', [
    sampleSource(1, {
      blocks: quotableBlocksIn('See https://one.example/x.'),
      url: 'https://docs.example/page',
    }),
  ])

  expect(event).toMatchObject({
    type: 'sources',
    round: 2,
    query: 'zebra \ufffd',
    sources: [{n: 1, id: 'section-1'}],
    linkHosts: ['docs.example', 'one.example'],
  })
  expect(event.sources[0]).not.toHaveProperty('blocks')
})
