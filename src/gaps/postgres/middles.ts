import type {Queries} from '../../postgres/index.ts'
import {maxInMiddle} from '../forget-questions.ts'
import {severities} from '../gap.ts'
import {type CountedQuestion, type Standing, standingOf} from '../grouping/standing.ts'
import {sumOf, sumToBlob, unpackVector} from '../vectors.ts'

/**
 * Makes the middles of gaps anew, and how they stand, and removes those that have no question left. To be called in a change.
 */
export async function remakeMiddles(queries: Queries, gaps: Iterable<string | null>): Promise<void> {
  const standings: (readonly [string, Standing])[] = []
  for (const gap of new Set(gaps)) {
    if (gap === null) continue
    const questions = await queries.rows<CountedQuestion>(
      `SELECT conversation, asked_at AS "askedAt", lang, version, reason, is_elsewhere AS "isElsewhere"
       FROM docent.gap_questions WHERE gap = $1`,
      [gap],
    )
    if (questions.length === 0) {
      await queries.run('DELETE FROM docent.gaps WHERE id = $1', [gap])
      continue
    }
    const newest = await queries.rows<{vector: Buffer}>(
      `SELECT vector FROM docent.gap_questions WHERE gap = $1 AND vector IS NOT NULL
       ORDER BY asked_at DESC, ref COLLATE "C" LIMIT $2`,
      [gap, maxInMiddle],
    )
    const middle = sumOf(newest.map(({vector}) => unpackVector(vector)))
    await queries.run('UPDATE docent.gaps SET centre = $2 WHERE id = $1', [gap, sumToBlob(middle)])
    standings.push([gap, standingOf(questions, Date.now())])
  }
  await setStandings(queries, standings)
}

/** Says how gaps stand. To be called in a change. */
export async function setStandings(
  queries: Queries,
  standings: readonly (readonly [id: string, standing: Standing])[],
): Promise<void> {
  if (standings.length === 0) return
  const rows = standings.map(([id, {severity, reasons, ...standing}]) => ({
    ...standing,
    id,
    severity: severities.indexOf(severity),
    reasons: JSON.stringify(reasons),
  }))
  await queries.run(
    `UPDATE docent.gaps SET size = now.size, conversations = now.conversations, recent = now.recent, before = now.before,
       reasons = now.reasons, scope = now.scope, lang = now.lang, version = now.version, weight = now.weight,
       severity = now.severity, first_asked_at = now."firstAskedAt", last_asked_at = now."lastAskedAt"
     FROM jsonb_to_recordset($1::jsonb) AS now (id text, size integer, conversations integer, recent integer, before integer,
       reasons text, scope text, lang text, version text, weight double precision, severity integer,
       "firstAskedAt" bigint, "lastAskedAt" bigint)
     WHERE gaps.id = now.id`,
    [JSON.stringify(rows)],
  )
}
