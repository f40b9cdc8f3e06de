import {openPostgres} from '../../postgres/index.ts'
import type {BuildStore} from '../build-store.ts'
import {localBuilds} from '../local-builds.ts'
import {openSharedBuilds} from './shared-builds.ts'

/** Where builds are for several servers. Plain data. */
export interface BuildsDatabase {
  /** The address of a PostgreSQL. */
  readonly url: string
  /** A folder that all servers see, for the files; null: in the database. */
  readonly buildsDir: string | null
}

/** The lock has a connection of its own, besides these. */
const connections = 2

/**
 * Opens the builds of a data folder, or those of all servers where there is a database, for a process that does one thing
 * with them. Close them once.
 * @param adopts whether those of the data folder are published where there are none for all; default false. What only reads
 * publishes nothing.
 * @throws DocentError `config` for an address that cannot be read, `storage` for a database that cannot be used.
 */
export async function openBuilds(
  dataDir: string,
  database: BuildsDatabase | null,
  {adopts = false}: {readonly adopts?: boolean} = {},
): Promise<BuildStore & {close(): Promise<void>}> {
  if (database === null) return {...localBuilds(dataDir), close: async () => {}}
  const {url, buildsDir} = database
  const postgres = await openPostgres({url, connections})
  try {
    const builds = await openSharedBuilds({dataDir, postgres, url, buildsDir})
    if (adopts) await builds.adopt()
    return {...builds, close: () => postgres.close()}
  } catch (error) {
    await postgres.close()
    throw error
  }
}

/** Opens builds as `openBuilds` does, and closes them after the work. */
export async function withBuilds<T>(
  dataDir: string,
  database: BuildsDatabase | null,
  options: {readonly adopts?: boolean},
  work: (builds: BuildStore) => Promise<T>,
): Promise<T> {
  const builds = await openBuilds(dataDir, database, options)
  try {
    return await work(builds)
  } finally {
    await builds.close()
  }
}
