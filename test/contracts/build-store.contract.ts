import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest'
import type {IndexBuild, Manifest} from '../../src/search-index/build.ts'
import type {BaseBuild, BuildStore} from '../../src/search-index/build-store.ts'
import type {BuildWriter} from '../../src/search-index/build-writer.ts'
import {openCurrentBuild} from '../../src/search-index/current-build.ts'
import {samplePage} from '../support/sample-pages.ts'

/** An empty place for builds, and what tests do to it. */
export interface BuildStoreUnderContract {
  /** The same place as another process sees it. Called at least once. */
  open(): BuildStore | Promise<BuildStore>
  /** Spoils what a build is searched by, beyond use; its manifest stays. */
  damage(id: string): Promise<void>
  /** Called after each test. */
  close(): Promise<void>
}

const embedding = {id: 'contract', name: 'contract', dimensions: 2}
const weights = {title: 1, headings: 1, text: 1}

/** Puts a page that says a word, under the word's path. */
function putWord(writer: BuildWriter, word: string): void {
  const path = `${word}.md`
  const page = samplePage(path, 'Page', [['Text', `here stands ${word}`]])
  const file = {path, hash: word, includes: [], diagnostics: [], fidelity: null}
  writer.put(file, {page, links: [], vectors: [Float32Array.of(1, 0)]})
}

async function finished(
  store: BuildStore,
  words: readonly string[],
  base: BaseBuild | null = null,
): Promise<{writer: BuildWriter; manifest: Manifest}> {
  const writer = await store.begin({embedding, chunker: 'contract', base})
  for (const word of words) putWord(writer, word)
  return {writer, manifest: await writer.finish()}
}

/** Publishes a build whose pages say these words. */
async function published(store: BuildStore, ...words: string[]): Promise<string> {
  const {writer, manifest} = await finished(store, words)
  await store.publish(writer.id, manifest)
  return writer.id
}

function pathsOf(build: IndexBuild): string[] {
  return build.pages().map(({path}) => path)
}

