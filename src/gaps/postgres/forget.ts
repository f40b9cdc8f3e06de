import type {Postgres, Queries} from '../../postgres/index.ts'
import {sectionsWithout} from '../forget-page.ts'
import type {ForgottenQuestions} from '../gaps.ts'
import {changeGaps} from './gap-lock.ts'
import {remakeMiddles} from './middles.ts'

/** So many questions are removed in one transaction. */
const removedAtOnce = 200

const conditions = {
  ref: 'ref = $1',
  refs: 'ref = ANY ($1::text[])',
  conversation: 'conversation = $1',
  askedBefore: 'asked_at < $1',
} as const

/**
 * Removes questions, and what they left in the middle of their gap. A grouping that runs makes the middles that it writes anew
 * from then on, since it has read them before.
 */
export async function forgetQuestions(postgres: Postgres, whose: ForgottenQuestions): Promise<void> {
  const [[name, value]] = Object.entries(whose) as [[keyof typeof conditions, unknown]]
  let last: number
  do {
    last = await changeGaps(postgres, async (queries) => {
      const removed = await queries.rows<{gap: string | null}>(
        `DELETE FROM docent.gap_questions WHERE ref IN
           (SELECT ref FROM docent.gap_questions WHERE ${conditions[name]} LIMIT ${removedAtOnce}) RETURNING gap`,
        [value],
      )
      if (removed.length > 0) await queries.run('UPDATE docent.gap_lock SET forgotten = forgotten + 1')
      await remakeMiddles(
        queries,
        removed.map(({gap}) => gap),
      )
      return removed.length
    })
  } while (last === removedAtOnce)
}

/** Takes sections of a page out of what gaps name. @returns the number of gaps. */
export async function forgetPageInGaps(
  postgres: Postgres,
  isOfPage: (url: string) => boolean,
): Promise<number> {
  return changeGaps(postgres, async (queries) => {
    const changed = new Set<string>()
    const naming = await queries.rows<{id: string; nearest: string; closed_section: string | null}>(
      "SELECT id, nearest, closed_section FROM docent.gaps WHERE nearest <> '[]' OR closed_section IS NOT NULL",
    )
    for (const row of naming) {
      const left = sectionsWithout(row, isOfPage)
      if (left === null) continue
      await queries.run('UPDATE docent.gaps SET nearest = $2, closed_section = $3 WHERE id = $1', [
        row.id,
        left.nearest,
        left.closed_section,
      ])
      changed.add(row.id)
    }
    for (const gap of await forgetClosings(queries, isOfPage)) changed.add(gap)
    return changed.size
  })
}

/** @returns the gaps whose history named the page. */
async function forgetClosings(queries: Queries, isOfPage: (url: string) => boolean): Promise<string[]> {
  const closings = await queries.rows<{id: number; gap: string; detail: string}>(
    "SELECT id, gap, detail FROM docent.gap_history WHERE what = 'closed' AND detail IS NOT NULL",
  )
  const naming = closings.filter(({detail}) => isOfPage(detail))
  await queries.run('UPDATE docent.gap_history SET detail = NULL WHERE id = ANY ($1::bigint[])', [
    naming.map(({id}) => id),
  ])
  return naming.map(({gap}) => gap)
}
