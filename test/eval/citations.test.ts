import {afterAll, beforeAll, expect, test} from 'vitest'
import {addressOpener, citationFaultsOf, type OpenAddress} from '../../src/evaluation/citations.ts'
import {buildSections} from '../../src/question-sets/build-sections.ts'
import {retrievalWorld} from '../retrieval/world.ts'
import {samplePage} from '../support/sample-pages.ts'

const longHeading = `Long ${'and longer '.repeat(30)}`.trim()

let world: Awaited<ReturnType<typeof retrievalWorld>>
let open: OpenAddress
beforeAll(async () => {
  world = await retrievalWorld([
    samplePage('plans.md', 'Plans', [
      ['', 'Plans are billed monthly.'],
      ['Free', 'Up to 3 projects.', '> ## Fine print\n>\n> No `support`.'],
      ['Team', 'Up to 50 projects. Press ![the big button](b.png) twice.'],
      ['Free', 'Nothing is free forever.'],
      [longHeading, 'Said at length.'],
    ]),
    samplePage('plans/old.md', 'Old plans', [['', 'Plans were billed daily.']]),
  ])
  open = addressOpener(world.build, buildSections(world.build))
})
afterAll(() => world.close())

interface Given {
  before?: string
  shown?: string
  title?: string
  headings?: string[]
  url?: string
}

/** What is wrong with one quote, `before` it in the answer, cited to the section of an anchor. */
function faultOf(anchor: string, quote: string, {before = '', shown = quote, ...named} = {} as Given) {
  const headings = anchor === 'team' ? ['Team'] : ['Free']
  const source = {n: 1, path: 'plans.md', url: '/docs/plans', anchor, title: 'Plans', headings, ...named}
  const text = `From the docs:\n\n${before}${shown}`
  const citation = {n: 1, start: text.length - shown.length, end: text.length, quote}
  return citationFaultsOf({text, citations: [citation]}, [source], open)[0]
}

test('a citation holds when its words stand in the section at its address, marks and a cut end aside', () => {
  expect(faultOf('free', 'Up to 3 projects.')).toBeNull()
  expect(faultOf('free', 'Up to 3 pro…', {shown: '- *Up* to 3 `projects`.'})).toBeNull()
  expect(faultOf('free', 'Free')).toBeNull()
  expect(faultOf('free', '3', {before: 'Up to ', shown: '3.'})).toBeNull()
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

test('without a fragment the section with its headings is meant, of those that none opens', () => {
  expect(faultOf('', 'Plans are billed monthly.', {headings: []})).toBeNull()
  expect(faultOf('', 'Nothing is free forever.')).toBeNull()
  expect(faultOf('', 'Plans are billed monthly.')).toBe('quote')
  expect(faultOf('', 'Up to 50 projects.', {headings: ['Team']})).toBe('address')
})

test('title and headings are those of the section that opens, long ones by their beginning', () => {
  expect(faultOf('free', 'Up to 3 projects.', {headings: ['Team']})).toBe('label')
  expect(faultOf('free', 'Up to 3 projects.', {headings: ['Plans', 'Free']})).toBe('label')
  expect(faultOf('free', 'Up to 3 projects.', {headings: ['Fr…']})).toBe('label')
  expect(faultOf('free', 'Up to 3 projects.', {title: 'Prices'})).toBe('label')
  const anchor = longHeading.toLowerCase().replace(/\W+/g, '-')
  const shown = `${longHeading.slice(0, 190)}…`
  expect(faultOf(anchor, 'Said at length.', {headings: [shown]})).toBeNull()
  expect(faultOf(anchor, 'Said at length.', {headings: [`Short${shown}`]})).toBe('label')
})

test('what has neither letter nor digit quotes nothing', () => {
  expect(faultOf('free', '…')).toBe('quote')
  expect(faultOf('free', 'Up to 3 projects.', {shown: '| --- |'})).toBe('words')
})

test('the address is the one that readers are sent to, whole', () => {
  for (const url of ['/plans', '/docs/docs/plans', 'https://else.test/docs/plans', '/docs/old/plans'])
    expect([url, faultOf('free', 'Up to 3 projects.', {url})]).toEqual([url, 'address'])
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
