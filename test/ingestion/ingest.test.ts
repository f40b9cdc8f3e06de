import {execFileSync} from 'node:child_process'
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import {describe, expect, onTestFinished, test} from 'vitest'
import {buildProgram} from '../../scripts/build/build-program.mjs'
import {DocentError} from '../../src/domain/index.ts'
import {openEmbedder} from '../../src/embedding/transformers-embedder.ts'
import {activateBuild, ingest, summaryOf} from '../../src/ingestion/index.ts'
import {openParserPool} from '../../src/ingestion/parser-pool.ts'
import {buildFolder, currentBuildId, localBuilds} from '../../src/search-index/index.ts'
import {termsOf} from '../../src/text/terms.ts'
import {directParser} from '../support/direct-parser.ts'
import {hashingEmbedder} from '../support/hashing-embedder.ts'
import {newFolder, pathsFound, ingestFolder as run, withCurrent} from '../support/ingest-world.ts'

const entry = pathToFileURL(await buildProgram('test/support/scripted-parse-child.ts'))
const guide = '# Volumes\n\nA volume keeps files.\n\n## Mounting\n\nMount it in the pod.\n'

describe('an ingest', () => {
  test('makes a folder searchable, with pages parsed in other processes', async () => {
    const folder = newFolder({'guides/volumes.md': guide, 'tokens.mdx': '# Tokens\n\nRotate them often.\n'})

    const report = await run(folder, {openParser: (setup) => openParserPool(setup, {size: 2})})

    expect(report).toMatchObject({outcome: 'published', previous: null, pages: {total: 2, new: 2}})
    expect(await withCurrent(folder, (build) => pathsFound(build, 'mount volume'))).toEqual([
      'guides/volumes.md',
    ])
  })

  test('[unchanged folder] of an unchanged folder embeds nothing and publishes nothing', async () => {
    const folder = newFolder({'a.md': guide})
    const embedder = hashingEmbedder()
    const first = await run(folder, {}, embedder)
    const embedded = embedder.embedded()

    const second = await run(folder, {}, embedder)

    expect(second).toMatchObject({outcome: 'unchanged', build: first.build, changes: []})
    expect(embedder.embedded()).toBe(embedded)
    expect(readdirSync(join(folder.dataDir, 'builds'))).toEqual([first.build])
  })

  test('of pages that are nearly alike is published, and finds each', async () => {
    const pages = Object.fromEntries(
      Array.from({length: 300}, (_, i) => [
        `p${i}.md`,
        `# Error ${i}\n\nSee the [guide](guide.md) for how to fix error ${i}.\n`,
      ]),
    )
    const folder = newFolder(pages)
    const embedder = await openEmbedder({model: null})
    onTestFinished(() => embedder.close())

    const report = await run(folder, {embedder: async () => embedder})

    expect(report).toMatchObject({outcome: 'published', graph: {shortlist: expect.any(Number)}})

    await withCurrent(folder, (build) => {
      const {firstPassage, page} = build.sectionsOf(build.pages()[250]!.id)[0]!
      const [best] = build.nearest(build.vectorOf(firstPassage), 10)
      expect(best!.similarity).toBeGreaterThan(0.999)
      expect(page.path).toMatch(/^p\d+\.md$/)
    })
  })

  test('measures what the vector index finds, also after an edit, and keeps it in the manifest', async () => {
    const folder = newFolder({'a.md': guide})
    const found = {ef: 96, recall: {at10: 1, at64: 1, at256: 1}}

    for (const text of [guide, `${guide}\n## Backups\n\nCopy it nightly.\n`]) {
      folder.write('a.md', text)
      const report = await run(folder)

      expect(report.graph).toEqual(found)
      expect(await withCurrent(folder, (build) => build.manifest.hnsw)).toMatchObject(found)
      expect(summaryOf(report)).toContain('  vectors   10.00 of the 10 nearest passages found (ef 96)')
    }
  })

  test('says when a build is searched by sketches', async () => {
    const report = await run(newFolder({'a.md': guide}))
    const graph = {shortlist: 1_800, recall: {at10: 0.985, at64: 0.95, at256: 0.9}}

    expect(summaryOf({...report, graph})).toContain(
      '  vectors   9.85 of the 10 nearest passages found (sketches, shortlist 1,800)',
    )
  })

  test('embeds only the passages that are new', async () => {
    const folder = newFolder({'a.md': guide, 'b.md': '# B\n\nOther words.\n'})
    const embedder = hashingEmbedder()
    await run(folder, {}, embedder)
    const embedded = embedder.embedded()
    folder.write('a.md', `${guide}\n## Backups\n\nCopy it nightly.\n`)

    const report = await run(folder, {}, embedder)

    expect(embedder.embedded() - embedded).toBe(1)
    expect(report.changes).toEqual([
      {path: 'a.md', kind: 'changed', passages: {added: 1, kept: 2, removed: 0}},
    ])
  })

  test('[moved or removed page] removes a removed page from search at once', async () => {
    const folder = newFolder({'a.md': guide, 'b.md': '# Tokens\n\nRotate tokens.\n'})
    await run(folder)
    folder.remove('b.md')

    const report = await run(folder)

    expect(report.pages).toMatchObject({total: 1, removed: 1})
    await withCurrent(folder, (build) => {
      expect(pathsFound(build, 'rotate tokens')).toEqual([])
      expect(build.documentFrequency(termsOf('rotate')[0]!)).toBe(0)
      expect(build.pageByPath('b.md')).toBeNull()
      expect(
        build.nearest(build.vectorOf(build.sectionsOf(build.pageByPath('a.md')!.id)[0]!.firstPassage), 50),
      ).toHaveLength(2)
    })
  })

  test('[moved or removed page] keeps the vectors of a page that moved', async () => {
    const folder = newFolder({'a.md': guide})
    const embedder = hashingEmbedder()
    await run(folder, {}, embedder)
    const embedded = embedder.embedded()
    folder.remove('a.md')
    folder.write('storage/volumes.md', guide)

    const report = await run(folder, {}, embedder)

    expect(embedder.embedded()).toBe(embedded)
    expect(report.changes).toMatchObject([{path: 'storage/volumes.md', kind: 'moved', from: 'a.md'}])
  })

  test('an include names a file in both Unicode forms, and is read again when it changes', async () => {
    const name = 'parts/re\u0301sume\u0301.md'
    const folder = newFolder({
      'a.md': `# A\n\n{{#include ${name.normalize('NFC')}}}\n`,
      [name]: 'Otters swim.\n',
      'b.md': `# B\n\n{{#include ${name}}}\n`,
      'parts/\u00fcber.md': 'Beavers dig.\n',
      'c.md': '# C\n\n{{#include parts/u\u0308ber.md}}\n',
    })
    const found = (words: string) => withCurrent(folder, (build) => pathsFound(build, words).toSorted())

    const {diagnostics} = await run(folder)

    expect(diagnostics).toEqual([])
    expect(await found('otters')).toEqual(['a.md', 'b.md', name])
    expect(await found('beavers')).toContain('c.md')
    folder.write(name, 'Herons wait.\n')
    await run(folder)
    expect(await found('herons')).toEqual(['a.md', 'b.md', name])
  })

  test('reads a page again when a file it includes changes', async () => {
    const folder = newFolder({
      'mkdocs.yml': 'site_name: x\n',
      'docs/a.md': '# A\n\n--8<-- "part.txt"\n',
      'part.txt': 'first words',
      'docs/part.txt': 'first words',
    })
    await run(folder)
    folder.write('part.txt', 'second words')
    folder.write('docs/part.txt', 'second words')

    const report = await run(folder)

    expect(report.changes.map((change) => change.path)).toEqual(['docs/a.md'])
    expect(await withCurrent(folder, (build) => pathsFound(build, 'second'))).toEqual(['docs/a.md'])
  })

  test('with another model embeds everything again', async () => {
    const folder = newFolder({'a.md': guide})
    await run(folder)
    const other = hashingEmbedder({id: 'another', dimensions: 16})

    const report = await run(folder, {}, other)

    expect(report).toMatchObject({outcome: 'published', passages: {embedded: 2}})
    expect(report.fullBecause).toContain('model')
  })

  test('repairs a damaged database by rebuilding everything, without its vectors', async () => {
    const folder = newFolder({'a.md': guide})
    const first = await run(folder)
    const database = join(buildFolder(folder.dataDir, first.build!), 'index.sqlite')
    truncateSync(database, 20_000)

    const report = await run(folder)

    expect(report).toMatchObject({outcome: 'published', passages: {embedded: 2}})
    expect(await withCurrent(folder, (build) => pathsFound(build, 'volume'))).toEqual(['a.md'])
  })

  test('repairs a damaged HNSW file from the vectors, without embedding', async () => {
    const folder = newFolder({'a.md': guide})
    const embedder = hashingEmbedder()
    const first = await run(folder, {}, embedder)
    const embedded = embedder.embedded()
    writeFileSync(join(buildFolder(folder.dataDir, first.build!), 'passages.hnsw'), 'damaged')
    expect(
      await withCurrent(folder, (build) => [build.degraded, build.nearest(build.vectorOf(1), 5).length]),
    ).toEqual([expect.stringContaining('exact'), 2])

    const report = await run(folder, {}, embedder)

    expect(report.outcome).toBe('published')
    expect(embedder.embedded()).toBe(embedded)
    expect(await withCurrent(folder, (build) => build.degraded)).toBeNull()
  })

  test('a dry run says what would change and writes nothing', async () => {
    const folder = newFolder({'a.md': guide})
    await run(folder)
    const before = readdirSync(folder.dataDir, {recursive: true}).sort()
    folder.write('a.md', guide.replace('keeps files', 'keeps data'))
    folder.write('b.md', '# B\n\nWords.\n')

    const report = await run(folder, {dryRun: true})

    expect(report.outcome).toBe('dry-run')
    expect(
      report.changes.map(({path, kind, passages}) => [path, kind, passages.added, passages.removed]),
    ).toEqual([
      ['a.md', 'changed', 1, 1],
      ['b.md', 'new', 1, 0],
    ])
    expect(readdirSync(folder.dataDir, {recursive: true}).sort()).toEqual(before)
  })

  test('an aborted ingest leaves nothing behind', async () => {
    const folder = newFolder({'a.md': guide})
    const first = await run(folder)
    folder.write('a.md', '# New\n\nWords.\n')
    const aborting = new AbortController()

    const running = ingest(
      {
        content: folder.content,
        dataDir: folder.dataDir,
        embedder: async () => hashingEmbedder(),
        openParser: directParser,
      },
      {
        signal: aborting.signal,
        onProgress: ({stage}) => stage === 'verify' && aborting.abort(new Error('enough')),
      },
    )

    await expect(running).rejects.toThrow('enough')
    expect(readdirSync(join(folder.dataDir, 'builds'))).toEqual([first.build])
    expect(await currentBuildId(folder.dataDir)).toBe(first.build)
  })

  test('reports links that lead nowhere and pages that share an address', async () => {
    const folder = newFolder({
      'a.md':
        '# A\n\n[gone](gone.md)\n[wrong](b.md#nowhere) [right](b.md#two) [self](#a-a) [set](b.md#by-hand)\n[out](https://x.y/z.md)\n\n## A a\n\nText.\n',
      'b.md': '---\nurl: /same\n---\n# B\n\n## Two\n\n<a id="by-hand"></a>\nWords.\n',
      'c.md': '---\nurl: /same\n---\n# C\n\nWords.\n',
    })

    const {diagnostics} = await run(folder)

    const warnings = diagnostics.filter(({severity}) => severity === 'warning')
    expect(warnings.map(({path, line, rule, reason}) => [`${path}:${line}`, rule, reason])).toEqual([
      ['a.md:3', 'broken-link', 'the link to gone.md leads to a missing file'],
      ['a.md:4', 'broken-anchor', 'the link to #nowhere matches no heading in b.md'],
      ['c.md:null', 'duplicate-url', '/same is also the address of b.md'],
    ])
  })
})

