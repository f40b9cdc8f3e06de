import type {BuildRecords} from '../search-index/index.ts'
import type {PageChange} from './ingest-report.ts'

/**
 * Vectors of the passages that an edit touched, at most `limit`, spread over the pages that changed: first those that are
 * new or gone, then those that were stored again with their page. Only pages that changed are read, `limit` at most.
 */
export function changedVectorsOf(
  changes: readonly PageChange[],
  before: BuildRecords,
  after: BuildRecords,
  limit: number,
): Float32Array[] {
  const fresh = new Map<string, BuildRecords>()
  const storedAgain = new Map<string, BuildRecords>()
  for (const {path, from} of spread(changes, limit)) {
    const old = new Set(before.embeddingHashesOf(from ?? path))
    const now = new Set(after.embeddingHashesOf(path))
    for (const hash of now) (old.has(hash) ? storedAgain : fresh).set(hash, after)
    for (const hash of old) if (!now.has(hash)) fresh.set(hash, before)
  }
  const first = spread([...fresh], limit)
  return [...first, ...spread([...storedAgain], limit - first.length)].flatMap(
    ([hash, records]) => records.vectorFor(hash) ?? [],
  )
}

/** Passages whose vectors an edit removed or stored, also again: those of pages that kept every text are stored anew. */
export function touchedPassagesOf(changes: readonly PageChange[]): number {
  return changes.reduce((sum, {passages: {added, kept, removed}}) => sum + added + kept + removed, 0)
}

/** At most `limit` of the items, evenly spread over all. */
export function spread<T>(items: readonly T[], limit: number): readonly T[] {
  if (items.length <= limit) return items
  return Array.from({length: limit}, (_, at) => items[Math.floor((at * items.length) / limit)]!)
}
