import {emptyWriteAheadLog, type SmallDatabase} from '../native/index.ts'
import {severities} from './gap.ts'
import type {ForgottenQuestions} from './gaps.ts'
import {type CountedQuestion, type Standing, standingOf} from './grouping/standing.ts'
import {sumOf, sumToBlob, unpackVector} from './vectors.ts'

/** The middle of a gap is that of its newest questions. */
export const maxInMiddle = 1_000

const conditions = {
  ref: 'ref = ?',
  refs: 'ref IN (SELECT value FROM json_each(?))',
  conversation: 'conversation = ?',
  askedBefore: 'asked_at < ?',
} as const

/** So many questions are removed in one transaction. */
const removedAtOnce = 200

/**
 * Removes questions, and what they left in the middle of their gap: with the vectors of all others but one, its own could be
 * worked out from that.
 */
export function prepareForgetting({db, change}: SmallDatabase): (whose: ForgottenQuestions) => Promise<void> {
  const some = (condition: string) =>
    db.prepare<[string | number], {ref: string; gap: string | null}>(
      `SELECT ref, gap FROM questions WHERE ${condition} LIMIT ${removedAtOnce}`,
    )
  const found = {
    ref: some(conditions.ref),
    refs: some(conditions.refs),
    conversation: some(conditions.conversation),
    askedBefore: some(conditions.askedBefore),
  }
  const drop = db.prepare('DELETE FROM questions WHERE ref = ?')
  const remake = prepareMiddle({db})

  return async (whose) => {
    const [[name, given]] = Object.entries(whose) as [
      [keyof typeof found, string | number | readonly string[]],
    ]
    const value = typeof given === 'object' ? JSON.stringify(given) : given
    let removed = 0
    let last: number
    do {
      last = await change(() => {
        const rows = found[name].all(value)
        for (const {ref} of rows) drop.run(ref)
        for (const gap of new Set(rows.map(({gap}) => gap))) if (gap !== null) remake(gap)
        return rows.length
      })
      removed += last
    } while (last === removedAtOnce)
    // Where another process reads, copies stay until the next removal tries again.
    if (removed > 0) emptyWriteAheadLog(db)
  }
}

/**
 * Makes the middle of a gap anew, and how it stands, and removes a gap that has no question left. To be called in a
 * transaction.
 */
export function prepareMiddle({db}: Pick<SmallDatabase, 'db'>): (gap: string) => void {
  const newest = db
    .prepare<[string, number], Buffer>(
      'SELECT vector FROM questions WHERE gap = ? AND vector IS NOT NULL ORDER BY asked_at DESC, ref LIMIT ?',
    )
    .pluck()
  const left = db.prepare<[string], Omit<CountedQuestion, 'isElsewhere'> & {is_elsewhere: number}>(
    'SELECT conversation, asked_at AS askedAt, lang, version, reason, is_elsewhere FROM questions WHERE gap = ?',
  )
  const keep = db.prepare('UPDATE gaps SET centre = ? WHERE id = ?')
  const setStanding = prepareStanding({db})
  const drop = db.prepare('DELETE FROM gaps WHERE id = ?')
  return (gap) => {
    const questions = left.all(gap)
    if (questions.length === 0) drop.run(gap)
    else {
      const vectors = newest.all(gap, maxInMiddle).map(unpackVector)
      keep.run(sumToBlob(sumOf(vectors)), gap)
      const counted = questions.map(({is_elsewhere, ...one}) => ({...one, isElsewhere: is_elsewhere === 1}))
      setStanding(gap, standingOf(counted, Date.now()))
    }
  }
}

/** Says how a gap stands. To be called in a transaction. */
export function prepareStanding({db}: Pick<SmallDatabase, 'db'>): (gap: string, standing: Standing) => void {
  const set = db.prepare(
    `UPDATE gaps SET size = @size, conversations = @conversations, recent = @recent, before = @before,
       reasons = @reasons, scope = @scope, lang = @lang, version = @version, weight = @weight, severity = @severity,
       first_asked_at = @firstAskedAt, last_asked_at = @lastAskedAt WHERE id = @id`,
  )
  return (id, {severity, reasons, ...standing}) =>
    set.run({...standing, id, severity: severities.indexOf(severity), reasons: JSON.stringify(reasons)})
}
