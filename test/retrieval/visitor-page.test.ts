import {afterEach, expect, test} from 'vitest'
import type {VisitorPage} from '../../src/domain/index.ts'
import {defaultCalibration} from '../../src/retrieval/calibration.ts'
import {dependenceOnPage} from '../../src/retrieval/page-preference.ts'
import {pageAtAddress, placeOfVisitor} from '../../src/retrieval/visitor-place.ts'
import {samplePage} from '../support/sample-pages.ts'
import {retrievalWorld} from './world.ts'

const open: {close(): void}[] = []
afterEach(() => {
  for (const world of open.splice(0)) world.close()
})

async function worldOf(...args: Parameters<typeof retrievalWorld>) {
  const world = await retrievalWorld(...args)
  open.push(world)
  return world
}

function on(url: string, section: string | null = null): VisitorPage {
  return {url, title: null, section}
}

const kiln = samplePage('kiln.md', 'Kiln', [
  ['Warm up', 'The timeout of the kiln is ten minutes. Raise it in the panel.'],
  ['Shut down', 'Press the red switch to turn the kiln off, then wait.'],
])
const press = samplePage('press.md', 'Press', [
  ['Warm up', 'The timeout of the press is two minutes. Raise it in the menu.'],
  ['Shut down', 'Pull the lever to turn the press off, then lock it.'],
])
const lathe = samplePage('lathe.md', 'Lathe', [
  ['Warm up', 'The timeout of the lathe is one minute. Raise it with the dial.'],
  ['Oil', 'A lathe takes mineral oil once a week.'],
])
const workshop = [kiln, press, lathe]

test.each([
  ['https://docs.example.com/guide/kiln', 'https://docs.example.com/guide/'],
  ['https://docs.example.com/guide/kiln/', 'https://docs.example.com/guide'],
  ['https://www.docs.example.com/guide/kiln.html?tab=2#shut-down', 'https://docs.example.com/guide'],
  ['https://docs.example.com/guide/kiln/index.html', 'https://docs.example.com/guide'],
  ['/docs/kiln', 'https://docs.example.com/guide'],
  ['http://localhost:3000/docs/kiln/', null],
  ['https://anywhere.example/kiln', null],
])('the page at %s is found where the site is at %s', async (address, siteUrl) => {
  const {build} = await worldOf(workshop)
  expect(pageAtAddress(build, address, siteUrl)?.path).toBe('kiln.md')
})

test.each([
  'https://other.example/guide/kiln',
  'https://docs.example.com/guidebook/kiln',
  'https://docs.example.com/guide/oven',
  'javascript:alert(1)',
  '//docs.example.com/guide/kiln',
  'nonsense',
])('%s is no page of the docs', async (address) => {
  const {build} = await worldOf(workshop)
  expect(pageAtAddress(build, address, 'https://docs.example.com/guide')).toBeNull()
})

test('of several sources the one whose site it is has the page', async () => {
  const pages = [
    samplePage('ovens/start.md', 'Ovens', [['', 'Bake.']]),
    samplePage('saws/start.md', 'Saws', [['', 'Cut.']]),
  ]
  const {build} = await worldOf(pages)
  const sites = {ovens: 'https://ovens.example', saws: 'https://saws.example/help'}
  expect(pageAtAddress(build, 'https://saws.example/help/start', sites)?.path).toBe('saws/start.md')
})

test('the section in view is known by its id, by its heading, or by the fragment of the address', async () => {
  const {build} = await worldOf(workshop)
  const headingAt = (page: VisitorPage) => placeOfVisitor(build, page, null)?.section?.headings.at(-1)
  const {anchor} = build.sectionsOf(build.pageByPath('kiln.md')!.id).at(-1)!

  expect(headingAt(on('/docs/kiln', anchor))).toBe('Shut down')
  expect(headingAt(on('/docs/kiln', '  shut  DOWN '))).toBe('Shut down')
  expect(headingAt(on(`/docs/kiln#${anchor}`))).toBe('Shut down')
  expect(headingAt(on('/docs/kiln', 'Elsewhere'))).toBeUndefined()
})

test('what several pages explain is answered from the one that the visitor is on', async () => {
  const {retriever} = await worldOf(workshop)
  for (const path of ['kiln', 'press', 'lathe']) {
    const {sources} = await retriever.retrieve({
      question: 'How long is the timeout of warming up?',
      history: [],
      version: null,
      page: on(`/docs/${path}`),
    })
    expect(sources[0]?.path).toBe(`${path}.md`)
  }
})

