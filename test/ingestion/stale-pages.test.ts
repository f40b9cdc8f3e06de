import {spawnSync} from 'node:child_process'
import {mkdirSync, renameSync, symlinkSync, truncateSync} from 'node:fs'
import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import {describe, expect, test} from 'vitest'
import {buildProgram} from '../../scripts/build/build-program.mjs'
import {type IngestOptions, type IngestReport, summaryOf} from '../../src/ingestion/index.ts'
import {openParserPool} from '../../src/ingestion/parser-pool.ts'
import {isUnreadable} from '../../src/ingestion/scan-folder.ts'
import {buildFolder, currentBuildId, openBuildRecords} from '../../src/search-index/index.ts'
import type {ContentFolder} from '../support/content-folder.ts'
import {directParser} from '../support/direct-parser.ts'
import {hashingEmbedder} from '../support/hashing-embedder.ts'
import {ingestFolder, newFolder, pathsFound, withCurrent} from '../support/ingest-world.ts'

/** A page that was read before and cannot be read now keeps its text; one that was withdrawn does not. */

const entry = pathToFileURL(await buildProgram('test/support/scripted-parse-child.ts'))

function run(
  folder: ContentFolder,
  options: Partial<IngestOptions> = {},
  embedder = hashingEmbedder(),
): Promise<IngestReport> {
  const openParser: IngestOptions['openParser'] = (setup) =>
    openParserPool(setup, {size: 1, entry, cpuMs: 400})
  return ingestFolder(folder, {openParser, ...options}, embedder)
}

/** Indexes pages that any parser can read, in this process: no child has to start. */
function runHealthy(folder: ContentFolder, options: Partial<IngestOptions> = {}): Promise<IngestReport> {
  return run(folder, {...options, openParser: directParser})
}

function found(folder: ContentFolder, words: string): Promise<string[]> {
  return withCurrent(folder, (build) => pathsFound(build, words))
}

function sectionsOfVolumes(folder: ContentFolder): Promise<unknown[]> {
  return withCurrent(folder, (build) => {
    const page = build.pages().find(({path}) => path === 'volumes.md')!
    return build.sectionsOf(page.id).map(({anchor, headings, depth, startLine, endLine, passageCount}) => {
      return {anchor, headings, depth, startLine, endLine, passageCount}
    })
  })
}

const volumes = [
  '---\ntitle: Volumes\ntags: [storage]\n---\n',
  'A volume keeps files, see [tokens](tokens.md).\n\n<a id="kept"></a>\n',
  '## Mounting\n\nMount it in the pod.\n\n```sh\nmount /data\n```\n',
  '## Empty\n\n### Backups\n\n- Copy it nightly.\n- Keep a week.\n',
].join('\n')
const tokens =
  '# Tokens\n\nRotate them often, see [backups](volumes.md#backups) and [kept](volumes.md#kept).\n'

describe.each([
  ['never ends', `${volumes}\nLOOP\n`, 'too-slow'],
  ['ends its process', `${volumes}\nEXIT\n`, 'parse-crash'],
  ['is beyond a limit', `${volumes}\n${'x y '.repeat(1_100_000)}\n`, 'too-large'],
  ['is no longer text', `# Volumes\n${'\0'.repeat(100)}\n`, 'binary'],
  ['makes the parser fail', `${volumes}\nTHROW\n`, 'parse-error'],
])('a page that %s', (_, broken, rule) => {
  test('keeps the text it had, under a warning', async () => {
    const folder = newFolder({'volumes.md': volumes, 'tokens.md': tokens})
    const first = await runHealthy(folder)
    const before = await sectionsOfVolumes(folder)
    folder.write('volumes.md', broken)

    const report = await run(folder)

    expect(report).toMatchObject({
      outcome: 'published',
      pages: {total: 2, removed: 0, changed: 0, setAside: 0, stale: 1},
      passages: {total: first.passages.total, added: 0, removed: 0, embedded: 0},
      byRule: {[rule]: 1, 'stale-page': 1},
    })
    // Links to it and into it still lead somewhere.
    expect(Object.keys(report.byRule)).not.toContain('broken-anchor')
    expect(await found(folder, 'mount nightly')).toEqual(['volumes.md'])
    expect(before).toHaveLength(4)
    expect(await sectionsOfVolumes(folder)).toEqual(before)
    expect(summaryOf(report)).toContain('1 unreadable, kept in an older version')
  })
})

