import {spawnSync} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, describe, expect, test} from 'vitest'
import {parseServeArguments} from '../../src/cli/serve/options.ts'
import {packageRoot} from '../../src/package/index.ts'

const commands = ['serve', 'ingest', 'ask', 'eval', 'transcripts'] as const
const folder = mkdtempSync(join(tmpdir(), 'docent-cli-'))
afterAll(() => rmSync(folder, {recursive: true, force: true}))

/** In a folder without docs, so that nothing can begin by mistake. */
function docent(...args: readonly string[]) {
  const {status, stdout, stderr} = spawnSync(
    process.execPath,
    [join(packageRoot, 'bin/docent.mjs'), ...args],
    {cwd: folder, encoding: 'utf8', env: {PATH: process.env['PATH'] ?? ''}},
  )
  return {status, stdout, stderr}
}

describe('docent', () => {
  test.each(['--help', '-h'])('%s lists the commands', (flag) => {
    const {status, stdout, stderr} = docent(flag)

    expect({status, stderr}).toEqual({status: 0, stderr: ''})
    for (const name of commands) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'))
  })

  test('--version prints the version of the package', () => {
    const {version} = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {version: string}

    expect(docent('--version')).toEqual({status: 0, stdout: `${version}\n`, stderr: ''})
  })

  test.each([
    ['without a command', [], 'Usage: docent COMMAND'],
    ['with a command it has not', ['serv'], '"serv" is not a command of docent.'],
    ['with a name that every object has', ['constructor'], '"constructor" is not a command'],
    ['with an option it has not', ['--watch'], '"--watch" is not an option of docent.'],
  ])('%s says what to do and exits 2', (_what, args, problem) => {
    const {status, stdout, stderr} = docent(...args)

    expect({status, stdout}).toEqual({status: 2, stdout: ''})
    expect(stderr).toContain(problem)
    expect(stderr).toContain('--help')
    for (const name of commands) expect(stderr).toContain(name)
  })
})

describe.each(commands)('docent %s', (command) => {
  const inNpm = command === 'serve' ? 'npm start' : `npm run ${command}`

  test('--help shows how it is run and its options', () => {
    const {status, stdout, stderr} = docent(command, '--help')

    expect({status, stderr}).toEqual({status: 0, stderr: ''})
    expect(stdout.startsWith(`Usage: ${inNpm} -- `)).toBe(true)
    expect(stdout).toContain('--')
  })

  test('with an unknown option exits 2 and names it, before anything is opened', () => {
    const {status, stdout, stderr} = docent(command, '--frobnicate')

    expect({status, stdout}).toEqual({status: 2, stdout: ''})
    expect(stderr).toContain('--frobnicate')
    expect(stderr).toContain(`${inNpm} -- --help`)
    expect(stderr).not.toMatch(/\n\s+at /)
  })
})

describe('the options of docent serve', () => {
  test('set settings', () => {
    const args = ['--content', 'docs', '--data', '/srv', '--port', '8080', '--host', '0.0.0.0']

    expect(parseServeArguments([...args, '--site-url', 'https://docs.example.com'])).toEqual({
      CONTENT_DIR: 'docs',
      DATA_DIR: '/srv',
      PORT: '8080',
      HOST: '0.0.0.0',
      SITE_URL: 'https://docs.example.com',
    })
  })

  test('override the environment, and are validated like settings', () => {
    const {status, stderr} = spawnSync(
      process.execPath,
      [join(packageRoot, 'bin/docent.mjs'), 'serve', '--port', 'many', '--site-url', 'nowhere'],
      {cwd: folder, encoding: 'utf8', env: {PATH: process.env['PATH'] ?? '', PORT: '1'}},
    )

    expect(status).toBe(2)
    expect(stderr).toContain('PORT: "many"')
    expect(stderr).toContain('SITE_URL: "nowhere"')
  })
})
