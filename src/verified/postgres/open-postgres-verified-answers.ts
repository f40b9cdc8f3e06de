import {createHash} from 'node:crypto'
import {
  type AvailabilityOptions,
  applyPostgresMigrations,
  type Postgres,
  type Queries,
  storable,
  trackAvailability,
} from '../../postgres/index.ts'
import {questionKey} from '../../text/question-key.ts'
import {maxVerifiedAnswers, type VerifiedAnswers, type VerifiedDraft} from '../verified-answers.ts'
import {
  answerOf,
  excerptLength,
  inRevision,
  isChangedTo,
  isDone,
  itemOf,
  newVerifiedId,
  refusals,
  type VerifiedRow,
} from '../verified-row.ts'
import {postgresVerifiedMigrations} from './migrations.ts'
import {publishedAnswers} from './published-answers.ts'

export interface PostgresVerifiedAnswersOptions extends Pick<AvailabilityOptions, 'waitMs' | 'onProblem'> {
  /** Stays open when the answers are closed. */
  readonly postgres: Postgres
  /** Milliseconds since the epoch; default: the clock of this process. */
  readonly now?: () => number
}

/**
 * Opens the verified answers in a PostgreSQL that any number of processes may use. `publishedFor` asks it for the revision of
 * the answers, and reads them when that has changed; while the database does not answer, or too slowly, it gives those that
 * it read last, and does not reject.
 * @throws DocentError `storage` if the database cannot be reached at first, or was written by a newer Docent.
 */