test('a stored page can be stored again, word for word', async () => {
  const folder = newFolder({'volumes.md': volumes, 'tokens.md': tokens})
  await runHealthy(folder)
  const stored = async () => {
    const records = openBuildRecords(buildFolder(folder.dataDir, (await currentBuildId(folder.dataDir))!))
    try {
      return records.page('volumes.md')
    } finally {
      records.close()
    }
  }
  const before = await stored()
  folder.write('volumes.md', `${volumes}\nSLOW\n`)
  await run(folder)

  const after = await stored()

  expect(before?.page).toMatchObject({title: 'Volumes', tags: ['storage'], url: '/volumes'})
  expect(before?.anchors).toContain('kept')
  expect(after).toEqual({...before, fidelity: expect.anything()})
})

test('the words that were added to a stale page are lost, and the report says so', async () => {
  const folder = newFolder({'a.md': '# A\n\nOne two three.\n', 'b.md': '# B\n\nFour five.\n'})
  await runHealthy(folder)
  folder.write('a.md', `# A\n\nSLOW ${'and more words '.repeat(30)}\n`)

  const {fidelity} = await run(folder)

  expect(fidelity.keptWords).toBeLessThan(fidelity.visibleWords)
  expect(fidelity.losing).toMatchObject([{path: 'a.md', keptWords: 4}])
})

test('the words of a page that was set aside count as lost', async () => {
  const folder = newFolder({
    'a.md': '# A\n\nOne two three.\n',
    'b.md': 'SLOW over some words',
    'c.md': 'x\0y',
  })

  const report = await run(folder)

  expect(report.pages).toMatchObject({total: 1, setAside: 2})
  expect(report.fidelity.losing.map(({path, keptWords}) => [path, keptWords])).toEqual([
    ['b.md', 0],
    ['c.md', 0],
  ])
  expect(summaryOf(report)).not.toContain('100 %')
})

