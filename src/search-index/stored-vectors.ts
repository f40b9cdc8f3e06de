import {setImmediate as yieldToEventLoop} from 'node:timers/promises'
import {dotAt} from '../lib/vector-math.ts'
import type {SqliteDatabase} from '../native/index.ts'
import type {Manifest, VectorHit} from './build.ts'
import {checkVector, isZero} from './hnsw.ts'
import {slotsOf} from './slots.ts'
import {TopK} from './top-k.ts'
import {VectorSketches} from './vector-sketches.ts'

/** Rows read before yielding to the event loop: a swap must not stall answers that are streaming. */
const rowsPerTurn = 2_000

/** One entry a passage, by ascending passage id. */
export interface VectorColumns {
  /** The vectors, concatenated. */
  readonly values: Float32Array
  readonly passageIds: Uint32Array
  readonly sectionIds: Uint32Array
  /** 0 for a zero vector, which has no neighbours. */
  readonly hasDirection: Uint8Array
}

/** The vectors of a build's passages, all in memory, by ascending passage id. */
export class StoredVectors {
  readonly #dimensions: number
  readonly #values: Float32Array
  readonly #passageIds: Uint32Array
  readonly #sectionIds: Uint32Array
  readonly #hasDirection: Uint8Array
  readonly #slotOf: (passageId: number) => number | undefined

  constructor(dimensions: number, columns: VectorColumns) {
    this.#dimensions = dimensions
    this.#values = columns.values
    this.#passageIds = columns.passageIds
    this.#sectionIds = columns.sectionIds
    this.#hasDirection = columns.hasDirection
    this.#slotOf = slotsOf(columns.passageIds)
  }

  /** A vector that is not zero; null when there is none. */
  get sample(): Float32Array | null {
    const slot = this.#hasDirection.indexOf(1)
    return slot < 0 ? null : this.#at(slot)
  }

  /** The stored vector of a passage, read-only; null for an unknown id. */
  of(passageId: number): Float32Array | null {
    const slot = this.#slotOf(passageId)
    return slot === undefined ? null : this.#at(slot)
  }

  /** The section of a passage; undefined for an unknown id. */
  sectionOf(passageId: number): number | undefined {
    const slot = this.#slotOf(passageId)
    return slot === undefined ? undefined : this.#sectionIds[slot]
  }

  /** Nearest passages, best first, by comparing with every vector. @throws TypeError as `checkVector` does. */
  nearest(vector: Float32Array, k: number): VectorHit[] {
    checkVector(vector, this.#dimensions)
    const top = new TopK(k)
    for (let slot = 0; slot < this.#passageIds.length; slot++) this.#offer(top, slot, vector)
    return this.#hitsOf(top)
  }

  /** The slots of the passages of some sections, ascending. */
  slotsIn(includes: (sectionId: number) => boolean): Uint32Array {
    return Uint32Array.from(this.#sectionIds.keys()).filter((slot) => includes(this.#sectionIds[slot]!))
  }

  /** Sketches of all vectors, by slot. */
  sketches(): Promise<VectorSketches> {
    return VectorSketches.of(this.#values, this.#dimensions)
  }

  /** The same, while the event loop waits: a second for each 300,000 passages. */
  sketchesAtOnce(): VectorSketches {
    return VectorSketches.atOnce(this.#values, this.#dimensions)
  }

  /** The same among the passages in these slots: the places of their ids in ascending order. */
  nearestAmong(slots: Uint32Array, vector: Float32Array, k: number): VectorHit[] {
    const top = new TopK(k)
    for (let at = 0; at < slots.length; at++) this.#offer(top, slots[at]!, vector)
    return this.#hitsOf(top)
  }

  #offer(top: TopK, slot: number, vector: Float32Array): void {
    if (this.#hasDirection[slot] === 0) return
    top.offer(slot, dotAt(vector, this.#values, slot * this.#dimensions))
  }

  #hitsOf(top: TopK): VectorHit[] {
    return top.best().map(({slot, score}) => ({
      passageId: this.#passageIds[slot]!,
      sectionId: this.#sectionIds[slot]!,
      similarity: score,
    }))
  }

  #at(slot: number): Float32Array {
    return this.#values.subarray(slot * this.#dimensions, (slot + 1) * this.#dimensions)
  }
}

/** Reads all vectors of a build. @throws Error when they do not match the manifest; the signal's reason when aborted. */
export async function readVectors(
  db: SqliteDatabase,
  {counts, embedding: {dimensions}}: Pick<Manifest, 'counts' | 'embedding'>,
  signal?: AbortSignal,
): Promise<StoredVectors> {
  const count = counts.passages
  const values = new Float32Array(count * dimensions)
  const bytes = new Uint8Array(values.buffer)
  const passageIds = new Uint32Array(count)
  const sectionIds = new Uint32Array(count)
  const hasDirection = new Uint8Array(count)
  const next = db
    .prepare(
      `SELECT p.id, p.section_id, v.vector FROM passages p JOIN vectors v ON v.passage_id = p.id
       WHERE p.id > ? ORDER BY p.id LIMIT ?`,
    )
    .raw()
  let slot = 0
  let last = 0
  for (;;) {
    signal?.throwIfAborted()
    const rows = next.all(last, rowsPerTurn) as [number, number, Buffer][]
    for (const [passageId, sectionId, vector] of rows) {
      if (slot === count || vector.byteLength !== dimensions * 4)
        throw new Error('vectors do not match the manifest')
      passageIds[slot] = passageId
      sectionIds[slot] = sectionId
      bytes.set(vector, slot * dimensions * 4)
      hasDirection[slot] = isZero(values.subarray(slot * dimensions, (slot + 1) * dimensions)) ? 0 : 1
      last = passageId
      slot++
    }
    if (rows.length < rowsPerTurn) break
    await yieldToEventLoop()
  }
  if (slot !== count) throw new Error(`the manifest has ${count} passages, the database ${slot}`)
  return new StoredVectors(dimensions, {values, passageIds, sectionIds, hasDirection})
}
