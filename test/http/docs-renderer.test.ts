import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {gunzipSync} from 'node:zlib'
import {afterAll, afterEach, beforeAll, expect, test, vi} from 'vitest'
import type {CompressedText} from '../../src/http/compressed-text.ts'
import {
  type DocsRenderer,
  type DocsRendererOptions,
  openDocsRenderer,
} from '../../src/http/docs/docs-renderer.ts'
import type {Log} from '../../src/http/log.ts'
import {silentLog} from '../../src/http/log.ts'
import {buildFolder, type IndexBuild, openBuild, writeBuild} from '../../src/search-index/index.ts'
import {hashingEmbedder} from '../support/hashing-embedder.ts'
import {samplePage} from '../support/sample-pages.ts'

vi.setConfig({testTimeout: 240_000})

/** A remark parser needs seconds for it, on the fastest machine there is. */
const endless = 'a@b.c_'.repeat(33_000)
/** More than twenty times that. */
const minutes = endless.repeat(5)
/** 22 KB that make eight million cells. */
const immense = `|${'a|'.repeat(4_000)}\n|${'-|'.repeat(4_000)}\n${'|a\n'.repeat(2_000)}`

let folder: string
let build: IndexBuild
let renderer: DocsRenderer | null = null

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docent-renderer-'))
  const embedder = hashingEmbedder()
  const pageOf = (path: string, markdown: string) => ({
    ...samplePage(path, path, [['Words', 'Words.']]),
    markdown,
  })
  const many = Array.from({length: 70}, (_, n) => pageOf(`many/${n}.md`, `# Page ${n}`))
  const manifest = await writeBuild(
    folder,
    [
      pageOf('endless.md', `${endless} <b>`),
      pageOf('minutes/1.md', minutes),
      pageOf('minutes/2.md', minutes),
      pageOf('immense.md', immense),
      ...many,
    ],
    {embedding: embedder, embed: (texts) => embedder.embedPassages(texts)},
  )
  build = await openBuild(buildFolder(folder, manifest.id))
})

afterEach(async () => {
  renderer?.close()
  renderer = null
  await expect.poll(processes, {timeout: 30_000}).toBe(0)
})

afterAll(async () => {
  build.close()
  await rm(folder, {recursive: true})
})

/** Where links of Markdown lead. */
const place = {base: '', published: null}

function open(options: Partial<DocsRendererOptions> = {}): DocsRenderer {
  renderer = openDocsRenderer({imageHosts: [], hasAssistant: false, log: silentLog, ...options})
  return renderer
}

/** Processes that this one has started and that have not ended. */
const processes = (): number =>
  process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length

const page = (from: DocsRenderer, path: string): Promise<CompressedText> =>
  from.view(build, {kind: 'page', pageId: build.pageByPath(path)!.id})
const textOf = ({gzip}: CompressedText): string => gunzipSync(gzip).toString()

function warnings(): {readonly log: Log; readonly pages: unknown[]} {
  const pages: unknown[] = []
  return {log: {...silentLog, warn: (facts: {page?: string}) => pages.push(facts.page)} as Log, pages}
}

test('no process is started before a page is asked for', async () => {
  open()

  expect(processes()).toBe(0)
})

test('a page that takes too much time is shown as its source, and not tried again', async () => {
  const {log, pages} = warnings()
  // Nothing is kept, so that every view is made anew.
  const docs = open({log, cpuMs: 500, maxCacheBytes: 1})

  const first = textOf(await page(docs, 'endless.md'))
  await docs.view(build, {kind: 'list'})
  await docs.view(build, {kind: 'markdown', pageId: 1, place})
  const second = textOf(await page(docs, 'endless.md'))

  expect(first).toContain('>a@b.c_')
  expect(first).toContain('&lt;b&gt;</pre>')
  expect(first).toContain('href="/docs/endless.md"')
  expect(second).toBe(first)
  expect(pages).toEqual(['endless.md'])
})

test('a page that takes too much memory ends a process, and the next page has another', async () => {
  const {log, pages} = warnings()
  const docs = open({log, cpuMs: 200_000})

  expect(textOf(await page(docs, 'immense.md'))).toContain('>|a|a|')
  expect(textOf(await page(docs, 'many/1.md'))).toContain('>Page 1<')
  expect(pages).toEqual(['immense.md'])
})

