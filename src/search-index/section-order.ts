import {setImmediate as breathe} from 'node:timers/promises'
import type {SqliteDatabase} from '../native/index.ts'
import {slotsOf} from './slots.ts'

/** The sections of a build in reading order: by path of the page, then as they stand in it. */
export interface SectionOrder {
  /** Section numbers; the place of one is its slot. */
  readonly ids: Uint32Array
  /** Terms by slot; 0 for a section that is not in the word index. */
  readonly lengths: readonly number[]
  slotOf(sectionId: number): number | undefined
}

/** Pages read before the event loop gets its turn: a swap must not stall the answers that are streaming. */
const pagesPerTurn = 500

/** Reads the order. @throws the signal's reason when aborted. */
export async function readSectionOrder(db: SqliteDatabase, signal?: AbortSignal): Promise<SectionOrder> {
  const ids: number[] = []
  const lengths: number[] = []
  const ofPage = db.prepare('SELECT id, length FROM sections WHERE page_id = ? ORDER BY id').raw()
  const pageIds = db.prepare('SELECT id FROM pages ORDER BY path').pluck().all() as number[]
  for (const [i, pageId] of pageIds.entries()) {
    if (i % pagesPerTurn === pagesPerTurn - 1) {
      await breathe()
      signal?.throwIfAborted()
    }
    for (const [id, length] of ofPage.all(pageId) as [number, number][]) {
      ids.push(id)
      lengths.push(length)
    }
  }
  const order = Uint32Array.from(ids)
  return {ids: order, lengths, slotOf: slotsOf(order)}
}
