import {setTimeout as delay} from 'node:timers/promises'
import type {Forgotten, Journal, JournalEntry, JournalledAnswer} from '../../answers/index.ts'
import {within} from '../../lib/within.ts'
import {applyPostgresMigrations, isTransient, type Postgres, postgresError} from '../../postgres/index.ts'
import type {Redacted, Redactor} from '../../redaction/index.ts'
import {journalledOf} from '../answer-row.ts'
import {createJournal, type JournalReads} from '../journal.ts'
import {createLiveAnswers, type LiveAnswers} from '../live-answers.ts'
import type {RecoveredAnswer} from '../recover-answers.ts'
import type {Redaction} from '../redaction.ts'
import {type AnswerReads, createAnswerReads} from './answer-reads.ts'
import {createPostgresWriter} from './answer-writer.ts'
import {claimKey} from './claimed-keys.ts'
import {transcriptMigrations} from './migrations.ts'
import {createPostgresPeers, type PostgresPeers} from './peers.ts'
import {type Lease, recoverAbandoned} from './recovery.ts'
import {createRemoteWriteBehind, type RemoteWriteBehind} from './write-behind.ts'

export interface PostgresJournalOptions {
  readonly postgres: Postgres
  readonly lease: Lease
  /** What is kept: words, all but words, or nothing. */
  readonly mode: 'full' | 'metadata' | 'off'
  readonly redaction: Redaction
  readonly redactor: Redactor
  readonly onRedacted: (found: Redacted['found']) => void
  /** How long writes are batched, in milliseconds; default 75. */
  readonly flushMs?: number
  /** Maximum events in memory while they cannot be written; default 100,000. */
  readonly maxPending?: number
  readonly onDegraded: (reason: string | null) => void
  /** Called when another process has removed answers, and no run of this one writes one of them any more. */
  readonly onForgotten: (what: Forgotten) => Promise<void>
  /** Called with answers of replicas that died, which this one has ended. */
  readonly onRecovered: (answers: readonly RecoveredAnswer[]) => void
}

export interface PostgresJournal {
  readonly journal: Journal
  readonly peers: PostgresPeers
  readonly live: LiveAnswers
  readonly writes: RemoteWriteBehind
  readonly reads: AnswerReads
  /** Writes what it can. Idempotent. */
  close(): Promise<void>
}

/** Reads where nothing is kept. */
const noReads: JournalReads = {
  row: () => null,
  rowByIdempotencyKey: () => null,
  rowByChat: () => null,
  events: () => [],
  conversationRows: () => [],
}

/** So long a question with a key waits for the database; then it is answered all the same, and the key holds in this process. */
const claimMs = 1_500

/**
 * Opens the journal in PostgreSQL, which any number of processes write. Answers of a process whose lease has ended are ended by
 * another.
 * @throws DocentError `storage` if the database cannot be used.
 */
export async function openPostgresJournal(options: PostgresJournalOptions): Promise<PostgresJournal> {
  const {postgres, lease, mode, redaction, redactor, onRedacted, onDegraded} = options
  const {flushMs = 75, maxPending = 100_000} = options
  await applyPostgresMigrations(postgres, 'transcripts', transcriptMigrations)
  const live = createLiveAnswers(mode !== 'full')
  const reads = createAnswerReads(postgres)
  const peers = createPostgresPeers({
    postgres,
    reads,
    replica: lease.name,
    onForgotten: options.onForgotten,
    cannotFollow:
      mode === 'full'
        ? null
        : `Another server is writing this answer, and TRANSCRIPTS=${mode} keeps no text by which it could be read here`,
  })
  const writeAll = createPostgresWriter({postgres, replica: lease.name, redaction})
  const nothing: ReadonlySet<never> = new Set()
  const writes = createRemoteWriteBehind({
    write: mode === 'off' ? async () => nothing : writeAll,
    problemOf: (error) => ({
      message: postgresError(error).message,
      isTransient: isTransient(error instanceof Error ? (error.cause ?? error) : error),
    }),
    flushMs,
    maxPending,
    onDegraded,
    onWritten: (answer) => {
      if (answer.state.ending !== null) live.forget(answer)
    },
    onLost: live.forget,
    onTaken(answer) {
      live.forget(answer)
      peers.taken(answer.entry.answerId)
    },
  })

  async function claim(entry: JournalEntry, key: string): Promise<JournalledAnswer | null> {
    const kept = redaction.keepsText ? entry : {...entry, question: '', page: null, version: null}
    try {
      const claiming = claimKey(postgres, key, kept, lease.name)
      const holder = await within(claimMs, claiming, () => {
        throw new Error(`A key could not be claimed within ${claimMs} ms: timeout`)
      })
      if (holder === null) return null
      const row = await within(claimMs, reads.row(holder.answerId), () => null)
      return row === null ? holder : journalledOf(row)
    } catch (error) {
      writes.reportFailure(error)
      return null
    }
  }

  const closing = new AbortController()

  /** Looks for answers of the dead, as often as the lease is renewed. */
  async function recoverForEver(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        const recovered = await recoverAbandoned(postgres, lease)
        if (recovered.length > 0) options.onRecovered(recovered)
      } catch {
        // The journal says elsewhere that the database cannot be reached.
      }
      await delay(lease.leaseMs / 3, undefined, {signal: closing.signal, ref: false}).catch(() => {})
    }
  }
  const recovering = mode === 'off' ? Promise.resolve() : recoverForEver()
  let closed: Promise<void> | null = null

  async function close(): Promise<void> {
    closing.abort()
    await recovering
    await writes.flush()
    writes.close()
    await writes.settled()
  }

  return {
    journal: createJournal({
      live,
      writes,
      ...(mode === 'off' ? {reads: noReads} : {reads, claim}),
      redactor,
      onRedacted,
      keepsText: redaction.keepsText,
    }),
    peers,
    live,
    writes,
    reads,
    close() {
      closed ??= close()
      return closed
    },
  }
}
