import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest'
import {ingest} from '../../src/ingestion/index.ts'
import {localBuilds} from '../../src/search-index/index.ts'
import {type ContentFolder, contentFolder} from '../support/content-folder.ts'
import {directParser} from '../support/direct-parser.ts'
import {hashingEmbedder} from '../support/hashing-embedder.ts'
import {startDocent, type TestDocent} from '../support/start-docent.ts'

vi.setConfig({testTimeout: 240_000, hookTimeout: 240_000})

const decomposed = 'Ge\u0301ant'
const composed = decomposed.normalize('NFC')

/** A page about a word of its own, with links to the pages before it. */
function page(word: string, links: readonly string[] = [], front = ''): string {
  const list = links.map((link, n) => `- [Page ${n}](${link})`).join('\n')
  return `${front}# All about ${word}\n\nThe ${word} swims.\n\n${list}\n\n## Feeding & care: ${word}?\n\nFeed the ${word} daily.\n\n## Größe\n\nThe ${word} grows.\n\n## Größe\n\nAnd grows.\n`
}

const files: Readonly<Record<string, string>> = {
  'index.md': page('start', [
    'what%20%231%20is%20it%3F.md#größe',
    '<50%.md>',
    '50%25.md#gr%C3%B6%C3%9Fe-1',
    'C%23%20notes.md',
    'a%2520b.md',
    '<a b.md>',
    `${composed}/d%C3%A9j%C3%A0.md#größe`,
    `<${decomposed}/déjà.md>`,
    '/guide/',
    'guide/index.md#größe',
    'reference/_index.md',
    'tools/README.md#by-hand',
    'old.markdown',
    'same-b.md#größe',
    'outside.md',
  ]),
  'what #1 is it?.md': page('question'),
  '50%.md': page('percent'),
  'C# notes.md': page('sharp'),
  'a%20b.md': page('escape'),
  'a b.md': page('blank'),
  [`${decomposed}/déjà.md`]: page('giant', ['../index.md', '../what%20%231%20is%20it%3F.md', '../a%20b.md']),
  'guide/index.md': page('guide', ['../tools/', '..', './more.md']),
  'guide/more.md': page('more', ['./', 'index.md#größe-1']),
  'reference/_index.md': page('reference'),
  'tools/README.md': `${page('tool')}\n<a id="by-hand"></a>\n`,
  'old.markdown': page('ending'),
  'same-a.md': page('first', [], '---\npermalink: /same\n---\n'),
  'same-b.md': page('second', ['same-a.md'], '---\npermalink: /same\n---\n'),
  'taken.md': page('taker', [], '---\npermalink: /owner\n---\n'),
  'owner.md': page('owner', [], '---\npermalink: /taken\n---\n'),
  'outside.md': page('outsider', [], '---\nurl: https://docs.example/oút side\n---\n'),
  'written.md': page('written', [], '---\npermalink: /%C3%BCber uns/\n---\n'),
  'quote"s & <tags>.md': page('quotes'),
  'semi;colon, plus+equals=at@.md': page('signs'),
  'back\\slash.md': page('slashes'),
  '日本語/はじめに.md': page('otter'),
  '🦦.md': page('emoji'),
}
const words = Object.values(files).map((text) => /about (\w+)/.exec(text)![1]!)

const embedder = hashingEmbedder({dimensions: 8})

