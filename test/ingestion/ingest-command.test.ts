import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {afterEach, describe, expect, test, vi} from 'vitest'
import {currentBuildId} from '../../src/search-index/index.ts'
import {type ContentFolder, contentFolder} from '../support/content-folder.ts'
import {docent} from '../support/docent-command.ts'

/** The command as people run it: real processes, the model that ships, signals. */

const root = fileURLToPath(new URL('../..', import.meta.url))
const patience = {timeout: 60_000, interval: 50}
vi.setConfig({testTimeout: 180_000})

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

function newFolder(files: Readonly<Record<string, string>>): ContentFolder {
  const folder = contentFolder(files)
  cleanups.push(folder.clear)
  return folder
}

interface Command {
  readonly process: ChildProcess
  out(): string
  err(): string
  readonly exit: Promise<number | null>
}

function command(
  folder: ContentFolder,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Command {
  return started(
    process.execPath,
    [...docent('ingest'), '--content', folder.content, '--data', folder.dataDir, ...args],
    {GITHUB_ACTIONS: '', EMBEDDING_MODEL: '', ...env},
  )
}

function started(program: string, args: readonly string[], env: Readonly<Record<string, string>>): Command {
  const child = spawn(program, args, {
    cwd: root,
    env: {...process.env, ...env},
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text
  })
  const exit = once(child, 'close').then(([code]) => code as number | null)
  cleanups.push(async () => {
    child.kill('SIGKILL')
    await exit
  })
  return {process: child, out: () => out, err: () => err, exit}
}

const volumes = '# Volumes\n\nA volume keeps files.\n'

describe('npm run ingest', () => {
  test('lets no other user write the index, whatever the umask and the permissions of the previous build', async () => {
    const folder = newFolder({'volumes.md': volumes})
    const ingested = async () => {
      const umask = process.umask(0)
      const {exit, err} = command(folder)
      process.umask(umask)
      expect([await exit, err()]).toEqual([0, ''])
    }
    const files = () => readdirSync(folder.dataDir, {recursive: true, encoding: 'utf8'}).sort()
    const writable = () => files().filter((path) => (statSync(join(folder.dataDir, path)).mode & 0o022) !== 0)

    await ingested()
    const first = {files: files(), writable: writable()}
    for (const path of first.files) {
      if (/sqlite$|hnsw$|json$/.test(path)) chmodSync(join(folder.dataDir, path), 0o666)
    }
    folder.write('volumes.md', `${volumes}\nIt outlives a pod.\n`)
    await ingested()

    expect(first.files).toContain('CURRENT')
    expect(first.writable).toEqual([])
    const current = (await currentBuildId(folder.dataDir))!
    expect(files().filter((path) => path.includes(`${current}/`)).length).toBeGreaterThan(2)
    expect(writable().filter((path) => path.includes(current) || path === 'CURRENT')).toEqual([])
  })

  test('works in the data folder of a fresh clone, before and after its first build', async () => {
    const folder = newFolder({'volumes.md': volumes})
    mkdirSync(folder.dataDir)
    copyFileSync(join(root, 'data/README.md'), join(folder.dataDir, 'README.md'))
    const run = async (...args: string[]) => {
      const {exit, out, err} = command(folder, args)
      return {code: await exit, out: out(), err: err()}
    }

    const before = await run('--list')
    const first = await run()
    const second = await run('--full')
    const after = await run('--list', '--json')

    expect(before).toEqual({code: 0, out: expect.stringContaining('There are no builds'), err: ''})
    expect([first.code, second.code, after.code]).toEqual([0, 0, 0])
    expect(JSON.parse(after.out).builds).toHaveLength(2)
    expect(readdirSync(folder.dataDir)).toContain('README.md')
  })

  test('prints again what the ingest of a build reported, and says where none is kept', async () => {
    const folder = newFolder({'volumes.md': volumes})
    const run = async (...args: string[]) => {
      const {exit, out, err} = command(folder, args)
      return {code: await exit, out: out(), err: err()}
    }
    await run()
    const shown = await run('--report')
    const asJson = await run('--report', '--json')
    const gone = await run('--report', '20260101T000000000Z-00000000')

    expect(shown).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Published \S+\.\n {2}pages {5}1 \(1 new\)/),
    })
    expect(JSON.parse(asJson.out)).toMatchObject({outcome: 'published', pages: {total: 1, new: 1}})
    expect(gone).toMatchObject({code: 1, err: expect.stringContaining('No report is kept of 20260101')})
  })

  test('publishes, then finds nothing to do, and prints nothing superfluous', async () => {
    const folder = newFolder({'a.md': volumes, 'b.md': '# Tokens\n\nRotate them.\n'})

    const first = command(folder)
    expect(await first.exit).toBe(0)
    const second = command(folder, ['--json'])
    expect(await second.exit).toBe(0)

    expect(first.out()).toContain('2 (2 new)')
    // Every page is new; a list of them would say nothing.
    expect(first.out()).not.toContain('+ a.md')
    expect(first.err()).toBe('')
    expect(JSON.parse(second.out())).toMatchObject({outcome: 'unchanged', pages: {unchanged: 2}})
    expect(second.err()).toBe('')
  })

  test('--check exits 1 for a page that cannot be read, marks it for the CI job, and writes nothing', async () => {
    const folder = newFolder({'a.md': volumes, 'guides/b.md': '# B\n\nSee [c](c.md).\n'})
    folder.write('guides/latin.md', Uint8Array.from([0x23, 0x20, 0xe9, 0xff]))

    const check = command(folder, ['--check'], {GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: folder.root})

    expect(await check.exit).toBe(1)
    const lines = check.err().split('\n')
    expect(lines).toContainEqual(
      expect.stringMatching(/^::error file=content\/guides\/latin\.md,title=invalid-utf-8::/),
    )
    expect(lines).toContainEqual(
      expect.stringMatching(/^::warning file=content\/guides\/b\.md,line=3,title=broken-link::.*c\.md/),
    )
    expect(check.out()).toContain('invalid-utf-8 (error, 1)')
    expect(existsSync(folder.dataDir)).toBe(false)
  })

  test('file names control neither the terminal nor the log of a CI job', async () => {
    const folder = newFolder({'a.md': volumes})
    const bad = Uint8Array.from([0x23, 0x20, 0xe9, 0xff])
    const names = [
      'x\u001b]0;owned\u0007y.md',
      'line\n::error file=x::pwned.md',
      '::error file=y::pwned.md',
      'v1 ##[error]pwned.md',
      'turned\u202e.md',
    ]
    for (const name of names) folder.write(name, bad)

    const [check, json] = [
      command(folder, ['--check'], {GITHUB_ACTIONS: 'true'}),
      command(folder, ['--check', '--json']),
    ]
    await Promise.all([check.exit, json.exit])

    for (const text of [check.out(), check.err(), json.out()]) {
      expect(text).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]/)
    }
    expect(check.out()).not.toMatch(/^\s*::|##\[/m)
    expect(json.out()).not.toContain('##[')
    // Each annotation is ours, and names the file as it is.
    const annotations = check.err().split('\n').filter(Boolean)
    expect(annotations.filter((line) => !/^::\w+ file=.*,title=invalid-utf-8::/.test(line))).toEqual([])
    expect(check.err()).toContain('line%0A%3A%3Aerror file=x%3A%3Apwned.md')
    const {diagnostics} = JSON.parse(json.out()) as {diagnostics: {path: string}[]}
    expect(diagnostics.map(({path}) => path)).toEqual(expect.arrayContaining(names))
  })

  test('--check exits 0 where all is well', async () => {
    const folder = newFolder({'a.md': volumes})

    expect(await command(folder, ['--check']).exit).toBe(0)
  })

  test('bad usage exits 2 and says what is wrong', async () => {
    const folder = newFolder({'a.md': volumes})

    const unknown = command(folder, ['--frobnicate'])
    const missing = command(folder, ['--content', join(folder.root, 'nowhere')])
    const both = command(folder, ['--watch', '--list'])

    expect([await unknown.exit, await missing.exit, await both.exit]).toEqual([2, 2, 2])
    expect(unknown.err()).toContain('--frobnicate')
    expect(missing.err()).toContain('nowhere')
    expect(both.err()).toContain('cannot be combined')
  })

  test('a gate that refuses the build exits 1, and the previous index stays', async () => {
    const folder = newFolder(
      Object.fromEntries(
        Array.from({length: 8}, (_, i) => [`p${i}.md`, `# Page ${i}\n\nWords of page ${i}.\n`]),
      ),
    )
    expect(await command(folder).exit).toBe(0)
    const before = await currentBuildId(folder.dataDir)
    for (let i = 1; i < 8; i++) folder.remove(`p${i}.md`)

    const refused = command(folder)

    expect(await refused.exit).toBe(1)
    expect(refused.out()).toContain('Not published')
    expect(refused.err()).toContain('--force')
    expect(await currentBuildId(folder.dataDir)).toBe(before)
  })

  test.skipIf(!existsSync('/usr/bin/script'))(
    'on a terminal shows its progress, and leaves only the summary',
    async () => {
      const folder = newFolder({'a.md': volumes, 'b.md': '# Tokens\n\nRotate them.\n'})
      const line = [process.execPath, ...docent('ingest')]
      const shell = [...line, '--content', folder.content, '--data', folder.dataDir]
        .map((part) => `'${part}'`)
        .join(' ')

      const terminal = started('/usr/bin/script', ['-qec', shell, '/dev/null'], {
        TERM: 'xterm',
        EMBEDDING_MODEL: '',
      })

      expect(await terminal.exit).toBe(0)
      expect(terminal.out()).toContain('Checking the index …')
      expect(terminal.out()).toMatch(/Reading pages +\S+ 2\/2 pages · 2 passages, 2 embedded/)
      expect(terminal.out()).toContain('2 (2 new)')
    },
  )

  test('Ctrl-C stops it and leaves the index as it was', async () => {
    const folder = newFolder({'a.md': volumes})
    expect(await command(folder).exit).toBe(0)
    const before = await currentBuildId(folder.dataDir)
    for (let i = 0; i < 400; i++) {
      folder.write(`p${i}.md`, `# Page ${i}\n\n${`Some *words* of [page](a.md) ${i}. `.repeat(60)}\n`)
    }
    const builds = join(folder.dataDir, 'builds')
    const running = command(folder)
    await vi.waitFor(() => {
      expect(readdirSync(builds).some((name) => name.startsWith('.staging'))).toBe(true)
    }, patience)

    running.process.kill('SIGINT')

    expect(await running.exit).toBe(1)
    expect(running.err()).toBe('Stopped; the index is unchanged.\n')
    expect(readdirSync(builds)).toEqual([before])
    expect(await currentBuildId(folder.dataDir)).toBe(before)
  })

  test('--watch ingests edits and removals, keeps the text of a page that broke, goes on, and ends with Ctrl-C', async () => {
    const folder = newFolder({
      'a.md': volumes,
      'b.md': '# Tokens\n\nRotate them.\n',
      'c.md': '# C\n\nWords.\n',
    })
    const watching = command(folder, ['--watch'])
    const published = () => watching.out().match(/^Published/gm)?.length ?? 0
    await vi.waitFor(() => expect(watching.out()).toContain('Watching'), patience)
    // The watcher has to have scanned the folder before it can see a change.
    await vi.waitFor(
      () => {
        folder.write('a.md', `${volumes}\nIt also keeps ${Math.random()}.\n`)
        expect(published()).toBeGreaterThanOrEqual(2)
      },
      {...patience, interval: 3_000},
    )

    folder.remove('b.md')
    await vi.waitFor(() => expect(watching.out()).toMatch(/- b\.md/), patience)
    folder.write('c.md', Uint8Array.from([0x23, 0x20, 0xe9, 0xff]))
    await vi.waitFor(() => expect(watching.out()).toMatch(/c\.md {2}the file is not valid UTF-8/), patience)
    await vi.waitFor(() => expect(watching.out()).toMatch(/c\.md {2}the index keeps the previous/), patience)
    folder.write('c.md', '# C\n\nRepaired words.\n')
    await vi.waitFor(() => expect(watching.out()).toMatch(/~ c\.md {2}\+1, -1/), patience)
    watching.process.kill('SIGINT')

    expect(await watching.exit).toBe(0)
    expect(watching.err()).toBe('')
  })
})
