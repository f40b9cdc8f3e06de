import {randomBytes} from 'node:crypto'
import {join} from 'node:path'
import {type Gaps, openGaps} from '../gaps/index.ts'
import {type GoldenQuestions, openGoldenQuestions} from '../golden/index.ts'
import type {Log} from '../http/index.ts'
import {installationSecret} from '../native/index.ts'
import {staffQuestionFile} from '../question-sets/index.ts'
import type {Redactor} from '../redaction/index.ts'
import {type BuildStore, localBuilds} from '../search-index/index.ts'
import type {Settings} from '../settings/index.ts'
import {openStaffStore, type StaffStore} from '../staff/index.ts'
import {openTranscripts, type Transcripts} from '../transcripts/index.ts'
import {openVerifiedAnswers, type VerifiedAnswers} from '../verified/index.ts'
import type {AssistantOptions, ServerOptions} from './options.ts'
import {redactorOf} from './redactor.ts'

/** The SQLite file of a store in the data folder. */
export function storeFile(
  {dataDir}: Settings,
  store: 'transcripts' | 'staff' | 'verified' | 'gaps' | 'webhooks',
): string {
  return join(dataDir, `${store}.sqlite`)
}

/** @throws TypeError when builds are kept elsewhere and the built-in ingest would still store them in the data folder. */
export function buildsOf({settings, parts = {}}: Pick<ServerOptions, 'settings' | 'parts'>): BuildStore {
  if (parts.builds !== undefined && parts.ingest === undefined)
    throw new TypeError(
      'parts.builds needs parts.ingest: the built-in ingest stores builds in the data folder',
    )
  return parts.builds ?? localBuilds(settings.dataDir)
}

export function transcriptsOf(
  {settings, log, transcriptsFile, onRedacted}: AssistantOptions,
  redactor: Redactor,
): Transcripts {
  return openTranscripts({
    file: transcriptsFile ?? storeFile(settings, 'transcripts'),
    mode: settings.transcripts,
    redactor,
    ...(onRedacted === undefined ? {} : {onRedacted}),
    retentionDays: settings.retentionDays,
    maxBytes: settings.transcriptsMaxMb * 1024 * 1024,
    onDegraded: (reason) => {
      if (reason === null) log.info({}, 'transcripts can be written again')
      else log.error({reason}, 'transcripts cannot be written; answers are not affected')
    },
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
    onFull: () =>
      log.warn(
        {},
        'the transcripts have reached TRANSCRIPTS_MAX_MB; the oldest answers are removed from now on',
      ),
  })
}

export function verifiedOf({settings, log}: AssistantOptions): VerifiedAnswers {
  return openVerifiedAnswers({
    file: storeFile(settings, 'verified'),
    onExposed: (warning) => log.warn({warning}, 'other users of this machine can read the verified answers'),
  })
}

export function staffOf({settings, log}: ServerOptions): StaffStore {
  return openStaffStore({
    file: storeFile(settings, 'staff'),
    auditDays: settings.auditDays,
    onExposed: (warning) => log.warn({warning}, 'other users of this machine can read who is on the staff'),
    onProblem: (err) => log.error({err}, 'old lines of the audit log cannot be removed'),
  })
}

export function gapStoreOf({settings, log}: ServerOptions): Gaps {
  return openGaps({
    file: storeFile(settings, 'gaps'),
    onExposed: (warning) => log.warn({warning}, 'other users of this machine can read the gaps'),
  })
}

export function goldenOf(settings: Settings): GoldenQuestions {
  return openGoldenQuestions({
    file: join(settings.dataDir, staffQuestionFile),
    redactor: redactorOf(settings),
  })
}

/** Stored as long as data made with it is: without transcripts, the secret need not outlive the process either. */
export function secretOf({dataDir, transcripts}: Settings, log: Log): Buffer {
  if (transcripts === 'off') return randomBytes(32)
  return installationSecret(join(dataDir, 'secret'), (reason) =>
    log.warn({reason}, 'the secret cannot be stored: idempotency keys will not survive a restart'),
  )
}