test('a clear answer elsewhere comes first, whatever page it is asked from', async () => {
  const {retriever} = await worldOf(workshop)
  const ask = {question: 'Which mineral oil does a lathe take?', history: [], version: null}
  const {sources} = await retriever.retrieve({...ask, page: on('/docs/kiln')})
  expect(sources[0]?.path).toBe('lathe.md')
})

test.each([
  'How do I turn it off?',
  'What does this page say?',
  'What does this do?',
  'Was macht das hier?',
  'これは何ですか？',
])('“%s” is about the page it is asked from, and says so', async (question) => {
  const {retriever} = await worldOf(workshop)
  const found = await retriever.retrieve({question, history: [], version: null, page: on('/docs/press')})
  expect(found.abstention).toBeNull()
  expect(found.sources[0]?.path).toBe('press.md')
  expect(found.query).toContain('Press')
  expect(found.visitorPage).toEqual({title: 'Press', section: null})
})

test('in a conversation “it” is what was spoken of, and “this page” is still the page', async () => {
  const {retriever} = await worldOf(workshop)
  const history = [
    {role: 'user', content: 'How long is the timeout of the kiln?'},
    {role: 'assistant', content: 'Ten minutes.'},
  ] as const
  const ask = {history, version: null, page: on('/docs/press')}

  const spoken = await retriever.retrieve({...ask, question: 'How do I turn it off?'})
  const pointed = await retriever.retrieve({...ask, question: 'What does this page say?'})

  expect(spoken.sources[0]?.path).toBe('kiln.md')
  expect(pointed.sources[0]?.path).toBe('press.md')
})

test.each([
  ['Which mineral oil does a lathe take, and how do I change it?', 0],
  ['How do I set the timeout of the kiln?', 0],
  ['Is the weather here good enough for hiking boots?', 0],
])('“%s” does not depend on the page', (question, expected) => {
  expect(dependenceOnPage(question, [], 'en')).toBe(expected)
})

test('whether the docs answer a question is decided without the page, unless it is about the page', async () => {
  const {retriever} = await worldOf(workshop, {calibration: defaultCalibration})
  const reasonOf = async (question: string, page: VisitorPage | null) =>
    (await retriever.retrieve({question, history: [], version: null, page})).abstention?.reason
  const refused = 'Does the zeppelin need helium from a Texan supplier?'

  expect(await reasonOf(refused, null)).toBeDefined()
  for (const question of [refused, 'Which mineral oil does a lathe take once a week?'])
    expect(await reasonOf(question, on('/docs/kiln'))).toBe(await reasonOf(question, null))
  expect(await reasonOf('What does this do?', null)).toBeDefined()
  expect(await reasonOf('What does this do?', on('/docs/kiln'))).toBeUndefined()
})

test('version and language are those of the page where neither was given nor named', async () => {
  const versioned = [
    {...samplePage('1.0/port.md', 'Port', [['', 'Set PORT in the old file.']]), version: '1.0'},
    {...samplePage('2.0/port.md', 'Port', [['', 'Set PORT in the new file.']]), version: '2.0'},
  ]
  const {retriever} = await worldOf(versioned)
  const versionOf = async (question: string, version: string | null) => {
    const found = await retriever.retrieve({question, history: [], version, page: on('/docs/1.0/port')})
    return found.sources[0]?.version
  }
  expect(await versionOf('Where is PORT set?', null)).toBe('1.0')
  expect(await versionOf('Where is PORT set in v2.0?', null)).toBe('2.0')
  expect(await versionOf('Where is PORT set?', '2.0')).toBe('2.0')

  const translated = [
    {...samplePage('en/port.md', 'Port', [['', 'PORT 3000']]), lang: 'en'},
    {...samplePage('de/port.md', 'Port', [['', 'PORT 3000']]), lang: 'de'},
  ]
  const {retriever: inLanguages} = await worldOf(translated)
  const langOf = async (lang: string | null) =>
    (
      await inLanguages.retrieve({
        question: 'PORT',
        history: [],
        version: null,
        lang,
        page: on('/docs/de/port'),
      })
    ).lang
  expect(await langOf(null)).toBe('de')
  expect(await langOf('en')).toBe('en')
})

test('without a page, and with one that is not of the docs, nothing about a retrieval changes', async () => {
  const {retriever} = await worldOf(workshop)
  const facts = async (question: string, page?: VisitorPage | null) => {
    const given = page === undefined ? {} : {page}
    const {timings: _, ...found} = await retriever.retrieve({question, history: [], version: null, ...given})
    return found
  }
  for (const question of ['How long is the timeout?', 'What does this do?', 'How do I turn it off?']) {
    const plain = await facts(question)
    expect(await facts(question, null)).toEqual(plain)
    expect(await facts(question, on('https://elsewhere.example/x'))).toEqual(plain)
  }
})
