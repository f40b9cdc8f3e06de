import {afterAll, beforeAll, expect, test} from 'vitest'
import {addressOpener, citationFaultsOf, type OpenAddress} from '../../scripts/eval/citations.ts'
import {buildSections} from '../../src/retrieval/evaluation/build-sections.ts'
import {retrievalWorld} from '../retrieval/world.ts'
import {samplePage} from '../support/sample-pages.ts'

let world: Awaited<ReturnType<typeof retrievalWorld>>
let open: OpenAddress
beforeAll(async () => {
  world = await retrievalWorld([
    samplePage('plans.md', 'Plans', [
      ['', 'Plans are billed monthly.'],
      ['Free', 'Up to 3 projects.', '> ## Fine print\n>\n> No `support`.'],
      ['Team', 'Up to 50 projects. Press ![the big button](b.png) twice.'],
      ['Free', 'Nothing is free forever.'],
    ]),
  ])
  open = addressOpener(world.build, buildSections(world.build))
})
afterAll(() => world.close())

/** What is wrong with one quote, `before` it in the answer, cited to the section of an anchor. */
function faultOf(anchor: string, quote: string, {before = '', shown = quote, heading = 'Free'} = {}) {
  const source = {n: 1, path: 'plans.md', url: '/docs/plans', anchor, title: 'Plans', headings: [heading]}
  const text = `From the docs:\n\n${before}${shown}`
  const citation = {n: 1, start: text.length - shown.length, end: text.length, quote}
  return citationFaultsOf({text, citations: [citation]}, [source], open)[0]
}

test('a citation holds when its words stand in the section at its address, marks and a cut end aside', () => {
  expect(faultOf('free', 'Up to 3 projects.')).toBeNull()
  expect(faultOf('free', 'Up to 3 pro…', {shown: '- *Up* to 3 `projects`.'})).toBeNull()
  expect(faultOf('free', 'Free')).toBeNull()
})

test('the words of a neighbour do not stand there', () => {
  expect(faultOf('free', 'Up to 50 projects.')).toBe('quote')
  expect(faultOf('free', 'Up to 3 projects.', {shown: 'Up to 50 projects.'})).toBe('words')
})

test('a quotation may leave out a picture', () => {
  expect(faultOf('team', 'Press twice.')).toBeNull()
  expect(faultOf('team', 'Press the small button twice.')).toBe('quote')
})

test('the first section with an anchor is the one that opens', () => {
  expect(faultOf('free', 'Nothing is free forever.')).toBe('quote')
})

test('without a fragment a section that none opens is meant', () => {
  expect(faultOf('', 'Plans are billed monthly.')).toBeNull()
  expect(faultOf('', 'Nothing is free forever.')).toBeNull()
  expect(faultOf('', 'Up to 50 projects.')).toBe('quote')
})

test('an address where nothing is holds nothing', () => {
  expect(faultOf('gone', 'Up to 3 projects.')).toBe('address')
  const source = {n: 1, path: 'gone.md', url: '/docs/gone', anchor: '', title: '', headings: []}
  const answer = {text: 'Text.', citations: [{n: 1, start: 0, end: 5, quote: 'Text.'}]}
  expect(citationFaultsOf(answer, [source], open)).toEqual(['address'])
  expect(citationFaultsOf(answer, [{...source, path: 'plans.md'}], open)).toEqual(['address'])
  expect(citationFaultsOf(answer, [], open)).toEqual(['address'])
})

test('the line above a quote names its page, its section or a heading inside', () => {
  for (const name of ['Plans', 'Free', '*Fine* print', 'Fine pr…'])
    expect([name, faultOf('free', 'No support.', {before: `**${name}**\n\n`})]).toEqual([name, null])

  expect(faultOf('free', 'No support.', {before: '**Team**\n\n'})).toBe('label')
  expect(faultOf('free', 'No support.', {before: '## Team\n\n', shown: '- No support.'})).toBe('label')
  expect(faultOf('free', 'No support.', {before: '**Team**\n\nSome words.\n\n'})).toBeNull()
})
