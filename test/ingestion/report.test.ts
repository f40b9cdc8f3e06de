import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {summaryOf} from '../../src/ingestion/index.ts'
import {directParser} from '../support/direct-parser.ts'
import {hashingEmbedder} from '../support/hashing-embedder.ts'
import {ingestFolder, newFolder, pathsFound, withCurrent} from '../support/ingest-world.ts'

const run = (folder: ReturnType<typeof newFolder>, options = {}) =>
  ingestFolder(folder, {openParser: directParser, ...options}, hashingEmbedder())

const words = '# Otters\n\nOtters swim in the river.\n'

describe('files that are no Markdown', () => {
  test('are counted by their ending, in one line', async () => {
    const folder = newFolder({
      'a.md': words,
      'b.rst': 'Otters\n======\n',
      'old/c.rst': 'Otters\n======\n',
      'd.ipynb': '{}',
      'e.MDX.txt': words,
      'logo.svg': '<svg/>',
      'robots.txt': 'x',
      '.hidden/f.rst': 'x',
    })

    const report = await run(folder)

    expect(report.otherFormats).toEqual({'.rst': 2, '.ipynb': 1, '.mdx.txt': 1})
    expect(summaryOf(report)).toContain(
      '  not read  4 files in other formats than Markdown: 2 .rst, 1 .ipynb, 1 .mdx.txt\n',
    )
  })

  test('alone are no docs: the first ingest says so and publishes nothing', async () => {
    const folder = newFolder({'index.rst': 'Otters\n======\n'})

    await expect(run(folder)).rejects.toMatchObject({
      code: 'config',
      message: expect.stringMatching(
        /^there is no Markdown in \/.*\. It has 1 file in other formats than Markdown: 1 \.rst\. Name the folder/,
      ),
    })
    await expect(run(newFolder({'a.txt': 'x'}), {dryRun: true})).rejects.toMatchObject({code: 'config'})
  })

  test('nor is a folder whose files have no page', async () => {
    const folder = newFolder({'a.md': '---\ndraft: true\n---\nWords.\n', 'b.md': ''})

    await expect(run(folder)).rejects.toMatchObject({
      code: 'gate_failed',
      message: expect.stringContaining('the new build has no pages; every file is set aside or has no text'),
    })
  })
})

test('files that are set aside, and those that could not be read, are counted with the reason', async () => {
  const folder = newFolder({
    'a.md': words,
    'b.md': '---\ndraft: true\n---\nWords.\n',
    'c.md': '---\ndraft: true\n---\nMore.\n',
    'd.md': '',
    'e.md': '\0\0\0\0\0\0\0\0\0\0',
  })

  const summary = summaryOf(await run(folder))

  expect(summary).toContain('1 (1 new, 3 set aside, 1 could not be read)\n')
  expect(summary).toMatch(
    /\n +2 set aside: its front matter says draft\n +1 set aside: the page has no text\n/,
  )
})

test('what is to be done about several problems of a kind is said once', async () => {
  const folder = newFolder({'a.md': `${words}\n~~~\ncode\n`, 'b.md': `${words}\n~~~\nmore\n`})

  const summary = summaryOf(await run(folder))

  expect(summary).toContain('unclosed-fence (warning, 2): Add a closing fence.\n')
  expect(summary.split('Add a closing fence.')).toHaveLength(2)
  expect(summary).toContain('    a.md:5  the code block that begins here is never closed\n')
})

test('an include that is not there is said with its name, and is no unknown construct', async () => {
  const folder = newFolder({'a.md': `${words}\n{{#include lost/rivers.md}}\n`})

  const summary = summaryOf(await run(folder))

  expect(summary).toContain('include-missing (warning, 1)')
  expect(summary).toContain('a.md:5  the file lost/rivers.md, which the page includes, is not in the project')
  expect(summary).not.toContain('Not understood')
})

test.each(['.md', '.MD', '.mdx', '.markdown', '.mdown', '.mkd', '.mkdn'])(
  'a file that ends in %s is a page',
  async (ending) => {
    const folder = newFolder({[`a${ending}`]: words, 'b.md': `# B\n\n[otters](a${ending})\n`})

    const report = await run(folder)

    expect(report.diagnostics).toEqual([])
    await withCurrent(folder, (build) => {
      expect(pathsFound(build, 'river')).toEqual([`a${ending}`])
      expect(build.pageByUrl('/a')?.title).toBe('Otters')
    })
  },
)

