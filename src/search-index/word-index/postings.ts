/**
 * Where a word stands. In memory one number a section, `section * 2^32 + counts`, because most words stand in
 * few sections and an array of doubles is the smallest thing that grows; on disk the same 64 bits, little-endian:
 *
 *     0        2          3       4
 *     in its   in its     in its  section
 *     text     headings   title   number         (u16, u8, u8, u32; counts are capped)
 */
export function packPosting(section: number, title: number, headings: number, text: number): number {
  const counts = Math.min(255, title) * 0x1000000 + Math.min(255, headings) * 0x10000 + Math.min(65_535, text)
  return section * 0x100000000 + counts
}

export function sectionOfPosting(posting: number): number {
  return Math.floor(posting / 0x100000000)
}

export function postingsToBlob(postings: readonly number[]): Uint8Array {
  const words = new Uint32Array(postings.length * 2)
  for (let i = 0; i < postings.length; i++) {
    words[2 * i] = postings[i]! % 0x100000000
    words[2 * i + 1] = sectionOfPosting(postings[i]!)
  }
  return new Uint8Array(words.buffer)
}

/** A blob as pairs of counts and section number. Copies only when the memory is not aligned. */
export function postingsOf(blob: Uint8Array): Uint32Array {
  const aligned = blob.byteOffset % 4 === 0 ? blob : blob.slice()
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength >>> 2)
}

/** A blob without the postings of some sections, and with others added; null when nothing changes. */
export function editPostings(
  blob: Uint8Array,
  removed: ReadonlySet<number>,
  added: readonly number[],
): Uint8Array | null {
  const pairs = postingsOf(blob)
  const isTouched = removed.size > 0 && hasAny(pairs, removed)
  if (!isTouched && added.length === 0) return null
  let kept = 0
  const left = new Uint32Array(pairs.length)
  for (let i = 0; i < pairs.length; i += 2) {
    if (isTouched && removed.has(pairs[i + 1]!)) continue
    left[kept++] = pairs[i]!
    left[kept++] = pairs[i + 1]!
  }
  const more = postingsToBlob(added)
  const edited = new Uint8Array(kept * 4 + more.byteLength)
  edited.set(new Uint8Array(left.buffer, 0, kept * 4))
  edited.set(more, kept * 4)
  return edited
}

function hasAny(pairs: Uint32Array, sections: ReadonlySet<number>): boolean {
  for (let i = 1; i < pairs.length; i += 2) if (sections.has(pairs[i]!)) return true
  return false
}
