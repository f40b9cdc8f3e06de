import {readdirSync, readFileSync} from 'node:fs'
import fc from 'fast-check'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import type {Page} from '../../src/domain/index.ts'
import {parsePage} from '../../src/markdown/index.ts'
import {createRetriever} from '../../src/retrieval/create-retriever.ts'
import type {SearchHit} from '../../src/retrieval/retriever.ts'
import {prepareTyping} from '../../src/retrieval/typing/section-names.ts'
import {samplePage} from '../support/sample-pages.ts'
import {plainSite} from '../support/unconfigured-site.ts'
import {retrievalWorld} from './world.ts'

type World = Awaited<ReturnType<typeof retrievalWorld>>

const pages = [
  samplePage('port.md', 'Change the port or the address', [
    ['', 'Set PORT, and HOST for the address. The default is 3000.'],
    ['On Windows', 'Use setx to change the port.'],
  ]),
  samplePage('kubectl.md', 'Tools', [
    ['kubectl', 'Talk to a cluster from a terminal.'],
    ['How to scale a deployment', 'Scaling by hand takes one command. Scaled pods start at once.'],
    ['max_timeout_ms', 'Longest wait of a request.'],
    ['--no-cache', 'Builds everything anew. Paths as src/retrieval/ranking.ts are not read.'],
  ]),
  samplePage('other.md', 'Andere Sprachen', [
    ['Über die Größe', 'Die Größe eines Datenträgers wird in GiB angegeben.'],
    ['Настройка порта', 'Порт задаётся переменной PORT.'],
    ['設定を変更する', 'ポートの設定は環境変数で変更できます。'],
    ['Café', 'Un café est une pause.'],
  ]),
  samplePage('pods.md', 'Pods', [
    ['', 'A pod runs containers. A policy says which pods may talk.'],
    ['Port forwarding', 'Forward a port of a pod to your machine.'],
    ['Ports', 'Each container names the ports it listens on.'],
  ]),
]

const names = ({title, headings}: SearchHit) => headings.at(-1) ?? title
const marked = (text: string, marks: readonly (readonly [number, number])[]) =>
  marks.map(([start, end]) => text.slice(start, end))

describe('search as one types', () => {
  let world: World
  beforeAll(async () => {
    world = await retrievalWorld(pages)
  })
  afterAll(() => world.close())
  const typed = async (text: string, limit = 10) => (await world.retriever.searchAsTyped({text, limit})).hits
  const first = async (text: string) => names((await typed(text))[0]!)

  test('reads the names ahead where it is prepared, and none at the first letter', async () => {
    let reads = 0
    let leases = 0
    const pages = () => {
      reads++
      return world.build.pages()
    }
    const build = {...world.build, pages}
    const current = {
      id: build.manifest.id,
      lease() {
        leases++
        return {build, release: () => void leases--}
      },
    }
    const retriever = createRetriever({current, embedder: world.embedder, siteUrl: null})

    await prepareTyping(current)
    expect({reads, leases}).toEqual({reads: 1, leases: 0})
    expect((await retriever.searchAsTyped({text: 'p'})).hits).not.toEqual([])
    expect(reads).toBe(1)
  })

  test('is prepared without an index, too', async () => {
    const lease = () => {
      throw new Error('there is no index')
    }
    await expect(prepareTyping({id: null, lease})).resolves.toBeUndefined()
  })

  test.each([
    ['change the po', 'Change the port or the address'],
    ['change the por', 'Change the port or the address'],
    ['CHANGE  the PORT', 'Change the port or the address'],
    ['kubec', 'kubectl'],
    ['how to scal', 'How to scale a deployment'],
    ['deployment scal', 'How to scale a deployment'],
    ['deployment scali', 'How to scale a deployment'],
    ['deployment scalin', 'How to scale a deployment'],
    ['deployment scaling', 'How to scale a deployment'],
    ['max_ti', 'max_timeout_ms'],
    ['maxti', 'max_timeout_ms'],
    ['timeo', 'max_timeout_ms'],
    ['--no-', '--no-cache'],
    ['--no-ca', '--no-cache'],
    ['src/retrieval/ra', '--no-cache'],
    ['retrieval/ran', '--no-cache'],
    ['ranking.t', '--no-cache'],
    ['über die gr', 'Über die Größe'],
    ['uber die gro', 'Über die Größe'],
    ['datenträg', 'Über die Größe'],
    ['настр', 'Настройка порта'],
    ['переменной po', 'Настройка порта'],
    ['設', '設定を変更する'],
    ['設定を変', '設定を変更する'],
    ['環境変', '設定を変更する'],
    ['cafe', 'Café'],
    ['caf', 'Café'],
    ['deploymnet sca', 'How to scale a deployment'],
    ['kubetcl', 'kubectl'],
  ])('%s finds %s', async (text, name) => {
    expect(await first(text)).toBe(name)
  })

  test.each(['qqqqzzzz', '…', '--', '🎉', '::'])('%s finds nothing', async (text) => {
    expect(await typed(text)).toEqual([])
  })

  test('the same name comes before one that begins so, then all words in a name, then the text', async () => {
    expect((await typed('ports')).map(names).slice(0, 1)).toEqual(['Ports'])
    expect((await typed('port')).map(names).slice(0, 3)).toEqual([
      'Ports',
      'Port forwarding',
      'Change the port or the address',
    ])
    const scores = (await typed('port')).map(({score}) => score)
    expect(scores).toEqual([...scores].sort((one, other) => other - one))
    expect(scores.every((score) => score >= 0 && score <= 1)).toBe(true)
  })

  test('marks the match in title, headings and text, of the last word what was typed', async () => {
    const [hit] = await typed('change the po')

    expect(marked(hit!.title, hit!.highlights.title)).toEqual(['Change', 'the', 'po'])
    expect(marked(hit!.text, hit!.highlights.text)).toContain('PO')
    const [heading] = await typed('timeo')
    expect(marked('max_timeout_ms', heading!.highlights.headings[0]!)).toEqual(['timeo'])
    const [scale] = await typed('deployment scalin')
    expect(marked(scale!.headings[0]!, scale!.highlights.headings[0]!)).toEqual(['scale', 'deployment'])
    const [pair] = await typed('設定を変')
    expect(marked(pair!.headings[0]!, pair!.highlights.headings[0]!)).toEqual(['設定を変'])
  })

  test('keeps to its limit and to one version', async () => {
    expect(await typed('p', 2)).toHaveLength(2)
    await expect(world.retriever.searchAsTyped({text: 'po', version: '9'})).rejects.toMatchObject({
      code: 'version_not_found',
    })
  })

  test('returns its lease, also for a search that was given up', async () => {
    await expect(
      world.retriever.searchAsTyped({text: 'po'}, {signal: AbortSignal.abort(new Error('left'))}),
    ).rejects.toThrow('left')
    await typed('po')

    expect(world.leases()).toBe(0)
  })

  test('takes any text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({unit: 'grapheme', maxLength: 400}), async (text) => {
        for (const hit of await typed(text)) {
          const ranges = [hit.highlights.title, ...hit.highlights.headings, hit.highlights.text]
          const texts = [hit.title, ...hit.headings, hit.text]
          for (const [index, marks] of ranges.entries()) {
            let before = -1
            for (const [start, end] of marks) {
              expect(start).toBeGreaterThan(before)
              expect(end).toBeGreaterThan(start)
              expect(end).toBeLessThanOrEqual(texts[index]!.length)
              before = end
            }
          }
        }
      }),
      {numRuns: 200, seed: 1},
    )
  })
})

