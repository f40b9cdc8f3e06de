import type {Queries} from '../../postgres/index.ts'

/** Answers of one second that can be told apart. */
const perSecond = 2 ** 20
/** Numbers that a process takes at a time. */
const blockSize = 64

/** The least number of an answer that was asked at a time, in milliseconds since the epoch: those before have smaller ones. */
export function firstNumberAt(at: number): number {
  return Math.floor(at / 1000) * perSecond
}

/** Numbers for answers: the second when each was asked, and within it the order in which they were taken. */
export interface AnswerNumbers {
  /** Resolves when that many numbers can be taken. @throws DocentError `storage`. */
  reserve(count: number, queries: Queries): Promise<void>
  /** @param startedAt milliseconds since the epoch */
  take(startedAt: number): number
}

/** No two processes have the same numbers. After 2^53 / 2^20 seconds, in the year 2242, they are no longer exact. */
export function createAnswerNumbers(): AnswerNumbers {
  const blocks: number[] = []
  let taken = 0
  return {
    async reserve(count, queries) {
      const missing = Math.ceil((count + taken) / blockSize) - blocks.length
      if (missing <= 0) return
      const rows = await queries.rows<{readonly block: number}>(
        "SELECT nextval('docent.answer_blocks') AS block FROM generate_series(1, $1)",
        [missing],
      )
      blocks.push(...rows.map(({block}) => block))
    },
    take(startedAt) {
      const block = blocks[0]
      if (block === undefined) throw new Error('No number was reserved')
      const number = firstNumberAt(startedAt) + ((block * blockSize + taken) % perSecond)
      taken += 1
      if (taken === blockSize) {
        blocks.shift()
        taken = 0
      }
      return number
    },
  }
}
