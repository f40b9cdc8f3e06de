import {randomBytes} from 'node:crypto'
import {DocentError} from '../domain/index.ts'
import {headOf} from '../lib/cut.ts'
import {
  maxVerifiedAnswers,
  type VerifiedAnswer,
  type VerifiedChange,
  type VerifiedDraft,
  type VerifiedItem,
  type VerifiedState,
} from './verified-answers.ts'

/** The columns of an answer that the databases have alike. */
export interface VerifiedRow {
  readonly id: string
  readonly state: VerifiedState
  readonly revision: number
  readonly question: string
  readonly text: string
  readonly url: string
  readonly anchor: string
  readonly lang: string | null
  readonly version: string | null
  readonly answer_ref: string | null
  readonly proposed_by: string
  readonly proposed_at: number
  readonly changed_by: string
  readonly changed_at: number
  readonly published_by: string | null
  readonly published_at: number | null
  readonly page_digest: string | null
}

/** Of an item in a list, in UTF-16 units. */
export const excerptLength = 200

export function answerOf(row: VerifiedRow): VerifiedAnswer {
  const {id, state, revision, question, text, url, anchor, lang, version} = row
  return {
    id,
    state,
    revision,
    question,
    text,
    url,
    anchor,
    lang,
    version,
    answerRef: row.answer_ref,
    proposedBy: row.proposed_by,
    proposedAt: row.proposed_at,
    changedBy: row.changed_by,
    changedAt: row.changed_at,
    publishedBy: row.published_by,
    publishedAt: row.published_at,
    pageDigest: row.page_digest,
  }
}

/** @param row may have just the beginning of the text, of `excerptLength` or more. */
export function itemOf(row: VerifiedRow): VerifiedItem {
  const {text, ...item} = answerOf(row)
  return {...item, excerpt: headOf(text, excerptLength)}
}

/** None begins with `-`, which would be an option in a terminal. */
export function newVerifiedId(): string {
  return randomBytes(9).toString('base64url').replace(/^-/, '0')
}

/**
 * The row, in the revision that the change is for.
 * @param row null or undefined if there is none
 * @throws DocentError `not_found`, `conflict`.
 */
export function inRevision<Row extends VerifiedRow>(
  row: Row | null | undefined,
  {revision}: VerifiedChange,
): Row {
  if (row == null) throw new DocentError('not_found', 'There is no such verified answer.')
  if (row.revision !== revision) {
    throw new DocentError(
      'conflict',
      `${row.changed_by} has changed this meanwhile: read it again, and decide anew.`,
      {details: {revision: row.revision}},
    )
  }
  return row
}

/** Whether this was just done by the same person: it is sent again, because the response to the first time was lost. */
export function isDone(
  row: VerifiedRow | null | undefined,
  {by, revision}: VerifiedChange,
  state: VerifiedState,
): row is VerifiedRow {
  return row?.state === state && row.revision === revision + 1 && row.changed_by === by
}

/** Whether this change was just made by the same person, and is sent again. */
export function isChangedTo(
  row: VerifiedRow | null | undefined,
  draft: VerifiedDraft,
  {by, revision}: VerifiedChange,
): row is VerifiedRow {
  const written = ['question', 'text', 'url', 'anchor', 'lang', 'version'] as const
  return (
    row?.revision === revision + 1 &&
    row.changed_by === by &&
    written.every((field) => row[field] === draft[field])
  )
}

export const refusals = {
  tooMany: () =>
    new DocentError(
      'conflict',
      `There are ${maxVerifiedAnswers} verified answers already, the most that are kept. Delete some that are withdrawn.`,
    ),
  rivalPublished: () =>
    new DocentError(
      'conflict',
      'Another verified answer is published for this question: withdraw that one first.',
    ),
} as const
