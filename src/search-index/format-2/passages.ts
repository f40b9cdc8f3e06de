import type {QuotableBlock} from '../../domain/index.ts'
import {quotableBlocksIn} from '../../markdown/index.ts'
import type {SqliteDatabase} from '../../native/index.ts'
import {countWords} from '../../text/words.ts'
import {type PassageRow, type PassagesBetween, passageColumns} from '../passage-row.ts'

/**
 * Reads the passages of a build of format 2. They were stored as Markdown, without what can be quoted of them: that is
 * worked out whenever it is asked for, in about half a millisecond for each thousand characters.
 */
export function format2Passages(db: SqliteDatabase): PassagesBetween {
  const select = db.prepare(
    `SELECT ${passageColumns}, markdown FROM passages WHERE id BETWEEN ? AND ? ORDER BY id`,
  )
  return (first, last) =>
    (select.all(first, last) as Format2Row[]).map(({markdown, ...row}) => ({
      ...row,
      words: countWords(row.text),
      get blocks() {
        return blocksOf(row, markdown)
      },
    }))
}

interface Format2Row extends PassageRow {
  readonly markdown: string
}

/** More blocks than a passage can have. */
const positionsPerPassage = 10_000

/** A passage knew its lines, and nothing in it did; no block was known to go on in the next passage. */
function blocksOf({id, startLine, endLine}: PassageRow, markdown: string): QuotableBlock[] {
  return quotableBlocksIn(markdown).map((block) => ({
    ...block,
    position: id * positionsPerPassage + block.position,
    units: block.units.map((unit) => ({...unit, startLine, endLine})),
  }))
}
