import type {QuotableBlock, QuotableUnit} from '../domain/index.ts'
import {fencedCode} from '../text/literal-markdown.ts'

/**
 * Quotable blocks as they are stored: JSON without redundant fields, which halves it. A block is
 * `{k, p, u}` with its kind, its position and its units, and `h`, `t`, `n` where it has a heading, a table's header or
 * is navigation. A unit is `[text, markdown, start line, lines below it, 1 for a lead-in]`, where the Markdown is
 *
 * - for code the language, from which the fence is made
 * - `0` where it equals the text, `1` where it is the text after `- `
 */
interface StoredBlock {
  readonly k: QuotableBlock['kind']
  readonly p: number
  readonly h?: string
  readonly t?: readonly [head: string, text: string]
  readonly n?: 1
  readonly u: readonly StoredUnit[]
}

type StoredUnit = readonly [
  text: string,
  markdown: string | 0 | 1,
  startLine: number,
  linesBelow: number,
  leadIn?: 1,
]

const unitKinds = {
  paragraph: 'sentence',
  list: 'item',
  steps: 'step',
  table: 'row',
  code: 'code',
} as const satisfies Record<QuotableBlock['kind'], QuotableUnit['kind']>

export function encodeBlocks(blocks: readonly QuotableBlock[]): string {
  return JSON.stringify(
    blocks.map(
      ({kind, position, heading, tableHead, tableHeadText, isNavigation, units}): StoredBlock => ({
        k: kind,
        p: position,
        ...(heading === '' ? {} : {h: heading}),
        ...(tableHead === '' ? {} : {t: [tableHead, tableHeadText]}),
        ...(isNavigation ? {n: 1} : {}),
        u: units.map(storedUnit),
      }),
    ),
  )
}

export function decodeBlocks(json: string): QuotableBlock[] {
  return (JSON.parse(json) as StoredBlock[]).map(({k: kind, p: position, h = '', t = ['', ''], n, u}) => ({
    kind,
    position,
    heading: h,
    tableHead: t[0],
    tableHeadText: t[1],
    isNavigation: n === 1,
    units: u.map((unit) => unitFrom(unit, unitKinds[kind])),
  }))
}

function storedUnit({kind, markdown, text, isLeadIn, startLine, endLine}: QuotableUnit): StoredUnit {
  const short =
    kind === 'code' ? languageOf(markdown) : markdown === text ? 0 : markdown === `- ${text}` ? 1 : markdown
  const lines = [startLine, endLine - startLine] as const
  return isLeadIn ? [text, short, ...lines, 1] : [text, short, ...lines]
}

function unitFrom(
  [text, short, startLine, linesBelow, leadIn]: StoredUnit,
  kind: QuotableUnit['kind'],
): QuotableUnit {
  const markdown =
    short === 0 ? text : short === 1 ? `- ${text}` : kind === 'code' ? fencedCode(text, short) : short
  return {kind, markdown, text, isLeadIn: leadIn === 1, startLine, endLine: startLine + linesBelow}
}

/** The language after the backticks that open a code block. */
function languageOf(markdown: string): string {
  return /^`+(.*)/.exec(markdown)![1]!
}