describe('typos, compared with names as they are written', () => {
  const api = samplePage('reference/config-map.md', 'ConfigMap', [
    ['', 'Holds pairs.'],
    ['ConfigMapList', 'A list of ConfigMap objects: each ConfigMap is an item.'],
    ['Operations', 'Read a ConfigMap, list ConfigMap objects, replace the ConfigMap.'],
  ])
  const users = Array.from({length: 80}, (_, n) =>
    samplePage(`use-${n}.md`, `Use ${n}`, [
      ['Mount', `ConfigMap ConfigMap ConfigMap ${n} as files. Modes of a file. Sealed.`],
    ]),
  )
  const titles = [
    ...['Settings', 'Embedding', 'Evaluation', 'Contributing', 'Models', 'Decisions', 'Größe der Zeilen'],
    ...['Change the port or the address', 'The port is already in use', 'Scaling a cluster'],
  ]
  let world: World
  beforeAll(async () => {
    world = await retrievalWorld([
      ...titles.map((title, n) => samplePage(`page-${n}.md`, title, [['', `Port and text of page ${n}.`]])),
      ...[api, ...users],
    ])
  })
  afterAll(() => world?.close())
  const typed = async (text: string) => (await world.retriever.searchAsTyped({text, limit: 5})).hits

  test.each([
    ['setings', 'Settings'],
    ['settngs', 'Settings'],
    ['settigns', 'Settings'],
    ['setttings', 'Settings'],
    ['esttings', 'Settings'],
    ['wettings', 'Settings'],
    ['embeddng', 'Embedding'],
    ['chnage', 'Change the port or the address'],
    ['chnage the port', 'Change the port or the address'],
    ['chnage the po', 'Change the port or the address'],
    ['chnage teh port', 'Change the port or the address'],
    ['Evalutaion', 'Evaluation'],
    ['Contriubting', 'Contributing'],
    ['Modles', 'Models'],
    ['Deciisons', 'Decisions'],
    ['configmpa', 'ConfigMap'],
  ])('%s finds %s, with the word marked', async (text, name) => {
    const [hit] = await typed(text)

    expect(names(hit!)).toBe(name)
    expect(marked(hit!.title, hit!.highlights.title)).toContain(name.split(' ')[0])
  })

  test.each(['setx', 'seal', 'sealing', 'settlement', 'qqqqzzzz'])(
    '%s is no typo of a name',
    async (text) => {
      const found = (await typed(text)).map(names)

      for (const title of titles) expect(found).not.toContain(title)
    },
  )
})