describe('unusable files', () => {
  test('are each reported with their rule, and all others are ingested', async () => {
    const folder = newFolder({
      'good.md': guide,
      '.hidden.md': guide,
      'node_modules/x/readme.md': guide,
      'empty.md': '',
    })
    folder.write('latin1.md', Uint8Array.from([0x23, 0x20, 0xe9, 0xff, 0x0a]))
    folder.write('wide.md', Uint8Array.from([0xff, 0xfe, 0x23, 0x00]))
    folder.write(
      'bytes.md',
      Uint8Array.from({length: 300}, (_, n) => n % 3),
    )
    folder.write('large.md', '')
    truncateSync(join(folder.content, 'large.md'), 100 * 1024 * 1024)
    execFileSync('mkfifo', [join(folder.content, 'pipe.md')])
    symlinkSync('..', join(folder.content, 'up'))
    symlinkSync('.', join(folder.content, 'here'))
    symlinkSync('loop.md', join(folder.content, 'loop.md'))
    symlinkSync('/etc/hostname', join(folder.content, 'escape.md'))
    symlinkSync('nowhere.md', join(folder.content, 'dangling.md'))
    symlinkSync('/dev/zero', join(folder.content, 'device.md'))

    const report = await run(folder)

    expect(report.outcome).toBe('published')
    expect(report.pages.total).toBe(1)
    const rules = Object.fromEntries(report.diagnostics.map(({path, rule}) => [path, rule]))
    expect(rules).toMatchObject({
      'latin1.md': 'invalid-utf-8',
      'wide.md': 'utf-16',
      'bytes.md': 'binary',
      'large.md': 'too-large',
      'pipe.md': 'not-a-file',
      'loop.md': 'symlink-loop',
      up: 'symlink-escape',
      here: 'symlink-loop',
      'escape.md': 'symlink-escape',
      'device.md': 'symlink-escape',
      'dangling.md': 'unreadable',
    })
    expect(rules).not.toHaveProperty('.hidden.md')
  })

  test('a stray zero byte costs that byte, not its page', async () => {
    const folder = newFolder({'a.md': `${guide}\nPress a\0b to unmount.\n`})

    const report = await run(folder)

    expect(report.diagnostics).toMatchObject([{path: 'a.md', line: 9, rule: 'control-characters'}])
    expect(await withCurrent(folder, (build) => pathsFound(build, 'unmount'))).toEqual(['a.md'])
  })

  test.skipIf(process.getuid?.() === 0)('an unreadable file is reported', async () => {
    const folder = newFolder({'good.md': guide, 'secret.md': guide})
    chmodSync(join(folder.content, 'secret.md'), 0)

    const report = await run(folder)

    expect(report.diagnostics).toMatchObject([{path: 'secret.md', rule: 'unreadable'}])
  })

  test('[endless page] pages that never end, overflow, exit or throw are set aside one by one', async () => {
    const folder = newFolder({
      'a.md': '# A\n\nGood words.\n',
      'b.md': 'LOOP',
      'c.md': 'EXIT',
      'd.md': 'THROW',
      'e.md': 'MEMORY',
      'g.md': '# G\n\nMore good words.\n',
    })

    const report = await run(folder, {
      openParser: (setup) => openParserPool(setup, {size: 2, entry, cpuMs: 400, memoryMb: 64}),
    })

    expect(report.pages).toMatchObject({total: 2, setAside: 4})
    const rules = Object.fromEntries(report.diagnostics.map(({path, rule}) => [path, rule]))
    expect(rules).toMatchObject({
      'b.md': 'too-slow',
      'c.md': 'parse-crash',
      'd.md': 'parse-error',
    })
    expect(rules['e.md']).toMatch(/too-much-memory|too-slow/)
    expect(await withCurrent(folder, (build) => pathsFound(build, 'good'))).toEqual(['a.md', 'g.md'])
  })

  test('[endless page] a page whose parsing hangs is given up after the wall-clock limit', async () => {
    const folder = newFolder({'a.md': '# A\n\nGood words.\n', 'f.md': 'HANG'})

    const report = await run(folder, {
      openParser: (setup) => openParserPool(setup, {size: 2, entry, wallMs: 3_000}),
    })

    expect(report).toMatchObject({pages: {total: 1, setAside: 1}, byRule: {'parse-timeout': 1}})
  })

  test('a folder that does not exist is refused and named', async () => {
    const folder = newFolder()

    await expect(run(folder, {content: join(folder.root, 'nowhere')})).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining('nowhere'),
    })
  })
})

