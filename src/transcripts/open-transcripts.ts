import type {Journal, Peers} from '../answers/index.ts'
import type {SqliteDatabase} from '../native/index.ts'
import {createRedactor, type Redacted, type Redactor, redactionKinds} from '../redaction/index.ts'
import {createAnswerWriter} from './answer-writer.ts'
import {type CataloguedReads, openCataloguedReads} from './catalogued-reads.ts'
import {createJournal} from './journal.ts'
import type {LiveAnswer} from './live-answer.ts'
import {createLiveAnswers, type LiveAnswers} from './live-answers.ts'
import {lockFile, openDatabase, storageError} from './open-database.ts'
import {isNewerThanKept, newerRecords, summaryRecordOf} from './overlay.ts'
import {type RecoveredAnswer, recoverAnswers} from './recover-answers.ts'
import {redactionOf} from './redaction.ts'
import {createEraser} from './removal.ts'
import {startRetention} from './retention.ts'
import {createStaffChanges} from './staff-changes.ts'
import {storageOf} from './storage.ts'
import {createTranscriptReader, type ReadMemory} from './transcript-reader.ts'
import {createTranscriptReads} from './transcript-reads.ts'
import type {TranscriptStore} from './transcript-store.ts'
import {createWriteBehind, type WriteBehind} from './write-behind.ts'

export interface TranscriptsOptions {
  /** The SQLite file, or `:memory:`. Its folder is created if missing. */
  readonly file: string
  /**
   * `full` keeps everything. `metadata` never writes text of the visitor, the model, the docs or staff to disk, only what
   * happened and when, with rating and verdict. `off` writes nothing at all. Default `full`. Running answers can be
   * resumed in every mode.
   */
  readonly mode?: 'full' | 'metadata' | 'off'
  /** For what visitors write, before it is kept; default: all kinds, see `createRedactor`. */
  readonly redactor?: Redactor
  /** Called with what was replaced in a question, its page or a comment, by kind; often with nothing. */
  readonly onRedacted?: (found: Redacted['found']) => void
  /** Older answers are removed, at start and every hour; 0, the default, keeps them. */
  readonly retentionDays?: number
  /** Approximate size of the file at which the oldest answers are removed; 0, the default, for no limit. */
  readonly maxBytes?: number
  readonly now?: () => number
  /** How long writes are batched, in milliseconds; default 75. */
  readonly flushMs?: number
  /** Maximum events in memory while they cannot be written; beyond it the largest answers lose theirs. Default 100,000. */
  readonly maxPending?: number
  /** Hard limit of the file size in SQLite; default: none. */
  readonly maxFileBytes?: number
  /** How long a start waits for another process that writes to the file, in milliseconds; default 15,000. */
  readonly startWaitMs?: number
  /** Called with the reason when transcripts cannot be written, and with null when they can again. */
  readonly onDegraded?: (reason: string | null) => void
  /** Called with false while another process keeps copies of removed data in the file, and with true when they are gone. */
  readonly onErased?: (isErased: boolean) => void
  /** Called at start with a warning about a file that other users of this machine can read and that cannot be fixed. */
  readonly onExposed?: (warning: string) => void
  /** Called with the reason when the catalog, which lists and searches read, cannot be written, and with null when it can. */
  readonly onCatalogProblem?: (reason: string | null) => void
  /** Called once, when answers are removed for the first time because of `maxBytes`. */
  readonly onFull?: () => void
}

export interface Transcripts extends Journal, TranscriptStore {
  /** Answers that a crash had left open. Those that it had cut off are now `interrupted`. */
  readonly recovered: readonly RecoveredAnswer[]
  /** The other processes that write them; absent where there are none. */
  readonly peers?: Peers
  /** Writes what it can and closes the file. Resolves when no reader process has it open either. Idempotent. */
  close(): Promise<void>
}

const busyTimeoutMs = 20
const staffBusyTimeoutMs = 250
/**
 * Size of the write-ahead log, in pages of 4 KB, at which this process moves it into the file itself: on the thread that
 * streams, so only where the process that does it every second cannot.
 */
const autoCheckpointPages = 4_000
/** Maximum number of unwritten answers in a list, the newest, while the file cannot be written. */
const maxListedFromMemory = 1_000

/**
 * Opens the journal of all answers and the transcripts, in one SQLite file that only this process writes. Reads for staff
 * are done in child processes, which start with the first read.
 * @throws DocentError `storage` if the file cannot be used, `locked` while another server uses it. The file is never
 * overwritten.
 */
