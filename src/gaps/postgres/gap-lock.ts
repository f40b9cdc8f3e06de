import type {Postgres, Queries} from '../../postgres/index.ts'

/** This process groups questions no more: another has taken that over. */
export class ClaimLost extends Error {}

/** A process that is not heard of for so long groups no more, in milliseconds. */
const claimMs = 30_000

/** The right to group questions, which one process has at a time. */
export interface GroupingClaim {
  /**
   * Runs a change while no other process makes one.
   * @param work gets how often questions were forgotten until now.
   * @throws ClaimLost if another process groups by now; DocentError `storage`.
   */
  change<T>(work: (queries: Queries, forgotten: number) => Promise<T>): Promise<T>
  /** Never rejects. */
  release(): Promise<void>
}

/** Runs a change of gaps while no other process makes one. @throws DocentError `storage`, and what the work rejects with. */
export async function changeGaps<T>(postgres: Postgres, work: (queries: Queries) => Promise<T>): Promise<T> {
  return postgres.transaction(async (queries) => {
    await queries.run('SELECT FROM docent.gap_lock FOR UPDATE')
    return work(queries)
  })
}

/**
 * Takes the right to group, which is kept until it is released or this process is not heard of any more.
 * @param name of this process alone, and new each time
 * @returns null while another process has it.
 * @throws DocentError `storage`.
 */
export async function claimGrouping(postgres: Postgres, name: string): Promise<GroupingClaim | null> {
  const taken = await postgres.run(
    `UPDATE docent.gap_lock SET grouped_by = $1, grouped_until = now() + $2 * interval '1 millisecond'
     WHERE grouped_by IS NULL OR grouped_by = $1 OR grouped_until < now()`,
    [name, claimMs],
  )
  if (taken === 0) return null
  const renew = (queries: Queries) =>
    queries.row<{forgotten: number}>(
      `UPDATE docent.gap_lock SET grouped_until = now() + $2 * interval '1 millisecond' WHERE grouped_by = $1
       RETURNING forgotten`,
      [name, claimMs],
    )
  // What is computed between two changes may take long.
  const renewing = setInterval(() => void renew(postgres).catch(() => {}), claimMs / 3)
  renewing.unref()
  return {
    change: (work) =>
      postgres.transaction(async (queries) => {
        const row = await renew(queries)
        if (row === null) throw new ClaimLost('Another process groups these questions by now.')
        return work(queries, row.forgotten)
      }),
    async release() {
      clearInterval(renewing)
      await postgres
        .run('UPDATE docent.gap_lock SET grouped_by = NULL, grouped_until = NULL WHERE grouped_by = $1', [
          name,
        ])
        // It ends by itself.
        .catch(() => {})
    },
  }
}
