import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {parsePage} from '../../src/markdown/index.ts'
import {createRetriever} from '../../src/retrieval/create-retriever.ts'
import type {RetrievalQuery} from '../../src/retrieval/retriever.ts'
import {sourceBudgetWords} from '../../src/retrieval/source-text.ts'
import {countWords} from '../../src/text/words.ts'
import {hashingEmbedder} from '../support/hashing-embedder.ts'
import {samplePage} from '../support/sample-pages.ts'
import {plainSite} from '../support/unconfigured-site.ts'
import {retrievalWorld} from './world.ts'

const query = (question: string, more: Partial<RetrievalQuery> = {}): RetrievalQuery => ({
  question,
  history: [],
  version: null,
  ...more,
})

const pages = [
  samplePage('install.md', 'Install the agent', [
    ['', 'The agent runs on every host.'],
    [
      'Linux',
      'Install the agent on Linux with apt. The package is signed and comes from our own repository.',
    ],
    ['Windows', 'Install the agent on Windows with the installer. Run it as administrator.'],
  ]),
  samplePage('backup.md', 'Backups', [
    ['Schedule', 'Set the schedule of a backup with --backup-window. Backups run at night by default.'],
    ['Restore', 'Restore a snapshot with the restore command. Everything since the snapshot is lost.'],
    ['Retention', 'Snapshots are kept for thirty days unless retention says otherwise.'],
  ]),
  samplePage('errors.md', 'Error codes', [
    ['E0499', 'Two writers hold the same lock. Stop one of them.'],
    ['E0500', 'The disk is full. Free some space.'],
  ]),
  samplePage('glossary.md', 'Glossary', [
    ['Snapshot', 'A snapshot is a copy of a volume at one moment.'],
    ['Empty heading'],
  ]),
]

