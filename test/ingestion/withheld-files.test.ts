import {mkdirSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import {describe, expect, test} from 'vitest'
import {buildProgram} from '../../scripts/build/build-program.mjs'
import type {IngestOptions} from '../../src/ingestion/index.ts'
import {openParserPool} from '../../src/ingestion/parser-pool.ts'
import type {ContentFolder} from '../support/content-folder.ts'
import {directParser} from '../support/direct-parser.ts'
import {hashingEmbedder} from '../support/hashing-embedder.ts'
import {ingestFolder, newFolder, withCurrent} from '../support/ingest-world.ts'

const secret = 'TOPSECRETWORD'
const entry = pathToFileURL(await buildProgram('test/support/scripted-parse-child.ts'))

function run(folder: ContentFolder, openParser: IngestOptions['openParser'] = directParser) {
  return ingestFolder(folder, {openParser, force: true}, hashingEmbedder())
}

/** All Markdown of the current build. */
function published(folder: ContentFolder): Promise<string> {
  return withCurrent(folder, (build) =>
    build
      .pages()
      .map(({id}) => build.markdownOf(id))
      .join('\n'),
  )
}

/** Every notation in which a page can include another file. */
const includes: Readonly<Record<string, (file: string) => string>> = {
  mdbook: (file) => `{{#include ${file}}}`,
  'mdbook within a line': (file) => `So: {{#include ${file}}}`,
  'mdbook in code': (file) => `\`\`\`sh\n{{#include ${file}}}\n\`\`\``,
  snippets: (file) => `--8<-- "${file}"`,
  'a block of snippets': (file) => `--8<--\n${file}\n--8<--`,
  'snippets in code': (file) => `\`\`\`sh\n--8<-- "${file}"\n\`\`\``,
  vitepress: (file) => `<<< ${file}`,
  fastapi: (file) => `{* ${file} *}`,
  docfx: (file) => `[!INCLUDE [x](${file})]`,
  'docfx within a line': (file) => `So: [!INCLUDE [x](${file})].`,
  'docfx code': (file) => `[!code-js[x](${file})]`,
  'hugo readfile': (file) => `{{< readfile file="${file}" >}}`,
  'hugo include': (file) => `{{< include "${file}" >}}`,
  'hugo code sample': (file) => `{{< code_sample file="${file}" >}}`,
  liquid: (file) => `{% include "${file}" %}`,
  'myst include': (file) => `\`\`\`{include} ${file}\n\`\`\``,
  'myst literalinclude': (file) => `\`\`\`{literalinclude} ${file}\n\`\`\``,
  'myst colons': (file) => `:::{include} ${file}\n:::`,
  'a component': (file) => `<Snippet file="../${file}" />`,
}

describe.each(Object.entries(includes))('an include by %s', (_, includeOf) => {
  test('shows a file, but never one that is hidden, holds keys, or is a link to such a file', async () => {
    const open = newFolder({
      'page.md': `# Page\n\nWords.\n\n${includeOf('part.txt')}\n`,
      'part.txt': `${secret}\n`,
    })
    const hidden = [
      '.env',
      '.git/config',
      '.npmrc',
      'server.pem',
      'server.pem.bak',
      'app.env.local',
      '.folder/part.txt',
      'node_modules/a/part.txt',
    ]
    const folder = newFolder({
      ...Object.fromEntries(hidden.map((file) => [file, `KEY=${secret}\n`])),
      'page.md': `# Page\n\nWords.\n\n${[...hidden, 'link.txt', './x/../.env'].map(includeOf).join('\n\n')}\n`,
    })
    symlinkSync('.env', join(folder.content, 'link.txt'))

    await run(open)
    const report = await run(folder)

    expect(await published(open)).toContain(secret)
    expect(await published(folder)).not.toContain(secret)
    const refusals = report.diagnostics.filter(({rule}) => rule === 'include-refused')
    expect(refusals.map(({reason}) => reason).join('\n')).toMatch(/\.env[\s\S]*hold keys/)
    expect(refusals.some(({reason}) => reason.includes('link.txt, which is, or links to, a file'))).toBe(true)
  })
})

test('a component that is imported from a hidden settings file is not shown', async () => {
  const folder = newFolder({
    '.env.md': `${secret}\n`,
    'page.mdx': "import Env from '.env.md'\n\n# Page\n\nWords.\n\n<Env />\n",
  })

  await run(folder)

  expect(await published(folder)).not.toContain(secret)
})

test('Markdown in a hidden folder can be included, as on some sites', async () => {
  const folder = newFolder({
    '.includes/note.md': 'A note of the site.\n',
    'page.md': '# Page\n\n--8<-- ".includes/note.md"\n',
  })

  const report = await run(folder)

  expect(await published(folder)).toContain('A note of the site.')
  expect(report.byRule).not.toHaveProperty('include-refused')
})

test('a page that is a link to a hidden file is set aside', async () => {
  const folder = newFolder({'.env': `KEY=${secret}\n`, 'good.md': '# Good\n\nWords.\n'})
  symlinkSync('.env', join(folder.content, 'page.md'))

  const report = await run(folder)

  expect(report.diagnostics).toMatchObject([{path: 'page.md', rule: 'symlink-withheld'}])
  expect(await published(folder)).not.toContain(secret)
})

describe('a data folder inside the content', () => {
  const own = [
    'CURRENT',
    'ended-sessions.json',
    'secret',
    'secret.12.new',
    'transcripts.sqlite-wal',
    'transcripts-catalog.sqlite',
    'golden.jsonl',
    'golden.jsonl.12.new',
    'verified.sqlite',
    'verified.sqlite-wal',
    'gaps.sqlite',
    'gaps.sqlite.lock',
    'staff.sqlite',
  ]
  const include = (file: string) => `{{#include ${file}}}`
  const write = (data: string) => {
    mkdirSync(join(data, 'models'), {recursive: true})
    for (const file of own) writeFileSync(join(data, file), `${secret}\n`)
  }

  test('provides neither pages nor included files, directly or through links', async () => {
    const paths = [...own.map((file) => `data/${file}`), 'data/models/page.md', 'linked/secret', 'file.txt']
    const folder = newFolder({
      'page.md': `# Page\n\nWords.\n\n${paths.map(include).join('\n\n')}\n`,
      'data.md': '# Data\n\nOf another name.\n',
    })
    const dataDir = join(folder.content, 'data')
    write(dataDir)
    writeFileSync(join(dataDir, 'models', 'page.md'), `# Model\n\n${secret}\n`)
    symlinkSync('data', join(folder.content, 'linked'))
    symlinkSync('data/secret', join(folder.content, 'file.txt'))
    symlinkSync('data/models/page.md', join(folder.content, 'model.md'))

    const report = await ingestFolder(
      folder,
      {dataDir, openParser: (setup) => openParserPool(setup, {size: 1}), force: true},
      hashingEmbedder(),
    )

    expect(report.pages.total).toBe(2)
    expect(await published({...folder, dataDir})).not.toContain(secret)
    const rules = report.diagnostics.map(({path, rule}) => `${path} ${rule}`)
    expect(rules).toContain('linked symlink-withheld')
    expect(rules).toContain('model.md symlink-withheld')
    expect(rules.filter((rule) => rule === 'page.md include-refused')).toHaveLength(
      report.diagnostics.filter(({rule}) => rule === 'include-refused').length,
    )
    const refused = report.diagnostics.flatMap(({rule, reason}) =>
      rule === 'include-refused' ? [reason] : [],
    )
    for (const path of paths) expect(refused.some((reason) => reason.includes(path))).toBe(true)
  })

  test('is also recognised behind a link', async () => {
    const folder = newFolder({'page.md': `# Page\n\n${include('real/ended-sessions.json')}\n`})
    write(join(folder.content, 'real'))
    symlinkSync(join(folder.content, 'real'), folder.dataDir)

    await run(folder)

    expect(await published(folder)).not.toContain(secret)
  })

  test('withholds its files and shows the pages when it is the content folder', async () => {
    const folder = newFolder({
      'page.md': `# Page\n\n${own.map(include).join('\n\n')}\n`,
      'secret.md': '# How\n\nSo.\n',
    })
    write(folder.content)
    rmSync(join(folder.content, 'transcripts.sqlite-wal'))
    rmSync(join(folder.content, 'CURRENT'))

    const report = await ingestFolder(folder, {dataDir: folder.content, force: true}, hashingEmbedder())

    expect(report.pages.total).toBe(2)
    expect(await published({...folder, dataDir: folder.content})).not.toContain(secret)
  })
})

describe('a file that was published and is withheld now', () => {
  /** A build with the text of a file that is withheld afterwards, while its bytes and its page are unchanged. */
  async function publishedBefore(): Promise<ContentFolder> {
    const folder = newFolder({
      'page.md': '# Page\n\nWords.\n\n{{#include part.txt}}\n',
      'part.txt': `KEY=${secret}\n`,
      'good.md': '# Good\n\nWords.\n',
    })
    await run(folder)
    expect(await published(folder)).toContain(secret)
    rmSync(join(folder.content, 'part.txt'))
    writeFileSync(join(folder.content, '.env'), `KEY=${secret}\n`)
    symlinkSync('.env', join(folder.content, 'part.txt'))
    return folder
  }

  test('is gone after the next ingest, although no byte of the page and of the file has changed', async () => {
    const folder = await publishedBefore()

    const report = await run(folder)

    expect(report.pages).toMatchObject({changed: 1, unchanged: 1})
    expect(await published(folder)).not.toContain(secret)
  })

  test('is not kept as the last good text of a page that cannot be read now', async () => {
    const folder = await publishedBefore()
    folder.write('page.md', '# Page\n\nTHROW\n\n{{#include part.txt}}\n')

    await run(folder, (setup) => openParserPool(setup, {size: 1, entry}))

    expect(await published(folder)).not.toContain(secret)
  })

  test('is not kept for a page whose file is no longer text', async () => {
    const folder = await publishedBefore()
    folder.write('page.md', '# Page\n\0\n')

    await run(folder)

    expect(await published(folder)).not.toContain(secret)
  })
})
