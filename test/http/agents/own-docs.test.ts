import {fileURLToPath} from 'node:url'
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest'
import {ingest} from '../../../src/ingestion/index.ts'
import {localBuilds} from '../../../src/search-index/index.ts'
import {type ContentFolder, contentFolder} from '../../support/content-folder.ts'
import {directParser} from '../../support/direct-parser.ts'
import {hashingEmbedder} from '../../support/hashing-embedder.ts'
import {startDocent, type TestDocent} from '../../support/start-docent.ts'
import {get, linksIn} from './agent-docs.ts'

vi.setConfig({testTimeout: 60_000, hookTimeout: 120_000})

const embedder = hashingEmbedder({dimensions: 8})
const own = fileURLToPath(new URL('../../../content', import.meta.url))
const folderOf = (name: string, folder: string) => ({kind: 'folder', name, folder, generator: null}) as const

async function serve(
  folder: ContentFolder,
  content: Parameters<typeof ingest>[0]['content'],
): Promise<TestDocent> {
  const {dataDir} = folder
  await ingest({content, dataDir, embedder: async () => embedder, openParser: directParser})
  return startDocent({dataDir, builds: localBuilds(dataDir), retriever: null})
}

describe('the docs of Docent itself, for agents', () => {
  let folder: ContentFolder
  let docent: TestDocent

  beforeAll(async () => {
    folder = contentFolder()
    docent = await serve(folder, own)
  })
  afterAll(async () => {
    await docent.close()
    folder.clear()
  })

  test('are listed with a description each, in the order of the site', async () => {
    const links = linksIn((await get(docent, '/llms.txt')).text)

    expect(links.length).toBeGreaterThan(20)
    expect(links[0]).toMatchObject({title: 'What is Docent?', url: `${docent.url}/docs/index.md`})
    expect(links.slice(0, 4).map(({url}) => url.split('/').at(-1))).toEqual([
      'index.md',
      'install.md',
      'first-answer.md',
      'ingesting.md',
    ])
    for (const {title, rest} of links) expect(rest, title).toMatch(/^: \S/)
  })

  test('link in one file to Markdown that is there', async () => {
    const {text} = await get(docent, '/llms-full.txt')
    const {links} = linkedIn(text)
    const addresses = new Set(links.map((link) => link.split('#')[0]!))

    expect(links.filter((link) => !/^https?:/.test(link))).toEqual([])
    const here = [...addresses].filter((address) => address.startsWith(docent.url))
    expect(here.length).toBeGreaterThan(20)
    for (const address of here) {
      const {status, type} = await get(docent, address.slice(docent.url.length))
      expect([address, status, type]).toEqual([address, 200, 'text/markdown; charset=utf-8'])
    }
  })
})

/** Links of Markdown outside code. */
function linkedIn(text: string): {readonly links: readonly string[]} {
  const words = text.replace(/^ *(`{3,}|~{3,})[\s\S]*?^ *\1.*$/gm, '').replace(/`[^`\n]*`/g, '')
  return {links: [...words.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!)}
}

test('of several sources each is listed as it is now, under its own groups', async () => {
  const folder = contentFolder({
    'app/index.md': '# App\n\nThe app.',
    'app/guides/start.md': '# Start\n\nSee [the API](/api/calls) and [the app](../index.md).',
    'api/v1/calls.md': '---\nversion: "1.0"\n---\n# Old calls\n\nOld.',
    'api/v2/calls.md': '---\nversion: "2.0"\n---\n# Calls\n\nNew.',
  })
  const {content} = folder
  const docent = await serve(folder, [folderOf('app', `${content}/app`), folderOf('api', `${content}/api`)])
  try {
    const {text} = await get(docent, '/llms.txt')
    const titles = linksIn(text).map(({title}) => title)

    expect(titles.toSorted()).toEqual(['App', 'Calls', 'Start'])
    expect(text).toContain('other versions are not listed here: 1.0.')
    expect(text.match(/^## .*$/gm)!.length).toBeGreaterThan(1)
    expect(linksIn((await get(docent, '/llms.txt?version=1.0')).text).map(({title}) => title)).toEqual([
      'Old calls',
    ])
    expect((await get(docent, '/docs/app/guides/start.md')).text).toContain(
      `[the app](${docent.url}/docs/app.md)`,
    )
  } finally {
    await docent.close()
    folder.clear()
  }
})
