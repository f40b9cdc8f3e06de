import {fork} from 'node:child_process'
import {once} from 'node:events'
import {readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {describe, expect, test, vi} from 'vitest'
import {buildProgram} from '../../scripts/build/build-program.mjs'
import type {RepositorySource} from '../../src/domain/index.ts'
import {locateSource, sourceFolder} from '../../src/sources/locate.ts'
import {gitHttpServer} from '../support/git-http-server.ts'
import {gitRepository, temporaryFolder} from '../support/git-repository.ts'

const program = await buildProgram('test/support/locate-once.ts')
const token = 'canary-token-7f3a91'
const environment = {PATH: process.env['PATH'], HOME: process.env['HOME'], GIT_CONFIG_GLOBAL: '/dev/null'}

function sourceAt(url: string): RepositorySource {
  return {kind: 'repository', name: 'guide', url, branch: 'main', folder: '', generator: null}
}

function locate(source: RepositorySource, dataDir: string, given: string | null) {
  return locateSource(source, {dataDir, access: () => ({environment, token: given})})
}

function textsBelow(folder: string): string {
  return readdirSync(folder, {recursive: true, encoding: 'utf8'})
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile())
    .map((file) => readFileSync(file, 'latin1'))
    .join('\n')
}

/** The command lines of all processes, as `ps` shows them. */
function commandLines(): string {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      } catch {
        return ''
      }
    })
    .join('\n')
}

describe('a private repository over HTTP', () => {
  test('is fetched with the token, which no command line and no file contains', async () => {
    const repository = gitRepository()
    const dataDir = temporaryFolder()
    const commit = repository.push({'a.md': '# A', 'b/c.md': '# C'})
    let shown = ''
    const server = await gitHttpServer(dirname(repository.bare), {
      credentials: `x-access-token:${token}`,
      instead() {
        if (process.platform === 'linux') shown += commandLines()
        return false
      },
    })

    const found = await locate(sourceAt(`${server.origin}/docs.git`), dataDir, token)

    expect(found).toMatchObject({commit, problem: null})
    expect(readFileSync(join(found.content!, 'b', 'c.md'), 'utf8')).toBe('# C')
    // It is sent only after the server has asked for it.
    expect(server.credentials[0]).toBe('')
    expect(server.credentials).toContain(`x-access-token:${token}`)
    expect(shown).not.toContain(token)
    expect(textsBelow(dataDir)).not.toContain(token)
  })

  test('can need a user name', async () => {
    const repository = gitRepository()
    const commit = repository.push({'a.md': '# A'})
    const server = await gitHttpServer(dirname(repository.bare), {credentials: `deploy:${token}`})

    const found = await locate(sourceAt(`${server.origin}/docs.git`), temporaryFolder(), `deploy:${token}`)

    expect(found.commit).toBe(commit)
  })

  test.each([
    [null, 'it asks for credentials; set GIT_TOKEN or GIT_TOKEN_GUIDE to a token that may read it'],
    [token, 'it refuses the token; check that the token in GIT_TOKEN or GIT_TOKEN_GUIDE is valid'],
  ])('with the token %s, which is wrong, says what to do and no secret', async (given, advice) => {
    const repository = gitRepository()
    repository.push({'a.md': '# A'})
    const server = await gitHttpServer(dirname(repository.bare), {credentials: 'x-access-token:another'})

    const found = await locate(sourceAt(`${server.origin}/docs.git`), temporaryFolder(), given)

    expect(found.problem).toContain(advice)
    expect(JSON.stringify(found)).not.toContain(token)
    expect(JSON.stringify(found)).not.toContain(Buffer.from(`x-access-token:${token}`).toString('base64'))
  })

  test('is not given what the user of the machine has stored', async () => {
    const repository = gitRepository()
    repository.push({'a.md': '# A'})
    const server = await gitHttpServer(dirname(repository.bare), {credentials: 'ada:stored'})
    const config = join(temporaryFolder(), 'gitconfig')
    writeFileSync(config, '[credential]\n\thelper = "!f() { echo username=ada; echo password=stored; }; f"\n')

    const found = await locateSource(sourceAt(`${server.origin}/docs.git`), {
      dataDir: temporaryFolder(),
      access: () => ({environment: {...environment, GIT_CONFIG_GLOBAL: config}, token: null}),
    })

    expect(found.problem).toContain('it asks for credentials')
    expect(server.credentials).not.toContain('ada:stored')
  })

  test('that leads to another server does not give it the token', async () => {
    const repository = gitRepository()
    repository.push({'a.md': '# A'})
    const other = await gitHttpServer(dirname(repository.bare), {credentials: `x-access-token:${token}`})
    const server = await gitHttpServer(dirname(repository.bare), {
      instead(request, response) {
        response.writeHead(302, {location: `${other.origin}${request.url}`}).end()
        return true
      },
    })

    const found = await locate(sourceAt(`${server.origin}/docs.git`), temporaryFolder(), token)

    expect(found.content).toBeNull()
    expect(other.credentials.join()).not.toContain(token)
  })
})

test('a fetch that is killed leaves the last checkout, and the next fetch succeeds', async () => {
  const repository = gitRepository()
  const dataDir = temporaryFolder()
  const commit = repository.push({'a.md': '# One'})
  let posts = 0
  let hangs = false
  let reached: () => void = () => {}
  const isReached = new Promise<void>((resolve) => {
    reached = resolve
  })
  const server = await gitHttpServer(dirname(repository.bare), {
    instead(request) {
      // The commit is asked for twice, and then the pack.
      const isPack = hangs && request.method === 'POST' && ++posts === 3
      if (isPack) reached()
      return isPack
    },
  })
  const source = {...sourceAt(`${server.origin}/docs.git`), branch: null}
  const first = await locate(source, dataDir, null)
  const next = repository.push({'a.md': '# Two'})
  hangs = true
  const child = fork(program, [source.url, dataDir], {stdio: 'ignore'})
  await isReached
  child.kill('SIGKILL')
  await once(child, 'exit')

  // Nothing of it goes on.
  if (process.platform === 'linux')
    await vi.waitFor(() => expect(commandLines()).not.toContain(source.url), {timeout: 60_000, interval: 100})
  expect(readFileSync(join(first.content!, 'a.md'), 'utf8')).toBe('# One')
  expect(readdirSync(sourceFolder(dataDir, source)).some((name) => name.startsWith('new-'))).toBe(true)

  hangs = false
  const second = await locate(source, dataDir, null)

  expect([first.commit, second.commit]).toEqual([commit, next])
  expect(readdirSync(sourceFolder(dataDir, source)).sort()).toEqual([next, 'source.json'].sort())
})
