import {mkdtempSync, readdirSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {buildFolder} from '../../src/search-index/build-folders.ts'
import {localBuilds} from '../../src/search-index/local-builds.ts'
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

test('looking into a data folder that is not there does not make it', async () => {
  const root = mkdtempSync(join(tmpdir(), 'docent-builds-'))
  try {
    const builds = localBuilds(join(root, 'data'))

    expect([await builds.currentId(), await builds.list(), await builds.prune(2)]).toEqual([null, [], []])

    expect(readdirSync(root)).toEqual([])
  } finally {
    rmSync(root, {recursive: true, force: true})
  }
})

test('watching or locking makes the data folder for this user alone', async () => {
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
