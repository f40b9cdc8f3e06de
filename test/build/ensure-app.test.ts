import {execFile} from 'node:child_process'
import {existsSync} from 'node:fs'
import {mkdir, readdir, readFile, rm, utimes, writeFile} from 'node:fs/promises'
import {basename, join} from 'node:path'
import {promisify} from 'node:util'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {ensureApp} from '../../scripts/build/ensure-app.mjs'
import {packagesInside} from '../../scripts/build/packages-inside.mjs'
import {copyCheckout} from '../support/checkout-copy.ts'

let root: string

beforeEach(async () => {
  root = await copyCheckout()
})
afterEach(() => rm(root, {recursive: true, force: true}))

const entriesOf = async (...path: string[]) => (await readdir(join(root, ...path))).sort()

test('the app is built once, and in another folder after the sources have changed', async () => {
  const first = await ensureApp(root)
  expect(first.isNew).toBe(true)
  for (const name of [
    'docent.js',
    'parse-child.js',
    'licenses.txt',
    'assets/plain.css',
    'assets/plain.css.br',
    'web/widget.js',
    'web/widget.js.br',
    'web/locales/de.json',
    'web/locales/de.json.gz',
  ]) {
    expect(existsSync(join(first.folder, name)), name).toBe(true)
  }
  const licenses = await readFile(join(first.folder, 'licenses.txt'), 'utf8')
  for (const name of packagesInside) expect(licenses).toContain(`\n\n${name} `)

  expect(await ensureApp(root)).toEqual({folder: first.folder, isNew: false})

  await writeFile(join(root, 'src/lib/another.ts'), 'export const another = 1\n')
  const second = await ensureApp(root)
  expect(second.isNew).toBe(true)
  expect(second.folder).not.toBe(first.folder)
  // A server that runs the first build keeps its programs.
  expect(existsSync(join(first.folder, 'parse-child.js'))).toBe(true)
  expect(await readFile(join(root, 'dist/current'), 'utf8')).toBe(basename(second.folder))

  await rm(join(root, 'src/lib/another.ts'))
  expect(await ensureApp(root)).toEqual({folder: first.folder, isNew: false})
  expect(await readFile(join(root, 'dist/current'), 'utf8')).toBe(basename(first.folder))
})

test('two concurrent builds make one app, and leave nothing else', async () => {
  const build = () => promisify(execFile)(process.execPath, [join(root, 'scripts/build/build.mjs')])

  await Promise.all([build(), build()])

  const [app] = await entriesOf('dist')
  expect(app).toMatch(/^app-[0-9a-f]{16}$/)
  expect(await entriesOf('dist')).toEqual([app, 'current'])
  expect(await entriesOf('dist', app!)).toContain('docent.js')
})

test('builds that were not used for a day are removed, except for the newest three', async () => {
  const longAgo = new Date(Date.now() - 25 * 60 * 60_000)
  for (const [index, name] of ['app-a', 'app-b', 'app-c', 'app-d'].entries()) {
    await mkdir(join(root, 'dist', name), {recursive: true})
    const usedAt = new Date(longAgo.getTime() - index * 1_000)
    await utimes(join(root, 'dist', name), usedAt, usedAt)
  }
  await mkdir(join(root, 'dist/app-used'))

  const {folder} = await ensureApp(root)

  expect(await entriesOf('dist')).toEqual([basename(folder), 'app-a', 'app-used', 'current'].sort())
})

test('a folder that cannot be written is reported, with what to do', async () => {
  await writeFile(join(root, 'dist'), 'a file')

  await expect(ensureApp(root)).rejects.toMatchObject({
    name: 'BuildError',
    message: `Docent must be built first, and ${join(root, 'dist')} cannot be written (ENOTDIR). Run npm run build as a user who may write there.`,
  })
})

test('a syntax error is reported with its file and line, and the previous build stays', async () => {
  const {folder} = await ensureApp(root)
  await writeFile(join(root, 'src/cli/docent.ts'), 'const = 1\n')

  await expect(ensureApp(root)).rejects.toMatchObject({
    name: 'BuildError',
    message: expect.stringMatching(/src\/cli\/docent\.ts:1:6/),
  })
  expect(await entriesOf('dist')).toEqual([basename(folder), 'current'])
})

test('without installed packages the command says what to run', async () => {
  await rm(join(root, 'node_modules'))

  const failing = promisify(execFile)(process.execPath, [join(root, 'bin/docent.mjs'), 'serve'])

  await expect(failing).rejects.toMatchObject({
    code: 1,
    stderr: 'The packages of Docent are not installed. Run npm ci.\n',
  })
})
