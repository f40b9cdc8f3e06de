import {copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {gzipSync} from 'node:zlib'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {buildWeb} from '../../scripts/build/build-web.mjs'
import {licensesOf} from '../../scripts/build/web-licenses.mjs'
import {routes} from '../../src/http/routes.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The most that compressed scripts may weigh. The widget's promise is 60,000; this leaves room to notice growth. */
const maxBytes = {
  'widget.js': 59_800,
  'renderer.js': 24_500,
  'highlighter.js': 33_500,
  'page.js': 1_000,
}

/** The most that the console may load for its first view, and in all: its own scripts. */
const maxConsoleBytes = {first: 23_000, part: 36_000}

let folder: string
let outDir: string
let inputs: readonly string[]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docent-web-'))
  outDir = join(folder, 'web')
  inputs = await buildWeb({root, outDir, minify: true})
})

afterAll(() => rm(folder, {recursive: true, force: true}))

test.each(Object.entries(maxBytes))('%s is at most %d bytes compressed', async (name, most) => {
  const script = await readFile(join(outDir, name))

  expect(gzipSync(script, {level: 9}).length).toBeLessThanOrEqual(most)
})

test('the console is small, and its first view loads nothing that only another one needs', async () => {
  const names = (await readdir(outDir)).filter((name) => /^console.*\.js$/.test(name))
  const scripts = new Map(
    await Promise.all(
      names.map(
        async (name): Promise<[string, string]> => [name, await readFile(join(outDir, name), 'utf8')],
      ),
    ),
  )
  const bytesOf = (all: Iterable<string>) =>
    [...all].reduce((sum, name) => sum + gzipSync(scripts.get(name)!, {level: 9}).length, 0)
  const first = new Set(['console.js'])
  for (const name of first) {
    for (const [, imported] of scripts.get(name)!.matchAll(/from"\.\/([^"]+)"/g)) first.add(imported!)
  }

  expect(first.size).toBeLessThan(scripts.size)
  expect(bytesOf(first)).toBeLessThanOrEqual(maxConsoleBytes.first)
  for (const name of scripts.keys()) expect(bytesOf([name]), name).toBeLessThanOrEqual(maxConsoleBytes.part)
})

test('the table of routes holds every file that is built, and each of its files is built', async () => {
  const built = (await readdir(outDir, {recursive: true, withFileTypes: true}))
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => join(entry.parentPath, entry.name).slice(outDir.length))
  const listed = routes.filter(({isFile, path}) => isFile && !path.startsWith('/assets/'))
  const patterns = listed.map(({path}) => new RegExp(`^${path.replace(':file', '[^/]+')}$`))
  const isListed = (file: string) => file === '/index.html' || patterns.some((pattern) => pattern.test(file))

  expect(built.filter((file) => !isListed(file))).toEqual([])
  expect(listed.filter((_, n) => !built.some((file) => patterns[n]!.test(file)))).toEqual([])
})

test('the scripts come with the notice of everything they hold, and say where', async () => {
  const licenses = await readFile(join(outDir, 'licenses.txt'), 'utf8')
  const packages = new Set(
    inputs.flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.slice(0, 1) ?? []),
  )

  const names = [...packages].map((folder) => folder.replace(/^.*node_modules\//, ''))
  expect(names).toEqual(expect.arrayContaining(['lit', 'lit-html', 'marked', 'highlight.js']))
  for (const folder of packages) {
    const name = (await readdir(join(root, folder))).find((file) => /^licen[cs]e/i.test(file))
    const notice = await readFile(join(root, folder, name ?? `no licence in ${folder}`), 'utf8')
    expect(licenses).toContain(notice.trim())
  }
  expect(licenses).toContain((await readFile(join(root, 'LICENSE'), 'utf8')).trim())
  for (const script of Object.keys(maxBytes)) {
    const [firstLine] = (await readFile(join(outDir, script), 'utf8')).split('\n')
    expect(firstLine).toMatch(/^\/\*! .*licenses\.txt.* \*\/$/)
  }
})

test('a package without a notice is not shipped', async () => {
  await mkdir(join(folder, 'node_modules/silent'), {recursive: true})
  await writeFile(join(folder, 'node_modules/silent/package.json'), '{"name": "silent", "version": "1.0.0"}')
  await copyFile(join(root, 'LICENSE'), join(folder, 'LICENSE'))

  await expect(licensesOf(folder, ['node_modules/silent/a.js'])).rejects.toThrow('silent has no licence file')
})

test('the page has no inline script and no inline style', async () => {
  const page = await readFile(join(outDir, 'index.html'), 'utf8')

  expect(page).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)[^>]*>/i)
})

test('nothing in the widget makes HTML of a string but lit, through its policy', async () => {
  const script = await readFile(join(outDir, 'widget.js'), 'utf8')

  expect(script).not.toMatch(
    /insertAdjacentHTML|outerHTML|document\.write|createContextualFragment|\beval\(|new Function\(/,
  )
  expect(script.match(/\.innerHTML\s*=/g)).toHaveLength(1)
})
