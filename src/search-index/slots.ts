/**
 * Maps an id to its index in `ids`; undefined for an unknown id. Ids have few gaps: an array is smaller and faster than
 * a Map.
 */
export function slotsOf(ids: Uint32Array): (id: number) => number | undefined {
  const largest = ids.reduce((max, id) => Math.max(max, id), 0)
  const slots = new Int32Array(largest + 1).fill(-1)
  ids.forEach((id, slot) => {
    slots[id] = slot
  })
  return (id) => {
    const slot = slots[id]
    return slot === undefined || slot < 0 ? undefined : slot
  }
}
