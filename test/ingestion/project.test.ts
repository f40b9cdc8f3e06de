import {execFileSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {afterEach, describe, expect, test} from 'vitest'
import {contentRootOf} from '../../src/ingestion/content-root.ts'
import {chunkerOf} from '../../src/ingestion/ingest-plan.ts'
import {parseTask} from '../../src/ingestion/parse-task.ts'
import {readContentFile} from '../../src/ingestion/read-content-file.ts'
import {scanFolder} from '../../src/ingestion/scan-folder.ts'
import {siteOf} from '../../src/ingestion/site-of.ts'

const made: string[] = []
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, {recursive: true, force: true})
})

function projectWith(files: Readonly<Record<string, string>>): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'docent-project-')))
  made.push(root)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), {recursive: true})
    writeFileSync(join(root, path), text)
  }
  return root
}

async function pageIn(content: string, path: string, text: string, dataDir: string | null = null) {
  const scan = await scanFolder(content, {dataDir})
  return parseTask({...scan, site: siteOf(scan, null)}, {path, text})
}

describe('the project of a content folder', () => {
  test('is its repository, or the folder above with a configuration, or itself', () => {
    const root = projectWith({
      'a/.git/HEAD': '',
      'a/docs/guide/x.md': '',
      'b/mkdocs.yml': 'site_name: x',
      'b/docs/guide/x.md': '',
      'c/docs/guide/x.md': '',
    })

    expect(contentRootOf(join(root, 'a/docs/guide'), null).project).toBe(join(root, 'a'))
    expect(contentRootOf(join(root, 'b/docs/guide'), null).project).toBe(join(root, 'b'))
    expect(contentRootOf(join(root, 'c/docs/guide'), null).project).toBe(join(root, 'c/docs/guide'))
  })

  test('without a repository is the package that holds the site, in its own folder or in another', async () => {
    const root = projectWith({
      'a/package.json': '{"workspaces": ["website"]}',
      'a/website/docusaurus.config.ts':
        "export default {baseUrl: '/', presets: [['classic', {docs: {path: '../docs', routeBasePath: '/'}}]]}",
      'a/docs/guide/x.md': '# X',
      'b/package.json': '{}',
      'b/astro.config.mjs':
        "import starlight from '@astrojs/starlight'\nexport default defineConfig({integrations: [starlight({title: 'T'})]})",
      'b/src/content/docs/auto/x.md': '# X',
      'c/package.json': '{}',
      'c/docs/x.md': '# X',
      'd/package.json': '{}',
      'd/docs/mkdocs.yml': 'docs_dir: .',
      'd/docs/x.md': '# X',
    })
    const siteAt = async (folder: string) =>
      siteOf(await scanFolder(join(root, folder), {dataDir: null}), null)

    expect(await siteAt('a/docs')).toMatchObject({generator: 'docusaurus', contentPath: 'docs'})
    expect(await siteAt('a/docs/guide')).toMatchObject({foundIn: 'website/docusaurus.config.ts'})
    expect(await siteAt('b/src/content/docs/auto')).toMatchObject({
      generator: 'starlight',
      contentPath: 'src/content/docs/auto',
    })
    expect(await siteAt('c/docs')).toMatchObject({generator: 'plain', contentPath: ''})
    expect(await siteAt('d/docs')).toMatchObject({generator: 'mkdocs', contentPath: ''})
  })

  test('gives its files to includes, and nothing else', async () => {
    const root = projectWith({
      'repo/.git/HEAD': '',
      'repo/shared/note.md': 'Shared words.',
      'repo/.env': 'SECRET=1',
      'repo/data/transcripts.sqlite': 'private',
      'repo/docs/guide/x.md': '',
      'outside.md': 'Outside.',
    })
    const content = join(root, 'repo/docs/guide')
    const page = (spec: string) =>
      pageIn(content, 'x.md', `Before.\n\n--8<-- "${spec}"\n`, join(root, 'repo/data'))

    const shared = await page('../../shared/note.md')
    expect(shared.page?.sections[0]?.text).toBe('Before.\nShared words.')
    expect(shared.includes).toMatchObject([
      {path: '../../shared/note.md', hash: expect.stringMatching(/^[0-9a-f]{64}$/)},
    ])
    expect(shared.page?.path).toBe('x.md')
    for (const spec of [
      '../../../outside.md',
      '../../.env',
      '../../data/transcripts.sqlite',
      '../../.git/HEAD',
    ])
      expect([spec, (await page(spec)).page?.sections[0]?.text]).toEqual([spec, 'Before.'])
  })

  test('gives code above the content folder to includes, unless it is hidden', async () => {
    const root = projectWith({
      'repo/.git/HEAD': '',
      'repo/code/tide.py': 'rise()',
      'repo/.tools/tide.py': 'hidden()',
      'repo/docs/guide/x.md': '',
    })
    const page = (spec: string) => pageIn(join(root, 'repo/docs/guide'), 'x.md', `--8<-- "${spec}"\n`)

    expect(await page('../../code/tide.py')).toMatchObject({
      page: {sections: [{text: 'rise()'}]},
      diagnostics: [],
    })
    expect((await page('../../.tools/tide.py')).diagnostics).toMatchObject([
      {rule: 'empty-page'},
      {rule: 'include-refused'},
    ])
  })

  test('is not left by links', () => {
    const root = projectWith({'repo/.git/HEAD': '', 'repo/docs/x.md': '', 'outside.md': 'Outside.'})
    symlinkSync(join(root, 'outside.md'), join(root, 'repo/linked.md'))
    const content = contentRootOf(join(root, 'repo/docs'), null)

    expect(readContentFile(content, '../linked.md')).toBeNull()
    expect(readContentFile(content, '../../outside.md')).toBeNull()
    expect(readContentFile(content, 'x.md')).not.toBeNull()
  })

  test('its hidden folders do not withhold the content in them', async () => {
    const root = projectWith({
      'repo/.git/HEAD': '',
      'repo/.site/docs/code.py': 'print(1)',
      'repo/.site/docs/x.md': '',
    })

    const {page} = await pageIn(join(root, 'repo/.site/docs'), 'x.md', '--8<-- "code.py"\n')

    expect(page?.sections[0]?.text).toBe('print(1)')
  })
})