describe('a stale page', () => {
  test('is not tried again until it changes', async () => {
    const folder = newFolder({'a.md': '# A\n\nOld words.\n', 'b.md': '# B\n\nOther words.\n'})
    await runHealthy(folder)
    folder.write('a.md', '# A\n\nSLOW\n')
    const stale = await run(folder)

    const again = await run(folder, {openParser: () => Promise.reject() as never})

    expect(again).toMatchObject({outcome: 'unchanged', build: stale.build, pages: {stale: 1}})
    expect(again.byRule).toEqual(stale.byRule)
    folder.write('a.md', '# A\n\nRepaired words.\n')
    expect(await run(folder)).toMatchObject({pages: {stale: 0, changed: 1}, diagnostics: []})
    expect(await found(folder, 'repaired')).toEqual(['a.md'])
  })

  test('whose file the scan cannot read stays stale until the file is readable', async () => {
    const folder = newFolder({'a.md': '# A\n\nOld words.\n', 'b.md': '# B\n\nOther words.\n'})
    await runHealthy(folder)
    folder.write('a.md', 'a\0b')
    const stale = await run(folder)

    expect(await run(folder)).toMatchObject({outcome: 'unchanged', build: stale.build, pages: {stale: 1}})
    folder.write('b.md', '# B\n\nChanged words.\n')
    expect(await run(folder)).toMatchObject({pages: {stale: 1, changed: 1}})
    // Even with the bytes it had at first.
    folder.write('a.md', '# A\n\nOld words.\n')
    expect(await run(folder)).toMatchObject({pages: {stale: 0}, diagnostics: []})
    expect(await found(folder, 'old words')).toContain('a.md')
  })

  test('is kept in a full rebuild, also for another model', async () => {
    const folder = newFolder({'a.md': '# A\n\nOld words.\n', 'b.md': 'a page'})
    await runHealthy(folder)
    folder.write('a.md', '# A\n\nSLOW\n')
    folder.write('b.md', 'x\0y')

    const rebuilt = await run(folder, {full: true})

    expect(rebuilt).toMatchObject({fullBecause: 'a full ingest was requested', pages: {total: 2, stale: 2}})
    const other = hashingEmbedder({id: 'another'})
    const again = await run(folder, {}, other)
    expect(again).toMatchObject({pages: {total: 2, stale: 2, removed: 0}, passages: {embedded: 2}})
    expect(await found(folder, 'old words')).toEqual(['a.md'])
  })

  test('is removed with its file', async () => {
    const folder = newFolder({'a.md': '# A\n\nOld words.\n', 'b.md': '# B\n\nOther words.\n'})
    await runHealthy(folder)
    folder.write('a.md', '# A\n\nSLOW\n')
    await run(folder)
    folder.remove('a.md')

    expect(await run(folder)).toMatchObject({pages: {total: 1, removed: 1, stale: 0}})
  })

  test('is reported by a dry run as by an ingest', async () => {
    const folder = newFolder({'a.md': '# A\n\nOld words.\n', 'b.md': '# B\n\nOther words.\n'})
    await runHealthy(folder)
    folder.write('a.md', '# A\n\nSLOW\n')
    folder.write('b.md', 'b\0')

    const report = await run(folder, {dryRun: true})

    expect(report).toMatchObject({outcome: 'dry-run', changes: [], pages: {stale: 2, setAside: 0}})
  })
})

test('a page that was withdrawn is not kept: draft, link out of the folder, dangling link', async () => {
  const folder = newFolder({
    'a.md': '# A\n\nSecret words.\n',
    'b.md': '# B\n\nOther words.\n',
    'c.md': '# C\n\nThird words.\n',
    'd.md': '# D\n\nThese stay.\n',
  })
  await runHealthy(folder)
  folder.write('a.md', '---\ndraft: true\n---\n# A\n\nSecret words.\n')
  folder.remove('b.md')
  mkdirSync(join(folder.root, 'outside'))
  renameSync(join(folder.content, 'c.md'), join(folder.root, 'outside', 'c.md'))
  symlinkSync(join(folder.root, 'outside', 'c.md'), join(folder.content, 'c.md'))
  symlinkSync(join(folder.root, 'nothing.md'), join(folder.content, 'b.md'))

  const report = await runHealthy(folder, {force: true})

  expect(report.pages).toMatchObject({total: 1, removed: 3, stale: 0})
  expect(await found(folder, 'secret other third')).toEqual([])
})

test('a first index without a single readable page is not published', async () => {
  const folder = newFolder({'a.md': 'SLOW', 'b.md': 'x\0y'})

  await expect(run(folder)).rejects.toMatchObject({
    code: 'gate_failed',
    message: expect.stringContaining('the new build has no pages; 2 could not be read'),
  })
  expect(await currentBuildId(folder.dataDir)).toBeNull()
})

test('what lies in an unreadable folder counts as unreadable, and nothing beside it', () => {
  const scan = {unreadable: [{path: 'guides', isFolder: true, bytes: 0}]} as never

  expect(isUnreadable(scan, 'guides/a/b.md')).toBe(true)
  expect(isUnreadable(scan, 'guides.md')).toBe(false)
  expect(isUnreadable({unreadable: [{path: '.', isFolder: true, bytes: 0}]} as never, 'any.md')).toBe(true)
})