describe('a retriever', () => {
  let world: Awaited<ReturnType<typeof retrievalWorld>>
  beforeAll(async () => {
    world = await retrievalWorld(pages)
  })
  afterAll(() => world.close())

  test('finds the section that answers, numbered, with its place and features', async () => {
    const {sources, build, abstention} = await world.retriever.retrieve(query('How do I restore a snapshot?'))

    expect(build).toBe(world.build.manifest.id)
    expect(abstention).toBeNull()
    expect(sources[0]).toMatchObject({
      n: 1,
      title: 'Backups',
      headings: ['Restore'],
      url: '/docs/backup',
      anchor: 'restore',
      path: 'backup.md',
    })
    expect(sources[0]!.scores).toMatchObject({coverage: 1})
    expect(sources.map(({n}) => n)).toEqual(sources.map((_, index) => index + 1))
    expect(sources.every(({score}) => score >= 0 && score <= 1)).toBe(true)
  })

  test.each([
    ['an error code', 'what does e0499 mean', 'e0499'],
    ['a flag in words', 'backup window', 'schedule'],
    ['a flag as typed', '--backup-window', 'schedule'],
    ['a typo', 'restoer a snapshot', 'restore'],
  ])('finds by %s', async (_name, question, anchor) => {
    const {sources} = await world.retriever.retrieve(query(question))

    expect(sources[0]!.anchor).toBe(anchor)
  })

  test('highlights the words of the question in the snippet', async () => {
    const {sources} = await world.retriever.retrieve(query('restore snapshot'))

    const {snippet, highlights} = sources[0]!
    expect(highlights.map(([start, end]) => snippet.slice(start, end).toLowerCase())).toContain('restore')
  })

  test('takes the topic of a follow-up from the conversation', async () => {
    const history = [
      {role: 'user', content: 'How do I install the agent on Linux?'},
      {role: 'assistant', content: 'Install it with apt.'},
    ] as const

    const {sources, query: searched} = await world.retriever.retrieve(query('And on Windows?', {history}))

    expect(sources[0]).toMatchObject({title: 'Install the agent', anchor: 'windows'})
    expect(searched).toMatch(/^And on Windows\? \(.*agent.*\)$/)
  })

  test('searches for the question that a correction corrects', async () => {
    const history = [
      {role: 'user', content: 'How do I install the agent on Linux?'},
      {role: 'assistant', content: 'Install it with apt.'},
    ] as const

    const {sources, query: searched} = await world.retriever.retrieve(query('no, on Windows', {history}))

    expect(searched).toBe('How do I install the agent on Windows?')
    expect(sources[0]).toMatchObject({title: 'Install the agent', anchor: 'windows'})
  })

  test('continues the numbering in a later round and keeps to its limit', async () => {
    const {sources} = await world.retriever.retrieve(query('snapshot', {limit: 2, firstNumber: 7}))

    expect(sources.map(({n}) => n)).toEqual([7, 8])
  })

  test('gives a section the same id whenever it is found', async () => {
    const [first] = (await world.retriever.retrieve(query('restore a snapshot'))).sources
    const again = (await world.retriever.retrieve(query('restore command snapshot lost'))).sources

    expect(again.map(({id}) => id)).toContain(first!.id)
  })

  test('abstains without hits when nothing is left of the question', async () => {
    const {sources, abstention} = await world.retriever.retrieve(query('…'))

    expect(sources).toEqual([])
    expect(abstention).toEqual({reason: 'no_hits', nearest: []})
  })

  test('refuses a version that is not there', async () => {
    await expect(world.retriever.retrieve(query('snapshot', {version: '9'}))).rejects.toMatchObject({
      code: 'version_not_found',
    })
  })

  test('releases every lease, also after a failure and an abort', async () => {
    await world.retriever.retrieve(query('snapshot'))
    await world.retriever.retrieve(query('snapshot', {version: '9'})).catch(() => {})
    await world.retriever.retrieve(query('snapshot'), {signal: AbortSignal.abort()}).catch(() => {})
    await world.retriever.search({text: 'snapshot'})

    expect(world.leases()).toBe(0)
  })

  test('a search returns the sections behind the sources in the same order', async () => {
    const question = 'how long are snapshots kept'
    const {sources} = await world.retriever.retrieve(query(question))
    const {hits} = await world.retriever.search({text: question, limit: 50})

    expect(hits[0]).toMatchObject({
      url: sources[0]!.url,
      anchor: sources[0]!.anchor,
      title: sources[0]!.title,
    })
    expect(hits.map(({score}) => score)).toEqual([...hits.map(({score}) => score)].sort((a, b) => b - a))
  })

  test('without a stage it still answers', async () => {
    for (const stage of ['lexical', 'semantic', 'page', 'spelling'] as const) {
      const other = await retrievalWorld(pages, {without: new Set([stage])})
      const {sources} = await other.retriever.retrieve(query('restore a snapshot'))
      other.close()

      expect(sources.map(({anchor}) => anchor)).toContain('restore')
    }
  })
})

test('links go to the site where there is one, and absolute addresses stay', async () => {
  const absolute = {
    ...samplePage('a.md', 'Alpha', [['', 'Alpha beta gamma.']]),
    url: 'https://x.example/a.html',
  }
  const route = samplePage('b.md', 'Beta', [['', 'Alpha beta gamma delta.']])
  const world = await retrievalWorld([absolute, route], {siteUrl: 'https://docs.example/'})

  const {hits} = await world.retriever.search({text: 'alpha beta'})
  world.close()

  expect(hits.map(({url}) => url).sort()).toEqual(['https://docs.example/b', 'https://x.example/a.html'])
})

test('of two versions of a page only the one asked for is found', async () => {
  const text = 'Ports are opened with the firewall command.'
  const world = await retrievalWorld([
    {...samplePage('v1/ports.md', 'Ports', [['Open', text]]), version: '1'},
    {...samplePage('v2/ports.md', 'Ports', [['Open', text]]), version: '2'},
  ])

  const both = await world.retriever.retrieve(query('firewall ports'))
  const second = await world.retriever.retrieve(query('firewall ports', {version: '2'}))
  world.close()

  expect(both.sources).toHaveLength(1)
  expect(second.sources.map(({path}) => path)).toEqual(['v2/ports.md'])
})

