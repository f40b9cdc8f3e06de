import {randomBytes} from 'node:crypto'
import {join} from 'node:path'
import {type Gaps, openGaps, openPostgresGaps} from '../gaps/index.ts'
import {type GoldenQuestions, openGoldenQuestions, openPostgresGoldenQuestions} from '../golden/index.ts'
import {type LimitStore, type Log, memoryLimits, postgresLimits} from '../http/index.ts'
import {installationSecret} from '../native/index.ts'
import {staffQuestionFile} from '../question-sets/index.ts'
import type {Redactor} from '../redaction/index.ts'
import {type BuildStore, openBuilds, openSharedBuilds} from '../search-index/index.ts'
import {buildsDatabaseOf, type Settings} from '../settings/index.ts'
import {openPostgresStaffStore, openStaffStore, type StaffStore} from '../staff/index.ts'
import {openPostgresTranscripts, openTranscripts, type Transcripts} from '../transcripts/index.ts'
import {openPostgresVerifiedAnswers, openVerifiedAnswers, type VerifiedAnswers} from '../verified/index.ts'
import type {Database} from './database.ts'
import type {AssistantOptions, ServerOptions} from './options.ts'
import {redactorOf} from './redactor.ts'

/** The SQLite file of a store in the data folder. */
export function storeFile(
  {dataDir}: Settings,
  store: 'transcripts' | 'staff' | 'verified' | 'gaps' | 'webhooks',
): string {
  return join(dataDir, `${store}.sqlite`)
}

/**
 * The builds of the data folder, or with a database those of all servers. Close them once.
 * @throws TypeError when builds are kept elsewhere and the built-in ingest would still store them in the data folder.
 */
export async function buildsOf({
  settings,
  log,
  database,
  parts = {},
}: Pick<AssistantOptions, 'settings' | 'log' | 'parts' | 'database'>): Promise<
  BuildStore & {close(): Promise<void>}
> {
  if (parts.builds !== undefined && parts.ingest === undefined)
    throw new TypeError(
      'parts.builds needs parts.ingest: the built-in ingest stores builds in the data folder',
    )
  const {dataDir} = settings
  const place = buildsDatabaseOf(settings)
  if (parts.builds !== undefined) return {...parts.builds, close: async () => {}}
  if (database == null || place === null) return openBuilds(dataDir, place)
  const builds = await openSharedBuilds({
    ...place,
    dataDir,
    postgres: database.postgres,
    onProblem: (err) =>
      log.warn({err}, 'old builds cannot be removed, or those of the data folder not be published'),
  })
  await builds.adopt()
  return {...builds, close: async () => {}}
}

export async function transcriptsOf(options: AssistantOptions, redactor: Redactor): Promise<Transcripts> {
  const {settings, log, transcriptsFile, onRedacted, database = null} = options
  const common = {
    mode: settings.transcripts,
    redactor,
    ...(onRedacted === undefined ? {} : {onRedacted}),
    retentionDays: settings.retentionDays,
    maxBytes: settings.transcriptsMaxMb * 1024 * 1024,
    onDegraded: (reason: string | null) => {
      if (reason === null) log.info({}, 'transcripts can be written again')
      else log.error({reason}, 'transcripts cannot be written; answers are not affected')
    },
    onFull: () =>
      log.warn(
        {},
        'the transcripts have reached TRANSCRIPTS_MAX_MB; the oldest answers are removed from now on',
      ),
  }
  if (database !== null) {
    return openPostgresTranscripts({
      ...common,
      postgres: database.postgres,
      lease: database.lease,
      onRecovered(answers) {
        log.warn({answers: answers.length}, 'answers of a server that died are marked interrupted')
        options.onRecovered?.(answers)
      },
      onProblem: (err) => log.error({err}, 'old transcripts cannot be removed'),
    })
  }
  return openTranscripts({
    ...common,
    file: transcriptsFile ?? storeFile(settings, 'transcripts'),
    onErased: (isErased) => {
      if (isErased) log.info({}, 'removed data has been erased from the transcripts file')
      else
        log.warn(
          {},
          'another process is reading the transcripts: removed data is erased from the file when it has finished',
        )
    },
    onCatalogProblem: (reason) => {
      if (reason === null) log.info({}, 'the catalog of transcripts can be written again')
      else log.error({reason}, 'the catalog of transcripts cannot be written: lists and searches lag behind')
    },
    onExposed: (warning) => log.warn({warning}, 'other users of this machine can read the transcripts'),
  })
}

export async function verifiedOf({
  settings,
  log,
  database = null,
}: AssistantOptions): Promise<VerifiedAnswers> {
  if (database !== null) return openPostgresVerifiedAnswers({postgres: database.postgres})
  return openVerifiedAnswers({
    file: storeFile(settings, 'verified'),
    onExposed: (warning) => log.warn({warning}, 'other users of this machine can read the verified answers'),
  })
}

export async function staffOf(
  {settings, log}: ServerOptions,
  database: Database | null,
): Promise<StaffStore> {
  const {auditDays} = settings
  const onProblem = (err: unknown) => log.error({err}, 'old lines of the audit log cannot be removed')
  if (database !== null) return openPostgresStaffStore({postgres: database.postgres, auditDays, onProblem})
  return openStaffStore({
    file: storeFile(settings, 'staff'),
    auditDays,
    onExposed: (warning) => log.warn({warning}, 'other users of this machine can read who is on the staff'),
    onProblem,
  })
}

/** A database without gaps takes over what was decided of those in the data folder. */
export async function gapStoreOf({settings, log}: ServerOptions, database: Database | null): Promise<Gaps> {
  const file = storeFile(settings, 'gaps')
  if (database !== null) {
    return openPostgresGaps({
      postgres: database.postgres,
      takeOver: file,
      onProblem: (err) => log.error({err}, 'decisions on gaps of the data folder cannot be taken over'),
    })
  }
  return openGaps({
    file,
    onExposed: (warning) => log.warn({warning}, 'other users of this machine can read the gaps'),
  })
}

/** A database that has had no golden question takes over those of the data folder. */
export async function goldenOf(
  {settings, log}: ServerOptions,
  database: Database | null,
): Promise<GoldenQuestions> {
  const file = join(settings.dataDir, staffQuestionFile)
  const redactor = redactorOf(settings)
  if (database === null) return openGoldenQuestions({file, redactor})
  return openPostgresGoldenQuestions({
    postgres: database.postgres,
    redactor,
    takeOver: file,
    onProblem: (err) => log.error({err}, 'golden questions of the data folder cannot be taken over'),
  })
}

/** With a database, limits hold for all servers together. */
export async function limitsOf(
  {log}: Pick<ServerOptions, 'log'>,
  database: Database | null,
): Promise<LimitStore & {close(): Promise<void>}> {
  if (database === null) return {...memoryLimits(), close: async () => {}}
  const {postgres, lease} = database
  return postgresLimits({
    postgres,
    replica: lease.name,
    onProblem: (err) =>
      log.warn({err}, 'limits cannot be counted for all servers together; each counts for itself'),
  })
}

/** Stored as long as data made with it is: without transcripts, the secret need not outlive the process either. */
export function secretOf({dataDir, transcripts}: Settings, log: Log): Buffer {
  if (transcripts === 'off') return randomBytes(32)
  return installationSecret(join(dataDir, 'secret'), (reason) =>
    log.warn({reason}, 'the secret cannot be stored: idempotency keys will not survive a restart'),
  )
}
