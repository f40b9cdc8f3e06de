/**
 * A postings list says in which sections a term stands, in the order of their numbers. In memory it is a `Uint32Array`
 * of pairs, on disk the same bytes, little-endian, so that a list is read without being decoded:
 *
 *     0        2          3       4          8
 *     in its   in its     in its  section    the next one
 *     text     headings   title   number         (u16, u8, u8, u32; counts are capped)
 *
 * A pair whose counts are 0 occurs only among changes: the term no longer stands in that section.
 */
export type PostingsList = Uint32Array

/** Bytes of one posting. */
export const postingBytes = 8

/** The columns of a section as their counts are packed into one number. */
export const columns = {
  title: {unit: 0x1000000, most: 0xff},
  headings: {unit: 0x10000, most: 0xff},
  text: {unit: 1, most: 0xffff},
} as const

/** One more occurrence in a column. A column that is full stays as it is. */
export function withOneMore(
  counts: number,
  {unit, most}: {readonly unit: number; readonly most: number},
): number {
  return Math.floor(counts / unit) % (most + 1) === most ? counts : counts + unit
}

/** Copies only when the memory is not aligned. */
export function postingsFromBlob(blob: Uint8Array): PostingsList {
  const aligned = blob.byteOffset % 4 === 0 ? blob : blob.slice()
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength >>> 2)
}

export function postingsToBlob(list: PostingsList): Uint8Array {
  return new Uint8Array(list.buffer, list.byteOffset, list.byteLength)
}

/** A list with changes applied, in the order they were made: sections are added behind those stored, or removed. */
export function withChanges(stored: PostingsList, changes: PostingsList): PostingsList {
  const removed = new Set<number>()
  for (let i = 0; i < changes.length; i += 2) if (changes[i] === 0) removed.add(changes[i + 1]!)
  const list = new Uint32Array(stored.length + changes.length)
  if (removed.size === 0) {
    list.set(stored)
    list.set(changes, stored.length)
    return list
  }
  let length = 0
  for (const pairs of [stored, changes]) {
    for (let i = 0; i < pairs.length; i += 2) {
      if (removed.has(pairs[i + 1]!)) continue
      list[length++] = pairs[i]!
      list[length++] = pairs[i + 1]!
    }
  }
  return list.subarray(0, length)
}
