import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {DocentError} from '../domain/index.ts'
import {type Gaps, openGaps, openPostgresGaps} from '../gaps/index.ts'
import {openPostgres} from '../postgres/index.ts'
import {type BuildStore, localBuilds, openSharedBuilds} from '../search-index/index.ts'
import {openPostgresStaffStore, openStaffStore, type StaffStore} from '../staff/index.ts'
import {
  openStoredPostgresTranscripts,
  type StoredTranscripts,
  transcriptsInFile,
} from '../transcripts/index.ts'
import {openPostgresVerifiedAnswers, openVerifiedAnswers, type VerifiedAnswers} from '../verified/index.ts'

/** The settings that say where a server keeps what it stores. */
export interface StoresSettings {
  readonly dataDir: string
  /** `DATABASE_URL`; default null: in the data folder. */
  readonly databaseUrl?: string | null | undefined
  /** `BUILDS_DIR`; default null: the files of builds are in the database. */
  readonly buildsDir?: string | null | undefined
}

/**
 * What a server keeps, for a command: in SQLite files of the data folder, or in a database.
 * @throws DocentError `storage` from every method that opens something; close what it gives before the stores.
 */
export interface Stores {
  readonly dataDir: string
  /** The SQLite file of a store; null where it is in a database. */
  fileOf(store: 'transcripts' | 'staff' | 'verified' | 'gaps'): string | null
  transcripts(): Promise<StoredTranscripts>
  staff(): Promise<StaffStore>
  verified(): Promise<VerifiedAnswers>
  builds(): Promise<BuildStore>
  gaps(): Promise<Gaps>
  /** Whether commands are to be noted: a data folder that no server has used has no audit log, and is given none. */
  hasAuditLog(): boolean
  close(): Promise<void>
}

/** How long a command waits for another process that writes to a file, in milliseconds. */
const waitMs = 15_000
/** A command asks one thing after the other, and now and then two. */
const connections = 2

/**
 * Opens the stores of the settings, and closes them after the work. No connection is made before the first use.
 * @throws DocentError `config` for an address that cannot be read, and what the work rejects with.
 */
export async function withStores<T>(
  settings: StoresSettings,
  work: (stores: Stores) => Promise<T>,
): Promise<T> {
  const stores = await openStores(settings)
  try {
    return await work(stores)
  } finally {
    await stores.close()
  }
}

async function openStores({
  dataDir,
  databaseUrl: url = null,
  buildsDir = null,
}: StoresSettings): Promise<Stores> {
  if (url === null) return storesInFolder(dataDir)
  const postgres = await openPostgres({url, connections})
  return {
    dataDir,
    fileOf: () => null,
    transcripts: () => openStoredPostgresTranscripts(postgres),
    staff: () => openPostgresStaffStore({postgres}),
    verified: () => openPostgresVerifiedAnswers({postgres}),
    builds: () => openSharedBuilds({dataDir, postgres, url, buildsDir}),
    gaps: () => openPostgresGaps({postgres}),
    hasAuditLog: () => true,
    close: () => postgres.close(),
  }
}

/** Verified answers with the connections that they are read by. */
export interface VerifiedInDatabase {
  readonly verified: VerifiedAnswers
  close(): Promise<void>
}

/**
 * The verified answers that an assistant in this process gives, where they are in a database; null where they are in the data
 * folder, in which the assistant finds them itself.
 * @throws DocentError `config` for an address that cannot be read, `storage` for a database that cannot be used.
 */
export async function verifiedInDatabase({
  databaseUrl: url = null,
}: StoresSettings): Promise<VerifiedInDatabase | null> {
  if (url === null) return null
  const postgres = await openPostgres({url, connections})
  try {
    const verified = await openPostgresVerifiedAnswers({postgres})
    return {
      verified,
      async close() {
        verified.close()
        await postgres.close()
      },
    }
  } catch (error) {
    await postgres.close()
    throw error
  }
}

/** Those of a data folder, also where the settings name a database. */
export function storesInFolder(dataDir: string): Stores {
  const fileOf = (store: string) => join(dataDir, `${store}.sqlite`)
  /** A new file would be made in a new folder that no server knows. */
  function checkFolder(): void {
    if (existsSync(dataDir)) return
    throw new DocentError(
      'storage',
      `There is no folder ${dataDir}. Set DATA_DIR to the server's data folder.`,
    )
  }
  return {
    dataDir,
    fileOf,
    transcripts: async () => transcriptsInFile(fileOf('transcripts')),
    async staff() {
      checkFolder()
      return openStaffStore({file: fileOf('staff'), waitMs})
    },
    async verified() {
      checkFolder()
      return openVerifiedAnswers({file: fileOf('verified'), waitMs})
    },
    builds: async () => localBuilds(dataDir),
    async gaps() {
      checkFolder()
      return openGaps({file: fileOf('gaps'), waitMs})
    },
    hasAuditLog: () => existsSync(fileOf('staff')),
    close: async () => {},
  }
}

/**
 * The file of a store, for what can be done with a file alone.
 * @param what is in it, at the beginning of a sentence
 * @throws DocentError `storage` where it is in a database.
 */
export function onlyInFile(file: string | null, what: string): string {
  if (file !== null) return file
  throw new DocentError(
    'storage',
    `${what} are in the database of DATABASE_URL, of which pg_dump makes a backup.`,
  )
}
