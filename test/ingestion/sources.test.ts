import {mkdirSync, readdirSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import type {ContentSource, RepositorySource} from '../../src/domain/index.ts'
import {linkOf} from '../../src/http/docs/docs-lookup.ts'
import {createRetriever} from '../../src/retrieval/index.ts'
import {buildFolder, currentBuildId, openBuild} from '../../src/search-index/index.ts'
import type {ContentFolder} from '../support/content-folder.ts'
import {gitRepository} from '../support/git-repository.ts'
import {hashingEmbedder} from '../support/hashing-embedder.ts'
import {ingestFolder, newFolder, withCurrent} from '../support/ingest-world.ts'

const guide = '# Sign in\n\nGuests sign in with a badge. See [roles](/roles) and [setup](setup.md).\n'
const setup = '# Setup\n\nThe scanner needs a power supply.\n'
const roles = '# Roles\n\nAn usher opens the gate.\n'
const api = '# Tickets\n\nEvery ticket has a colour and a seat.\n'

function folderNamed(name: string, folder: string): ContentSource {
  return {kind: 'folder', name, folder, generator: null}
}

function repositoryNamed(name: string, url: string, given: Partial<RepositorySource> = {}): RepositorySource {
  return {kind: 'repository', name, url, branch: 'main', folder: 'docs', generator: null, ...given}
}

/** A folder and a repository as the sources `guide` and `api`. */
function twoSources() {
  const repository = gitRepository('api')
  const commit = repository.push({
    'docs/tickets.md': api,
    'docs/roles.md': '# API roles\n\nKeys have roles.\n',
  })
  const folder = newFolder({'sign-in.md': guide, 'setup.md': setup, 'roles.md': roles})
  const sources = [folderNamed('guide', folder.content), repositoryNamed('api', repository.url)]
  return {repository, commit, folder, sources}
}

const pathsIn = (folder: ContentFolder) =>
  withCurrent(folder, (build) =>
    build
      .pages()
      .map(({path, url}) => `${path} ${url}`)
      .sort(),
  )

describe('several sources', () => {
  test('are one index, with paths and addresses below their names', async () => {
    const {folder, sources, commit} = twoSources()

    const report = await ingestFolder(folder, {content: sources})

    expect(await pathsIn(folder)).toEqual([
      'api/roles.md /api/roles',
      'api/tickets.md /api/tickets',
      'guide/roles.md /guide/roles',
      'guide/setup.md /guide/setup',
      'guide/sign-in.md /guide/sign-in',
    ])
    expect(report.sources).toMatchObject([
      {name: 'guide', commit: null, problem: null},
      {name: 'api', commit, problem: null},
    ])
    const summary = await withCurrent(folder, ({manifest}) => manifest.summary)
    expect(summary?.sources).toMatchObject([{name: 'guide'}, {name: 'api', commit}])
  })

  test('have links that resolve inside their source', async () => {
    const {folder, sources} = twoSources()
    folder.write('sign-in.md', `${guide}\nSee [nothing](missing.md) and [tickets](/tickets).\n`)

    const report = await ingestFolder(folder, {content: sources})

    expect(report.diagnostics.map(({path, rule}) => `${path} ${rule}`)).toEqual([
      'guide/sign-in.md broken-link',
    ])
    await withCurrent(folder, (build) => {
      const from = build.pageByPath('guide/sign-in.md')!
      expect(linkOf('/roles', from, build, ['guide', 'api'])).toBe('/docs/guide/roles')
      expect(linkOf('setup.md', from, build, ['guide', 'api'])).toBe('/docs/guide/setup')
      expect(linkOf('/tickets', from, build, ['guide', 'api'])).toBeNull()
    })
  })

  test('are shown on their own sites, and on this server where they have none', async () => {
    const {folder, sources} = twoSources()
    await ingestFolder(folder, {content: sources})
    const build = await openBuild(buildFolder(folder.dataDir, (await currentBuildId(folder.dataDir))!))
    try {
      const current = {id: build.manifest.id, problem: null, lease: () => ({build, release() {}})}
      const siteUrl = {api: 'https://api.example.com/v1/'}
      const retriever = createRetriever({current, embedder: hashingEmbedder(), siteUrl})
      const urlsFor = async (text: string) =>
        (await retriever.search({text, history: [], limit: 3})).hits.map(({url}) => url)

      expect(await urlsFor('Which colour and seat has a ticket?')).toContain(
        'https://api.example.com/v1/tickets',
      )
      expect(await urlsFor('Does the scanner need a power supply?')).toContain('/docs/guide/setup')
    } finally {
      build.close()
    }
  })

  test('have versions of their own: the current one of each is searched', async () => {
    const versioned = newFolder({
      'v1/gate.md': '# Gate\n\nThe old gate needs a brass key.\n',
      'v2/gate.md': '# Gate\n\nThe new gate needs a plastic card.\n',
      'v2/door.md': '# Door\n\nThe door needs nothing.\n',
    })
    const {folder, sources} = twoSources()
    await ingestFolder(folder, {content: [...sources, folderNamed('gates', versioned.content)]})
    const build = await openBuild(buildFolder(folder.dataDir, (await currentBuildId(folder.dataDir))!))
    try {
      const current = {id: build.manifest.id, problem: null, lease: () => ({build, release() {}})}
      const retriever = createRetriever({current, embedder: hashingEmbedder(), siteUrl: null})
      const urlsFor = async (text: string) =>
        (await retriever.search({text, history: [], limit: 5})).hits.map(({url}) => url)

      expect(await urlsFor('Does the scanner need a power supply?')).toContain('/docs/guide/setup')
      const gates = (await urlsFor('Which card needs the gate?')).filter((url) => url.endsWith('/gate'))
      expect(gates).toEqual(['/docs/gates/v2/gate'])
    } finally {
      build.close()
    }
  })

  test('keep their own edits: only what changed is embedded', async () => {
    const {folder, sources, repository} = twoSources()
    await ingestFolder(folder, {content: sources})
    const unchanged = await ingestFolder(folder, {content: sources})
    const commit = repository.push({'docs/tickets.md': `${api}\n## Refunds\n\nA refund takes a day.\n`})

    const report = await ingestFolder(folder, {content: sources})

    expect(unchanged.outcome).toBe('unchanged')
    expect(report).toMatchObject({outcome: 'published', fullBecause: null, passages: {embedded: 1}})
    expect(report.changes.map(({path}) => path)).toEqual(['api/tickets.md'])
    expect(report.sources[1]).toMatchObject({commit})
  })

  test('can become one and several again without embedding anything again', async () => {
    const {folder, sources} = twoSources()
    const first = await ingestFolder(folder)
    const several = await ingestFolder(folder, {
      content: [sources[0]!, folderNamed('more', newFolder({'a.md': api}).content)],
    })
    const single = await ingestFolder(folder, {force: true})

    expect(first.passages.embedded).toBe(3)
    expect(several.passages.embedded).toBe(1)
    expect(several.pages).toMatchObject({moved: 3, new: 1, removed: 0})
    expect(single.passages.embedded).toBe(0)
    expect(await pathsIn(folder)).toEqual(['roles.md /roles', 'setup.md /setup', 'sign-in.md /sign-in'])
  })

  test('are each asked their own golden questions', async () => {
    const {folder, sources} = twoSources()
    const question = {question: 'Does the scanner need a power supply?', relevant: ['/setup#setup']}
    folder.write('docent.golden.jsonl', `${JSON.stringify(question)}\n`)

    const report = await ingestFolder(folder, {content: sources})

    expect(report.golden).toEqual({questions: 1, hitAt5: 1})
  })
})

test('a checkout of a source that there is no more is removed with the next index', async () => {
  const {folder, sources} = twoSources()
  await ingestFolder(folder, {content: sources})
  const checkouts = join(folder.dataDir, 'sources')
  mkdirSync(join(checkouts, 'notes-of-somebody'))
  expect(readdirSync(checkouts).sort()).toEqual(['api', 'notes-of-somebody'])

  await ingestFolder(folder, {content: [sources[0]!], force: true})

  expect(readdirSync(checkouts)).toEqual(['notes-of-somebody'])
})

describe('a source that cannot be had', () => {
  test('keeps its last checkout, and is said', async () => {
    const {folder, sources, repository, commit} = twoSources()
    await ingestFolder(folder, {content: sources})
    rmSync(repository.bare, {recursive: true})
    folder.write('setup.md', `${setup}\nIt needs a cable.\n`)

    const report = await ingestFolder(folder, {content: sources})

    expect(report.changes.map(({path}) => path)).toEqual(['guide/setup.md'])
    expect(report.sources[1]).toMatchObject({commit, problem: expect.stringContaining('cannot be fetched')})
    expect(report.diagnostics).toMatchObject([
      {path: 'api', rule: 'source-unreachable', severity: 'error', hint: 'Its last checkout is indexed.'},
    ])
    expect(await pathsIn(folder)).toHaveLength(5)
  })

  test('keeps its pages even when its checkout is gone', async () => {
    const {folder, sources, repository} = twoSources()
    await ingestFolder(folder, {content: sources})
    rmSync(repository.bare, {recursive: true})
    rmSync(join(folder.dataDir, 'sources'), {recursive: true})

    const report = await ingestFolder(folder, {content: sources})

    expect(report.outcome).toBe('published')
    expect(report.sources[1]!.commit).toBeNull()
    expect(await pathsIn(folder)).toHaveLength(5)
  })

  test('the first time does not keep the others from being indexed', async () => {
    const folder = newFolder({'setup.md': setup})
    const sources = [folderNamed('guide', folder.content), repositoryNamed('api', 'file:///nowhere/api.git')]

    const report = await ingestFolder(folder, {content: sources})

    expect(report.outcome).toBe('published')
    expect(report.byRule).toEqual({'source-unreachable': 1})
    expect(await pathsIn(folder)).toEqual(['guide/setup.md /guide/setup'])
  })

  test('is an error if there is nothing else', async () => {
    const folder = newFolder()
    const sources = [repositoryNamed('api', 'file:///nowhere/api.git')]

    await expect(ingestFolder(folder, {content: sources})).rejects.toMatchObject({
      code: 'source_unreachable',
      message: expect.stringContaining('file:///nowhere/api.git cannot be fetched'),
    })
  })

  test.each(['emptied', 'shrunk'])('or that was %s by mistake is not published', async (what) => {
    const folder = newFolder(
      Object.fromEntries(Array.from({length: 12}, (_, n) => [`p${n}.md`, `# Page ${n}\n\nText ${n}.\n`])),
    )
    const other = newFolder(
      Object.fromEntries(Array.from({length: 4}, (_, n) => [`a${n}.md`, `# Api ${n}\n\nCall ${n}.\n`])),
    )
    const sources = [folderNamed('guide', folder.content), folderNamed('api', other.content)]
    await ingestFolder(folder, {content: sources})
    for (const n of what === 'emptied' ? [0, 1, 2, 3] : [0, 1, 2]) other.remove(`a${n}.md`)

    await expect(ingestFolder(folder, {content: sources})).rejects.toMatchObject({
      code: 'gate_failed',
      message: expect.stringContaining(`the source api went from 4 pages to ${what === 'emptied' ? 0 : 1}`),
    })
    const forced = await ingestFolder(folder, {content: sources, force: true})
    expect(forced.outcome).toBe('published')
  })
})

test('a single repository has the addresses of a folder', async () => {
  const repository = gitRepository()
  const folder = newFolder()
  repository.push({
    'docs/setup.md': setup,
    'docs/big.md': Buffer.alloc(6 * 1024 * 1024, 'word '),
    'docs/..md': '# Dots\n',
  })
  const source = repositoryNamed('docs', repository.url)

  const report = await ingestFolder(folder, {content: [source]})
  const again = await ingestFolder(folder, {content: [source]})

  expect(await pathsIn(folder)).toEqual(['setup.md /setup'])
  expect(report.byRule).toEqual({'too-large': 1})
  expect(again.outcome).toBe('unchanged')
})

test('pages can include files from their repository and no others', async () => {
  const folder = newFolder({'other.md': '# Other\n\nNot for them.\n'})
  const repository = gitRepository()
  repository.push({
    'book.toml': '[book]\ntitle = "Guide"\nsrc = "docs"\n',
    'docs/a.md': '# A\n\n{{#include ../shared/note.md}}\n\n{{#include ../../../secret.txt}}\n',
    'shared/note.md': 'A note for all.\n',
  })
  writeFileSync(join(folder.content, 'secret.txt'), 'SECRET')
  const sources = [folderNamed('guide', folder.content), repositoryNamed('api', repository.url)]

  const report = await ingestFolder(folder, {content: sources})
  const included = repository.push({'shared/note.md': 'Another note for all.\n'})
  const edited = await ingestFolder(folder, {content: sources})

  expect(report.sources.map(({site}) => site)).toEqual(['plain', 'mdbook'])
  expect(await withCurrent(folder, (build) => build.markdownOf(build.pageByPath('api/a.md')!.id))).toContain(
    'Another note',
  )
  expect(edited.changes.map(({path}) => path)).toEqual(['api/a.md'])
  expect(edited.sources[1]!.commit).toBe(included)
})