describe('the gates', () => {
  const pages = (count: number) =>
    Object.fromEntries(
      Array.from({length: count}, (_, i) => [`p${i}.md`, `# Page ${i}\n\nWords about number${i}.\n`]),
    )

  test('refuse to lose most of the docs, unless forced', async () => {
    const folder = newFolder(pages(10))
    const first = await run(folder)
    for (let i = 3; i < 10; i++) folder.remove(`p${i}.md`)

    const refused = await run(folder).catch((error: unknown) => error as DocentError)

    expect(refused).toMatchObject({
      code: 'gate_failed',
      details: {report: {outcome: 'refused', build: first.build}},
    })
    expect(await currentBuildId(folder.dataDir)).toBe(first.build)
    expect(await run(folder, {force: true})).toMatchObject({outcome: 'published', pages: {total: 3}})
  })

  test('refuse a folder that has become empty', async () => {
    const folder = newFolder(pages(1))
    await run(folder)
    folder.remove('p0.md')

    await expect(run(folder)).rejects.toMatchObject({code: 'gate_failed'})
  })

  test('refuse a build whose golden questions do worse than before', async () => {
    const golden = {id: '1', question: 'How are zebras fed?', relevant: ['/p0']}
    const folder = newFolder({
      ...pages(3),
      'p0.md': '# Zebras\n\nZebras are fed with hay.\n',
      'docent.golden.jsonl': `${JSON.stringify(golden)}\n`,
    })
    expect((await run(folder)).golden).toEqual({questions: 1, hitAt5: 1})
    folder.remove('p0.md')

    await expect(run(folder)).rejects.toMatchObject({
      code: 'gate_failed',
      message: expect.stringContaining('zebras'),
    })
  })
})