test('concurrent requests for a page share one rendering, which is cached', async () => {
  const docs = open()

  const views = await Promise.all(Array.from({length: 200}, () => page(docs, 'many/1.md')))

  expect(new Set(views).size).toBe(1)
  expect(await page(docs, 'many/1.md')).toBe(views[0])
})

/** Far more than any of these tests takes. */
const cpuMs = 3_600_000

/** Pages whose rendering never ends. */
function heldUpBy(docs: DocsRenderer, ...paths: string[]): void {
  for (const path of paths) page(docs, path).catch(() => undefined)
}

test('a slow page delays no other', async () => {
  const docs = open({cpuMs})
  heldUpBy(docs, 'minutes/1.md')

  for (let n = 0; n < 5; n++) {
    const made = await page(docs, `many/${n}.md`)
    expect(made).not.toHaveProperty('isStandIn')
    expect(textOf(made)).toContain(`>Page ${n}<`)
  }
})

test('while all processes are busy, others are shown as their source to everybody, and that is not cached', async () => {
  const {log, pages} = warnings()
  const docs = open({log, cpuMs, maxQueueMs: 200})
  heldUpBy(docs, 'minutes/1.md', 'minutes/2.md')

  const views = await Promise.all(Array.from({length: 50}, () => page(docs, 'many/1.md')))
  const twin = await docs.view(build, {
    kind: 'markdown',
    pageId: build.pageByPath('many/1.md')!.id,
    place,
  })
  const list = await docs.view(build, {kind: 'list'})

  expect(new Set(views).size).toBe(1)
  expect(views[0]).toMatchObject({isStandIn: true})
  expect(textOf(views[0]!)).toContain('># Page 1</pre>')
  expect(textOf(twin)).toBe('# Page 1')
  expect(textOf(list)).toContain('many/1')
  expect(await page(docs, 'many/1.md')).not.toBe(views[0])
  expect(pages).toEqual([])
  expect(processes()).toBe(2)
})

test('a page that was shown as its source is rendered when a process is free', async () => {
  const docs = open({cpuMs: 4_000, maxQueueMs: 200})
  heldUpBy(docs, 'minutes/1.md', 'minutes/2.md')

  const first = await page(docs, 'many/1.md')
  await vi.waitFor(async () => expect(await page(docs, 'many/1.md')).not.toHaveProperty('isStandIn'), {
    timeout: 120_000,
    interval: 200,
  })

  expect(textOf(first)).toContain('># Page 1</pre>')
  expect(textOf(await page(docs, 'many/1.md'))).toContain('>Page 1<')
})

test('the cache is limited by its size', async () => {
  const docs = open({maxCacheBytes: 8_192})
  const first = await page(docs, 'many/0.md')
  const weight = first.br.length + first.gzip.length

  for (let n = 1; n < 70 && n * weight < 3 * 8_192; n++) await page(docs, `many/${n}.md`)

  expect(await page(docs, 'many/0.md')).not.toBe(first)
})

test('too many different pages at once are refused with a time to come back', async () => {
  const docs = open()

  const views = await Promise.allSettled(Array.from({length: 70}, (_, n) => page(docs, `many/${n}.md`)))

  const refused = views.flatMap((view) => (view.status === 'rejected' ? [view.reason] : []))
  expect(refused).toHaveLength(6)
  expect(refused[0]).toMatchObject({code: 'rate_limited', retryAfterMs: expect.any(Number)})
  expect(textOf(await page(docs, 'many/69.md'))).toContain('>Page 69<')
})

test('the process ends when idle, and another is started when it is needed', async () => {
  const docs = open({idleMs: 1})

  await page(docs, 'many/1.md')
  await expect.poll(processes, {timeout: 30_000}).toBe(0)

  expect(textOf(await page(docs, 'many/2.md'))).toContain('>Page 2<')
})

test('closing ends renderings, and no more are started', async () => {
  const docs = open()
  const view = page(docs, 'endless.md')
  const refused = expect(view).rejects.toMatchObject({code: 'shutting_down'})

  docs.close()

  await refused
  await expect(page(docs, 'many/1.md')).rejects.toMatchObject({code: 'shutting_down'})
})
