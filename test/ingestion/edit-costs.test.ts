import {afterEach, describe, expect, test, vi} from 'vitest'
import type {IngestReport} from '../../src/ingestion/index.ts'
import {buildFolder, type Manifest, readManifest, writeManifest} from '../../src/search-index/index.ts'
import {PageRows} from '../../src/search-index/page-rows.ts'
import {StoredVectors} from '../../src/search-index/stored-vectors.ts'
import {VectorSketches} from '../../src/search-index/vector-sketches.ts'
import {hashingEmbedder} from '../support/hashing-embedder.ts'
import {newFolder, ingestFolder as run} from '../support/ingest-world.ts'
import {randomFrom} from '../support/random.ts'

const sectionsPerPage = 20

function pageText(number: number): string {
  const words = randomFrom(number)
  const text = () => Array.from({length: 12}, () => `w${Math.floor(words() ** 2 * 4_000)}`).join(' ')
  const sections = Array.from({length: sectionsPerPage}, (_, at) => `## Part ${at}\n\n${text()}.`)
  return [`# Page ${number}`, ...sections].join('\n\n')
}

/** A folder whose graph is large enough to be edited, and not made anew by every ingest. */
function largeFolder(pages = 110) {
  return newFolder(Object.fromEntries(Array.from({length: pages}, (_, i) => [`p${i}.md`, pageText(i)])))
}

/** Changes what the current build says about itself. */
async function rewriteManifest(
  dataDir: string,
  {build}: IngestReport,
  change: (manifest: Manifest) => Partial<Manifest>,
): Promise<void> {
  const folder = buildFolder(dataDir, build!)
  const manifest = await readManifest(folder)
  await writeManifest(folder, {...manifest, ...change(manifest)})
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe('an edit of a large collection', () => {
  test('searches and stores as much as it changed, whatever the size of the collection', async () => {
    const exact = vi.spyOn(StoredVectors.prototype, 'nearest')
    const stored = vi.spyOn(PageRows.prototype, 'insertPassage')
    const sketched = vi.spyOn(VectorSketches, 'atOnce')
    for (const pages of [110, 165]) {
      const folder = largeFolder(pages)
      await run(folder)
      expect(exact.mock.calls.length).toBeGreaterThan(200)
      for (const spy of [exact, stored, sketched]) spy.mockClear()
      folder.write('p7.md', `${pageText(7)}\n\n## Added\n\nOne more part.\n`)

      const report = await run(folder)

      expect(report.changes).toHaveLength(1)
      expect(stored).toHaveBeenCalledTimes(sectionsPerPage + 1)
      // At some of the passages that it touched, and in one of ten searches of the verification.
      expect(exact.mock.calls.length).toBeLessThanOrEqual(2 * 6 + 12)
      expect(sketched).not.toHaveBeenCalled()
    }
  })

  test('that only removes a page loads no model', async () => {
    const folder = largeFolder()
    const embedderKey = 'known'
    await run(folder, {embedderKey})
    folder.remove('p7.md')
    const embedder = vi.fn(async () => hashingEmbedder())

    const report = await run(folder, {embedderKey, embedder})

    expect(report).toMatchObject({outcome: 'published', pages: {removed: 1}})
    expect(embedder).not.toHaveBeenCalled()
  })

  test('keeps the way to search, and weighs what is found at its passages into the recall', async () => {
    const folder = largeFolder()
    const first = await run(folder)
    // No measurement would give these.
    const hnsw = {ef: 111, recall: {at10: 0.99, at64: 0.25, at256: 0.25}}
    await rewriteManifest(folder.dataDir, first, (manifest) => ({hnsw: {...manifest.hnsw, ...hnsw}}))
    folder.write('p7.md', `${pageText(7)}\n\n## Added\n\nOne more part.\n`)

    const {graph} = await run(folder)

    expect(graph!.ef).toBe(111)
    const share = (sectionsPerPage + 1) / (110 * sectionsPerPage + 1)
    expect(graph!.recall.at64).toBeGreaterThan(0.25)
    expect(graph!.recall.at64).toBeLessThanOrEqual(0.25 + 0.75 * share)
  })

  test.each([
    ['what was found falls short of the target', (manifest: Manifest) => ({hnsw: poor(manifest)})],
    [
      'the edits since the last time touched a twentieth of it',
      ({hnsw, summary}: Manifest) => ({
        hnsw: {...hnsw, ...marked},
        summary: {...summary!, passagesSinceTuning: (110 * sectionsPerPage) / 20},
      }),
    ],
    [
      'nobody measured it',
      ({hnsw: {m, efConstruction, metric}}: Manifest) => ({hnsw: {m, efConstruction, metric}}),
    ],
  ])('measures the whole build again where %s', async (_why, change) => {
    const folder = largeFolder()
    await rewriteManifest(folder.dataDir, await run(folder), change)
    folder.write('p7.md', `${pageText(7)}\n\n## Added\n\nOne more part.\n`)
    const exact = vi.spyOn(StoredVectors.prototype, 'nearest')

    const report = await run(folder)

    expect(exact.mock.calls.length).toBeGreaterThan(150)
    expect(report.graph!.recall.at10).toBeGreaterThanOrEqual(0.98)
    expect(report.graph!.recall.at64).toBeGreaterThan(0.5)
    const {summary} = await readManifest(buildFolder(folder.dataDir, report.build!))
    expect(summary!.passagesSinceTuning).toBe(0)
  })

  test('counts pages that moved as touched, though no passage is new', async () => {
    const folder = largeFolder()
    await run(folder)
    folder.remove('p7.md')
    folder.write('moved/p7.md', pageText(7))

    const report = await run(folder)

    const {summary} = await readManifest(buildFolder(folder.dataDir, report.build!))
    expect(summary!.passagesSinceTuning).toBe(sectionsPerPage)
  })
})

const marked = {ef: 111, recall: {at10: 0.99, at64: 0.25, at256: 0.25}}

function poor({hnsw}: Manifest): Manifest['hnsw'] {
  return {...hnsw, ef: 96, recall: {at10: 0.9, at64: 0.25, at256: 0.25}}
}

describe('the stages of a report', () => {
  test('add up to what the ingest took', async () => {
    const folder = largeFolder(60)
    const least = new Map<string, number>()
    const note = ({outcome, stages, tookMs}: IngestReport): void => {
      const named = Object.values(stages).reduce((sum, ms) => sum + ms, 0)
      const unnamed = Math.abs(tookMs - named) / tookMs
      least.set(outcome, Math.min(unnamed, least.get(outcome) ?? 1))
    }
    // Another process may take the processor between two stages, but not every time.
    for (let round = 0; round < 5; round++) {
      folder.write('p7.md', `${pageText(7)}\n\n## Added ${round}\n\nOne more part.\n`)
      note(await run(folder, {dryRun: true}))
      note(await run(folder))
      note(await run(folder))
    }

    expect([...least.keys()].sort()).toEqual(['dry-run', 'published', 'unchanged'])
    for (const unnamed of least.values()) expect(unnamed).toBeLessThan(0.1)
  })
})
