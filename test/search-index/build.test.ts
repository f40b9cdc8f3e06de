import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, onTestFinished, test, vi} from 'vitest'
import {openSqlite} from '../../src/native/index.ts'
import {fingerprintOf} from '../../src/search-index/durable-files.ts'
import {
  buildFolder,
  databaseFile,
  type IndexBuild,
  openBuild,
  readManifest,
  writeBuild,
  writeManifest,
} from '../../src/search-index/index.ts'
import {VectorSketches} from '../../src/search-index/vector-sketches.ts'
import {termsOf} from '../../src/text/terms.ts'
import {hashingEmbedder} from '../support/hashing-embedder.ts'
import {samplePage} from '../support/sample-pages.ts'

const weights = {title: 3, headings: 2, text: 1}
const embedder = hashingEmbedder()
const embedding = {id: embedder.id, name: embedder.name, dimensions: embedder.dimensions}
const embed = (texts: readonly string[]) => embedder.embedPassages(texts)
const folders: string[] = []

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'docent-index-'))
  folders.push(folder)
  return folder
}

afterAll(() => {
  for (const folder of folders) rmSync(folder, {recursive: true, force: true})
})

describe('a build', () => {
  let dataDir: string
  let build: IndexBuild

  beforeAll(async () => {
    dataDir = newFolder()
    const pages = [
      samplePage('guide.md', 'Volumes', [
        ['', 'A volume keeps files when a container restarts.'],
        ['Mounting', 'Name the volume in the pod.', 'Then mount it with --mount-path.'],
        ['Only a heading'],
      ]),
      samplePage('cli.md', 'Command line', [['Flags', 'Use --dry-run, c++ and node.js here.']]),
      samplePage('dots.md', '', [['', '…']]),
    ]
    const manifest = await writeBuild(dataDir, pages, {embedding, embed})
    build = await openBuild(buildFolder(dataDir, manifest.id))
  })
  afterAll(() => build.close())

  test('counts its pages, sections and passages', () => {
    expect(build.manifest.counts).toEqual({pages: 3, sections: 5, passages: 5})
  })

  test('finds a passage by its own vector', () => {
    const passage = build.passagesOf(build.sectionsOf(1)[1]!.id)[1]!

    const [best] = build.nearest(build.vectorOf(passage.id), 3)

    expect(best).toMatchObject({passageId: passage.id, sectionId: passage.sectionId})
    expect(best!.similarity).toBeCloseTo(1, 4)
  })

  test('returns fewer hits when there are fewer passages, and none for the passage without words', () => {
    const hits = build.nearest(build.vectorOf(1), 100)

    expect(hits.map((hit) => hit.passageId).sort()).toEqual([1, 2, 3, 4])
    expect(build.nearestExact(build.vectorOf(1), 100)).toHaveLength(4)
  })

  test('finds sections by words, best first', () => {
    const hits = build.matching(termsOf('mounting a volume'), 10, weights)

    const [best] = build.sections(hits.map((hit) => hit.sectionId))
    expect(best!.anchor).toBe('mounting')
    expect(hits.every((hit, i) => i === 0 || hits[i - 1]!.score >= hit.score)).toBe(true)
  })

  test('does not find a section that is only a heading', () => {
    const hits = build.matching(termsOf('only a heading'), 10, weights)

    expect(build.sections(hits.map((hit) => hit.sectionId)).map((section) => section.anchor)).not.toContain(
      'only-a-heading',
    )
  })

  test('counts the sections that contain a term', () => {
    expect(build.documentFrequency(termsOf('volume')[0]!)).toBe(2)
    expect(build.documentFrequency('nowhere')).toBe(0)
  })

  test('returns no hits without terms', () => {
    expect(build.matching([], 10, weights)).toEqual([])
    expect(build.matching([''], 10, weights)).toEqual([])
  })

  test('returns pages by address and by path, and their Markdown', () => {
    expect(build.pageByUrl('/guide')?.path).toBe('guide.md')
    expect(build.pageByPath('cli.md')?.title).toBe('Command line')
    expect(build.markdownOf(build.pageByPath('cli.md')!.id)).toContain('## Flags')
    expect(build.pageByUrl('/nowhere')).toBeNull()
  })

  test.each([
    ['too short', new Float32Array(3)],
    ['not a number', new Float32Array(32).fill(Number.NaN)],
    ['no typed array', Array(32).fill(0.1) as unknown as Float32Array],
  ])('refuses a vector that is %s before native code sees it', (_what, vector) => {
    expect(() => build.nearest(vector, 3)).toThrow(TypeError)
    expect(() => build.nearestExact(vector, 3)).toThrow(TypeError)
  })
})

describe('opening a build', () => {
  const writtenFolder = async (): Promise<string> => {
    const pages = [
      samplePage('a.md', 'A', [
        ['One', 'A volume keeps files.'],
        ['Two', 'Mount it in a pod.'],
      ]),
    ]
    const dataDir = newFolder()
    return buildFolder(dataDir, (await writeBuild(dataDir, pages, {embedding, embed})).id)
  }

  test('makes sketches of vectors only where it is searched by them', async () => {
    const made = vi.spyOn(VectorSketches, 'of')
    onTestFinished(() => made.mockRestore())
    const folder = await writtenFolder()
    const byGraph = await openBuild(folder)
    onTestFinished(() => byGraph.close())
    expect(made).not.toHaveBeenCalled()

    const manifest = await readManifest(folder)
    await writeManifest(folder, {...manifest, hnsw: {...manifest.hnsw, shortlist: 2}})
    const bySketches = await openBuild(folder)
    onTestFinished(() => bySketches.close())

    expect(made).toHaveBeenCalledTimes(1)
    const vector = byGraph.vectorOf(1)
    // Whoever asks for them gets them all the same.
    expect(byGraph.nearest(vector, 2, {shortlist: 2})).toEqual(bySketches.nearest(vector, 2))
    expect(bySketches.nearest(vector, 2)).toEqual(byGraph.nearestExact(vector, 2))
  })

  test('[damaged index] refuses one whose sections are not those of its manifest', async () => {
    const folder = await writtenFolder()
    const database = join(folder, databaseFile)
    const db = openSqlite(database)
    db.exec("DELETE FROM sections WHERE anchor = 'two'")
    db.close()
    const manifest = await readManifest(folder)
    const files = {...manifest.files, [databaseFile]: await fingerprintOf(database)}
    await writeManifest(folder, {...manifest, files})

    await expect(openBuild(folder)).rejects.toMatchObject({
      code: 'index_damaged',
      message: expect.stringContaining('it has 1 sections and 1 passages, its manifest says 2 and 2'),
    })
  })
})
