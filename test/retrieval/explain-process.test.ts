import {afterAll, beforeAll, expect, test} from 'vitest'
import {openEmbedder} from '../../src/embedding/index.ts'
import {ingest} from '../../src/ingestion/index.ts'
import {openBuildExplainer} from '../../src/retrieval/index.ts'
import {buildFolder, currentBuildId} from '../../src/search-index/index.ts'
import {type ContentFolder, contentFolder} from '../support/content-folder.ts'
import {directParser} from '../support/direct-parser.ts'
import {kettleDocs} from '../support/docs-team.ts'
import {hashingEmbedder} from '../support/hashing-embedder.ts'

/** Builds that are not served, searched in a process with a model of its own. */

const explainer = openBuildExplainer({model: null, cacheDir: 'data/models', languages: undefined})
const folders: ContentFolder[] = []
const query = {text: 'How do I change the port?', version: null, lang: null}
const {signal} = new AbortController()

async function buildWith(embedder: Awaited<ReturnType<typeof openEmbedder>>): Promise<string> {
  const folder = contentFolder(kettleDocs)
  folders.push(folder)
  const {content, dataDir} = folder
  await ingest({
    content,
    dataDir,
    embedder: async () => embedder,
    openParser: directParser,
    calibrate: async () => null,
  })
  return buildFolder(dataDir, (await currentBuildId(dataDir))!)
}

let ofModel = ''

beforeAll(async () => {
  const embedder = await openEmbedder({model: null})
  ofModel = await buildWith(embedder)
  await embedder.close()
}, 120_000)

afterAll(() => {
  explainer.close()
  for (const folder of folders) folder.clear()
})

test('a build that is not served is searched as the one that is', async () => {
  const explanation = await explainer.explain({folder: ofModel, siteUrl: null, query}, signal)

  expect(explanation.sections[0]).toMatchObject({path: 'settings.md', anchor: 'change-the-port', source: 1})
  expect(explanation.sources[0]!.text).toContain('8118')
}, 120_000)

test('one of another model says so, one that is gone too, and the process goes on', async () => {
  const folder = await buildWith(hashingEmbedder({dimensions: 8}))

  await expect(explainer.explain({folder, siteUrl: null, query}, signal)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringMatching(/was made with the embedding model/),
  })
  await expect(
    explainer.explain({folder: `${folder}-gone`, siteUrl: null, query}, signal),
  ).rejects.toMatchObject({code: 'conflict'})
  await expect(
    explainer.explain({folder: ofModel, siteUrl: null, query: {...query, version: '9.9'}}, signal),
  ).rejects.toMatchObject({code: 'version_not_found'})
}, 120_000)
