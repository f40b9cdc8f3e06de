import {afterAll, beforeAll, describe} from 'vitest'
import {applyPostgresMigrations, openPostgres, replicaMigrations} from '../../src/postgres/index.ts'
import {createRedactor} from '../../src/redaction/index.ts'
import {openPostgresJournal} from '../../src/transcripts/postgres/open-postgres-journal.ts'
import {redactionOf} from '../../src/transcripts/redaction.ts'
import {journalContract, type Kept} from '../contracts/journal.contract.ts'
import {hasPostgres, type PostgresCluster, startPostgres} from '../support/postgres.ts'

const modes = [
  ['full', 'words'],
  ['metadata', 'metadata'],
  ['off', 'nothing'],
] as const satisfies readonly (readonly [string, Kept])[]

describe.skipIf(!hasPostgres)('PostgreSQL', () => {
  let cluster: PostgresCluster

  beforeAll(async () => {
    cluster = await startPostgres()
  }, 120_000)
  afterAll(() => cluster.close())

  for (const [mode, kept] of modes) {
    journalContract(`PostgreSQL, ${mode}`, kept, async () => {
      const postgres = await openPostgres({url: await cluster.newDatabase()})
      await applyPostgresMigrations(postgres, 'replicas', replicaMigrations)
      const {journal, close} = await openPostgresJournal({
        postgres,
        lease: {name: 'one', leaseMs: 60_000},
        mode,
        redaction: redactionOf(mode === 'full'),
        redactor: createRedactor(),
        onRedacted: () => {},
        onDegraded: () => {},
        onRecovered: () => {},
        flushMs: 60_000,
      })
      return {
        journal,
        async close() {
          await close()
          await postgres.close()
        },
      }
    })
  }
})
