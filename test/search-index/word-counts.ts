/** How often a term stands in the title, the headings and the text of a section. */
export type Counts = readonly [title: number, headings: number, text: number]

export interface CountedSection {
  readonly length: number
  /** Of terms `0`, `1`, `2`, …; none of those that are left out. */
  readonly terms: readonly Counts[]
}

/** Sections with numbers 10, 20, 30 and so on, and postings as the word index returns them. */
export function wordCounts(sections: readonly CountedSection[]) {
  const ids = Uint32Array.from(sections, (_, slot) => 10 * (slot + 1))
  const order = {
    ids,
    lengths: sections.map(({length}) => length),
    slotOf: (id: number) => (id % 10 === 0 && id <= 10 * sections.length ? id / 10 - 1 : undefined),
  }
  const postings = (term: string): Uint32Array =>
    Uint32Array.from(
      sections.flatMap(({terms}, slot) => {
        const [title, headings, text] = terms[Number(term)] ?? [0, 0, 0]
        const packed = title * 0x1000000 + headings * 0x10000 + text
        return packed === 0 ? [] : [packed, ids[slot]!]
      }),
    )
  return {order, postings}
}