test.skipIf(process.platform !== 'linux')('a name that is not UTF-8 gets its own message', async () => {
  const folder = newFolder({'a.md': words})
  const latin1 = (name: string): Buffer => Buffer.from(join(folder.content, name), 'latin1')
  writeFileSync(latin1('b\u00e9.md'), words)
  mkdirSync(latin1('d\u00e9'))

  const {diagnostics} = await run(folder)

  expect(diagnostics.map(({path, rule, reason}) => [path, rule, reason])).toEqual([
    ['b\ufffd.md', 'name-not-utf-8', 'its name is not UTF-8, so it cannot be opened'],
    ['d\ufffd', 'name-not-utf-8', 'its name is not UTF-8, so it cannot be opened'],
  ])
})

describe('the summary', () => {
  test('names each construct that is not understood once, with the page where it stands most', async () => {
    const chart = '<Chart rows={rows.map((row) => row.name)} />\n\n'
    const folder = newFolder({
      'a.mdx': `${words}\n${chart}`,
      'b.mdx': `${words}\n${chart.repeat(3)}\n<Map places={places()} />\n`,
      'c.mdx': words,
    })

    const report = await run(folder)

    expect(report.fidelity.constructs['jsx:Chart']).toMatchObject({
      notUnderstood: 4,
      most: {path: 'b.mdx', count: 3},
    })
    const summary = summaryOf(report)
    expect(summary).toContain('Not understood: 2 constructs.')
    expect(summary).toContain('  jsx:Chart  4×, most in b.mdx (3)\n')
    expect(summary).toContain('  jsx:Map  1×, b.mdx\n')
  })

  test('puts what loses most words first, and names a dozen', async () => {
    const report = await run(newFolder({'a.md': words}))
    const share = {flattened: 0, dropped: 0, keptWords: 0, droppedWords: 0}
    const unknown = Object.fromEntries(
      Array.from({length: 30}, (_, n) => [
        `jsx:Part${n}`,
        {...share, notUnderstood: 1 + n, lostWords: n === 3 ? 250 : 0, most: {path: 'a.md', count: 1}},
      ]),
    )

    const lines = summaryOf({...report, fidelity: {...report.fidelity, constructs: unknown}}).split('\n')

    const at = lines.findIndex((line) => line.startsWith('Not understood: 30 constructs'))
    expect(lines[at + 1]).toBe('  jsx:Part3  4×, 250 words lost, most in a.md (1)')
    expect(lines[at + 2]).toContain('jsx:Part29')
    expect(lines[at + 13]).toBe('  … 18 more')
  })

  test('shows one line for all problems of a kind on a page', async () => {
    const links = Array.from({length: 40}, (_, n) => `[x](gone${n}.md)\n\n`).join('')

    const summary = summaryOf(await run(newFolder({'a.md': words + links, 'b.md': words + links})))

    expect(summary).toContain('  broken-link (warning, 80)')
    expect(summary.match(/leads to a missing file/g)).toHaveLength(2)
    expect(summary).toContain(
      'a.md:4  the link to gone0.md leads to a missing file [and 39 more on this page]',
    )
  })

  test('never says that all is kept while a page could not be read', async () => {
    const folder = newFolder({'a.md': words})
    folder.write('b.md', Uint8Array.from([0x23, 0x20, 0xe9, 0xff]))

    const report = await run(folder)

    expect(report.pages).toMatchObject({total: 1, setAside: 1, unread: 1})
    expect(summaryOf(report)).toMatch(
      / {2}text {6}\d\d\.\d\d % of .* visible words kept; 1 page could not be read/,
    )
  })

  test('rounds down: 100 % is all', async () => {
    const report = await run(newFolder({'a.md': words}))

    const fidelity = {...report.fidelity, visibleWords: 1_000_000, keptWords: 999_999}
    expect(summaryOf({...report, fidelity})).toContain('99.99 % of 1,000,000 visible words kept')
  })
})