describe('a page that cannot be read', () => {
  const words = '# A\n\nOld words.\n'

  test('keeps its text when it is moved, under its new address', async () => {
    const folder = newFolder({
      'a.md': words,
      'b.md': '# B\n\nOther words.\n',
      'c.md': '# C\n\nThird words.\n',
    })
    await runHealthy(folder)
    folder.write('a.md', `${words}SLOW`)
    await run(folder)
    mkdirSync(join(folder.content, 'moved'))
    renameSync(join(folder.content, 'a.md'), join(folder.content, 'moved', 'z.md'))

    const report = await run(folder)

    expect(report).toMatchObject({pages: {total: 3, moved: 1, removed: 0, stale: 1, setAside: 0}})
    expect(report.changes).toMatchObject([{path: 'moved/z.md', kind: 'moved', from: 'a.md'}])
    expect(await found(folder, 'old words')).toContain('moved/z.md')
    await withCurrent(folder, (build) => {
      expect(build.pages().map(({url}) => url)).toEqual(['/b', '/c', '/moved/z'])
    })
  })

  test.each([
    ['never ends', (head: string) => `${head}SLOW`],
    ['has more characters than a page may have', (head: string) => `${head}${'x y '.repeat(1_100_000)}`],
    ['is not UTF-8', (head: string) => Buffer.from(`${head}caf\u00e9`, 'latin1')],
    ['is larger than 5 MB', (head: string) => `${head}${'words and more\n'.repeat(400_000)}`],
  ])('and %s is gone when its author withdraws it', async (_, broken) => {
    const folder = newFolder({'a.md': words, 'b.md': '# B\n\nOther words.\n'})
    await runHealthy(folder)
    folder.write('a.md', broken(words))
    expect(await run(folder)).toMatchObject({pages: {stale: 1}})
    folder.write('a.md', broken(`---\ndraft: true\n---\n${words}`))

    const report = await run(folder)

    expect(report.pages).toMatchObject({total: 1, stale: 0, removed: 1})
    expect(await found(folder, 'old words')).not.toContain('a.md')
  })

  test('loses the words that were added since, also when the scan refuses it', async () => {
    const folder = newFolder({'a.md': words, 'b.md': '# B\n\nOther words.\n'})
    await runHealthy(folder)
    folder.write('a.md', `${'words and more\n'.repeat(400_000)}`)

    const report = await run(folder)

    expect(report.pages).toMatchObject({total: 2, stale: 1})
    expect(report.fidelity.keptWords).toBeLessThan(report.fidelity.visibleWords / 100)
    expect(summaryOf(report)).toContain('1 page in an older version')
    const again = await run(folder, {dryRun: true})
    expect(again).toMatchObject({pages: {stale: 1, setAside: 0}, fidelity: report.fidelity})
  })

  test('is found in the previous build when the current one is damaged', async () => {
    const folder = newFolder({'a.md': words, 'b.md': '# B\n\nOther words.\n'})
    await runHealthy(folder)
    folder.write('a.md', `${words}SLOW`)
    const intact = await run(folder)
    folder.write('b.md', '# B\n\nNewer words.\n')
    const damaged = await run(folder)
    truncateSync(join(buildFolder(folder.dataDir, damaged.build!), 'index.sqlite'), 10_000)

    const mended = await run(folder)

    expect(mended).toMatchObject({
      outcome: 'published',
      previous: intact.build,
      pages: {total: 2, stale: 1, changed: 1},
    })
    expect(await found(folder, 'newer old')).toEqual(expect.arrayContaining(['a.md', 'b.md']))
  })

  test('in a damaged build is repaired even if nothing has changed', async () => {
    const folder = newFolder({'a.md': words})
    await runHealthy(folder)
    const damaged = await run(folder, {full: true})
    truncateSync(join(buildFolder(folder.dataDir, damaged.build!), 'index.sqlite'), 10_000)

    const mended = await run(folder)

    expect(mended.outcome).toBe('published')
    expect(await currentBuildId(folder.dataDir)).toBe(mended.build)
    expect(await found(folder, 'old words')).toEqual(['a.md'])
  })

  test.each([
    ['never ends', `${words}SLOW`, {full: true}],
    ['is not UTF-8', Buffer.from('# A\n\ncaf\u00e9', 'latin1'), {}],
    ['is not UTF-8', Buffer.from('# A\n\ncaf\u00e9', 'latin1'), {full: true}],
  ])('and %s keeps its text when it is moved (%#)', async (_, broken, options) => {
    const folder = newFolder({'v3.0/a.md': words, 'b.md': '# B\n\nOther words.\n'})
    await runHealthy(folder)
    folder.write('v3.0/a.md', broken)
    await run(folder)
    renameSync(join(folder.content, 'v3.0'), join(folder.content, 'v4.0'))

    const report = await run(folder, options)

    expect(report.pages).toMatchObject({total: 2, moved: 1, removed: 0, stale: 1})
    await withCurrent(folder, (build) => {
      expect(build.pages().find(({path}) => path === 'v4.0/a.md')).toMatchObject({
        url: '/v4.0/a',
        version: 'v4.0',
      })
    })
  })

  test('keeps its own text when it swaps names with another page', async () => {
    const folder = newFolder({'a.md': words, 'b.md': '# B\n\nOther things.\n'})
    await runHealthy(folder)
    folder.write('b.md', 'b\0')
    await run(folder)
    renameSync(join(folder.content, 'a.md'), join(folder.content, 'c'))
    renameSync(join(folder.content, 'b.md'), join(folder.content, 'a.md'))
    renameSync(join(folder.content, 'c'), join(folder.content, 'b.md'))

    await run(folder)

    expect(await found(folder, 'other things')).toEqual(['a.md'])
    expect(await found(folder, 'old words')).toEqual(['b.md'])
  })

  test('does not count as a normal removal when it is moved and broken in one step', async () => {
    const folder = newFolder({'a.md': words, 'b.md': '# B\n\nOther words.\n'})
    await runHealthy(folder)
    folder.remove('a.md')
    folder.write('z.md', `${words}SLOW`)

    await expect(run(folder)).rejects.toMatchObject({code: 'gate_failed'})
  })

  test('is gone when its author withdraws it in UTF-16', async () => {
    const folder = newFolder({'a.md': words, 'b.md': '# B\n\nOther words.\n'})
    await runHealthy(folder)
    folder.write('a.md', Buffer.from(`\ufeff---\ndraft: true\n---\n${words}`, 'utf16le').swap16())

    expect((await run(folder)).pages).toMatchObject({total: 1, stale: 0, removed: 1})
  })

  test('and was removed is also gone in a dry run', async () => {
    const folder = newFolder({'a.md': words, 'b.md': '# B\n\nOther words.\n'})
    await runHealthy(folder)
    folder.write('a.md', 'a\0')
    await run(folder)
    folder.remove('a.md')

    const dry = await run(folder, {dryRun: true})
    const {pages, diagnostics, fidelity} = await run(folder)

    expect(dry).toMatchObject({pages: {stale: pages.stale, removed: 1}, diagnostics, fidelity})
  })
})

test('a file that is not text is not included as garbage, and the page that includes it gets a diagnostic', async () => {
  const folder = newFolder({
    'a.md': '# A\n\nOld words.\n\n{{#include part.txt}}\n',
    'part.txt': 'Some good words.\n',
    'book.toml': '[book]\n',
  })
  await runHealthy(folder)
  folder.write('part.txt', Uint8Array.from([0, 1, 2, 0xff, 0, 0x41]))

  const report = await runHealthy(folder)

  expect(report.byRule['include-unreadable']).toBe(1)
  expect(await found(folder, 'old words')).toEqual(['a.md'])
  await withCurrent(folder, (build) => {
    expect(build.markdownOf(build.pages()[0]!.id)).not.toContain('\ufffd')
  })
})

test('golden questions that are not a regular file are refused, not waited for', async () => {
  const folder = newFolder({'a.md': '# A\n\nOld words.\n'})
  spawnSync('mkfifo', [join(folder.content, 'docent.golden.jsonl')])

  await expect(runHealthy(folder)).rejects.toMatchObject({
    code: 'config',
    message: expect.stringContaining('docent.golden.jsonl cannot be read: it is not a file'),
  })
})
