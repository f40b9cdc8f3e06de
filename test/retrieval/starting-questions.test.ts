import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, describe, expect, test} from 'vitest'
import type {Page} from '../../src/domain/index.ts'
import type {Retrieval, RetrievalQuery, Retriever} from '../../src/retrieval/retriever.ts'
import {questionOfHeading} from '../../src/retrieval/starting/heading-questions.ts'
import {isStartingPage} from '../../src/retrieval/starting/starting-pages.ts'
import {createStartingQuestions} from '../../src/retrieval/starting/starting-questions.ts'
import {
  localBuilds,
  type OpenCurrentBuild,
  openCurrentBuild,
  writeBuild,
} from '../../src/search-index/index.ts'
import {hashingEmbedder} from '../support/hashing-embedder.ts'
import {samplePage} from '../support/sample-pages.ts'
import {startDocent} from '../support/start-docent.ts'

describe('a heading that says what to do becomes the question of a reader', () => {
  const ask = (heading: string, lang: string | null = 'en', words: readonly string[] = []) =>
    questionOfHeading(heading, {lang, product: 'Acme', lowerCased: (word) => words.includes(word)})

  test.each([
    ['How to rotate a key', 'How do I rotate a key?'],
    ['Configure your project', 'How do I configure my project?'],
    ['Configuring `acme.toml`', 'How do I configure acme.toml?'],
    ['Setting up a mirror (optional)', 'How do I set up a mirror?'],
    ['Installation', 'How do I install Acme?'],
    ['Getting started', 'How do I get started with Acme?'],
    ['Getting started with mirrors', 'How do I get started with mirrors?'],
    ['When not to use a mirror', 'When should I not use a mirror?'],
    ['2.1 Adding and removing mirrors', 'How do I add and remove mirrors?'],
    ['What is a mirror?', 'What is a mirror?'],
  ])('%s', (heading, question) => {
    expect(ask(heading)).toBe(question)
  })

  test.each([
    ['Mirrors'],
    ['Build cache'],
    ['Use cases'],
    ['Installing it'],
    ['Fetching when something changes'],
    ['Step 1: Install the client'],
    ['Understanding mirrors'],
    ['What’s next?'],
    ['How does it work?'],
    ['Add {{name}} to the list'],
    ['SHOW TABLES'],
    [`Configure ${'very '.repeat(12)}long names`],
  ])('but not: %s', (heading) => {
    expect(ask(heading)).toBeNull()
  })

  test('capitals of a title go where the page writes the word without, and stay in names', () => {
    expect(ask('Deploy and Scale Acme Mirrors With the Edge Console', 'en', ['mirrors', 'edge'])).toBe(
      'How do I deploy and scale Acme mirrors with the Edge Console?',
    )
  })

  test.each([
    ['de', 'Einen Spiegel einrichten', 'Wie kann ich einen Spiegel einrichten?'],
    ['de', 'Schlüssel erstellen', 'Wie kann ich Schlüssel erstellen?'],
    ['fr', 'Installer Acme', 'Comment installer Acme ?'],
    ['es', 'Cómo usar un espejo', '¿Cómo usar un espejo?'],
    ['ja', 'ミラーを設定する方法', 'ミラーを設定する方法は？'],
    ['zh-CN', '安装客户端', '如何安装客户端？'],
    ['ko', '미러란 무엇인가 그리고 왜 쓰는가?', '미러란 무엇인가 그리고 왜 쓰는가?'],
  ])('in %s: %s', (lang, heading, question) => {
    expect(ask(heading, lang)).toBe(question)
  })

  test('of a language whose headings are not known, only those that ask', () => {
    expect(ask('Install Acme', 'ko')).toBeNull()
  })
})

test('tests of the site and pages about the project are nothing to begin with', () => {
  const isStart = (path: string, title = 'Mirrors') => isStartingPage({path, title})

  for (const path of [
    'test.md',
    'CHANGELOG.md',
    'docs/release-notes/2.md',
    'contribute/style.md',
    'acme-contribute/a.md',
    'LICENSE.md',
    '_tests/a.md',
  ]) {
    expect(isStart(path), path).toBe(false)
  }
  expect(isStart('a.md', 'Docs smoke test page')).toBe(false)
  for (const path of ['guides/testing.md', 'install.md', '01-start/02-mirrors.md']) {
    expect(isStart(path), path).toBe(true)
  }
})

const embedder = hashingEmbedder({dimensions: 8})
const ending: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end()
})

async function buildOf(pages: readonly Page[]): Promise<{current: OpenCurrentBuild; dataDir: string}> {
  const dataDir = await mkdtemp(join(tmpdir(), 'docent-starting-'))
  ending.push(() => rm(dataDir, {recursive: true, force: true}))
  await publish(dataDir, pages)
  const current = await openCurrentBuild(localBuilds(dataDir))
  ending.push(() => current.close())
  return {current, dataDir}
}

