import {setImmediate as yieldToEventLoop} from 'node:timers/promises'
import type {SqliteDatabase} from '../native/index.ts'
import {slotsOf} from './slots.ts'

/** The sections of a build in reading order: by path of the page, then in page order. */
export interface SectionOrder {
  /** Section ids; the index of one is its slot. */
  readonly ids: Uint32Array
  /** Number of terms by slot; 0 for a section that is not in the word index. */
  readonly lengths: readonly number[]
  slotOf(sectionId: number): number | undefined
}

/** Pages read before yielding to the event loop: a swap must not stall answers that are streaming. */
const pagesPerTurn = 500

/** Reads the order. @throws the signal's reason when aborted. */
export async function readSectionOrder(
  db: SqliteDatabase,
  signal?: AbortSignal,
): Promise<SectionOrder & {readonly passages: number}> {
  const ids: number[] = []
  const lengths: number[] = []
  let passages = 0
  const ofPage = db
    .prepare('SELECT id, length, passage_count FROM sections WHERE page_id = ? ORDER BY id')
    .raw()
  const pageIds = db.prepare('SELECT id FROM pages ORDER BY path').pluck().all() as number[]
  for (const [i, pageId] of pageIds.entries()) {
    if (i % pagesPerTurn === pagesPerTurn - 1) {
      await yieldToEventLoop()
      signal?.throwIfAborted()
    }
    for (const [id, length, count] of ofPage.all(pageId) as [number, number, number][]) {
      ids.push(id)
      lengths.push(length)
      passages += count
    }
  }
  const order = Uint32Array.from(ids)
  return {ids: order, lengths, passages, slotOf: slotsOf(order)}
}

/** The order of some sections alone. */
export function orderOf(
  {ids, lengths}: SectionOrder,
  includes: (sectionId: number) => boolean,
): SectionOrder {
  const slots = [...ids.keys()].filter((slot) => includes(ids[slot]!))
  const kept = Uint32Array.from(slots, (slot) => ids[slot]!)
  return {ids: kept, lengths: slots.map((slot) => lengths[slot]!), slotOf: slotsOf(kept)}
}