test('an index of another embedding model is refused with what to do', async () => {
  const world = await retrievalWorld(pages)
  const current = {id: 'x', lease: () => ({build: world.build, release() {}})}
  const other = createRetriever({current, siteUrl: null, embedder: hashingEmbedder({dimensions: 16})})

  await expect(other.retrieve(query('snapshot'))).rejects.toMatchObject({
    code: 'embedding_model',
    message: expect.stringContaining('ingest again'),
  })
  world.close()
})

test('a title and a heading without end are shown in part, and the anchor stays', async () => {
  const heading = `Quotas ${'and limits 🔑 '.repeat(2000)}`.trim()
  const page = samplePage('long.md', heading, [[heading, 'Set quotas here.']])
  const world = await retrievalWorld([page])
  const {sources} = await world.retriever.retrieve(query('set quotas'))
  const {hits} = await world.retriever.search({text: 'set quotas'})
  world.close()

  for (const {title, headings, anchor} of [sources[0]!, hits[0]!]) {
    for (const name of [title, ...headings]) expect(name).toMatch(/^Quotas and .{100,192}…$/u)
    expect(anchor).toBe(page.sections[0]!.anchor)
  }
})

describe('sections in a group', () => {
  const sourcesFor = async (sections: Parameters<typeof samplePage>[2], question: string, limit = 6) => {
    const other = samplePage('other.md', 'Other', [
      ['Elsewhere', `Something about plans. ${'word '.repeat(80)}`],
    ])
    const world = await retrievalWorld([samplePage('plans.md', 'Plans', sections), other])
    const {sources} = await world.retriever.retrieve(query(question, {limit}))
    world.close()
    return sources
  }

  test('short neighbours share a group, each with its own heading, address and text', async () => {
    const sources = await sourcesFor(
      [
        ['Free plan', 'Up to 3 projects.'],
        ['Team plan', 'Up to 50 projects.'],
      ],
      'How many projects does the Team plan allow?',
    )

    const [team, free] = sources
    expect(team).toMatchObject({headings: ['Team plan'], anchor: 'team-plan', text: 'Up to 50 projects.'})
    expect(free).toMatchObject({headings: ['Free plan'], anchor: 'free-plan', text: 'Up to 3 projects.'})
    expect(free!.group).toBe(team!.id)
    expect(free!.snippet).toBe('Up to 3 projects.')
    for (const {group, id} of sources.slice(2)) expect(group).toBe(id)
  })

  test('long neighbours have a group each', async () => {
    const text = 'Projects of a plan are counted each day. '.repeat(20)
    const sources = await sourcesFor(
      [
        ['Free plan', text],
        ['Team plan', text.replaceAll('day', 'night')],
      ],
      'How are projects counted?',
    )

    expect(new Set(sources.map(({group}) => group)).size).toBe(sources.length)
  })

  test('however many there are, at most twice as many as groups', async () => {
    const sections = Array.from({length: 14}, (_, n) => [`Plan ${n}`, `Up to ${n} projects.`] as const)
    const sources = await sourcesFor(sections, 'How many projects has a plan?')

    expect(sources.length).toBeGreaterThan(6)
    expect(sources.length).toBeLessThanOrEqual(12)
    expect(sources.map(({n}) => n)).toEqual(sources.map((_, index) => index + 1))
  })

  test('a heading with little text brings its subsections', async () => {
    const {page} = parsePage(
      '# Plans\n\nAll of them.\n\n## Quotas of seats\n\nQuotas of seats differ.\n\n### Free\n\nUp to 2.\n\n### Team\n\n#### Small\n\nUp to 9.\n\n## Billing\n\nMonthly.\n',
      {path: 'plans.md', site: plainSite},
    )
    const world = await retrievalWorld([page!])
    const {sources} = await world.retriever.retrieve(query('quotas of seats differ', {limit: 3}))
    world.close()

    expect(sources.slice(0, 3).map(({headings, text}) => [headings.join(' › '), text])).toEqual([
      ['Quotas of seats', 'Quotas of seats differ.'],
      ['Quotas of seats › Free', 'Up to 2.'],
      ['Quotas of seats › Team › Small', 'Up to 9.'],
    ])
    expect(sources.slice(0, 3).map(({group}) => group)).toEqual(Array(3).fill(sources[0]!.id))
  })

  test('one that came in part with the heading above shows the part that was found, when it is found itself', async () => {
    const filler = (word: string) => `${`${word} `.repeat(120)}.`
    const {page} = parsePage(
      `# Guide\n\n## Zebra quotas\n\n### Details\n\n${filler('alpha')}\n\n${filler('beta')}\n\nThe zebra quota is 7.\n`,
      {path: 'guide.md', site: plainSite},
    )
    const world = await retrievalWorld([page!])
    const {sources} = await world.retriever.retrieve(query('zebra quotas'))
    world.close()

    expect(sources).toHaveLength(1)
    expect(sources[0]!.text).toContain('The zebra quota is 7.')
  })

  test('of two pages with one address each is opened by one of its own, and is a source of its own', async () => {
    const text = (word: string) => `Setup of ${word}. ${`${word} `.repeat(150)}`
    const one = samplePage('guide/one.md', 'One', [['Setup', text('zebra')]])
    const two = {...samplePage('guide/two.md', 'Two', [['Setup', text('okapi')]]), url: one.url}
    const world = await retrievalWorld([one, two])
    const ask = async () => (await world.retriever.retrieve(query('setup of zebra and okapi'))).sources
    const sources = await ask()
    const again = await ask()
    world.close()

    expect(sources.map(({path, url}) => [path, url]).sort()).toEqual([
      ['guide/one.md', '/docs/guide/one'],
      ['guide/two.md', '/docs/guide/two'],
    ])
    expect(new Set(sources.map(({id}) => id)).size).toBe(2)
    expect(again.map(({id}) => id)).toEqual(sources.map(({id}) => id))
  })

  test('a section whose anchor was used before is opened at its page, and is a source of its own', async () => {
    const page = samplePage('plans.md', 'Plans', [
      ['Limits', `Up to 3 seats. ${'word '.repeat(150)}`],
      ['Limits', `Up to 9 guests. ${'term '.repeat(150)}`],
      ['Limits', `Up to 7 owners. ${'noun '.repeat(150)}`],
    ])
    const world = await retrievalWorld([page])
    const {sources} = await world.retriever.retrieve(query('limits of seats, guests and owners'))
    const {hits} = await world.retriever.search({text: 'limits of seats, guests and owners'})
    world.close()

    const byAnchor = (found: readonly {anchor: string; text: string}[]) =>
      found.map(({anchor, text}) => `${anchor} ${text.slice(0, 12)}`).sort()
    expect(byAnchor(sources)).toEqual([' Up to 7 owne', ' Up to 9 gues', 'limits Up to 3 seat'])
    expect(hits.map(({anchor}) => anchor).sort()).toEqual(['', '', 'limits'])
    expect(new Set(sources.map(({id}) => id)).size).toBe(3)
  })
})

test('what a generator receives stays within its budget', async () => {
  const long = Array.from(
    {length: 30},
    (_, index) => `Paragraph ${index} about quotas. ${'word '.repeat(60)}`,
  )
  const world = await retrievalWorld([samplePage('long.md', 'Quotas', [['Limits', ...long]])])

  const {sources} = await world.retriever.retrieve(query('paragraph 17 about quotas'))
  world.close()

  expect(sources[0]!.text).toContain('Paragraph 17 ')
  expect(countWords(sources[0]!.text)).toBeLessThanOrEqual(sourceBudgetWords)
})
