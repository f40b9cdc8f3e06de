/** Something that can be quoted whole. Computed once, when a page is ingested. */
export interface QuotableUnit {
  /** `item` is one of an unordered list, `step` one of an ordered list, `code` a whole code block. */
  readonly kind: 'sentence' | 'item' | 'step' | 'row' | 'code'
  /**
   * Clean Markdown that is well-formed alone: links keep their text, and their address only where it is absolute;
   * images are their alternative text; raw HTML and footnote marks are removed; fences are closed. An item has its
   * bullet, a step its number; a row is its line of the table.
   */
  readonly markdown: string
  /** Its visible words, in the order of the passage's text; white space may differ. */
  readonly text: string
  /** Whether it announces what follows, as a sentence that ends in a colon before a list. */
  readonly isLeadIn: boolean
  /** One-based lines of the source file. */
  readonly startLine: number
  readonly endLine: number
}

/** A paragraph, list, table or code block of a section, as the units that can be quoted from it. */
export interface QuotableBlock {
  readonly kind: 'paragraph' | 'list' | 'steps' | 'table' | 'code'
  /** Its index among the blocks of its section. One that is split by the end of a passage continues in the next under the same index. */
  readonly position: number
  /** The heading inside the section that it is under, as in a blockquote; empty where that is the section's own. */
  readonly heading: string
  /** A table's header and delimiter lines; empty for all other kinds. */
  readonly tableHead: string
  /** The visible words of the table's header. */
  readonly tableHeadText: string
  /** Whether it is a list of mostly links, which answers nothing itself. */
  readonly isNavigation: boolean
  /** In order; never empty. */
  readonly units: readonly QuotableUnit[]
}

/** A block as it would stand in a page, with the heading inside the section that it is under. */
export function markdownOfBlock({kind, heading, tableHead, units}: QuotableBlock): string {
  const lines = units.map(({markdown}) => markdown)
  const body = kind === 'paragraph' ? lines.join(' ') : [tableHead, ...lines].filter(Boolean).join('\n')
  return heading === '' ? body : `**${heading}**\n\n${body}`
}

/** The blocks of consecutive passages, with split blocks joined again. */
export function joinedBlocks(blocks: readonly QuotableBlock[]): QuotableBlock[] {
  const joined: QuotableBlock[] = []
  for (const block of blocks) {
    const last = joined.at(-1)
    if (last?.position === block.position)
      joined[joined.length - 1] = {...last, units: [...last.units, ...block.units]}
    else joined.push(block)
  }
  return joined
}