test('golden questions may name the right section by file and heading', async () => {
  const asked = (heading: string) => ({question: 'How are zebras fed?', gold: [{file: 'p0.md', heading}]})
  const folder = newFolder({
    'p0.md': '# Zebras\n\nZebras are fed with hay.\n',
    'docent.golden.jsonl': [asked('Zebras'), asked('Giraffes')]
      .map((line) => JSON.stringify(line))
      .join('\n'),
  })

  expect((await run(folder)).golden).toEqual({questions: 2, hitAt5: 0.5})
})

describe('the floor of the golden questions', () => {
  const found = {question: 'How are zebras fed?', relevant: ['/p0']}
  const missing = {question: 'What do giraffes eat?', relevant: ['/giraffes']}
  const withFloor = (floor: unknown) =>
    newFolder({
      'p0.md': '# Zebras\n\nZebras are fed with hay.\n',
      'docent.golden.jsonl': [{floor}, found, missing].map((line) => JSON.stringify(line)).join('\n'),
    })

  test('holds for the first build too', async () => {
    expect(await run(withFloor(0.5))).toMatchObject({outcome: 'published', golden: {hitAt5: 0.5}})
    await expect(run(withFloor(0.6))).rejects.toMatchObject({
      code: 'gate_failed',
      message: expect.stringContaining('the floor is 60 %'),
    })
  })

  test('must be a share between 0 and 1', async () => {
    await expect(run(withFloor(60))).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining('between 0 and 1'),
    })
  })
})

