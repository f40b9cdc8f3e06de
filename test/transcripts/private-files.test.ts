import {spawnSync} from 'node:child_process'
import {chmodSync, copyFileSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {buildProgram} from '../../scripts/build/build-program.mjs'
import {transcriptsCommand} from '../../src/cli/transcripts/transcripts-command.ts'
import {purgeTranscripts, readTranscripts} from '../../src/transcripts/read-transcripts.ts'
import {journalAnswer, openForTest, temporaryFile} from './samples.ts'

/** A folder that others may look into, and a umask that gives them everything new: only the files' own rights hold. */
function sharedFile(): string {
  const file = temporaryFile()
  chmodSync(dirname(file), 0o755)
  return file
}

const nobody = {uid: 65534, gid: 65534, encoding: 'utf8'} as const
/** Only root becomes somebody else, who must be able to run this Node and to read this checkout. */
const hasNobody =
  process.getuid?.() === 0 &&
  spawnSync(process.execPath, ['-e', '0'], nobody).status === 0 &&
  spawnSync(
    process.execPath,
    ['-e', `fs.readFileSync(${JSON.stringify(fileURLToPath(import.meta.url))})`],
    nobody,
  ).status === 0

let umask = 0

beforeEach(() => {
  umask = process.umask(0)
})

afterEach(() => {
  process.umask(umask)
})

/** Files of a folder that somebody else may read or write; as another user where this one may become that. */
function openToOthers(folder: string): string[] {
  const files = readdirSync(folder).map((name) => join(folder, name))
  const byMode = files.filter((path) => (statSync(path).mode & 0o077) !== 0)
  if (!hasNobody) return byMode
  const program =
    'for (const file of process.argv.slice(1)) try { fs.readFileSync(file); console.log(file) } catch {}'
  const {stdout, status} = spawnSync(process.execPath, ['-e', program, ...files], nobody)
  expect(status).toBe(0)
  return [...new Set([...byMode, ...stdout.split('\n').filter(Boolean)])]
}

async function answered(file: string) {
  const transcripts = openForTest({file})
  journalAnswer(transcripts, 'a')
  await transcripts.flush()
  return transcripts
}

describe('what others on the machine can read', () => {
  test('nothing, from the first run on, while a server writes and afterwards', async () => {
    const file = sharedFile()

    const transcripts = await answered(file)
    const running = readdirSync(dirname(file))
    const whileRunning = openToOthers(dirname(file))
    readTranscripts(file).close()
    await purgeTranscripts(file, 0)
    const beside = openToOthers(dirname(file))
    await transcripts.list({})
    const withCatalog = openToOthers(dirname(file))
    await transcripts.close()

    expect(running.sort()).toEqual([
      'transcripts.sqlite',
      'transcripts.sqlite-shm',
      'transcripts.sqlite-wal',
      'transcripts.sqlite.lock',
    ])
    expect(readdirSync(dirname(file))).toContain('transcripts-catalog.sqlite')
    expect([...whileRunning, ...beside, ...withCatalog, ...openToOthers(dirname(file))]).toEqual([])
  })

  test('permissions that an older Docent left when it was killed are restricted at start', async () => {
    const running = sharedFile()
    await answered(running)
    const file = sharedFile()
    for (const suffix of ['', '-wal', '-shm', '.lock']) {
      copyFileSync(running + suffix, file + suffix)
      chmodSync(file + suffix, 0o644)
    }

    const transcripts = openForTest({file})

    expect(openToOthers(dirname(file))).toEqual([])
    expect((await transcripts.get('a'))?.ending).toBe('complete')
  })

  test('nothing of a file that a link leads to', async () => {
    const file = sharedFile()
    const elsewhere = sharedFile()
    symlinkSync(elsewhere, file)

    await answered(file)

    expect(openToOthers(dirname(elsewhere))).toEqual([])
  })
})

test('a new data folder is only for this user; an existing one is not changed', async () => {
  const made = join(dirname(sharedFile()), 'data', 'transcripts.sqlite')
  const shared = join(dirname(sharedFile()), 'shared', 'transcripts.sqlite')
  mkdirSync(dirname(shared), {mode: 0o775})

  await answered(made)
  await answered(shared)

  expect(statSync(dirname(made)).mode & 0o777).toBe(0o700)
  expect(statSync(dirname(shared)).mode & 0o777).toBe(0o775)
})

test('the data folder of a clone is only for this user once it is used; one with other content keeps its permissions', async () => {
  const cloned = join(dirname(sharedFile()), 'cloned', 'transcripts.sqlite')
  const used = join(dirname(sharedFile()), 'used', 'transcripts.sqlite')
  for (const file of [cloned, used]) {
    mkdirSync(dirname(file), {mode: 0o755})
    writeFileSync(join(dirname(file), 'README.md'), '# The data folder\n')
  }
  writeFileSync(join(dirname(used), 'CURRENT'), '')

  await answered(cloned)
  await answered(used)

  expect(statSync(dirname(cloned)).mode & 0o777).toBe(0o700)
  expect(statSync(dirname(used)).mode & 0o777).toBe(0o755)
})

describe('a file that others can read and whose permissions cannot be restricted', () => {
  test.skipIf(!hasNobody)('is opened all the same, with a warning that says what to do', async () => {
    const file = sharedFile()
    await answered(file)
    const copy = sharedFile()
    copyFileSync(file, copy)
    chmodSync(copy, 0o666)
    chmodSync(dirname(copy), 0o777)
    const program = await buildProgram('test/transcripts/exposed-process.ts')

    const {stdout, stderr, status} = spawnSync(process.execPath, [program, copy], nobody)

    expect({status, stderr}).toEqual({status: 0, stderr: ''})
    expect(stdout).toBe(
      `${copy} is accessible to other users of this machine: it belongs to user 0; as root, run chown 65534 '${copy}' && chmod 600 '${copy}'\n`,
    )
  })

  test.skipIf(process.getuid === undefined)('is told of by commands as well', async () => {
    const file = sharedFile()
    const transcripts = await answered(file)
    const list = async () => {
      let warnings = ''
      const code = await transcriptsCommand(['list', '--data', dirname(file)], {
        dataDir: () => '/nowhere/at/all',
        print: async () => {},
        warn: (text) => {
          warnings += text
        },
        view: {columns: 100, hasColors: false},
      })
      return {code, warnings}
    }
    const before = await list()
    await transcripts.close()
    chmodSync(file, 0o644)

    const after = await list()

    expect(before).toEqual({code: 0, warnings: ''})
    expect(after).toEqual({code: 0, warnings: expect.stringContaining(`chmod 600 '${file}'`)})
  })
})
