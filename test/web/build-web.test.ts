import {mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {gzipSync} from 'node:zlib'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {buildWeb, ensureWeb, webIsStale} from '../../scripts/build-web.ts'

/** The most that compressed scripts may weigh. The widget's promise is 60,000; this leaves room to notice growth. */
const maxBytes = {'widget.js': 55_000, 'highlighter.js': 33_000, 'page.js': 1_000}

let folder: string
let outDir: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docent-web-'))
  outDir = join(folder, 'web')
  await buildWeb({outDir, minify: true})
})

afterAll(() => rm(folder, {recursive: true, force: true}))

test.each(Object.entries(maxBytes))('%s is at most %d bytes compressed', async (name, most) => {
  const script = await readFile(join(outDir, name))

  expect(gzipSync(script, {level: 9}).length).toBeLessThanOrEqual(most)
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

test('what is built is built once, and again when it is not what the sources make', async () => {
  expect(await webIsStale(outDir)).toBe(false)
  expect(await ensureWeb(outDir)).toBe(false)

  await writeFile(join(outDir, '.inputs'), 'older')

  expect(await webIsStale(outDir)).toBe(true)
  expect(await ensureWeb(outDir)).toBe(true)
  expect(await readdir(folder)).toEqual(['web'])
})