describe.each(['plain', 'mkdocs', 'mdbook', 'hugo'])(
  'every address that Docent gives for its own docs, as %s',
  (site) => {
    let folder: ContentFolder
    let docent: TestDocent
    const got = new Map<
      string,
      Promise<{status: number; ids: ReadonlySet<string>; links: readonly string[]}>
    >()

    beforeAll(async () => {
      folder = contentFolder(files)
      await ingest({
        content: folder.content,
        dataDir: folder.dataDir,
        embedder: async () => embedder,
        openParser: directParser,
        site,
      })
      docent = await startDocent({
        dataDir: folder.dataDir,
        builds: localBuilds(folder.dataDir),
        retriever: null,
        generator: null,
      })
    })

    afterAll(async () => {
      await docent.close()
      folder.clear()
    })

    function read(path: string) {
      let page = got.get(path)
      if (page === undefined) {
        page = fetch(docent.url + path).then(async (response) => {
          const text = await response.text()
          const values = (pattern: RegExp): string[] =>
            [...text.matchAll(pattern)].map(([, value]) => unescaped(value!))
          return {
            status: response.status,
            ids: new Set(values(/\bid="([^"]*)"/g)),
            links: values(/\bhref="([^"]*)"/g),
          }
        })
        got.set(path, page)
      }
      return page
    }

    /** What is wrong with an address: null if it opens, at its fragment. */
    async function faultOf(address: string, from = '/docs/'): Promise<string | null> {
      const {pathname, search, hash, href, origin} = new URL(address, docent.url + from)
      if (origin !== docent.url || !pathname.startsWith('/docs')) return null
      if (href !== docent.url + address && !address.startsWith('#') && encodeURI(decodeURI(hash)) !== hash)
        return `${address} from ${from}: is not a URL`
      const {status, ids} = await read(pathname + search)
      if (status !== 200) return `${address} from ${from}: ${status}`
      const id = decodeURIComponent(hash.slice(1))
      return id === '' || ids.has(id) ? null : `${address} from ${from}: no such anchor`
    }

    test('in the list of all pages, and in the pages themselves', async () => {
      const faults: (string | null)[] = []
      const seen = new Set<string>()
      const open = ['/docs/']
      for (let path = open.shift(); path !== undefined; path = open.shift()) {
        if (seen.has(path)) continue
        seen.add(path)
        for (const link of (await read(path)).links) {
          faults.push(await faultOf(link, path))
          const {pathname, origin} = new URL(link, docent.url + path)
          if (origin === docent.url && pathname.startsWith('/docs')) open.push(pathname)
        }
      }

      expect(faults.filter(Boolean)).toEqual([])
      expect([...seen].filter((path) => !path.endsWith('.md')).length).toBeGreaterThanOrEqual(
        words.length - 1,
      )
    })

    test('in search results, and each opens the page that it is about', async () => {
      const faults: (string | null)[] = []
      for (const word of words) {
        const response = await fetch(`${docent.url}/api/search?q=${word}&k=50`)
        const {results} = (await response.json()) as {
          results: {url: string; anchor: string; text: string}[]
        }
        expect(results.length).toBeGreaterThan(0)
        for (const {url, anchor} of results)
          faults.push(await faultOf(anchor === '' ? url : `${url}#${anchor}`))
        const about = results.find(({text}) => text.includes(`The ${word} swims`))!
        if (about.url.startsWith('/')) {
          expect(await (await fetch(docent.url + about.url)).text()).toContain(`The ${word} swims`)
        }
      }

      expect(faults.filter(Boolean)).toEqual([])
    })

    test('in the sources of answers', async () => {
      const {seen, all} = await docent.read({question: 'How do I feed the percent and the giant?'})
      await all()
      const sources = seen.flatMap(
        ({data}) => (data['sources'] as {url: string; anchor: string}[] | undefined) ?? [],
      )

      expect(sources.length).toBeGreaterThan(0)
      const faults = await Promise.all(sources.map(({url, anchor}) => faultOf(`${url}#${anchor}`)))
      expect(faults.filter(Boolean)).toEqual([])
    })
  },
)

describe('addresses as they were given before', () => {
  let folder: ContentFolder
  let docent: TestDocent

  beforeAll(async () => {
    folder = contentFolder(files)
    const {content, dataDir} = folder
    await ingest({content, dataDir, embedder: async () => embedder, openParser: directParser})
    docent = await startDocent({dataDir, builds: localBuilds(dataDir), retriever: null, generator: null})
  })

  afterAll(async () => {
    await docent.close()
    folder.clear()
  })

  test.each([
    ['/docs/50%', 'percent'],
    ['/docs/a%20b', 'blank'],
    [`/docs/${encodeURI(composed)}/d%c3%a9j%c3%a0`, 'giant'],
    [`/docs/${encodeURI(decomposed)}/déjà`, 'giant'],
    ['/docs/reference', 'reference'],
    ['/docs/reference/_index', 'reference'],
    ['/docs/tools/README/', 'tool'],
    ['/docs/old', 'ending'],
    ['/docs//guide//more/', 'more'],
    ['/docs/outside', 'outsider'],
  ])('%s still opens', async (path, word) => {
    const response = await fetch(docent.url + path)

    expect(response.status).toBe(200)
    expect(await response.text()).toContain(`The ${word} swims`)
  })
})

function unescaped(text: string): string {
  const signs: Readonly<Record<string, string>> = {
    amp: '&',
    lt: '<',
    gt: '>',
    quot: '"',
    '#x26': '&',
    '#39': "'",
    '#x3C': '<',
    '#x22': '"',
    '#x27': "'",
  }
  return text.replace(/&(#?\w+);/g, (whole, name: string) => signs[name] ?? whole)
}
