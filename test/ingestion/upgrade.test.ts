import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {createRetriever} from '../../src/retrieval/create-retriever.ts'
import {buildFolder, currentBuildId, localBuilds, openCurrentBuild} from '../../src/search-index/index.ts'
import {hashingEmbedder} from '../support/hashing-embedder.ts'
import {ingestFolder, newFolder} from '../support/ingest-world.ts'

test('an index of an older version is served until the next ingest rebuilds it', async () => {
  const folder = newFolder({
    'plans.md': '# Plans\n\n## Free plan\n\nUp to 3 projects.\n\n## Team plan\n\nUp to 50 projects.\n',
  })
  const embedder = hashingEmbedder()
  await ingestFolder(folder, {}, embedder)
  const before = (await currentBuildId(folder.dataDir))!
  const file = join(buildFolder(folder.dataDir, before), 'manifest.json')
  const manifest = readFileSync(file, 'utf8')
  writeFileSync(file, manifest.replace(/"cutter": ?"\d+-/, '"cutter": "5-'))
  expect(readFileSync(file, 'utf8')).not.toBe(manifest)

  const current = await openCurrentBuild(localBuilds(folder.dataDir))
  const retriever = createRetriever({current, embedder, siteUrl: null})
  const {sources} = await retriever.retrieve({
    question: 'How many projects does the Team plan allow?',
    history: [],
    version: null,
  })
  await current.close()
  expect(sources.slice(0, 2).map(({anchor, text}) => [anchor, text])).toEqual([
    ['team-plan', 'Up to 50 projects.'],
    ['free-plan', 'Up to 3 projects.'],
  ])

  const report = await ingestFolder(folder, {}, embedder)
  expect(report.outcome).toBe('published')
  expect(await currentBuildId(folder.dataDir)).not.toBe(before)
})