/** What every store of builds promises, wherever it keeps them. */
export function buildStoreContract(name: string, create: () => Promise<BuildStoreUnderContract>): void {
  describe(`${name} keeps the contract of build stores`, () => {
    let under: BuildStoreUnderContract
    let store: BuildStore
    let other: BuildStore
    const closing: (() => unknown)[] = []

    beforeEach(async () => {
      under = await create()
      store = await under.open()
      other = await under.open()
    })
    afterEach(async () => {
      for (const close of closing.splice(0)) await close()
      await under.close()
    })

    async function opened(id: string, from: BuildStore = store): Promise<IndexBuild> {
      const build = await from.open(id)
      closing.push(() => build.close())
      return build
    }

    test('an empty one lists nothing, has no current build and removes nothing', async () => {
      expect(await store.currentId()).toBeNull()
      expect(await store.list()).toEqual([])
      expect(await store.prune(2)).toEqual([])
    })

    test('a build keeps the report that it was published with, as JSON', async () => {
      const {writer, manifest} = await finished(store, ['red'])
      await store.publish(writer.id, manifest, {outcome: 'published', pages: 1})
      const without = await published(store, 'blue')

      expect(JSON.parse((await other.report(writer.id))!)).toEqual({outcome: 'published', pages: 1})
      expect(await other.report(without)).toBeNull()
      await expect(other.report('../red')).rejects.toMatchObject({code: 'not_found'})
    })

    test('a published build is current, is listed with its manifest, and holds what was put', async () => {
      const {writer, manifest} = await finished(store, ['red', 'blue'])
      await store.publish(writer.id, {...manifest, calibration: {fitted: true}})

      expect(await other.currentId()).toBe(writer.id)
      expect(await other.list()).toMatchObject([
        {
          id: writer.id,
          isCurrent: true,
          problem: null,
          manifest: {id: writer.id, calibration: {fitted: true}},
        },
      ])
      const build = await opened(writer.id, other)
      expect(pathsOf(build)).toEqual(['blue.md', 'red.md'])
      expect(build.manifest.calibration).toEqual({fitted: true})
      expect(build.matching(['red'], 5, weights)).toHaveLength(1)
      expect(build.nearest(Float32Array.of(1, 0), 5)).toHaveLength(2)
    })

    test('a build is tried before it is published, and nobody else sees it until then', async () => {
      const before = await published(store, 'red')
      const {writer} = await finished(store, ['blue'])

      const tried = await writer.open()
      expect(pathsOf(tried)).toEqual(['blue.md'])
      tried.close()
      const records = writer.openRecords()
      expect(records.files().map(({path}) => path)).toEqual(['blue.md'])
      records.close()

      expect(await other.currentId()).toBe(before)
      expect((await other.list()).map(({id}) => id)).toEqual([before])
      await expect(other.open(writer.id)).rejects.toMatchObject({code: 'index_damaged'})
      await writer.discard()
      await expect(writer.open()).rejects.toMatchObject({code: 'index_damaged'})
    })

    test('a build that was published is not discarded any more', async () => {
      const {writer, manifest} = await finished(store, ['red'])
      await store.publish(writer.id, manifest)

      await writer.discard()

      expect(pathsOf(await opened(writer.id))).toEqual(['red.md'])
    })

    test('a build goes on from another, which does not change', async () => {
      const first = await published(store, 'red', 'blue')
      const base = await store.openBase(first)
      const writer = await store.begin({embedding, chunker: 'contract', base})
      writer.remove('red.md')
      putWord(writer, 'green')
      base!.records.close()
      await store.publish(writer.id, await writer.finish())

      expect(pathsOf(await opened(writer.id))).toEqual(['blue.md', 'green.md'])
      expect(pathsOf(await opened(first))).toEqual(['blue.md', 'red.md'])
      expect((await opened(writer.id)).matching(['red'], 5, weights)).toEqual([])
    })

    test('builds are listed newest first, and an earlier one can be made current again', async () => {
      const first = await published(store, 'red')
      const second = await published(store, 'blue')

      const manifest = await other.activate(first)

      expect(manifest.id).toBe(first)
      expect(await store.currentId()).toBe(first)
      expect((await store.list()).map(({id, isCurrent}) => [id, isCurrent])).toEqual([
        [second, false],
        [first, true],
      ])
    })

    test.each(['../../etc/passwd', '', '20260101T000000000Z-00000000'])(
      'what is no build of it, as %j, is neither opened nor activated nor built upon',
      async (id) => {
        const current = await published(store, 'red')

        await expect(store.activate(id)).rejects.toMatchObject({code: 'not_found'})
        await expect(store.open(id)).rejects.toMatchObject({
          code: expect.stringMatching(/^(not_found|index_damaged)$/),
        })
        expect(await store.openBase(id)).toBeNull()
        expect(await store.currentId()).toBe(current)
      },
    )

    test('a damaged build is neither opened nor activated nor built upon', async () => {
      const first = await published(store, 'red')
      const second = await published(store, 'blue')
      await under.damage(first)

      await expect(store.open(first)).rejects.toMatchObject({code: 'index_damaged'})
      await expect(store.activate(first)).rejects.toMatchObject({code: 'index_damaged'})
      expect(await store.openBase(first)).toBeNull()
      expect(await store.currentId()).toBe(second)
    })

    test('pruning keeps the newest, the current one, and two at least', async () => {
      const ids: string[] = []
      for (const word of ['one', 'two', 'three', 'four', 'five']) ids.push(await published(store, word))
      const [one, two, three, four, five] = ids
      await store.activate(two!)

      expect(await other.prune(3)).toEqual([three, one])
      expect((await store.list()).map(({id}) => id)).toEqual([five, four, two])
      expect(await other.prune(0)).toEqual([four])
      expect((await store.list()).map(({id}) => id)).toEqual([five, two])
    })

    test('an open build is used on though it was removed', async () => {
      const first = await published(store, 'red')
      const build = await opened(first)
      await published(store, 'blue')
      await published(store, 'green')

      expect(await store.prune(2)).toEqual([first])

      expect(build.matching(['red'], 5, weights)).toHaveLength(1)
      expect(build.markdownOf(build.pageByPath('red.md')!.id)).toContain('red')
    })

    test('an aborted opening ends with the reason', async () => {
      const id = await published(store, 'red')
      const reason = new Error('enough')

      await expect(store.open(id, {signal: AbortSignal.abort(reason)})).rejects.toBe(reason)
    })

    test('one at a time holds the lock, and the next one gets it when it is released', async () => {
      const lock = await store.lock()

      await expect(other.lock()).rejects.toMatchObject({code: 'locked'})
      await expect(store.lock()).rejects.toMatchObject({code: 'locked'})
      await lock.release()
      const again = await other.lock()
      await again.release()
    })

    test('of many who want the lock at once, one gets it', async () => {
      const tries = await Promise.allSettled(Array.from({length: 8}, async () => (await under.open()).lock()))

      const held = tries.flatMap((tried) => (tried.status === 'fulfilled' ? [tried.value] : []))
      expect(held).toHaveLength(1)
      await held[0]!.release()
    })

    test('who takes the lock finds nothing left of a build that was never published', async () => {
      const current = await published(store, 'red')
      const {writer, manifest} = await finished(store, ['blue'])

      const lock = await other.lock()

      await expect(writer.open()).rejects.toMatchObject({code: 'index_damaged'})
      await expect(other.publish(writer.id, manifest)).rejects.toThrow()
      expect(await other.currentId()).toBe(current)
      await lock.release()
    })

    test('a change of the current build is told in other processes, until they stop watching', async () => {
      const first = await published(store, 'red')
      await published(store, 'blue')
      const hints = vi.fn()
      const stop = other.watch(hints)
      closing.push(stop)

      await store.activate(first)

      await vi.waitFor(() => expect(hints).toHaveBeenCalled(), {timeout: 20_000})
      stop()
      hints.mockClear()
      await published(store, 'green')
      await new Promise(setImmediate)
      expect(hints).not.toHaveBeenCalled()
    })

    test('a lease keeps its build whatever is published, activated and pruned meanwhile', async () => {
      const first = await published(store, 'red')
      const current = await openCurrentBuild(other, {pollMs: 60_000})
      closing.push(() => current.close())
      const lease = current.lease()

      await published(store, 'blue')
      const third = await published(store, 'green')
      await store.prune(2)
      await current.refresh()

      expect(current.id).toBe(third)
      expect(lease.build.manifest.id).toBe(first)
      expect(lease.build.matching(['red'], 5, weights)).toHaveLength(1)
      lease.release()
      expect(() => lease.build.passagesOf(1)).toThrow()
    })

    test('where the current build is damaged, the newest sound one before it is served', async () => {
      const first = await published(store, 'red')
      const second = await published(store, 'blue')
      await under.damage(second)

      const current = await openCurrentBuild(other, {pollMs: 60_000})
      closing.push(() => current.close())

      expect(current.id).toBe(first)
      expect(current.problem).toContain(second)
    })
  })
}
