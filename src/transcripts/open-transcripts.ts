import type {Journal} from '../answers/index.ts'
import type {SqliteDatabase} from '../native/index.ts'
import {createAnswerWriter} from './answer-writer.ts'
import {createJournal} from './journal.ts'
import type {LiveAnswer} from './live-answer.ts'
import {createLiveAnswers, type LiveAnswers} from './live-answers.ts'
import {holdFile, openDatabase, storageError} from './open-database.ts'
import {headOfRecord, recordOf} from './overlay.ts'
import {openReaderProcess} from './reader-process.ts'
import {recoverAnswers} from './recover-answers.ts'
import {redactionOf} from './redaction.ts'
import {createEraser} from './removal.ts'
import {startRetention} from './retention.ts'
import {createStaffChanges} from './staff-changes.ts'
import {createStaffReads} from './staff-reads.ts'
import {asynchronous, createTranscriptReader, type ReadMemory} from './transcript-reader.ts'
import {createTranscriptReads} from './transcript-reads.ts'
import type {TranscriptStore} from './transcript-store.ts'
import {createWriteBehind, type WriteBehind} from './write-behind.ts'

export interface TranscriptsOptions {
  /** The SQLite file; `:memory:` for none. Its folder is made when missing. */
  readonly file: string
  /**
   * `full` keeps everything. `metadata` never writes words of the visitor, the model, the docs or staff to disk, only
   * what happened and when, with rating and verdict. `off` writes nothing at all. Default `full`. Answers under way can be resumed in all.
   */
  readonly mode?: 'full' | 'metadata' | 'off'
  /** Older answers are removed, at the start and every hour; 0, the default, keeps them. */
  readonly retentionDays?: number
  /** About how large the file may grow before the oldest answers are removed; 0, the default, for no bound. */
  readonly maxBytes?: number
  readonly now?: () => number
  /** How long writes are gathered; default 75. */
  readonly flushMs?: number
  /** Events held in memory while they cannot be written; beyond it the largest answers lose theirs. Default 100,000. */
  readonly maxPending?: number
  /** Where SQLite stops growing the file; default no limit of our own. */
  readonly maxFileBytes?: number
  /** Called when the log stops being written, with the reason, and with null when it is written again. */
  readonly onDegraded?: (reason: string | null) => void
  /** Called with false when another process holds copies of what was removed in the file, and with true when they are gone. */
  readonly onErased?: (isErased: boolean) => void
  /** Called at the start with a warning of a file that others on this machine may read, as it is another user's. */
  readonly onExposed?: (warning: string) => void
  /** Called once, when the first answers are removed for want of room. */
  readonly onFull?: () => void
}

export interface Transcripts extends Journal, TranscriptStore {
  /** Answers that a crash had left open and that are now `interrupted`. */
  readonly recovered: number
  /** Writes what it can and closes the file. Resolves when no process of ours has it open. Idempotent. */
  close(): Promise<void>
}

const busyTimeoutMs = 20
const staffBusyTimeoutMs = 250
/** Of the answers that wait while the file takes nothing, so many can be listed: the newest. */
const maxListedFromMemory = 1_000

/**
 * The journal of all answers and everything read from it, in one SQLite file written by this process alone. Staff's
 * reads of a file are done in processes of their own, which start with the first one.
 * @throws DocentError `storage` when the file cannot be used, `locked` while another server uses it; it is never
 * overwritten.
 */
export function openTranscripts(options: TranscriptsOptions): Transcripts {
  const {file, mode = 'full', retentionDays = 0, maxBytes = 0, flushMs = 75, maxPending = 100_000} = options
  const now = options.now ?? Date.now
  const {db, recovered, release} = openHeld(options)
  const redaction = redactionOf(mode === 'full')
  const live = createLiveAnswers(mode !== 'full')
  const writer = createAnswerWriter(db, redaction)
  const reads = createTranscriptReads(db)
  const readers = file === ':memory:' ? null : openReaderProcess(file)
  const eraser = createEraser(db, options.onErased)
  const patiently = patienceWith(db)
  let isClosed = false

  const writes = createWriteBehind({
    write: mode === 'off' ? (answers) => [...answers] : writer.writeSome,
    problemOf: (error) => {
      const {message, details} = storageError(error, file)
      return {message, passes: /^SQLITE_(?:BUSY|LOCKED)/.test(String(details['sqlite']))}
    },
    flushMs,
    maxPending,
    onDegraded: (reason) => options.onDegraded?.(reason),
    onWritten: (answer) => {
      if (answer.state.ending !== null) live.forget(answer)
    },
    onLost: live.forget,
    onFlushed: () => retention.written(),
  })

  const erase = async () => (readers === null ? eraser.erase() : readers.whileIdle(eraser.erase))

  // A process that was killed may have left copies of what it had removed.
  eraser.erase()
  const retention = startRetention(db, {
    days: retentionDays,
    maxBytes,
    now,
    attempt(remove) {
      try {
        return patiently(remove)
      } catch (error) {
        writes.failed(error)
        return 0
      }
    },
    erase: () => void erase(),
    onFull: () => options.onFull?.(),
  })

  return {
    recovered,
    ...createJournal({live, writes, reads}),
    ...createTranscriptReader(
      readers?.reads ?? asynchronous(createStaffReads(reads), file),
      memoryBeyondFile(live, writes),
    ),
    ...createStaffChanges({db, file, mode, live, writes, redaction, patiently, erase, now}),
    get isErased() {
      return eraser.isDone
    },

    async close() {
      if (isClosed) return
      isClosed = true
      writes.flushNow()
      writes.close()
      retention.close()
      if (readers?.isOpen) await readers.close()
      eraser.close()
      db.close()
      release()
    },
  }
}

/** Opens the file for this process alone and ends what a crash left open. @throws DocentError. */
function openHeld(options: TranscriptsOptions): {
  readonly db: SqliteDatabase
  readonly recovered: number
  readonly release: () => void
} {
  const {file} = options
  const db = openDatabase(file, options)
  let hold: ReturnType<typeof holdFile> | null = null
  try {
    hold = holdFile(file)
    const recovered = recoverAnswers(db)
    db.pragma(`busy_timeout = ${busyTimeoutMs}`)
    return {db, recovered, release: hold.release}
  } catch (error) {
    hold?.release()
    db.close()
    throw storageError(error, file)
  }
}

/** Runs changes that may wait a moment for another process, unlike those of answers under way. */
function patienceWith(db: SqliteDatabase): <T>(change: () => T) => T {
  return (change) => {
    db.pragma(`busy_timeout = ${staffBusyTimeoutMs}`)
    try {
      return change()
    } finally {
      db.pragma(`busy_timeout = ${busyTimeoutMs}`)
    }
  }
}

/** What reads of the file must be given: what could not be written, and words that only memory may have. */
function memoryBeyondFile(live: LiveAnswers, writes: WriteBehind): ReadMemory {
  const isBeyond = (answer: LiveAnswer) => writes.waiting.has(answer) || answer.whole !== null
  return {
    async prepare() {
      if (!writes.isDegraded) await writes.flushInTurns()
    },
    heads() {
      // An answer that the file is not meant to have is in no list.
      const isListed = (answer: LiveAnswer) => writes.waiting.has(answer) || answer.row !== null
      return live
        .all()
        .filter((answer) => isBeyond(answer) && isListed(answer))
        .slice(-maxListedFromMemory)
        .map(headOfRecord)
    },
    of: (answerIds) =>
      answerIds.flatMap((answerId) => {
        const answer = live.get(answerId)
        return answer !== undefined && isBeyond(answer) ? [recordOf(answer)] : []
      }),
  }
}