test('where in a project the same folder lies is no reason to read it again', async () => {
  const files = {'docs/a.md': 'Text.', 'docs/de/a.md': 'Text.', 'docs/v2.0/a.md': 'Text.'}
  const alone = await scanFolder(join(projectWith(files), 'docs'))
  const inRepository = await scanFolder(join(projectWith({...files, '.git/HEAD': ''}), 'docs'))
  const other = await scanFolder(join(projectWith({...files, 'mkdocs.yml': 'site_name: x'}), 'docs'))
  const [first, second, third] = [alone, inRepository, other].map((scan) => chunkerOf(siteOf(scan, null)))

  expect(second).toBe(first)
  expect(third).not.toBe(first)
})

test('the command says what it found, from which file, and how to set it', () => {
  const root = projectWith({
    '.git/HEAD': '',
    'mkdocs.yml': 'site_url: https://example.com/tool/\nsite_name: x',
    'docs/index.md': '# Start',
    'docs/guide/setup.md': '# Setup',
    'docs/guide/draft.md': '---\ndraft: true\n---\n\n# Draft',
    'notes/plan.md': '# Plan',
  })
  const explain = (...args: string[]): string =>
    execFileSync(
      process.execPath,
      ['bin/docent.mjs', 'ingest', '--explain', '--data', join(root, 'data'), ...args],
      {
        encoding: 'utf8',
        env: {...process.env, SITE_URL: 'https://example.com'},
      },
    )

  const text = explain('--content', join(root, 'docs/guide'))
  expect(text).toContain('MkDocs, by mkdocs.yml.')
  expect(text).toContain('setup.md\n    https://example.com/tool/guide/setup/')
  expect(text).toContain('1: its front matter says draft')
  expect(text).not.toContain('in no folder of pages')
  expect(explain('--content', join(root, 'notes'))).toContain('1 in no folder of pages')
  expect(text).toMatch(/set SITE_GENERATOR or --site to one of docusaurus, /)
  expect(JSON.parse(explain('--content', root, '--json'))).toMatchObject({
    generator: {name: 'mkdocs'},
    foundIn: 'mkdocs.yml',
    pages: 2,
    outside: 0,
  })
  expect(() => explain('--content', root, '--site', 'wordpres')).toThrow(/known are docusaurus/)
  expect(() => explain('--content', root, '--site', 'Hugo')).toThrow(/did you mean hugo\?/)
  expect(() => explain('--content', join(root, 'nowhere'))).toThrow(/there is no such folder/)
})
