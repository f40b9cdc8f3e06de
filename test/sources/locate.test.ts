import {existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import type {RepositorySource} from '../../src/domain/index.ts'
import {locateSource, sourceFolder} from '../../src/sources/locate.ts'
import {gitRepository, temporaryFolder} from '../support/git-repository.ts'

const environment = {PATH: process.env['PATH'], HOME: process.env['HOME'], GIT_CONFIG_GLOBAL: '/dev/null'}

function sourceAt(url: string, given: Partial<RepositorySource> = {}): RepositorySource {
  return {kind: 'repository', name: 'guide', url, branch: null, folder: '', generator: null, ...given}
}

function locate(source: RepositorySource, dataDir: string, path = environment.PATH, signal?: AbortSignal) {
  return locateSource(source, {
    dataDir,
    access: () => ({environment: {...environment, PATH: path}, token: null}),
    signal,
  })
}

describe('a repository', () => {
  test('is checked out at the newest commit of its branch, without history', async () => {
    const repository = gitRepository()
    const dataDir = temporaryFolder()
    repository.push({'docs/a.md': '# One'})
    const commit = repository.push({'docs/a.md': '# Two', 'mkdocs.yml': 'site_name: Guide'})

    const found = await locate(sourceAt(repository.url, {branch: 'main', folder: 'docs'}), dataDir)

    expect(found).toMatchObject({commit, problem: null})
    expect(readFileSync(join(found.content!, 'a.md'), 'utf8')).toBe('# Two')
    // The site's configuration is beside the folder of the pages.
    expect(readdirSync(found.root!).sort()).toEqual(['.git', 'docs', 'mkdocs.yml'])
    expect(readdirSync(join(found.root!, '.git'))).toEqual([])
  })

  test('is not fetched again while its commit is the same', async () => {
    const repository = gitRepository()
    const dataDir = temporaryFolder()
    const source = sourceAt(repository.url)
    repository.push({'a.md': '# One'})
    const first = await locate(source, dataDir)
    writeFileSync(join(first.content!, 'mark'), '')

    const second = await locate(source, dataDir)

    expect(existsSync(join(second.content!, 'mark'))).toBe(true)
  })

  test.each([
    ['a commit', false],
    ['a force-push', true],
  ])('is fetched again after %s, and the old checkout goes', async (_what, force) => {
    const repository = gitRepository()
    const dataDir = temporaryFolder()
    const source = sourceAt(repository.url)
    repository.push({'a.md': '# One'})
    const first = await locate(source, dataDir)
    if (force) repository.git('checkout', '--quiet', '--orphan', 'other')
    const commit = repository.push({'a.md': '# Two'}, {force})

    const second = await locate(source, dataDir)

    expect(second).toMatchObject({commit, problem: null})
    expect(readFileSync(join(second.content!, 'a.md'), 'utf8')).toBe('# Two')
    expect(existsSync(first.content!)).toBe(false)
  })

  test('keeps its last checkout when its branch is deleted, and says so', async () => {
    const repository = gitRepository()
    const dataDir = temporaryFolder()
    const source = sourceAt(repository.url, {branch: 'live'})
    const commit = repository.push({'a.md': '# One'}, {branch: 'live'})
    await locate(source, dataDir)
    repository.git('push', '--quiet', 'origin', '--delete', 'live')

    const found = await locate(source, dataDir)

    expect(found.commit).toBe(commit)
    expect(found.problem).toBe(`${repository.url} cannot be fetched: there is no branch or tag live`)
    expect(readFileSync(join(found.content!, 'a.md'), 'utf8')).toBe('# One')
  })

  test('that was never fetched has no files, and its problem says what to do', async () => {
    const found = await locate(sourceAt('file:///nowhere/docs.git'), temporaryFolder())

    expect(found).toMatchObject({content: null, commit: null})
    expect(found.problem).toContain(
      'file:///nowhere/docs.git cannot be fetched: there is no such repository, or this user',
    )
  })

  test('of another address is not the last checkout of this one', async () => {
    const repository = gitRepository()
    const dataDir = temporaryFolder()
    repository.push({'a.md': '# One'})
    await locate(sourceAt(repository.url), dataDir)

    const found = await locate(sourceAt('file:///nowhere/docs.git'), dataDir)

    expect(found.content).toBeNull()
  })

  test('can be one at a tag', async () => {
    const repository = gitRepository()
    const commit = repository.push({'a.md': '# One'})
    repository.git('tag', '--annotate', '--message', 'First', 'v1')
    repository.git('push', '--quiet', 'origin', 'v1')
    repository.push({'a.md': '# Two'})

    const found = await locate(sourceAt(repository.url, {branch: 'v1'}), temporaryFolder())

    expect(found).toMatchObject({commit, problem: null})
  })

  test('without the folder keeps the checkout that has it', async () => {
    const repository = gitRepository()
    const dataDir = temporaryFolder()
    const source = sourceAt(repository.url, {branch: 'main', folder: 'docs'})
    const commit = repository.push({'docs/a.md': '# One', 'b.md': '# B'})
    await locate(source, dataDir)
    repository.git('rm', '--quiet', '-r', 'docs')
    repository.push({})

    const found = await locate(source, dataDir)

    expect(found.problem).toContain('main has no folder docs')
    expect(found.commit).toBe(commit)
    expect(readFileSync(join(found.content!, 'a.md'), 'utf8')).toBe('# One')
  })
})

describe('a hostile repository', () => {
  test('whose folder is a link that leads out has no such folder', async () => {
    const repository = gitRepository()
    symlinkSync('/etc', join(repository.work, 'docs'))
    repository.push({'a.md': '# A'})

    const found = await locate(sourceAt(repository.url, {folder: 'docs'}), temporaryFolder())

    expect(found.content).toBeNull()
    expect(found.problem).toContain('has no folder docs')
  })

  test('starts no program: hooks, filters and the user’s own switches for them', async () => {
    const repository = gitRepository()
    const dataDir = temporaryFolder()
    const folder = temporaryFolder()
    const ran = join(folder, 'ran')
    const script = join(folder, 'post-checkout')
    writeFileSync(script, `#!/bin/sh\ntouch ${ran}\n`, {mode: 0o755})
    const config = join(folder, 'gitconfig')
    writeFileSync(
      config,
      `[core]\n\thooksPath = ${folder}\n\tfsmonitor = ${script}\n\taskPass = ${script}\n[filter "lfs"]\n\tsmudge = ${script}\n\tprocess = ${script}\n\trequired = true\n`,
    )
    repository.push({
      '.gitattributes': '*.md filter=lfs\n',
      'a.md': 'version https://git-lfs.github.com/spec/v1\n',
    })

    const found = await locateSource(sourceAt(repository.url), {
      dataDir,
      access: () => ({environment: {...environment, GIT_CONFIG_GLOBAL: config}, token: null}),
    })

    expect(found.problem).toBeNull()
    expect(readFileSync(join(found.content!, 'a.md'), 'utf8')).toContain('git-lfs')
    expect(existsSync(ran)).toBe(false)
  })

  test('gets its submodules left out', async () => {
    const inner = gitRepository('inner')
    inner.push({'secret.md': '# Inner'})
    const repository = gitRepository()
    repository.git('submodule', '--quiet', 'add', inner.url, 'inner')
    repository.push({'a.md': '# A'})

    const found = await locate(sourceAt(repository.url), temporaryFolder())

    expect(found.problem).toBeNull()
    expect(readdirSync(join(found.content!, 'inner'))).toEqual([])
  })

  test('keeps its strange names and large files', async () => {
    const repository = gitRepository()
    const names = ['-rf.md', 'two\nlines.md', '"quoted" $(name).md', 'ümlaut 文.md', 'a;b&c.md']
    const large = Buffer.alloc(12 * 1024 * 1024, 'word ')
    repository.push({
      ...Object.fromEntries(names.map((name) => [name, '# A'])),
      'large.md': large,
      'notes.a/page.md': '# A',
      'notes.a/icon.png': large,
      'big.png': large,
    })

    const found = await locate(sourceAt(repository.url), temporaryFolder())

    expect(found.problem).toBeNull()
    expect(readdirSync(found.content!).sort()).toEqual(['.git', 'large.md', 'notes.a', ...names].sort())
    expect(readdirSync(join(found.content!, 'notes.a'))).toEqual(['page.md'])
  })

  test('is not reached through programs or other transports', async () => {
    const dataDir = temporaryFolder()
    const ran = join(dataDir, 'ran')

    const found = await locate(sourceAt(`ext::sh -c touch% ${ran}`), dataDir)

    expect(found.problem).toContain('cannot be fetched')
    expect(existsSync(ran)).toBe(false)
  })
})

describe('a fetch that ends early', () => {
  test('says that there is no git', async () => {
    const found = await locate(sourceAt('https://git.example.com/docs.git'), temporaryFolder(), '/nowhere')

    expect(found.problem).toBe('there is no git on this machine; install it, and try again')
  })

  test('leaves nothing that the next one takes for a checkout', async () => {
    const repository = gitRepository()
    const dataDir = temporaryFolder()
    const source = sourceAt(repository.url)
    const folder = sourceFolder(dataDir, source)
    const commit = repository.push({'a.md': '# One'})
    mkdirSync(join(folder, 'new-killed', 'files'), {recursive: true})
    writeFileSync(join(folder, 'new-killed', 'files', 'half.md'), '')

    const found = await locate(source, dataDir)

    expect(found.commit).toBe(commit)
    expect(readdirSync(folder).sort()).toEqual([commit, 'source.json'].sort())
  })

  test('is stopped by the signal', async () => {
    const repository = gitRepository()
    repository.push({'a.md': '# One'})
    const stopped = AbortSignal.abort(new Error('stopped'))

    await expect(locate(sourceAt(repository.url), temporaryFolder(), undefined, stopped)).rejects.toThrow(
      'stopped',
    )
  })
})
