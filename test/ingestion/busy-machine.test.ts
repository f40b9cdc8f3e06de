import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import {describe, expect, test, vi} from 'vitest'
import {buildProgram} from '../../scripts/build/build-program.mjs'
import {
  type IngestOptions,
  type IngestReport,
  ingest,
  openEmbedderProcess,
} from '../../src/ingestion/index.ts'
import {openParserPool, type ParserPoolOptions} from '../../src/ingestion/parser-pool.ts'
import {openSqlite} from '../../src/native/index.ts'
import {builtFile} from '../../src/package/index.ts'
import {fingerprintOf} from '../../src/search-index/durable-files.ts'
import {
  buildFolder,
  currentBuildId,
  databaseFile,
  readManifest,
  writeManifest,
} from '../../src/search-index/index.ts'
import {busyLoops} from '../support/busy-loops.ts'
import type {ContentFolder} from '../support/content-folder.ts'
import {ingestFolder, newFolder} from '../support/ingest-world.ts'
import {randomFrom} from '../support/random.ts'

// A dozen busy processes slow the machine down.
vi.setConfig({testTimeout: 900_000})

/** Sentences of made-up words, so that no two passages are alike. */
function wordsFrom(random: () => number): (count: number) => string {
  const syllables = ['ka', 'lo', 'mi', 'ter', 'su', 'ven', 'dro', 'pal', 'ix', 'on', 'fer', 'gu']
  const pick = (): string => syllables[Math.floor(random() * syllables.length)]!
  return (count) => Array.from({length: count}, () => `${pick()}${pick()}${pick()}`).join(' ')
}

/** A typical changelog: long lists of short items, which take the parser longest. */
function changelog(releases: number, words: (count: number) => string): string {
  const item = (release: number, n: number): string =>
    `- **${words(2)}:** ${words(8)} is \`${words(1)}\` ([#${release}${n}](https://example.com/${release}/${n}))\n  - ${words(4)} [it](./page.md) *${words(1)}*`
  const lists = Array.from(
    {length: releases},
    (_, release) =>
      `## ${release}.0.0\n\n### Added\n\n${Array.from({length: 30}, (_, n) => item(release, n)).join('\n')}\n`,
  )
  return `# Changelog\n\n${lists.join('\n')}`
}

/** Everything that a search can find, in the order of the index. */
async function passagesOf(folder: ContentFolder): Promise<unknown[]> {
  const id = await currentBuildId(folder.dataDir)
  const db = openSqlite(`${buildFolder(folder.dataDir, id!)}/${databaseFile}`, {readonly: true})
  try {
    return db
      .prepare(
        `SELECT p.id, pages.path, s.anchor, s.headings, p.start_line, p.text, p.blocks, hex(v.vector) AS vector
           FROM passages p JOIN vectors v ON v.passage_id = p.id
           JOIN sections s ON s.id = p.section_id JOIN pages ON pages.id = s.page_id ORDER BY p.id`,
      )
      .all()
  } finally {
    db.close()
  }
}

test('an ingest beside twelve busy loops makes the same index, passage for passage', async () => {
  const words = wordsFrom(randomFrom(9))
  const parts = Array.from({length: 300}, (_, n) => `## Part ${n}\n\n*${words(3)}* ${words(12)}.\n`)
  const files = {
    'CHANGELOG.md': changelog(15, words),
    'a.md': '# A\n\nFirst words.\n\n## More\n\nAnd more of them.\n',
    'z.md': `# Z\n\n${parts.join('\n')}`,
  }
  const run = async (folder: ContentFolder): Promise<IngestReport> => {
    const embedder = await openEmbedderProcess({model: null, cacheDir: folder.root})
    try {
      return await ingest({
        content: folder.content,
        dataDir: folder.dataDir,
        embedder: async () => embedder,
        // Three times what the changelog takes, and beside the loops less than half of the time that it takes.
        openParser: (setup) => openParserPool(setup, {size: 2, cpuMs: 3_000}),
      })
    } finally {
      await embedder.close()
    }
  }
  const quiet = newFolder(files)
  const busy = newFolder(files)
  await run(quiet)

  const loops = busyLoops(12)
  try {
    const report = await run(busy)

    expect(report).toMatchObject({outcome: 'published', pages: {total: 3, setAside: 0, stale: 0}})
  } finally {
    loops.stop()
  }
  const passages = await passagesOf(quiet)
  expect(passages.length).toBeGreaterThan(300)
  expect(await passagesOf(busy)).toEqual(passages)
})

