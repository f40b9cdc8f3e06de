import {afterAll, beforeAll, expect, test} from 'vitest'
import {ingest} from '../../src/ingestion/index.ts'
import {questionTermsOf} from '../../src/retrieval/question-terms.ts'
import {rankSections} from '../../src/retrieval/ranking.ts'
import type {Stage} from '../../src/retrieval/stages.ts'
import {buildFolder, currentBuildId, type IndexBuild, openBuild} from '../../src/search-index/index.ts'
import {contentFolder} from '../support/content-folder.ts'
import {directParser} from '../support/direct-parser.ts'
import {hashingEmbedder} from '../support/hashing-embedder.ts'

const embedder = hashingEmbedder({dimensions: 64})
/** Two pages say the same of volumes; others link to one of them, and one page speaks of something else. */
const folder = contentFolder({
  'one.md': '# One\n\nA volume keeps files when the container restarts.\n',
  'two.md': '# Two\n\nA volume keeps files when the container restarts.\n',
  'guide.md':
    '# Guide\n\nMount a volume for files. See [more](two.md) and [again](two.md).\n\n## End\n\n[more](two.md)\n',
  'other.md': '# Other\n\n[Two](two) tells of it.\n',
  'sound.md': '# Sound\n\nThe volume of speakers.\n',
})
let build: IndexBuild

beforeAll(async () => {
  const {content, dataDir} = folder
  await ingest({content, dataDir, embedder: async () => embedder, openParser: directParser, force: true})
  build = await openBuild(buildFolder(dataDir, (await currentBuildId(dataDir))!))
})
afterAll(() => {
  build.close()
  folder.clear()
})

async function ranked(question: string, without: readonly Stage[] = []) {
  const query = {
    terms: questionTermsOf(build, question),
    vector: await embedder.embedQuery(question),
    contextTerms: [],
    contextWeight: 0,
    version: null,
    wordVectors: null,
  }
  const {candidates} = rankSections(build, query, 20, new Set(without))
  return (path: string) => candidates.find(({section}) => section.page.path === path)!
}

test('a build knows which sections link to a page, each once, and how many pages do', () => {
  const idOf = (path: string) => build.pageByPath(path)!.id
  const guide = build.sectionsOf(idOf('guide.md'))

  expect(guide.map(({id}) => build.pagesLinkedFrom(id))).toEqual([[idOf('two.md')], [idOf('two.md')]])
  expect(['one.md', 'two.md', 'guide.md'].map((path) => build.linkingPages(idOf(path)))).toEqual([0, 2, 0])
})

test('of two sections that match alike, the one that the others link to comes first', async () => {
  const at = await ranked('volume that keeps files')

  expect(at('two.md').features.bm25).toBeCloseTo(at('one.md').features.bm25)
  expect(at('two.md').features.linked).toBeGreaterThan(at('one.md').features.linked)
  expect(at('guide.md').features.linked).toBeGreaterThan(0)
  expect(at('two.md').features.linkingPages).toBeGreaterThan(0)
  expect(at('two.md').score).toBeGreaterThan(at('one.md').score)

  const withoutLinks = await ranked('volume that keeps files', ['links'])
  expect(withoutLinks('two.md').features).toMatchObject({linked: 0, linkingPages: 0})
})

test('a section that resembles what else was found is told from one that shares a word', async () => {
  const at = await ranked('volume that keeps files')

  expect(at('one.md').features.alike).toBeGreaterThan(at('sound.md').features.alike)

  const without = await ranked('volume that keeps files', ['alike'])
  expect(without('one.md').features.alike).toBe(0)
})
