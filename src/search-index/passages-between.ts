import type {SqliteDatabase} from '../native/index.ts'
import type {Manifest, StoredPassage} from './build.ts'
import {format2Passages} from './format-2/passages.ts'
import {type PassageRow, type PassagesBetween, passageColumns} from './passage-row.ts'
import {decodeBlocks} from './quotable-blocks-codec.ts'
import {earlierFormat} from './schema.ts'

/** Reads the passages of a build of either format. */
export function passagesBetween(db: SqliteDatabase, {format}: Pick<Manifest, 'format'>): PassagesBetween {
  if (format === earlierFormat) return format2Passages(db)
  const select = db.prepare(
    `SELECT ${passageColumns}, words, blocks FROM passages WHERE id BETWEEN ? AND ? ORDER BY id`,
  )
  return (first, last) => (select.all(first, last) as StoredRow[]).map(passageFrom)
}

interface StoredRow extends PassageRow {
  readonly words: number
  readonly blocks: string
}

/** Most passages that are read are ranked but not quoted, so blocks are decoded on access. */
function passageFrom({blocks: json, ...row}: StoredRow): StoredPassage {
  return {
    ...row,
    get blocks() {
      return decodeBlocks(json)
    },
  }
}