describe('builds kept', () => {
  test('older builds are removed, and an earlier one can be made current again', async () => {
    const folder = newFolder({'a.md': guide})
    const ids: string[] = []
    for (const word of ['one', 'two', 'three', 'four']) {
      folder.write('a.md', `# A\n\nThe word is ${word}.\n`)
      ids.push((await run(folder, {keepBuilds: 2})).build!)
    }

    expect(readdirSync(join(folder.dataDir, 'builds')).sort()).toEqual(ids.slice(-2))
    await activateBuild(localBuilds(folder.dataDir))
    expect(await currentBuildId(folder.dataDir)).toBe(ids[2])
    expect(await withCurrent(folder, (build) => pathsFound(build, 'three'))).toEqual(['a.md'])
  })

  test('nothing before the first build can be activated', async () => {
    const folder = newFolder({'a.md': guide})
    await run(folder)

    await expect(activateBuild(localBuilds(folder.dataDir))).rejects.toMatchObject({code: 'not_found'})
    await expect(activateBuild(localBuilds(folder.dataDir), '../../etc')).rejects.toMatchObject({
      code: 'not_found',
    })
  })
})

describe('[second ingest] the lock', () => {
  test('a second ingest is refused with the process that holds it', async () => {
    const folder = newFolder({'a.md': guide})
    const lock = await localBuilds(folder.dataDir).lock()

    const second = await run(folder).catch((error: unknown) => error)

    expect(second).toBeInstanceOf(DocentError)
    expect(second).toMatchObject({code: 'locked', message: expect.stringContaining(`process ${process.pid}`)})
    await lock.release()
    expect(await run(folder)).toMatchObject({outcome: 'published'})
  })
})

test('the build stores a summary of its ingest', async () => {
  const folder = newFolder({'a.md': guide})

  const {build} = await run(folder)

  const manifest = JSON.parse(
    readFileSync(join(buildFolder(folder.dataDir, build!), 'manifest.json'), 'utf8'),
  )
  expect(manifest.summary).toMatchObject({pages: {new: 1}, warnings: 0})
  expect(existsSync(join(folder.dataDir, 'ingest.lock.json'))).toBe(false)
})
