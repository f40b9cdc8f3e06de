import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {verifyBuild} from '../../src/ingestion/verify-build.ts'
import {buildFolder, type IndexBuild, openBuild, writeBuild} from '../../src/search-index/index.ts'
import {hashingEmbedder} from '../support/hashing-embedder.ts'
import {samplePage} from '../support/sample-pages.ts'

const embedder = hashingEmbedder()
const dataDir = mkdtempSync(join(tmpdir(), 'docent-verify-'))
let build: IndexBuild

beforeAll(async () => {
  const pages = Array.from({length: 40}, (_, i) =>
    samplePage(`p${i}.md`, `Page ${i}`, [
      ['Text', `words of page${i} about topic${i % 7} and thing${i * 3}`],
    ]),
  )
  const {id, name, dimensions} = embedder
  const written = await writeBuild(dataDir, pages, {
    embedding: {id, name, dimensions},
    embed: (texts) => embedder.embedPassages(texts),
  })
  build = await openBuild(buildFolder(dataDir, written.id))
})

afterAll(() => {
  build.close()
  rmSync(dataDir, {recursive: true, force: true})
})

/** The build with a graph whose n-th search returns what `answer` makes of the real hits. */
function withGraph(
  answer: (search: number, hits: ReturnType<IndexBuild['nearest']>) => typeof hits,
): IndexBuild {
  let searches = 0
  return Object.create(build, {
    nearest: {
      value: (vector: Float32Array, k: number) => answer(searches++, build.nearest(vector, k)),
    },
  }) as IndexBuild
}

describe('verifying a build', () => {
  test('an intact build finds all its sampled passages', () => {
    expect(verifyBuild(build)).toMatchObject({passages: 40, recallAt10: 1})
  })

  test('a graph that misses a passage now and then is accepted', () => {
    const forgetful = withGraph((search, hits) => (search % 20 === 0 ? hits.slice(1) : hits))

    expect(verifyBuild(forgetful).recallAt10).toBeGreaterThan(0.9)
  })

  test('a graph in which many passages do not find themselves is refused', () => {
    const broken = withGraph((search, hits) => (search % 4 === 0 ? hits.slice(1) : hits))

    expect(() => verifyBuild(broken)).toThrow('10 of 40 sampled passages do not find themselves')
  })

  test('a graph that finds the passage but not its neighbours is refused', () => {
    const lonely = withGraph((_, hits) => hits.slice(0, 1))

    expect(() => verifyBuild(lonely)).toThrow(/finds only \d+ % of the nearest passages/)
  })
})
