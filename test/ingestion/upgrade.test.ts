import {spawnSync} from 'node:child_process'
import {cpSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {describe, expect, onTestFinished, test} from 'vitest'
import {buildProgram} from '../../scripts/build/build-program.mjs'
import {activateBuild, ingest, type Stage, summaryOf} from '../../src/ingestion/index.ts'
import {createRetriever} from '../../src/retrieval/create-retriever.ts'
import {
  buildFolder,
  buildFormat,
  currentBuildId,
  type IndexBuild,
  localBuilds,
  type OpenCurrentBuild,
  openCurrentBuild,
} from '../../src/search-index/index.ts'
import {termsOf} from '../../src/text/terms.ts'
import type {ContentFolder} from '../support/content-folder.ts'
import {directParser} from '../support/direct-parser.ts'
import {hashingEmbedder} from '../support/hashing-embedder.ts'
import {ingestFolder, newFolder, withCurrent} from '../support/ingest-world.ts'

test('an index of an older chunker is served until the next ingest rebuilds it', async () => {
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

/** Pages and the build that an earlier version made of them: rare words in FTS5, common ones in lists of their own. */
const fixture = fileURLToPath(new URL('../fixtures/build-format-2/', import.meta.url))
const oldId = readFileSync(join(fixture, 'data/CURRENT'), 'utf8').trim()
const ingestOnce = await buildProgram('test/support/ingest-once.ts')

const embedder = hashingEmbedder()
const questions = [
  'rowing boat',
  'the keeper of berth 42',
  'when is high water',
  '満潮',
  '管理',
  '--dry-run',
  'café',
]

const vectors = await Promise.all(questions.map((question) => embedder.embedQuery(question)))

/** A copy of them. */
function oldFolder(): ContentFolder {
  const folder = newFolder()
  cpSync(join(fixture, 'content'), folder.content, {recursive: true})
  cpSync(join(fixture, 'data'), folder.dataDir, {recursive: true})
  return folder
}

/** Sections by words and by vectors with their scores, and how often each word stands. */
function answersOf(build: IndexBuild): unknown[] {
  const placeOf = (id: number): string => {
    const [section] = build.sections([id])
    return `${section!.page.path}#${section!.anchor}`
  }
  return questions.map((question, at) => {
    const terms = termsOf(question)
    return {
      question,
      frequencies: terms.map((term) => build.documentFrequency(term)),
      beginnings: build.termsFrom([...terms[0]!][0]!, 50),
      byWords: build
        .matching(terms, 100, {title: 3, headings: 2, text: 1})
        .map(({sectionId, score}) => `${placeOf(sectionId)} ${score.toFixed(9)}`),
      byVectors: build
        .nearest(vectors[at]!, 5)
        .map(({sectionId, similarity}) => `${placeOf(sectionId)} ${similarity.toFixed(6)}`),
    }
  })
}

function bestByWords(build: IndexBuild, question: string): string | undefined {
  const [hit] = build.matching(termsOf(question), 1, {title: 3, headings: 2, text: 1})
  return build.sections(hit ? [hit.sectionId] : []).map(({page, anchor}) => `${page.path}#${anchor}`)[0]
}

async function openCurrent(folder: ContentFolder): Promise<OpenCurrentBuild> {
  const current = await openCurrentBuild(localBuilds(folder.dataDir))
  onTestFinished(() => current.close())
  return current
}

describe('a build of format 2', () => {
  test('is served: rare words, common ones, those of other scripts, and vectors find their sections', async () => {
    const current = await openCurrent(oldFolder())
    const {build, release} = current.lease()

    expect(current.problem).toBeNull()
    expect(build.manifest).toMatchObject({id: oldId, format: 2, chunker: expect.stringMatching(/^6-plain-/)})
    expect(questions.map((question) => bestByWords(build, question))).toEqual([
      'boats.md#renting-a-rowing-boat',
      'berths.md#berth-42',
      'tides.md#when-to-leave',
      'minato.md#潮の時刻',
      'minato.md#船を借りる',
      'tides.md#reading-the-table',
      'fees.md#moorings',
    ])
    const [near] = build.nearest(await embedder.embedQuery('tie the boat to its berth'), 1)
    expect(build.sections([near!.sectionId])[0]!.page.path).toBe('boats.md')
    expect(build.documentFrequency(termsOf('keeper')[0]!)).toBeGreaterThan(64)
    expect(build.termsFrom('keep', 5)).toEqual([{term: 'keeper', frequency: 72}])
    expect(build.termsFrom('満', 5)).toEqual([{term: '満潮', frequency: 1}])
    // It has no outline: its pages are listed by path.
    expect(build.outline().map(({depth, page}) => [depth, page!.path])).toEqual(
      build.pages().map(({path}) => [0, path]),
    )
    release()
  })

  test('is made anew by the next ingest, which embeds nothing again and finds the same as before', async () => {
    const folder = oldFolder()
    const before = await withCurrent(folder, answersOf)
    const embedder = hashingEmbedder()

    const report = await ingestFolder(folder, {}, embedder)

    expect(report).toMatchObject({outcome: 'published', previous: oldId, pages: {total: 6}})
    expect(embedder.embedded()).toBe(0)
    await withCurrent(folder, (build) => {
      expect(build.manifest).toMatchObject({format: buildFormat, chunker: expect.any(String)})
      expect(answersOf(build)).toEqual(before)
    })
    expect(await ingestFolder(folder)).toMatchObject({outcome: 'unchanged'})
  })

  test('gives its last good page to the next one where a file cannot be read', async () => {
    const folder = oldFolder()
    folder.write('boats.md', `# Boats\n${'\0'.repeat(20)}\n`)
    const embedder = hashingEmbedder()

    const report = await ingestFolder(folder, {}, embedder)

    expect(report).toMatchObject({outcome: 'published', pages: {total: 6, stale: 1}})
    expect(embedder.embedded()).toBe(0)
    await withCurrent(folder, (build) => {
      expect(build.manifest.format).toBe(buildFormat)
      expect(bestByWords(build, 'rowing boat')).toBe('boats.md#renting-a-rowing-boat')
    })
  })

  test('is served while the new one is made, then again after a rollback', async () => {
    const folder = oldFolder()
    const current = await openCurrent(folder)
    const found: [Stage, string | null, string | undefined][] = []
    const embedder = hashingEmbedder()
    const find = () => {
      const {build, release} = current.lease()
      const best = bestByWords(build, 'rowing boat')
      release()
      return best
    }

    const report = await ingest(
      {
        content: folder.content,
        dataDir: folder.dataDir,
        embedder: async () => embedder,
        openParser: directParser,
      },
      {onProgress: ({stage}) => found.push([stage, current.id, find()])},
    )

    const stages = new Set(found.map(([stage]) => stage))
    expect([...stages]).toEqual(expect.arrayContaining(['pages', 'finish', 'verify', 'publish']))
    for (const [, id, best] of found) expect([id, best]).toEqual([oldId, 'boats.md#renting-a-rowing-boat'])
    await current.refresh()
    expect(current.id).toBe(report.build)

    const {id} = await activateBuild(localBuilds(folder.dataDir))

    await current.refresh()
    expect([id, current.id]).toEqual([oldId, oldId])
    expect(find()).toBe('boats.md#renting-a-rowing-boat')
  })

  test.each<Stage>(['pages', 'finish', 'publish'])(
    'is served after an ingest that was killed at the stage %s, and the next one gets through',
    async (stage) => {
      const folder = oldFolder()

      const {signal} = spawnSync(process.execPath, [ingestOnce, folder.content, folder.dataDir, stage])

      expect(signal).toBe('SIGKILL')
      const current = await openCurrent(folder)
      expect([current.id, current.problem]).toEqual([oldId, null])
      expect(await ingestFolder(folder)).toMatchObject({outcome: 'published', previous: oldId})
      await current.refresh()
      expect(current.lease().build.manifest.format).toBe(buildFormat)
      expect(readdirSync(join(folder.dataDir, 'builds')).filter((name) => name.startsWith('.'))).toEqual([])
    },
  )
})

test('a build whose refusal an earlier version calibrated is calibrated anew, although no page changed', async () => {
  const golden = [
    {question: 'What does a volume keep?', relevant: ['/a']},
    {question: 'What do giraffes eat?', relevant: ['/giraffes']},
  ]
  const folder = newFolder({
    'a.md': '# Volumes\n\nA volume keeps files.\n',
    'docent.golden.jsonl': golden.map((line) => JSON.stringify(line)).join('\n'),
  })
  const first = await ingestFolder(folder)
  const file = join(buildFolder(folder.dataDir, first.build!), 'manifest.json')
  const manifest = JSON.parse(readFileSync(file, 'utf8'))
  const {english, ...earlier} = manifest.calibration
  expect(english).toBeDefined()
  // What the earlier version's order found is not what an edit is measured by.
  const summary = {...manifest.summary, golden: {questions: 2, hitAt5: 1}}
  writeFileSync(file, JSON.stringify({...manifest, calibration: earlier, summary}))
  const embedder = hashingEmbedder()

  const renewed = await ingestFolder(folder, {}, embedder)

  expect(renewed).toMatchObject({
    outcome: 'published',
    previous: first.build,
    changes: [],
    golden: {hitAt5: 0.5},
  })
  expect(summaryOf(renewed)).toContain('renewed because an earlier version calibrated its refusal')
  await withCurrent(folder, (build) => expect(build.manifest.calibration).toEqual(manifest.calibration))
  expect(await ingestFolder(folder)).toMatchObject({outcome: 'unchanged', renewedBecause: null})
})