const entry = pathToFileURL(await buildProgram('test/support/scripted-parse-child.ts'))

function run(
  folder: ContentFolder,
  limits: Partial<ParserPoolOptions>,
  options: Partial<IngestOptions> = {},
): Promise<IngestReport> {
  const openParser: IngestOptions['openParser'] = (setup) =>
    openParserPool(setup, {size: 2, entry, ...limits})
  return ingestFolder(folder, {openParser, ...options})
}

describe('a page that fails', () => {
  test('is parsed once more, alone, with more CPU time and more memory', async () => {
    const folder = newFolder({
      'a.md': '# A\n\nBURN 900\n',
      'b.md': '# B\n\nBURN 10\n',
      'c.md': '# C\n\nNEED 100\n',
      'd.md': '# D\n\nBURN 20\n',
    })

    const report = await run(folder, {cpuMs: 400, memoryMb: 80})

    expect(report.diagnostics).toEqual([])
    expect(report.pages).toMatchObject({total: 4, setAside: 0})
    expect((await passagesOf(folder)).map((passage) => (passage as {path: string}).path)).toEqual([
      'a.md',
      'b.md',
      'c.md',
      'd.md',
    ])
  })

  test('for lack of CPU time is not tried again until it changes', async () => {
    const folder = newFolder({'a.md': '# A\n\nGood words.\n', 'b.md': 'LOOP'})
    await run(folder, {cpuMs: 400})
    const opened = vi.fn()

    const again = await run(folder, {}, {openParser: opened})

    expect(again).toMatchObject({outcome: 'unchanged', pages: {setAside: 1}, byRule: {'too-slow': 1}})
    expect(opened).not.toHaveBeenCalled()
    folder.write('b.md', '# B\n\nRepaired.\n')
    expect(await run(folder, {})).toMatchObject({pages: {total: 2, new: 1, setAside: 0}})
  })

  test('for a reason that may be the machine is tried again by every ingest', async () => {
    const folder = newFolder({'a.md': '# A\n\nGood words.\n', 'b.md': '# B\n\nEXIT'})
    const failed = await run(folder, {})

    expect(failed.byRule).toEqual({'parse-crash': 1})
    expect(await run(folder, {})).toMatchObject({outcome: 'unchanged', pages: {setAside: 1}})
    const repaired = await run(folder, {entry: builtFile('parse-child.js')})
    expect(repaired).toMatchObject({outcome: 'published', pages: {total: 2, setAside: 0}, diagnostics: []})
  })
})

test('what an older build stored about a failing page is updated once, and then nothing changes', async () => {
  const folder = newFolder({'a.md': '# A\n\nGood words.\n', 'b.md': '# B\n\nEXIT here\n'})
  const {build} = await run(folder, {})
  // As in builds from before such pages were counted.
  const database = join(buildFolder(folder.dataDir, build!), databaseFile)
  const db = openSqlite(database)
  db.exec(`UPDATE files SET fidelity = 'null' WHERE path = 'b.md'`)
  db.close()
  const manifest = await readManifest(buildFolder(folder.dataDir, build!))
  await writeManifest(buildFolder(folder.dataDir, build!), {
    ...manifest,
    files: {...manifest.files, [databaseFile]: await fingerprintOf(database)},
  })

  const report = await run(folder, {})

  expect(report).toMatchObject({outcome: 'published', pages: {setAside: 1}})
  expect(report.fidelity.keptWords).toBeLessThan(report.fidelity.visibleWords)
  expect(await run(folder, {})).toMatchObject({outcome: 'unchanged', fidelity: report.fidelity})
})

test('processes that do not start fail the ingest, and no single page', async () => {
  const folder = newFolder({'a.md': '# A\n\nGood words.\n'})
  const {build} = await run(folder, {})
  folder.write('b.md', '# B\n\nMore good words.\n')

  const failing = run(folder, {
    entry: pathToFileURL(await buildProgram('test/support/random.ts')),
    memoryMb: 64,
  })

  await expect(failing).rejects.toMatchObject({
    code: 'internal',
    message: expect.stringMatching(/the parser processes do not start/),
  })
  expect(await currentBuildId(folder.dataDir)).toBe(build)
})
