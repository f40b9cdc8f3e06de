import {randomBytes} from 'node:crypto'
import {hostname} from 'node:os'
import {join} from 'node:path'
import type {Log} from '../http/index.ts'
import {installationSecret} from '../native/index.ts'
import {
  applyPostgresMigrations,
  openPostgres,
  openReplica,
  type Postgres,
  type PostgresMigration,
  type Replica,
} from '../postgres/index.ts'
import type {Settings} from '../settings/index.ts'

/** The database that several servers share, and the place of this one among them. */
export interface Database {
  readonly postgres: Postgres
  readonly lease: {readonly name: string; readonly leaseMs: number}
  /** The same for all servers. */
  readonly secret: Buffer
  /** Ends the lease and the connections. */
  close(): Promise<void>
}

/** A server that is not heard of for so long counts as dead, in milliseconds. */
const leaseMs = 9_000

const secretMigrations: readonly PostgresMigration[] = [
  {
    name: '001_secrets',
    sql: 'CREATE TABLE docent.secrets (name text PRIMARY KEY, value text NOT NULL)',
  },
]

/**
 * Opens the database of `DATABASE_URL`; null where it is not set.
 * @throws DocentError `storage` if it cannot be used.
 */
export async function openDatabase(settings: Settings, log: Log): Promise<Database | null> {
  const {databaseUrl: url, databaseConnections: connections} = settings
  if (url === null) return null
  const postgres = await openPostgres({url, connections})
  // The lease has a connection of its own: one that is busy must not make this server seem to be dead.
  // Two tries to renew it fit into a lease, also where one hangs.
  const vital = await openPostgres({url, connections: 1, connectMs: leaseMs / 9, statementMs: leaseMs / 6})
  let replica: Replica | null = null
  try {
    const name = `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`
    const opened = await openReplica(vital, {
      name,
      leaseMs,
      onLost: () =>
        log.warn(
          {replica: name},
          'the database has not heard of this server in time: others may end its answers as interrupted',
        ),
    })
    replica = opened
    log.info({replica: name}, 'this server shares the database of DATABASE_URL')
    return {
      postgres,
      lease: {name, leaseMs},
      secret: await sharedSecret(postgres, settings),
      async close() {
        await opened.close()
        await vital.close()
        await postgres.close()
      },
    }
  } catch (error) {
    await replica?.close()
    await vital.close()
    await postgres.close()
    throw error
  }
}

/**
 * The secret with which keys and addresses of visitors are hashed. The first server brings that of its data folder, so that
 * one who moves to a database stays the same visitor.
 */
async function sharedSecret(postgres: Postgres, {dataDir, transcripts}: Settings): Promise<Buffer> {
  await applyPostgresMigrations(postgres, 'secrets', secretMigrations)
  const own =
    transcripts === 'off' ? randomBytes(32) : installationSecret(join(dataDir, 'secret'), () => undefined)
  await postgres.run(
    "INSERT INTO docent.secrets (name, value) VALUES ('visitors', $1) ON CONFLICT (name) DO NOTHING",
    [own.toString('hex')],
  )
  const row = await postgres.row<{readonly value: string}>(
    "SELECT value FROM docent.secrets WHERE name = 'visitors'",
  )
  return Buffer.from(row!.value, 'hex')
}
