import {openSmallDatabase, type SmallDatabaseOptions} from '../native/index.ts'
import {questionKey} from '../text/question-key.ts'
import {verifiedMigrations} from './migrations.ts'
import {
  maxVerifiedAnswers,
  type VerifiedAnswer,
  type VerifiedAnswers,
  type VerifiedDraft,
} from './verified-answers.ts'
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
} from './verified-row.ts'

export interface VerifiedAnswersOptions extends Pick<SmallDatabaseOptions, 'file' | 'waitMs' | 'onExposed'> {
  readonly now?: () => number
}

/** @throws DocentError `storage` if the file cannot be used; it is left unchanged then. */
export function openVerifiedAnswers(options: VerifiedAnswersOptions): VerifiedAnswers {
  const {now = Date.now} = options
  const {db, read, change} = openSmallDatabase({
    ...options,
    migrations: verifiedMigrations,
    ifMovedAway: 'there are no verified answers then',
  })
  const byId = db.prepare<[string], VerifiedRow>('SELECT * FROM answers WHERE id = ?')
  const all = db.prepare<[number], VerifiedRow>(
    `SELECT *, substr(text, 1, ?) AS text FROM answers ORDER BY changed_at DESC, id`,
  )
  const count = db.prepare<[], number>('SELECT count(*) FROM answers').pluck()
  const published = db.prepare<[string, string, string], VerifiedRow>(
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

  const answerBy = (id: string): VerifiedAnswer => answerOf(byId.get(id)!)

  /** The published one that stands where this one is about to. */
  function rivalOf(id: string, {question, lang, version}: VerifiedDraft): string | null {
    const rival = published.get(questionKey(question, lang), lang ?? '', version ?? '')
    return rival === undefined || rival.id === id ? null : rival.id
  }

  return {
    list: () => read(() => all.all(excerptLength).map(itemOf)),
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
        if ((count.get() ?? 0) >= maxVerifiedAnswers) throw refusals.tooMany()
        const id = newVerifiedId()
        insert.run({...fieldsOf(draft), id, answerRef, by, at: now()})
        return answerBy(id)
      }),
    change: (id, draft, given, pageDigest) =>
      change(() => {
        const found = byId.get(id)
        // Sent again, because the response to the first time was lost.
        if (isChangedTo(found, draft, given)) return answerOf(found)
        const row = inRevision(found, given)
        if (row.state === 'published' && rivalOf(id, draft) !== null) throw refusals.rivalPublished()
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
        const found = byId.get(id)
        if (isDone(found, given, 'published')) return {answer: answerOf(found), replaced: null}
        const row = inRevision(found, given)
        const replaced = rivalOf(id, row)
        if (replaced !== null) withdraw.run({id: replaced, by: given.by, at: now()})
        publish.run({id, pageDigest, by: given.by, at: now()})
        return {answer: answerBy(id), replaced}
      }),
    withdraw: (id, given) =>
      change(() => {
        const found = byId.get(id)
        if (isDone(found, given, 'withdrawn')) return answerOf(found)
        inRevision(found, given)
        withdraw.run({id, by: given.by, at: now()})
        return answerBy(id)
      }),
    delete: (id) => change(() => remove.run(id).changes > 0),
    close: () => db.close(),
  }
}

function fieldsOf(draft: VerifiedDraft) {
  const {question, text, url, anchor, lang, version} = draft
  return {question, text, url, anchor, lang, version, key: questionKey(question, lang)}
}
