import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {largestEfFor, tuneVectorSearch, withTuning} from '../../src/ingestion/tune-vector-search.ts'
import {randomNormal, seededRandom} from '../../src/lib/random.ts'
import {
  buildFolder,
  hnswFile,
  type IndexBuild,
  type NeighbourRecall,
  openBuild,
  readManifest,
  writeBuild,
  writeManifest,
} from '../../src/search-index/index.ts'
import {randomPages} from '../support/sample-pages.ts'

const dimensions = 64
const random = seededRandom(5)

/** Directions without any order are what a graph finds hardest. */
function randomVector(): Float32Array {
  const vector = Float32Array.from({length: dimensions}, () => randomNormal(random))
  const length = Math.hypot(...vector)
  return vector.map((value) => value / length)
}

const vectors = (count: number): Float32Array[] => Array.from({length: count}, randomVector)
const questions = {own: vectors(30), mixed: vectors(30)}
const dataDir = mkdtempSync(join(tmpdir(), 'docent-tune-'))
let folder: string
let build: IndexBuild
let tuning: {readonly ef: number; readonly recall: NeighbourRecall}

beforeAll(async () => {
  const {id} = await writeBuild(dataDir, randomPages(1_200), {
    embedding: {id: 'random', name: 'random', dimensions},
    embed: async (texts) => vectors(texts.length),
  })
  folder = buildFolder(dataDir, id)
  build = await openBuild(folder)
  const {ef, recall} = await tuneVectorSearch(build, questions, {maxEf: 4_096})
  tuning = {ef: ef!, recall}
})

afterAll(() => {
  build.close()
  rmSync(dataDir, {recursive: true, force: true})
})

/** Share of the ten nearest that are among the 64 found. */
function recallAt10(nearest: IndexBuild['nearest'], asked: readonly Float32Array[]): number {
  const found = asked.map((vector) => {
    const hits = new Set(nearest(vector, 64).map((hit) => hit.passageId))
    return build.nearestExact(vector, 10).filter(({passageId}) => hits.has(passageId)).length
  })
  return found.reduce((sum, count) => sum + count, 0) / (10 * asked.length)
}

describe('tuning the search by vectors', () => {
  test('finds an ef that reaches the recall which the smallest one misses', () => {
    const {ef, recall} = tuning

    expect(recallAt10((vector, k) => build.nearest(vector, k, {ef: 96}), questions.own)).toBeLessThan(0.97)
    expect(recallAt10(withTuning(build, tuning).nearest, questions.own)).toBeGreaterThanOrEqual(0.98)
    expect(recallAt10(withTuning(build, tuning).nearest, vectors(60))).toBeGreaterThan(0.95)
    expect(ef).toBeGreaterThan(96)
    expect(recall.at10).toBeGreaterThanOrEqual(0.98)
    expect(recall.at64).toBeLessThanOrEqual(recall.at10)
  })

  test('does not go beyond what is needed by more than a fifth', async () => {
    const lower = Math.floor(tuning.ef / 1.2)

    const {ef} = await tuneVectorSearch(build, questions, {from: {ef: lower}, maxEf: lower})

    expect(ef).toBeUndefined()
  })

  test('takes sketches, with the shortlist that finds enough, where the largest allowed ef does not', async () => {
    const {ef, shortlist, recall} = await tuneVectorSearch(build, questions, {maxEf: 110})
    const less = {shortlist: Math.floor(shortlist! / 1.25)}

    expect(ef).toBeUndefined()
    expect(shortlist).toBeLessThan(build.manifest.counts.passages)
    expect(recall.at10).toBeGreaterThanOrEqual(0.98)
    expect(recallAt10(withTuning(build, {shortlist: shortlist!, recall}).nearest, questions.own)).toBe(
      recallAt10((vector, k) => build.nearest(vector, k, {shortlist: shortlist!}), questions.own),
    )
    const lowest = Math.min(
      ...[questions.own, questions.mixed].map((asked) =>
        recallAt10((vector, k) => build.nearest(vector, k, less), asked),
      ),
    )
    expect(lowest).toBeLessThan(0.98)
  })

  test('keeps to sketches where a build was searched by them, and grows their shortlist where it has to', async () => {
    const {shortlist} = await tuneVectorSearch(build, questions, {from: {shortlist: 300}})
    const larger = await tuneVectorSearch(build, questions, {from: {shortlist: shortlist! + 7}})

    expect(shortlist).toBeGreaterThan(300)
    expect(larger.shortlist).toBe(shortlist! + 7)
  })

  test('allows a larger ef the more sketches there are to compare', () => {
    expect([0, 20_000, 100_000, 1_000_000].map(largestEfFor)).toEqual([256, 256, 1_000, 4_096])
  })

  test('keeps a larger ef to begin with where it is enough', async () => {
    const {ef} = await tuneVectorSearch(build, questions, {from: {ef: tuning.ef + 7}, maxEf: 4_096})

    expect(ef).toBe(tuning.ef + 7)
  })

  test('is found in full where there is nothing to ask', async () => {
    const {ef, recall} = await tuneVectorSearch(build, {own: [], mixed: []})

    expect({ef, ...recall}).toEqual({ef: 96, at10: 1, at64: 1, at256: 1})
  })

  test('finds nothing, and nothing missing, in a build without text', async () => {
    const {id} = await writeBuild(dataDir, [], {
      embedding: {id: 'random', name: 'random', dimensions},
      embed: async () => [],
    })
    const empty = await openBuild(buildFolder(dataDir, id))
    try {
      expect(await tuneVectorSearch(empty, questions)).toEqual({ef: 96, recall: {at10: 1, at64: 1, at256: 1}})
    } finally {
      empty.close()
    }
  })

  test('stops when aborted', async () => {
    const stopping = new AbortController()
    const tuned = tuneVectorSearch(build, questions, {signal: stopping.signal})
    stopping.abort(new Error('stopped'))

    await expect(tuned).rejects.toThrow('stopped')
  })
})