export async function openPostgresVerifiedAnswers(
  options: PostgresVerifiedAnswersOptions,
): Promise<VerifiedAnswers> {
  const {postgres, now = Date.now, waitMs, onProblem} = options
  await applyPostgresMigrations(postgres, 'verified', postgresVerifiedMigrations)
  const published = publishedAnswers(postgres)
  await published.refresh()
  const availability = trackAvailability(postgres, {waitMs, onProblem})

  /** Runs a change while no other process makes one. */
  async function change<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    return postgres.transaction(async (queries) => {
      await queries.run('UPDATE docent.verified_revision SET revision = revision + 1')
      return work(queries)
    })
  }

  async function byId(queries: Queries, id: string): Promise<VerifiedRow | null> {
    return queries.row<VerifiedRow>('SELECT * FROM docent.verified_answers WHERE id = $1', [storable(id)])
  }

  /** The id of the published one that stands where this one is about to. */
  async function rivalOf(queries: Queries, id: string, draft: VerifiedDraft): Promise<string | null> {
    const row = await queries.row<{id: string}>(
      `SELECT id FROM docent.verified_answers WHERE state = 'published' AND question_digest = $1 AND id <> $2`,
      [digestOf(draft), id],
    )
    return row?.id ?? null
  }

  /** Writes some columns, with who changes them. @param assignments has its values from $4 on. */
  async function write(
    queries: Queries,
    id: string,
    by: string,
    assignments: string,
    values: readonly unknown[] = [],
  ): Promise<VerifiedRow> {
    const row = await queries.row<VerifiedRow>(
      `UPDATE docent.verified_answers SET ${assignments}, revision = revision + 1, changed_by = $2, changed_at = $3
       WHERE id = $1 RETURNING *`,
      [id, by, now(), ...values],
    )
    return row!
  }

  return {
    async list() {
      const rows = await postgres.rows<VerifiedRow>(
        `SELECT id, state, revision, question, left(text, $1) AS text, url, anchor, lang, version, answer_ref, proposed_by,
           proposed_at, changed_by, changed_at, published_by, published_at, page_digest
         FROM docent.verified_answers ORDER BY changed_at DESC, id`,
        [excerptLength],
      )
      return rows.map(itemOf)
    },
    async get(id) {
      const row = await byId(postgres, id)
      return row === null ? null : answerOf(row)
    },
    async publishedFor(question, {lang, version}) {
      const asked = {question: storable(question), lang, version}
      if (questionKey(asked.question, lang) === '') return null
      await availability.inTime(published.refresh)
      return published.get(digestOf(asked).toString('hex'))
    },
    propose: (given, {by, answerRef}) =>
      change(async (queries) => {
        const {total} = (await queries.row<{total: number}>(
          'SELECT count(*) AS total FROM docent.verified_answers',
        ))!
        if (total >= maxVerifiedAnswers) throw refusals.tooMany()
        const draft = storableDraft(given)
        const row = await queries.row<VerifiedRow>(
          `INSERT INTO docent.verified_answers (id, state, revision, question, question_digest, text, url, anchor, lang,
             version, answer_ref, proposed_by, proposed_at, changed_by, changed_at)
           VALUES ($1, 'proposed', 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $10, $11) RETURNING *`,
          [
            newVerifiedId(),
            ...writtenOf(draft),
            answerRef === null ? null : storable(answerRef),
            storable(by),
            now(),
          ],
        )
        return answerOf(row!)
      }),
    change: (id, given, from, pageDigest) =>
      change(async (queries) => {
        const draft = storableDraft(given)
        const by = storable(from.by)
        const found = await byId(queries, id)
        // Sent again, because the response to the first time was lost.
        if (isChangedTo(found, draft, {...from, by})) return answerOf(found)
        const row = inRevision(found, from)
        const isPublished = row.state === 'published'
        if (isPublished && (await rivalOf(queries, row.id, draft)) !== null) throw refusals.rivalPublished()
        const changed = await write(
          queries,
          row.id,
          by,
          'question = $4, question_digest = $5, text = $6, url = $7, anchor = $8, lang = $9, version = $10, page_digest = $11',
          [...writtenOf(draft), isPublished ? pageDigest : null],
        )
        return answerOf(changed)
      }),
    publish: (id, from, pageDigest) =>
      change(async (queries) => {
        const by = storable(from.by)
        const found = await byId(queries, id)
        if (isDone(found, {...from, by}, 'published')) return {answer: answerOf(found), replaced: null}
        const row = inRevision(found, from)
        const replaced = await rivalOf(queries, row.id, row)
        if (replaced !== null) await write(queries, replaced, by, `state = 'withdrawn'`)
        const done = await write(
          queries,
          row.id,
          by,
          `state = 'published', page_digest = $4, published_by = $2, published_at = $3`,
          [pageDigest],
        )
        return {answer: answerOf(done), replaced}
      }),
    withdraw: (id, from) =>
      change(async (queries) => {
        const by = storable(from.by)
        const found = await byId(queries, id)
        if (isDone(found, {...from, by}, 'withdrawn')) return answerOf(found)
        return answerOf(await write(queries, inRevision(found, from).id, by, `state = 'withdrawn'`))
      }),
    delete: (id) =>
      change(
        async (queries) =>
          (await queries.run('DELETE FROM docent.verified_answers WHERE id = $1', [storable(id)])) > 0,
      ),
    close: availability.close,
  }
}

function storableDraft({question, text, url, anchor, lang, version}: VerifiedDraft): VerifiedDraft {
  return {
    question: storable(question),
    text: storable(text),
    url: storable(url),
    anchor: storable(anchor),
    lang: lang === null ? null : storable(lang),
    version: version === null ? null : storable(version),
  }
}

/** The values of a draft, in the order in which they are written. */
function writtenOf(draft: VerifiedDraft): readonly unknown[] {
  const {question, text, url, anchor, lang, version} = draft
  return [question, digestOf(draft), text, url, anchor, lang, version]
}

/** The same for what is one question, in one language and version. */
function digestOf({question, lang, version}: Pick<VerifiedDraft, 'question' | 'lang' | 'version'>): Buffer {
  const key = JSON.stringify([questionKey(question, lang), lang ?? '', version ?? ''])
  return createHash('sha256').update(key).digest()
}
