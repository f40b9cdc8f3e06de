import {mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, afterEach, beforeAll, describe} from 'vitest'
import {openPostgres, type Postgres} from '../../src/postgres/index.ts'
import {buildFolder} from '../../src/search-index/build-folders.ts'
import {openSharedBuilds, type SharedBuilds} from '../../src/search-index/shared/shared-builds.ts'
import {buildStoreContract} from '../contracts/build-store.contract.ts'
import {hasPostgres, type PostgresCluster, startPostgres} from '../support/postgres.ts'

describe.skipIf(!hasPostgres)('builds that servers share', () => {
  let cluster: PostgresCluster
  const closing: (() => unknown)[] = []

  beforeAll(async () => {
    cluster = await startPostgres()
  }, 120_000)
  afterAll(() => cluster.close())
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close()
  })

  interface Place {
    readonly postgres: Postgres
    newDataDir(): string
    open(dataDir: string): Promise<SharedBuilds>
    /** Spoils what all have of a build. */
    damage(id: string): Promise<void>
    close(): Promise<void>
  }

  /** A new database, and folders of machines that share it. */
  async function newPlace(keptIn: 'database' | 'folder'): Promise<Place> {
    const url = await cluster.newDatabase()
    const postgres = await openPostgres({url})
    const root = mkdtempSync(join(tmpdir(), 'docent-shared-'))
    const buildsDir = keptIn === 'folder' ? join(root, 'shared') : null
    if (buildsDir !== null) mkdirSync(buildsDir)
    const dataDirs: string[] = []
    const open = (dataDir: string) => openSharedBuilds({dataDir, postgres, url, buildsDir})
    await open(root)
    return {
      postgres,
      newDataDir() {
        const dataDir = join(root, `machine-${dataDirs.length}`)
        dataDirs.push(dataDir)
        return dataDir
      },
      open,
      async damage(id) {
        if (buildsDir !== null) writeFileSync(join(buildsDir, id, 'index.sqlite'), 'damaged')
        await postgres.run(
          `UPDATE docent.build_chunks SET data = 'damaged' WHERE hash IN (
             SELECT hash FROM docent.build_parts WHERE build = $1 AND file = 'index.sqlite'
           )`,
          [id],
        )
      },
      async close() {
        await postgres.close()
        rmSync(root, {recursive: true, force: true})
      },
    }
  }

  for (const keptIn of ['database', 'folder'] as const) {
    buildStoreContract(`the store that keeps files in a ${keptIn}, for one data folder`, async () => {
      const place = await newPlace(keptIn)
      const dataDir = place.newDataDir()
      return {
        open: () => place.open(dataDir),
        async damage(id) {
          writeFileSync(join(buildFolder(dataDir, id), 'index.sqlite'), 'damaged')
          await place.damage(id)
        },
        close: place.close,
      }
    })
  }
})
