import {randomBytes} from 'node:crypto'
import {DocentError} from '../domain/index.ts'
import {headOf} from '../lib/cut.ts'
import {openSmallDatabase, type SmallDatabaseOptions} from '../native/index.ts'
import {questionKey} from '../text/question-key.ts'
import {verifiedMigrations} from './migrations.ts'
import {
  maxVerifiedAnswers,
  type VerifiedAnswer,
  type VerifiedAnswers,
  type VerifiedChange,
  type VerifiedDraft,
  type VerifiedState,
} from './verified-answers.ts'

export interface VerifiedAnswersOptions extends Pick<SmallDatabaseOptions, 'file' | 'waitMs' | 'onExposed'> {
  readonly now?: () => number
}

interface Row {
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

const excerptLength = 200

/** @throws DocentError `storage` if the file cannot be used; it is left unchanged then. */
export function openVerifiedAnswers(options: VerifiedAnswersOptions): VerifiedAnswers {
  const {now = Date.now} = options
  const {db, read, change} = openSmallDatabase({
    ...options,
    migrations: verifiedMigrations,
    ifMovedAway: 'there are no verified answers then',
  })
  const byId = db.prepare<[string], Row>('SELECT * FROM answers WHERE id = ?')
  const all = db.prepare<[number], Row>(
    `SELECT *, substr(text, 1, ?) AS text FROM answers ORDER BY changed_at DESC, id`,
  )
  const count = db.prepare<[], number>('SELECT count(*) FROM answers').pluck()
  const published = db.prepare<[string, string, string], Row>(
    `SELECT * FROM answers WHERE state = 'published' AND question_key = ? AND ifnull(lang, '') = ? AND ifnull(version, '') = ?`,
  )
  const insert = db.prepare(
    `INSERT INTO answers (id, state, revision, question, question_key, text, url, anchor, lang, version, answer_ref,
       proposed_by, proposed_at, changed_by, changed_at)
     VALUES (@id, 'proposed', 1, @question, @key, @text, @url, @anchor, @lang, @version, @answerRef, @by, @at, @by, @at)`,
  )
  const rewrite = db.prepare(
    `UPDATE answers SET question = @question, question_key = @key, text = @text, url = @url, anchor = @anchor, lang = @lang,
       version = @version, page_digest = @pageDigest, revision = revision + 1, changed_by = @by, changed_at = @at
     WHERE id = @id`,
  )
  const publish = db.prepare(
    `UPDATE answers SET state = 'published', page_digest = @pageDigest, published_by = @by, published_at = @at,
       revision = revision + 1, changed_by = @by, changed_at = @at WHERE id = @id`,
  )
  const withdraw = db.prepare(
    `UPDATE answers SET state = 'withdrawn', revision = revision + 1, changed_by = @by, changed_at = @at WHERE id = @id`,
  )
  const remove = db.prepare('DELETE FROM answers WHERE id = ?')

  /** @throws DocentError `not_found`, `conflict`. */
  function current(id: string, {revision}: VerifiedChange): Row {
    const row = byId.get(id)
    if (row === undefined) throw new DocentError('not_found', 'There is no such verified answer.')
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
  function isDone(id: string, {by, revision}: VerifiedChange, state: Row['state']): boolean {
    const row = byId.get(id)
    return row?.state === state && row.revision === revision + 1 && row.changed_by === by
  }

  const answerBy = (id: string): VerifiedAnswer => answerOf(byId.get(id)!)

  /** The published one that stands where this one is about to. */
  function rivalOf(id: string, {question, lang, version}: VerifiedDraft): string | null {
    const rival = published.get(questionKey(question, lang), lang ?? '', version ?? '')
    return rival === undefined || rival.id === id ? null : rival.id
  }

  return {
    list: () =>
      read(() =>
        all.all(excerptLength).map((row) => {
          const {text, ...item} = answerOf(row)
          return {...item, excerpt: headOf(text, excerptLength)}
        }),
      ),
    get: (id) =>
      read(() => {
        const row = byId.get(id)
        return row === undefined ? null : answerOf(row)
      }),
    publishedFor: (question, {lang, version}) =>
      read(() => {
        const key = questionKey(question, lang)
        const row = key === '' ? undefined : published.get(key, lang ?? '', version ?? '')
        return row === undefined ? null : answerOf(row)
      }),
    propose: (draft, {by, answerRef}) =>
      change(() => {
        if ((count.get() ?? 0) >= maxVerifiedAnswers) {
          throw new DocentError(
            'conflict',
            `There are ${maxVerifiedAnswers} verified answers already, the most that are kept. Delete some that are withdrawn.`,
          )
        }
        const id = newId()
        insert.run({...fieldsOf(draft), id, answerRef, by, at: now()})
        return answerBy(id)
      }),
    change: (id, draft, given, pageDigest) =>
      change(() => {
        const found = byId.get(id)
        // Sent again, because the response to the first time was lost.
        if (found?.revision === given.revision + 1 && isChangedTo(found, draft, given.by)) return answerBy(id)
        const row = current(id, given)
        if (row.state === 'published' && rivalOf(id, draft) !== null) {
          throw new DocentError(
            'conflict',
            'Another verified answer is published for this question: withdraw that one first.',
          )
        }
        rewrite.run({
          ...fieldsOf(draft),
          id,
          by: given.by,
          at: now(),
          pageDigest: row.state === 'published' ? pageDigest : null,
        })
        return answerBy(id)
      }),
    publish: (id, given, pageDigest) =>
      change(() => {
        if (isDone(id, given, 'published')) return {answer: answerBy(id), replaced: null}
        const row = current(id, given)
        const replaced = rivalOf(id, row)
        if (replaced !== null) withdraw.run({id: replaced, by: given.by, at: now()})
        publish.run({id, pageDigest, by: given.by, at: now()})
        return {answer: answerBy(id), replaced}
      }),
    withdraw: (id, given) =>
      change(() => {
        if (isDone(id, given, 'withdrawn')) return answerBy(id)
        current(id, given)
        withdraw.run({id, by: given.by, at: now()})
        return answerBy(id)
      }),
    delete: (id) => change(() => remove.run(id).changes > 0),
    close: () => db.close(),
  }
}

/** None begins with `-`, which would be an option in a terminal. */
function newId(): string {
  return randomBytes(9).toString('base64url').replace(/^-/, '0')
}

function isChangedTo(row: Row, draft: VerifiedDraft, by: string): boolean {
  const written = ['question', 'text', 'url', 'anchor', 'lang', 'version'] as const
  return row.changed_by === by && written.every((field) => row[field] === draft[field])
}

function fieldsOf(draft: VerifiedDraft) {
  const {question, text, url, anchor, lang, version} = draft
  return {question, text, url, anchor, lang, version, key: questionKey(question, lang)}
}

function answerOf(row: Row): VerifiedAnswer {
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
