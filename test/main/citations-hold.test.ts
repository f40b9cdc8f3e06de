import {existsSync, readdirSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {afterAll, describe, expect, test} from 'vitest'
import type {Page, RetrievedSource, Turn} from '../../src/domain/index.ts'
import {answerText} from '../../src/generation/answer-text.ts'
import {anthropicGenerator} from '../../src/generation/anthropic-generator.ts'
import {extractiveGenerator} from '../../src/generation/extractive-generator.ts'
import type {GenerationEvent, Generator} from '../../src/generation/generator.ts'
import {quotableSource, searchResults} from '../../src/generation/search-results.ts'
import {parsePage} from '../../src/markdown/index.ts'
import {requestOf} from '../contracts/generator.contract.ts'
import {retrievalWorld} from '../retrieval/world.ts'
import {realisticReply, startFakeClaude} from '../support/fake-claude.ts'
import {randomFrom} from '../support/random.ts'
import {lettersOf, pagesBelow, sectionsAt} from '../support/section-oracle.ts'
import {plainSite} from '../support/unconfigured-site.ts'

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const shared = path('../../../shared')
const questionsPerCorpus = 150

/** Folders of Markdown at hand; those beside the repository are not part of it and may be missing. */
const corpora: readonly (readonly [name: string, folder: string])[] = [
  ['our own documentation', path('../../content')],
  ['the fixtures', path('../fixtures/markdown')],
  ...(existsSync(`${shared}/eval`)
    ? readdirSync(`${shared}/eval`)
        .filter((name) => existsSync(`${shared}/eval/${name}/content`))
        .map((name) => [name, `${shared}/eval/${name}/content`] as const)
    : []),
  ...(existsSync(`${shared}/corpora/stress`) ? [['stress', `${shared}/corpora/stress`] as const] : []),
]

const fake = await startFakeClaude({reply: realisticReply({tokenMs: 0, firstTokenMs: 0, sentences: 12})})
afterAll(() => fake.close())
const extractive = extractiveGenerator({paceMs: 0})
const claude = anthropicGenerator({
  apiKey: 'test',
  baseUrl: fake.url,
  model: 'claude-haiku-5-5',
  maxOutputTokens: 1500,
})

async function eventsOf(
  generator: Generator,
  question: string,
  sources: readonly RetrievedSource[],
  history: readonly Turn[] = [],
): Promise<GenerationEvent[]> {
  const events: GenerationEvent[] = []
  const request = requestOf({question, sources, history})
  const {signal} = new AbortController()
  for await (const event of generator.generate(request, {signal})) events.push(event)
  return events
}

function textOf(events: readonly GenerationEvent[]): string {
  return events.map((event) => (event.type === 'delta' ? event.text : '')).join('')
}

/** Whether these words stand in the section that the source's address opens. */
function standsAt(pages: ReadonlyMap<string, Page>, source: RetrievedSource, words: string): boolean {
  return sectionsAt(pages, source.path, source.anchor).some((section) =>
    lettersOf(`${section.headings.at(-1) ?? ''}\n${section.text}`).includes(lettersOf(words)),
  )
}

/** What an answer shows and cites that is not so. */
function faultsIn(
  pages: ReadonlyMap<string, Page>,
  sources: readonly RetrievedSource[],
  events: readonly GenerationEvent[],
): {readonly quotes: number; readonly faults: string[]} {
  const text = textOf(events)
  const faults: string[] = []
  let quotes = 0
  for (const event of events) {
    if (event.type !== 'citation') continue
    const source = sources.find(({n}) => n === event.n)!
    if (event.quote !== undefined) {
      quotes++
      if (!standsAt(pages, source, event.quote)) faults.push(`${source.path}#${source.anchor} ${event.quote}`)
    }
    // A label right before a quote names what it is quoted from.
    const label = /\n\n\*\*([^\n]+)\*\*\n\n$/.exec(text.slice(0, event.start))?.[1]
    const isQuoted = events.some((other) => other.type === 'citation' && other.end === event.start - 2)
    if (label === undefined || isQuoted) continue
    const inner = source.blocks.flatMap(({heading, units}) => [heading, ...units.map((unit) => unit.text)])
    const names = [source.title, ...source.headings, ...inner].map(lettersOf)
    const isNamed = label.split(' › ').every((part) => names.some((one) => one.includes(lettersOf(part))))
    if (!isNamed) faults.push(`under ${label}: ${event.quote}`)
  }
  return {quotes, faults}
}

/** The same sources as a model gets them: what it is shown and what it cites. */
async function faultsWithModel(
  pages: ReadonlyMap<string, Page>,
  sources: readonly RetrievedSource[],
  random: () => number,
): Promise<{readonly quotes: number; readonly faults: string[]}> {
  const faults: string[] = []
  let quotes = 0
  const quotable = sources.map(quotableSource)
  for (const style of ['native', 'markers'] as const) {
    const results = searchResults()
    for (const one of quotable) results.add(one)
    const answer = answerText(results, style)
    const events: GenerationEvent[] = []
    for (const [index, {source, blocks: sent}] of quotable.entries()) {
      const [headings, ...blocks] = sent.map(({markdown}) => markdown)
      for (const heading of [source.title, ...source.headings])
        if (!lettersOf(headings!).includes(lettersOf(heading)))
          faults.push(`${source.path}#${source.anchor} is sent without ${heading}`)
      const from = Math.floor(random() * blocks.length)
      const cited = blocks.slice(from, from + 1 + Math.floor(random() * 3)).join(random() < 0.5 ? '' : '\n')
      answer.openBlock()
      if (style === 'native') {
        events.push(...answer.push(`Claim ${index}. `))
        answer.cite({
          type: 'search_result_location',
          search_result_index: index,
          source: '',
          cited_text: random() < 0.2 ? sent.map(({markdown}) => markdown).join('') : cited,
        })
      } else {
        events.push(...answer.push(`As ${cited.replace(/\s+/g, ' ').slice(0, 200)} [${source.n}].\n\n`))
      }
      events.push(...answer.closeBlock())
    }
    events.push(...answer.end())
    const found = faultsIn(pages, sources, events)
    faults.push(...found.faults)
    quotes += found.quotes
  }
  return {quotes, faults}
}

function questionsOf(pages: readonly Page[], random: () => number): string[] {
  const headings = pages.flatMap(({title, sections}) =>
    sections.map((section) => [title, ...section.headings].slice(-2).join(' ')),
  )
  return Array.from({length: questionsPerCorpus}, () => headings[Math.floor(random() * headings.length)]!)
}

/** A page of sections so short that they used to be joined, and anchors that do not open them. */
const shortSections = `# Plans

Pick one.

## Free plan

Up to 3 projects.

## Team plan

Up to 50 projects.

## Limits {#limits}

### Requests

Up to 10 requests a second.

### Uploads

Up to 2 GB for each file, ![yes](yes.svg) with versions.

## Limits, once more {#limits}

Up to 9 seats for each plan.

## ……

Up to 8 guests.[^more]

## Steps

1. Open the list ![a list](list.png):

   ![The list](list.png)

2. Build it:

   ~~~sh title="build.sh"
   plans build --all
   ~~~

> ### Careful
>
> Guests see all.

[^more]: More on request.
`

describe('each quote stands, word for word, in the section at its address', () => {
  async function check(all: readonly Page[], questions: readonly string[]) {
    const random = randomFrom(11)
    const pages = new Map(all.map((page) => [page.path, page]))
    const world = await retrievalWorld(all)
    const faults: string[] = []
    const quotes = {extractive: 0, model: 0, upstream: 0}
    let unquoted = 0
    const retrieved = async (question: string, history: readonly Turn[] = []) =>
      (await world.retriever.retrieve({question, history, version: null})).sources
    try {
      for (const [at, question] of questions.entries()) {
        const sources = await retrieved(question)
        if (sources.length === 0) continue
        expect(sources.map(({n}) => n)).toEqual(sources.map((_, index) => index + 1))
        for (const source of sources) {
          if (!standsAt(pages, source, source.text)) faults.push(`source ${source.path}#${source.anchor}`)
          if (!standsAt(pages, source, source.snippet)) faults.push(`snippet ${source.snippet}`)
        }

        const answer = await eventsOf(extractive, question, sources)
        const quoted = faultsIn(pages, sources, answer)
        const cited = await faultsWithModel(pages, sources, random)
        faults.push(...quoted.faults, ...cited.faults)
        quotes.extractive += quoted.quotes
        unquoted += answer.filter((event) => event.type === 'citation' && event.quote === undefined).length
        quotes.model += cited.quotes

        const history: Turn[] = [
          {role: 'user', content: question},
          {role: 'assistant', content: textOf(answer)},
        ]
        if (at % 3 === 0) {
          const again = await eventsOf(extractive, question, await retrieved(question, history), history)
          if (textOf(again) !== textOf(answer))
            faults.push(`answered otherwise when asked again: ${question}`)
        }
        if (at % 15 === 0) {
          const told = faultsIn(pages, sources, await eventsOf(claude, question, sources))
          faults.push(...told.faults)
          quotes.upstream += told.quotes
        }
      }
      return {faults, quotes, unquoted: unquoted / Math.max(1, unquoted + quotes.extractive)}
    } finally {
      world.close()
    }
  }

  test('of sections too short to stand alone, and of those that no fragment opens', async () => {
    const {page} = parsePage(shortSections, {path: 'plans.md', site: plainSite})
    const questions = [
      'How many projects does the Team plan allow?',
      'Up to how many requests?',
      'How many seats and guests are there?',
      'How many more guests on request?',
      'How do I open the list and build it?',
      'Limits',
      'Plans',
    ]

    const {faults, unquoted} = await check([page!], questions)
    expect(faults).toEqual([])
    expect(unquoted).toBe(0)
  })

  test.each(corpora)('%s', {timeout: 900_000}, async (_name, folder) => {
    const pages = pagesBelow(folder)
    const {faults, quotes, unquoted} = await check(pages, questionsOf(pages, randomFrom(7)))

    expect(faults).toEqual([])
    expect(unquoted).toBeLessThan(0.005)
    for (const count of Object.values(quotes)) expect(count).toBeGreaterThan(10)
  })
})
