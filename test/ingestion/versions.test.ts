import {afterEach, expect, test} from 'vitest'
import {ingest} from '../../src/ingestion/index.ts'
import {createRetriever} from '../../src/retrieval/create-retriever.ts'
import {localBuilds, openCurrentBuild} from '../../src/search-index/index.ts'
import {type ContentFolder, contentFolder} from '../support/content-folder.ts'
import {directParser} from '../support/direct-parser.ts'
import {hashingEmbedder} from '../support/hashing-embedder.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** Ingests a folder and opens a search over it. Pages are named by their path on the site. */
async function searchOver(files: Readonly<Record<string, string>>) {
  const folder: ContentFolder = contentFolder(files)
  cleanups.push(folder.clear)
  const embedder = hashingEmbedder()
  await ingest({
    content: folder.content,
    dataDir: folder.dataDir,
    embedder: async () => embedder,
    openParser: directParser,
  })
  const current = await openCurrentBuild(localBuilds(folder.dataDir))
  cleanups.push(() => current.close())
  const retriever = createRetriever({current, embedder, siteUrl: 'https://docs.example'})
  return {
    versions(): string[] {
      const lease = current.lease()!
      try {
        return lease.build.versions()
      } finally {
        lease.release()
      }
    },
    async found(text: string, version: string | null): Promise<string[]> {
      const {hits} = await retriever.search({text, version, limit: 10}, {})
      return [...new Set(hits.map((hit) => new URL(hit.url).pathname))].sort()
    },
    retrieve: (question: string, version: string) => retriever.retrieve({question, history: [], version}),
  }
}

const page = (words: string) => `# Ports\n\n## Open a port\n\nOpen the firewall ports ${words}.\n`

test('Docusaurus: each version is found by its name, and the current docs without a name', async () => {
  const docs = await searchOver({
    'docusaurus.config.js': 'export default {title: "x", baseUrl: "/"}\n',
    'docs/ports.md': page('of the newest'),
    'versioned_docs/version-1.0/ports.md': page('of the first'),
    'versioned_docs/version-2.0/ports.md': page('of the second'),
  })

  expect(docs.versions()).toEqual(['1.0', '2.0'])
  expect(await docs.found('open firewall ports', '1.0')).toEqual(['/docs/1.0/ports'])
  expect(await docs.found('open firewall ports', '2.0')).toEqual(['/docs/2.0/ports'])
  expect(await docs.found('open firewall ports', null)).toContain('/docs/ports')
})

test('folders and front matter also name versions; front matter wins', async () => {
  const docs = await searchOver({
    'v1.2/ports.md': page('before'),
    'v2/ports.md': page('after'),
    'old/ports.md': `---\nversion: "0.9"\n---\n${page('long ago')}`,
    'v2/next.md': `---\nversion: "3"\n---\n${page('soon')}`,
    'faq.md': page('of any version'),
  })

  expect(docs.versions()).toEqual(['0.9', '3', 'v1.2', 'v2'])
  expect(await docs.found('open firewall ports', 'v1.2')).toEqual(['/v1.2/ports'])
  expect(await docs.found('open firewall ports', '0.9')).toEqual(['/old/ports'])
  expect(await docs.found('open firewall ports', '3')).toEqual(['/v2/next'])
})

test('a version that does not exist is refused, not answered from another', async () => {
  const docs = await searchOver({'v1.2/ports.md': page('before'), 'v2/ports.md': page('after')})

  await expect(docs.retrieve('How do I open the firewall ports?', '9')).rejects.toMatchObject({
    code: 'version_not_found',
  })
  await expect(docs.found('open firewall ports', '9')).rejects.toMatchObject({code: 'version_not_found'})
})
