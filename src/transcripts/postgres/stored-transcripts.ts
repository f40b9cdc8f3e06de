import {applyPostgresMigrations, type Postgres, storable} from '../../postgres/index.ts'
import type {StoredTranscripts} from '../stored-transcripts.ts'
import {createTranscriptReader} from '../transcript-reader.ts'
import {purgeStored, reviewStored} from './changes.ts'
import {transcriptMigrations} from './migrations.ts'
import {forgetCounted} from './postgres-figures.ts'
import {createPostgresReads} from './postgres-reads.ts'
import {endedOf, ofVisitor, removeAll} from './removal.ts'
import {withdrawPageFromPostgres} from './withdraw.ts'

/**
 * Opens the transcripts in PostgreSQL for a process that writes no answers: it has no lease, and answers of servers that died
 * are left to those that live. Copies of removed data are never left, so `isErased` is always true. It does not close the
 * connections.
 * @throws DocentError `storage` if the database cannot be reached or was written by a newer Docent.
 */
export async function openStoredPostgresTranscripts(postgres: Postgres): Promise<StoredTranscripts> {
  await applyPostgresMigrations(postgres, 'transcripts', transcriptMigrations)
  const onRemoving = forgetCounted
  return {
    read: ({redaction} = {}) => ({
      ...createTranscriptReader(createPostgresReads(postgres), redaction === undefined ? {} : {redaction}),
      async idsStartingWith(text, limit) {
        if (text === '') return []
        const rows = await postgres.rows<{readonly id: string}>(
          // As a pattern, which finds it in the index.
          'SELECT id FROM docent.answers WHERE id LIKE $1 LIMIT $2',
          [`${storable(text).replace(/[\\%_]/g, '\\$&')}%`, limit],
        )
        return rows.map(({id}) => id)
      },
      // The connections are of whoever opened them.
      close() {},
    }),
    review: (answerId, {review, replaces, mode}) =>
      reviewStored(postgres, answerId, {given: review, replaces, mode, at: Date.now()}),
    purge: async (before) => ({
      removed: await purgeStored(postgres, before, {onRemoving, onlyEnded: true}),
      isErased: true,
    }),
    deleteVisitor: async (visitor) => ({
      removed: await removeAll(postgres, endedOf(ofVisitor(visitor)), {onRemoving}),
      isErased: true,
    }),
    withdrawPage: (urls, options) => withdrawPageFromPostgres(postgres, urls, options),
  }
}
