import {expect, test} from 'vitest'
import {spawnIngest} from '../../src/ingestion/index.ts'
import {currentBuildId, localBuilds} from '../../src/search-index/index.ts'
import {contentFolder} from '../support/content-folder.ts'

const embeddingModel = null

test('an ingest in another process reports its progress and its result', async () => {
  const folder = contentFolder({'a.md': '# Volumes\n\nA volume keeps files.\n'})
  try {
    const run = spawnIngest({
      content: folder.content,
      dataDir: folder.dataDir,
      embeddingModel,
      modelCacheDir: folder.root,
    })
    const stages = new Set<string>()
    for await (const {stage} of run.progress) stages.add(stage)

    const report = await run.report

    expect(report).toMatchObject({
      outcome: 'published',
      pages: {new: 1},
      embedding: {dimensions: expect.any(Number)},
    })
    expect(await currentBuildId(folder.dataDir)).toBe(report.build)
    expect(stages.size).toBeGreaterThan(0)
  } finally {
    folder.clear()
  }
})

test('[second ingest] a refusal is passed on with its code, and a killed ingest fails', async () => {
  const folder = contentFolder({'a.md': '# Volumes\n\nA volume keeps files.\n'})
  const options = {
    content: folder.content,
    dataDir: folder.dataDir,
    embeddingModel,
    modelCacheDir: folder.root,
  }
  try {
    const lock = await localBuilds(folder.dataDir).lock()
    await expect(spawnIngest(options).report).rejects.toMatchObject({code: 'locked'})
    await lock.release()

    const killed = spawnIngest(options)
    killed.kill()

    await expect(killed.report).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining('SIGKILL'),
    })
    expect(await currentBuildId(folder.dataDir)).toBeNull()
  } finally {
    folder.clear()
  }
})
