import {mkdtempSync, readdirSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {buildFolder} from '../../src/search-index/build-folders.ts'
import {openCurrentBuild} from '../../src/search-index/current-build.ts'
import {localBuilds} from '../../src/search-index/local-builds.ts'
import {buildFormat} from '../../src/search-index/schema.ts'
import {writeBuild} from '../../src/search-index/write-build.ts'
import {buildStoreContract} from '../contracts/build-store.contract.ts'

buildStoreContract('the store in a data folder', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'docent-builds-'))
  return {
    open: () => localBuilds(dataDir),
    async damage(id) {
      writeFileSync(join(buildFolder(dataDir, id), 'index.sqlite'), 'damaged')
    },
    async close() {
      rmSync(dataDir, {recursive: true, force: true})
    },
  }
})

test.each([
  [buildFormat + 1, /made by a newer Docent.*update Docent, or run `.*ingest`/],
  [1, /format 1, this version reads 2 and 3; run `.*ingest`/],
])(
  'a build of format %i is refused with what to do about it, and nothing is built upon it',
  async (format, why) => {
    const dataDir = mkdtempSync(join(tmpdir(), 'docent-builds-'))
    try {
      const build = {embedding: {id: 'x', name: 'x', dimensions: 2}, embed: async () => []}
      const sound = await writeBuild(dataDir, [], build)
      const {id} = await writeBuild(dataDir, [], {...build, now: Date.parse(sound.createdAt) + 1})
      const file = join(buildFolder(dataDir, id), 'manifest.json')
      // What else a manifest of that format holds is not known.
      writeFileSync(file, JSON.stringify({format, id}))
      const builds = localBuilds(dataDir)

      await expect(builds.open(id)).rejects.toMatchObject({
        code: 'index_damaged',
        message: expect.stringMatching(why),
      })
      await expect(builds.activate(id)).rejects.toMatchObject({
        code: 'not_found',
        message: expect.stringMatching(why),
      })
      expect(await builds.openBase(id)).toBeNull()
      expect((await builds.list())[0]).toMatchObject({id, problem: expect.stringMatching(why)})
      const current = await openCurrentBuild(builds)
      expect([current.id, current.problem]).toEqual([sound.id, expect.stringMatching(why)])
      await current.close()
    } finally {
      rmSync(dataDir, {recursive: true, force: true})
    }
  },
)

test('reading a missing data folder does not create it', async () => {
  const root = mkdtempSync(join(tmpdir(), 'docent-builds-'))
  try {
    const builds = localBuilds(join(root, 'data'))

    expect([await builds.currentId(), await builds.list(), await builds.prune(2)]).toEqual([null, [], []])

    expect(readdirSync(root)).toEqual([])
  } finally {
    rmSync(root, {recursive: true, force: true})
  }
})

test('watching or locking creates the data folder for this user alone', async () => {
  const root = mkdtempSync(join(tmpdir(), 'docent-builds-'))
  try {
    localBuilds(join(root, 'watched')).watch(() => {})()
    const lock = await localBuilds(join(root, 'locked')).lock()
    await lock.release()

    for (const name of ['watched', 'locked']) expect(statSync(join(root, name)).mode & 0o777).toBe(0o700)
  } finally {
    rmSync(root, {recursive: true, force: true})
  }
})