describe('a build', () => {
  const idsOf = (hits: ReturnType<IndexBuild['nearest']>): number[] => hits.map((hit) => hit.passageId)

  async function withReopened<T>(look: (reopened: IndexBuild) => T): Promise<T> {
    const reopened = await openBuild(folder)
    try {
      return look(reopened)
    } finally {
      reopened.close()
    }
  }

  test('without a measured ef is searched with one that grows with its passages', () => {
    const {passages} = build.manifest.counts
    const usual = Math.ceil(2 * Math.sqrt(passages))

    expect(build.manifest.hnsw).not.toHaveProperty('ef')
    expect(usual).toBeGreaterThan(96)
    for (const vector of questions.own) {
      expect(idsOf(build.nearest(vector, 10))).toEqual(idsOf(build.nearest(vector, 10, {ef: usual})))
    }
  })

  test('is searched with the ef of its manifest', async () => {
    const manifest = await readManifest(folder)
    await writeManifest(folder, withTuning(build, tuning).manifest)
    try {
      expect((await readManifest(folder)).hnsw).toEqual({...manifest.hnsw, ...tuning})
      const hits = await withReopened((reopened) =>
        questions.own.map((vector) => reopened.nearest(vector, 64)),
      )
      expect(hits).toEqual(questions.own.map((vector) => build.nearest(vector, 64, {ef: tuning.ef})))
    } finally {
      await writeManifest(folder, manifest)
    }
  })

  test('is searched with the shortlist of its manifest', async () => {
    const manifest = await readManifest(folder)
    const {recall} = tuning
    await writeManifest(folder, withTuning(build, {shortlist: 400, recall}).manifest)
    try {
      expect((await readManifest(folder)).hnsw).toEqual({...manifest.hnsw, shortlist: 400, recall})
      const hits = await withReopened((reopened) =>
        questions.own.map((vector) => reopened.nearest(vector, 64)),
      )
      expect(hits).toEqual(questions.own.map((vector) => build.nearest(vector, 64, {shortlist: 400})))
    } finally {
      await writeManifest(folder, manifest)
    }
  })

  test('by a shortlist of all passages is searched exactly', () => {
    const {passages} = build.manifest.counts

    for (const vector of questions.mixed)
      expect(build.nearest(vector, 20, {shortlist: passages})).toEqual(build.nearestExact(vector, 20))
  })

  // The last one: it leaves the graph damaged.
  test('with a damaged graph is searched exactly, whatever its ef', async () => {
    await writeManifest(folder, withTuning(build, {...tuning, ef: 1}).manifest)
    writeFileSync(join(folder, hnswFile), 'damaged')

    const recall = await withReopened(({nearest}) => recallAt10(nearest, questions.own))

    expect(recall).toBe(1)
  })
})
