import type {Postgres} from '../../postgres/index.ts'
import type {VerifiedAnswer} from '../verified-answers.ts'
import {answerOf, type VerifiedRow} from '../verified-row.ts'

/** The published answers of one revision, by the digest of what they answer, in hex. */
interface Published {
  readonly revision: number
  readonly answers: ReadonlyMap<string, VerifiedAnswer>
}

type PublishedRow = {readonly current: number; readonly digest: string | null} & VerifiedRow

/** The published answers, read again when another process has changed them. */
export interface PublishedAnswers {
  /** Reads the revision, and the answers if that is another one. @throws DocentError `storage`; the last known ones stay. */
  refresh(): Promise<void>
  /** As of the last refresh that succeeded. */
  get(digest: string): VerifiedAnswer | null
}

/** Empty until the first refresh. */
export function publishedAnswers(postgres: Postgres): PublishedAnswers {
  let known: Published = {revision: -1, answers: new Map()}
  let loading: Promise<void> | null = null

  async function load(): Promise<void> {
    // One statement, so that the answers are those of the revision.
    const rows = await postgres.rows<PublishedRow>(
      `SELECT verified_revision.revision AS current, encode(question_digest, 'hex') AS digest, verified_answers.*
       FROM docent.verified_revision LEFT JOIN docent.verified_answers ON state = 'published'`,
    )
    const answers = new Map<string, VerifiedAnswer>()
    for (const row of rows) if (row.digest !== null) answers.set(row.digest, answerOf(row))
    known = {revision: rows[0]?.current ?? 0, answers}
  }

  /** All who need the answers at the same time wait for one load. */
  function loadOnce(): Promise<void> {
    loading ??= load().finally(() => {
      loading = null
    })
    return loading
  }

  return {
    async refresh() {
      const row = await postgres.row<{revision: number}>('SELECT revision FROM docent.verified_revision')
      const revision = row?.revision ?? 0
      if (revision === known.revision) return
      await loadOnce()
      // That load may have begun before the revision was read.
      if (known.revision < revision) await loadOnce()
    },
    get: (digest) => known.answers.get(digest) ?? null,
  }
}
