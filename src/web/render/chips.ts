import {element, type RenderNode} from './tree.ts'

/** A citation at its place in the text: the number and address of its source. */
export interface Chip {
  readonly n: number
  readonly start: number
  readonly end: number
  readonly href: string
  /** Label for screen readers: "Source 2: Install, Requirements". */
  readonly label: string
  /** Base of the relative links in the cited text. */
  readonly base: string | null
  /** What is quoted, which the link marks. Absent from an earlier widget. */
  readonly quotes?: readonly string[]
}

/**
 * The chip for citations of one source at one place; `data-spans` identifies them.
 * @param href where it leads; default: to the source, without a mark on what is quoted
 */
export function chipNode(chips: readonly Chip[], href = chips[0]!.href): RenderNode {
  const {n, label} = chips[0]!
  const spans = chips.map(spanOf).join(' ')
  return element(
    'a',
    {class: 'cite', href, 'data-n': String(n), 'data-spans': spans, 'aria-label': label},
    String(n),
  )
}

/** Identifies a citation among those of its source. */
export function spanOf({start, end}: {readonly start: number; readonly end: number}): string {
  return `${start}-${end}`
}
