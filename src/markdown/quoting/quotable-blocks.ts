import type {Code, Heading, Nodes, RootContent, Table} from 'mdast'
import type {QuotableUnit} from '../../domain/index.ts'
import {fencedCode, literal} from '../../text/literal-markdown.ts'
import type {FlatSource} from '../flat-source.ts'
import {inlinePieces, isOnlyImages, markdownOfPieces, textOfPieces} from './inline-pieces.ts'
import {listBlocks} from './list-blocks.ts'
import {sentenceUnits} from './sentence-units.ts'
import {blockOf, paragraphOf, type UnplacedBlock} from './unplaced-block.ts'

/**
 * What can be quoted from a node of the syntax tree, in order. Empty for what shows no words, and for images alone: their
 * alternative text is not a sentence.
 */
export function quotableBlocksOf(node: Nodes, source: FlatSource): UnplacedBlock[] {
  switch (node.type) {
    case 'paragraph':
      return isOnlyImages(node.children)
        ? []
        : paragraphOf(sentenceUnits(inlinePieces(node.children, source)))
    case 'heading':
      return labelBlocks(node, source)
    case 'blockquote':
    case 'footnoteDefinition':
      return blocksUnderHeadings(node.children, source)
    case 'code':
      return codeBlocks(node, source)
    case 'list':
      return listBlocks(node, source, quotableBlocksOf)
    case 'table':
      return tableBlocks(node, source)
    default:
      return []
  }
}

/** Blocks in order, each with the heading it is under. */
export function blocksUnderHeadings(nodes: readonly RootContent[], source: FlatSource): UnplacedBlock[] {
  let heading = ''
  return nodes.flatMap((node) => {
    if (node.type === 'heading') {
      heading = textOfPieces(inlinePieces(node.children, source)).replace(/\s+/g, ' ')
      return []
    }
    return quotableBlocksOf(node, source).map((block) => (block.heading === '' ? {...block, heading} : block))
  })
}

/** A heading inside an item is a label over some lines: its text, bold. */
function labelBlocks(heading: Heading, source: FlatSource): UnplacedBlock[] {
  const units = sentenceUnits(inlinePieces(heading.children, source))
  return paragraphOf(units.map((unit) => ({...unit, markdown: `**${literal(unit.text)}**`})))
}

function codeBlocks(code: Code, source: FlatSource): UnplacedBlock[] {
  const lines = {startLine: source.startLineOf(code), endLine: source.endLineOf(code)}
  const unit = codeUnit(code.value, code.lang, lines)
  return unit === null ? [] : [blockOf('code', [unit])]
}

/** Code as a unit; null where it is blank. */
export function codeUnit(
  code: string,
  language: string | null | undefined,
  lines: Pick<QuotableUnit, 'startLine' | 'endLine'>,
): QuotableUnit | null {
  const text = code.trimEnd()
  if (text === '') return null
  return {kind: 'code', markdown: fencedCode(text, language ?? ''), text, isLeadIn: false, ...lines}
}

function tableBlocks(table: Table, source: FlatSource): UnplacedBlock[] {
  const [header, ...rows] = table.children
  if (header === undefined || rows.length === 0) return []
  const cellsOf = (row: Table['children'][number]) =>
    row.children.map((cell) => {
      const pieces = inlinePieces(cell.children, source)
      const markdown = markdownOfPieces(pieces)
        .replace(/\s+/g, ' ')
        .replace(/(?<!\\)\|/g, '\\|')
      return {markdown, text: textOfPieces(pieces)}
    })
  // A row may have fewer cells than the header.
  const lineOf = (cells: readonly {readonly markdown: string}[]): string =>
    `| ${Array.from(header.children, (_, at) => cells[at]?.markdown ?? '').join(' | ')} |`
  const textOf = (cells: readonly {readonly text: string}[]): string => cells.map(({text}) => text).join(' ')
  const heads = cellsOf(header)
  const delimiters = header.children.map((_, at) => delimiterOf(table.align?.[at]))
  const units = rows.map((row): QuotableUnit => {
    const cells = cellsOf(row)
    return {
      kind: 'row',
      markdown: lineOf(cells),
      text: textOf(cells),
      isLeadIn: false,
      startLine: source.startLineOf(row),
      endLine: source.endLineOf(row),
    }
  })
  const tableHead = `${lineOf(heads)}\n| ${delimiters.join(' | ')} |`
  return [blockOf('table', units, {tableHead, tableHeadText: textOf(heads)})]
}

function delimiterOf(align: 'left' | 'right' | 'center' | null | undefined): string {
  return align === 'center' ? ':-:' : align === 'right' ? '--:' : '---'
}