export function openTranscripts(options: TranscriptsOptions): Transcripts {
  const {file, mode = 'full', retentionDays = 0, maxBytes = 0, flushMs = 75, maxPending = 100_000} = options
  const now = options.now ?? Date.now
  const {db, recovered, release} = openLocked(options)
  const redaction = redactionOf(mode === 'full')
  const {redactor = createRedactor(), onRedacted = () => {}} = options
  const live = createLiveAnswers(mode !== 'full')
  const writer = createAnswerWriter(db, redaction)
  const reads = createTranscriptReads(db)
  const staff = openCataloguedReads({file, db, onProblem: (reason) => options.onCatalogProblem?.(reason)})
  const eraser = createEraser(db, options.onErased)
  const withStaffTimeout = createStaffTimeout(db, staff.written)
  let isClosed = false

  const writes = createWriteBehind({
    write: mode === 'off' ? (answers) => [...answers] : writer.writeSome,
    problemOf: (error) => {
      const {message, details} = storageError(error, file)
      return {message, isTransient: /^SQLITE_(?:BUSY|LOCKED)/.test(String(details['sqlite']))}
    },
    flushMs,
    maxPending,
    onDegraded: (reason) => options.onDegraded?.(reason),
    onWritten: (answer) => {
      if (answer.state.ending !== null) live.forget(answer)
    },
    onLost: live.forget,
    onFlushed() {
      retention.written()
      staff.written()
    },
  })

  const erase = async () => {
    await staff.forgetRemoved()
    await staff.whileIdle(eraser.erase)
  }

  // A process that was killed may have left copies of removed data.
  eraser.erase()
  const retention = startRetention(db, {
    days: retentionDays,
    maxBytes,
    now,
    attempt(remove) {
      try {
        return withStaffTimeout(remove)
      } catch (error) {
        writes.reportFailure(error)
        return 0
      }
    },
    erase: () => void erase(),
    onFull: () => options.onFull?.(),
  })

  return {
    recovered,
    ...createJournal({live, writes, reads, redactor, onRedacted, keepsText: redaction.keepsText}),
    ...createTranscriptReader(staff.reads, {
      memory: memoryOverlay(live, writes, staff),
      redaction: {...redactor.recipe, kinds: redactionKinds},
    }),
    ...createStaffChanges({
      db,
      file,
      mode,
      live,
      writes,
      redaction,
      redactor,
      onRedacted,
      withStaffTimeout,
      erase,
      now,
    }),
    async storage() {
      if (!writes.isDegraded) await writes.flushInSteps()
      try {
        return storageOf(db, file, maxBytes)
      } catch (error) {
        throw storageError(error, file)
      }
    },
    get isErased() {
      return eraser.isDone && staff.isErased
    },

    async close() {
      if (isClosed) return
      isClosed = true
      writes.flushNow()
      writes.close()
      retention.close()
      const isShared = staff.isOpen
      const ended = staff.close()
      if (isShared) await ended
      eraser.close()
      db.close()
      release()
    },
  }
}

/** Opens and locks the file, and ends the answers that a crash left open. @throws DocentError. */
function openLocked(options: TranscriptsOptions): {
  readonly db: SqliteDatabase
  readonly recovered: readonly RecoveredAnswer[]
  readonly release: () => void
} {
  const {file} = options
  const db = openDatabase(file, options)
  let lock: ReturnType<typeof lockFile> | null = null
  try {
    lock = lockFile(file)
    const recovered = recoverAnswers(db)
    db.pragma(`busy_timeout = ${busyTimeoutMs}`)
    db.pragma(`wal_autocheckpoint = ${autoCheckpointPages}`)
    return {db, recovered, release: lock.release}
  } catch (error) {
    lock?.release()
    db.close()
    throw storageError(error, file)
  }
}

/** Runs changes with a longer wait for other processes than the writes of running answers have, and tells of each. */
function createStaffTimeout(db: SqliteDatabase, onChanged: () => void): <T>(change: () => T) => T {
  return (change) => {
    db.pragma(`busy_timeout = ${staffBusyTimeoutMs}`)
    try {
      const result = change()
      onChanged()
      return result
    } finally {
      db.pragma(`busy_timeout = ${busyTimeoutMs}`)
    }
  }
}

/** What reads of the file must be combined with: unwritten answers, and text that is kept only in memory. */
function memoryOverlay(live: LiveAnswers, writes: WriteBehind, staff: CataloguedReads): ReadMemory {
  return {
    async flush() {
      if (!writes.isDegraded) await writes.flushInSteps()
    },
    catalogue: staff.catalogue,
    missing: () => staff.left,
    summaries() {
      // An answer that is not meant to be written to the file is not listed.
      const isListed = (answer: LiveAnswer) => writes.unwritten.has(answer) || answer.row !== null
      return live
        .all()
        .filter((answer) => isNewerThanKept(answer, writes) && isListed(answer))
        .slice(-maxListedFromMemory)
        .map(summaryRecordOf)
    },
    of: (answerIds) => newerRecords(answerIds, live, writes),
  }
}