async function publish(dataDir: string, pages: readonly Page[]): Promise<void> {
  await writeBuild(dataDir, pages, {embedding: embedder, embed: (texts) => embedder.embedPassages(texts)})
}

/** A retriever that finds the page that a test names for a question, or abstains. */
function retrieverOf(
  current: OpenCurrentBuild,
  pathOf: (question: string) => string | null,
  answerability: 'yes' | 'partly' = 'yes',
): Retriever & {readonly asked: string[]} {
  const asked: string[] = []
  return {
    asked,
    async retrieve({question}: RetrievalQuery) {
      asked.push(question)
      const path = pathOf(question)
      const found: Partial<Retrieval> = {
        build: current.id!,
        sources: path === null ? [] : ([{path}] as unknown as Retrieval['sources']),
        abstention: path === null ? {reason: 'no_hits', nearest: []} : null,
        answerability,
      }
      return found as Retrieval
    },
  }
}

const taskPage = (name: string) => samplePage(`${name}.md`, `Configure the ${name}`, [['', `Set ${name}.`]])
const free = {isBusy: () => false, restMs: 0}

test('the questions that retrieval answers from their own page are found, at most five', async () => {
  const names = ['mirror', 'proxy', 'cache', 'quota', 'signer', 'tracer', 'worker', 'header']
  const {current} = await buildOf(names.map(taskPage))
  const found = createStartingQuestions({
    ...free,
    current,
    // The proxy is found elsewhere, and nothing is found about the cache.
    retriever: retrieverOf(current, (question) => {
      const name = names.find((one) => question.includes(one))!
      return name === 'cache' ? null : name === 'proxy' ? 'other.md' : `${name}.md`
    }),
  })

  expect(found.of(current.id)).toEqual([])
  await found.prepare()

  const questions = found.of(current.id)
  expect(questions).toHaveLength(5)
  expect(questions).toContain('How do I configure the mirror?')
  expect(questions.join()).not.toMatch(/proxy|cache/)
  expect(found.of('another-build')).toEqual([])
})

test('a question that is answered only in part is not suggested', async () => {
  const {current} = await buildOf([taskPage('mirror')])
  const retriever = retrieverOf(current, () => 'mirror.md', 'partly')
  const found = createStartingQuestions({...free, current, retriever})

  await found.prepare()

  expect(retriever.asked).toEqual(['How do I configure the mirror?'])
  expect(found.of(current.id)).toEqual([])
})

test('they are found once for a build, and anew for the next', async () => {
  const {current, dataDir} = await buildOf([taskPage('mirror')])
  const retriever = retrieverOf(current, (question) =>
    question.includes('mirror') ? 'mirror.md' : 'quota.md',
  )
  const found = createStartingQuestions({...free, current, retriever})
  await found.prepare()
  await found.prepare()
  expect(retriever.asked).toHaveLength(1)
  const before = current.id

  await publish(dataDir, [taskPage('quota')])
  await current.refresh()
  await found.prepare()

  expect(current.id).not.toBe(before)
  expect(found.of(current.id)).toEqual(['How do I configure the quota?'])
  expect(found.of(before)).toEqual([])
})

test('nothing is tried while answers are written, nor after the end', async () => {
  const {current} = await buildOf([taskPage('mirror')])
  const retriever = retrieverOf(current, () => 'mirror.md')
  let looks = 0
  const waiting = createStartingQuestions({current, retriever, restMs: 0, isBusy: () => ++looks < 3})
  await waiting.prepare()
  expect(looks).toBe(3)
  expect(retriever.asked).toHaveLength(1)

  const ended = createStartingQuestions({current, retriever, restMs: 0, isBusy: () => true})
  const preparing = ended.prepare()
  ended.close()
  await preparing
  expect(retriever.asked).toHaveLength(1)
})

test('a server suggests what it found, to widgets and on its page, unless the settings name questions', async () => {
  const pages = [
    samplePage('install.md', 'Install the client', [
      ['', 'Install the client with one command of your shell.'],
    ]),
    samplePage('mirror.md', 'Configure a mirror', [['', 'Configure a mirror with its address and a port.']]),
  ]
  const suggestionsOf = async (settings: object) => {
    const docent = await startDocent({pages, retriever: null, settings})
    ending.push(() => docent.close())
    return async () => {
      const info = (await (await fetch(`${docent.url}/api/info`)).json()) as {
        assistant: {suggestions?: string[]}
      }
      return info.assistant.suggestions
    }
  }

  await expect
    .poll(await suggestionsOf({}), {timeout: 30_000})
    .toEqual(['How do I install the client?', 'How do I configure a mirror?'])
  expect(await (await suggestionsOf({assistantSuggestions: ['What is Acme?']}))()).toEqual(['What is Acme?'])
})