test('marks what begins so in more words than are searched for, and shows it', async () => {
  const letters = 'abcdefghij'
  const words = [...letters].flatMap((one) => [...letters].map((other) => `a${one}${other}x`))
  const prose = `${'Much of this goes on with no match to show, '.repeat(12)}then comes an axolotl in the tank.`
  const world = await retrievalWorld([
    samplePage('axolotl.md', 'Axolotl', [['', 'Nothing here begins so.\n\nBut here: axolotl.']]),
    ...words.map((word, n) => samplePage(`${n}.md`, `Page ${n}`, [['', `${word} ${word}`]])),
    samplePage('long.md', 'Tank', [['', prose]]),
  ])
  try {
    const find = async (text: string) => (await world.retriever.searchAsTyped({text, limit: 3})).hits
    const [first] = await find('A')
    expect(marked(first!.title, first!.highlights.title)).toEqual(['A'])
    expect(marked(first!.text, first!.highlights.text)).toContain('a')
    const tank = (await find('axolo')).find(({title}) => title === 'Tank')
    expect(marked(tank!.text, tank!.highlights.text)).toEqual(['axolo'])
    expect(tank!.text).toMatch(/^….* then comes an axolotl in the tank\.$/)
    expect(tank!.text.length).toBeLessThan(280)
  } finally {
    world.close()
  }
})

test('marks stop words that were typed in the name that matched, and nowhere else', async () => {
  const world = await retrievalWorld([
    samplePage('why.md', 'Why a server of your own', [['', 'Why not? A server is a machine.']]),
    samplePage('how.md', 'Why', [['How to serve', 'Serve a page.']]),
  ])
  try {
    const [first] = (await world.retriever.searchAsTyped({text: 'Why a s', limit: 3})).hits
    expect(marked(first!.title, first!.highlights.title)).toEqual(['Why', 'a', 's'])
    expect(marked(first!.text, first!.highlights.text)).toEqual(['s'])
    const [second] = (await world.retriever.searchAsTyped({text: 'how to se', limit: 3})).hits
    expect(marked(second!.headings[0]!, second!.highlights.headings[0]!)).toEqual(['How', 'to', 'se'])
    expect(second!.highlights.title).toEqual([])
  } finally {
    world.close()
  }
})

test('one version of several', async () => {
  const of = (version: string): Page => ({
    ...samplePage(`${version}/ports.md`, 'Ports', [['', `Ports of version ${version}.`]]),
    version,
  })
  const world = await retrievalWorld(['1', '2', '3'].map(of))
  try {
    const all = (await world.retriever.searchAsTyped({text: 'por'})).hits
    const second = (await world.retriever.searchAsTyped({text: 'por', version: '2'})).hits

    // Earlier versions are given only to who asks for them.
    expect(all.map(({version}) => version)).toEqual(['3'])
    expect(second.map(({version}) => version)).toEqual(['2'])
  } finally {
    world.close()
  }
})

describe('while a heading of our own documentation is typed', () => {
  const content = new URL('../../content/', import.meta.url)
  let world: World
  let headings: string[]
  beforeAll(async () => {
    const files = readdirSync(content).filter((name) => name.endsWith('.md'))
    const own = files.map(
      (path) => parsePage(readFileSync(new URL(path, content), 'utf8'), {path, site: plainSite}).page!,
    )
    headings = [
      ...new Set(
        own.flatMap(({title, sections}) => [
          title,
          ...sections.map(({headings}) => headings.at(-1) ?? title),
        ]),
      ),
    ]
    world = await retrievalWorld(own)
  })
  afterAll(() => world?.close())
  const firstOf = async (text: string) => {
    const [hit] = (await world.retriever.searchAsTyped({text, limit: 1})).hits
    return hit && `${hit.path}#${hit.anchor} ${hit.title}`
  }

  test('it is first at the end, and from when it is first it stays first', async () => {
    const checked = headings.filter((_, at) => at % 3 === 0)
    for (const heading of checked) {
      const found = []
      for (let end = 1; end <= heading.length; end++) found.push(await firstOf(heading.slice(0, end)))
      const target = found.at(-1)
      expect(target, heading).toBeDefined()
      expect(new Set(found.slice(found.indexOf(target))), heading).toEqual(new Set([target]))
    }
  })

  test('names that still match keep their order', async () => {
    const beginnings = async (text: string) =>
      (await world.retriever.searchAsTyped({text, limit: 50})).hits
        .filter(({scores}) => scores['place']! >= 5)
        .map((hit) => `${hit.path}#${hit.anchor}`)
    await fc.assert(
      fc.asyncProperty(fc.nat(headings.length - 1), fc.nat(30), async (at, length) => {
        const text = headings[at]!.slice(0, length + 2)
        const before = await beginnings(text.slice(0, -1))
        const after = await beginnings(text)

        expect(after.filter((place) => before.includes(place))).toEqual(
          before.filter((place) => after.includes(place)),
        )
      }),
      {numRuns: 150, seed: 1},
    )
  })
})
