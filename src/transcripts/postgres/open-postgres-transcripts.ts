import {isForgotten} from '../../answers/index.ts'
import type {Postgres} from '../../postgres/index.ts'
import {createRedactor, redactionKinds} from '../../redaction/index.ts'
import type {Transcripts, TranscriptsOptions} from '../open-transcripts.ts'
import {recordOf} from '../overlay.ts'
import type {RecoveredAnswer} from '../recover-answers.ts'
import {redactionOf} from '../redaction.ts'
import {forgetLive} from '../staff-changes.ts'
import {createTranscriptReader} from '../transcript-reader.ts'
import {createPostgresChanges} from './changes.ts'
import {openPostgresJournal} from './open-postgres-journal.ts'
import {ensurePartitions, monthAt} from './partitions.ts'
import {createPostgresFigures, forgetCounted} from './postgres-figures.ts'
import {createPostgresReads} from './postgres-reads.ts'
import type {Lease} from './recovery.ts'
import {startPostgresRetention} from './retention.ts'
import {storageOf} from './storage.ts'

export interface PostgresTranscriptsOptions
  extends Pick<
    TranscriptsOptions,
    | 'mode'
    | 'redactor'
    | 'onRedacted'
    | 'retentionDays'
    | 'maxBytes'
    | 'now'
    | 'flushMs'
    | 'maxPending'
    | 'onDegraded'
    | 'onFull'
  > {
  readonly postgres: Postgres
  /** Of this process. */
  readonly lease: Lease
  /** Called with answers of servers that died, which this one has ended. */
  readonly onRecovered?: (answers: readonly RecoveredAnswer[]) => void
  /** Called with the reason when old answers cannot be removed. */
  readonly onProblem?: (error: unknown) => void
}

/**
 * Opens the journal of all answers and the transcripts in PostgreSQL, for any number of servers. It does not close the
 * connections.
 * @throws DocentError `storage` if the database cannot be used.
 */
export async function openPostgresTranscripts(options: PostgresTranscriptsOptions): Promise<Transcripts> {
  const {postgres, lease, mode = 'full', retentionDays = 0, maxBytes = 0, now = Date.now} = options
  const {redactor = createRedactor(), onRedacted = () => {}, onProblem = () => {}} = options
  const redaction = redactionOf(mode === 'full')
  const opened = await openPostgresJournal({
    postgres,
    lease,
    mode,
    redaction,
    redactor,
    onRedacted,
    ...(options.flushMs === undefined ? {} : {flushMs: options.flushMs}),
    ...(options.maxPending === undefined ? {} : {maxPending: options.maxPending}),
    onDegraded: (reason) => options.onDegraded?.(reason),
    onRecovered: (answers) => options.onRecovered?.(answers),
    // They are gone from the database; but one that this process had not written yet would come after that.
    async onForgotten(what) {
      const those = live.all().filter(({entry}) => isForgotten(entry, what))
      const unwritten = those.filter(({row}) => row === null)
      forgetLive(those, {live, writes})
      await writes.settled()
      for (const {entry} of unwritten) await changes.delete(entry.answerId)
    },
  })
  const {journal, peers, live, writes} = opened
  // Before anything is written: a row that is moved to a new partition is missed by whoever is just looking for it.
  await ensurePartitions(postgres, {from: now(), to: monthAt(now()).endsAt}).catch(onProblem)
  const figures = createPostgresFigures(postgres)
  const changes = createPostgresChanges({
    ...{postgres, mode, live, writes, redaction, redactor, onRedacted, now},
    onRemoving: forgetCounted,
  })
  const flush = async () => {
    if (!writes.isDegraded) await writes.flushInSteps()
  }
  const retention = startPostgresRetention({
    postgres,
    days: retentionDays,
    maxBytes,
    now,
    onFull: () => options.onFull?.(),
    onProblem,
    onRemoving: forgetCounted,
    count: () => figures.count(),
  })
  return {
    recovered: [],
    peers,
    ...journal,
    ...createTranscriptReader(createPostgresReads(postgres, figures), {
      memory: {
        flush,
        catalogue: async () => 0,
        missing: () => 0,
        summaries: () => [],
        of: (answerIds) =>
          answerIds.flatMap((answerId) => {
            const answer = live.get(answerId)
            const isNewer =
              answer !== undefined && (writes.unwritten.has(answer) || answer.allEvents !== null)
            return isNewer ? [recordOf(answer)] : []
          }),
      },
      redaction: {...redactor.recipe, kinds: redactionKinds},
    }),
    ...changes,
    async storage() {
      await flush()
      return storageOf(postgres, maxBytes)
    },
    isErased: true,
    async close() {
      await retention.close()
      await opened.close()
    },
  }
}
