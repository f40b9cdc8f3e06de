import type {Blockquote, Code, List, ListItem, Nodes, Paragraph, Table, TableCell} from 'mdast'
import type {QuotableBlock, QuotableUnit} from '../domain/index.ts'
import {countWords} from '../text/words.ts'
import type {FlatSource} from './flat-source.ts'
import {codeTitleOf, plainTextOfNode} from './plain-text.ts'
import {inlinePieces} from './quoting/inline-pieces.ts'
import {bulletOf, listUnit} from './quoting/list-blocks.ts'
import {codeUnit, quotableBlocksOf} from './quoting/quotable-blocks.ts'
import {joinedSentences, sentenceUnits} from './quoting/sentence-units.ts'
import {blockOf, paragraphOf, type UnplacedBlock} from './quoting/unplaced-block.ts'

/** Target number of words of a passage, and the maximum of whole blocks. */
export const passageBudget = {target: 110, max: 200} as const

/** Text that is not split further, with what can be quoted from it. */
export interface Piece {
  readonly text: string
  readonly words: number
  readonly startLine: number
  readonly endLine: number
  /** Whether it announces what follows ("…:"), so that it should not end a passage. */
  readonly isLeadIn: boolean
  /** Whether it names what follows, as a term its definition and a tab its content. */
  readonly isLabel: boolean
  readonly blocks: readonly QuotableBlock[]
}

/** Splits the blocks of one section into pieces within the budget and numbers what can be quoted. */
export class SectionPieces {
  readonly #source: FlatSource
  #nextPosition = 0

  constructor(source: FlatSource) {
    this.#source = source
  }

  of(nodes: readonly Nodes[]): Piece[] {
    return nodes.flatMap((node) => this.#ofNode(node))
  }

  #ofNode(node: Nodes): Piece[] {
    if (node.type === 'footnoteDefinition') return this.of(node.children)
    const text = plainTextOfNode(node)
    if (text.trim() === '') return []
    if (countWords(text) > passageBudget.max) {
      if (node.type === 'list') return this.#ofList(node)
      if (node.type === 'blockquote') return this.#ofQuote(node)
      if (node.type === 'table') return this.#ofTable(node)
      if (node.type === 'code') return this.#ofCode(node)
      if (node.type === 'paragraph') return this.#ofSentences(node)
    }
    const piece = this.#piece(text, node, quotableBlocksOf(node, this.#source))
    return [node.type === 'paragraph' && isLabel(piece) ? {...piece, isLabel: true} : piece]
  }

  #ofList(list: List): Piece[] {
    const isNavigation = quotableBlocksOf(list, this.#source)[0]?.isNavigation ?? false
    let position: number | null = null
    return list.children.flatMap((item, index) => {
      const text = plainTextOfNode(item)
      if (text.trim() === '') return []
      if (countWords(text) > passageBudget.max) {
        position = null
        return this.#ofItem(item, list, index)
      }
      const part: List = {...list, children: [item], start: (list.start ?? 1) + index}
      const blocks = quotableBlocksOf(part, this.#source).map((block) => ({...block, isNavigation}))
      position ??= this.#nextPosition++
      return [this.#piece(text, item, blocks, position)]
    })
  }

  /** The bullet stays with the beginning of the item's first block. */
  #ofItem(item: ListItem, list: List, index: number): Piece[] {
    const position = this.#nextPosition++
    const [first, ...others] = this.of(item.children)
    if (first === undefined) return []
    const [opening, ...rest] = first.blocks
    if (opening?.kind !== 'paragraph') return [first, ...others]
    const kind = list.ordered ? 'step' : 'item'
    const unit = listUnit(kind, bulletOf(list, index), {
      markdown: joinedSentences(opening.units, 'markdown'),
      text: joinedSentences(opening.units, 'text'),
      startLine: opening.units[0]!.startLine,
      endLine: opening.units.at(-1)!.endLine,
    })
    const blocks = [
      {...opening, position, kind: list.ordered ? 'steps' : 'list', units: [unit]} as const,
      ...rest,
    ]
    return [{...first, blocks}, ...others]
  }

  #ofQuote(quote: Blockquote): Piece[] {
    let heading = ''
    return quote.children.flatMap((child): Piece[] => {
      if (child.type !== 'heading')
        return this.#ofNode(child).map((piece) => ({
          ...piece,
          blocks: piece.blocks.map((block) => (block.heading === '' ? {...block, heading} : block)),
        }))
      heading = plainTextOfNode(child)
      return heading === '' ? [] : [{...this.#piece(heading, child, []), isLabel: true}]
    })
  }

  #ofCode(code: Code): Piece[] {
    const firstLine = this.#source.startLineOf(code)
    const lastLine = this.#source.endLineOf(code)
    const {start, end} = code.position!
    const isFenced = /^\s*(?:`{3}|~{3})/.test(this.#source.text.slice(start.offset, end.offset))
    const lineAt = (n: number): number => Math.min(firstLine + n + (isFenced ? 1 : 0), lastLine)
    const title = codeTitleOf(code.meta)
    const position = this.#nextPosition++
    const lines = code.value.split('\n').flatMap((line, n) => splitLine(line).map((part) => ({part, n})))
    return grouped(lines, ({part}) => countWords(part)).map((group, index) => {
      const body = group.map(({part}) => part).join('\n')
      const range = {startLine: lineAt(group[0]!.n), endLine: lineAt(group.at(-1)!.n)}
      const unit = codeUnit(body, code.lang, range)
      return pieceOf(
        index === 0 && title !== null ? `${title}\n${body}` : body,
        range,
        unit === null ? [] : [{...blockOf('code', [unit]), position}],
      )
    })
  }

  #ofTable(table: Table): Piece[] {
    const [header, ...rows] = table.children
    if (header === undefined || rows.length === 0) return [this.#piece(plainTextOfNode(table), table, [])]
    const heading = plainTextOfNode(header)
    let position: number | null = null
    return grouped(rows, (row) => countWords(plainTextOfNode(row))).flatMap((group, index) => {
      const [row] = group
      if (group.length === 1 && countWords(plainTextOfNode(row!)) > passageBudget.max) {
        // A row that alone exceeds the budget: its cells become paragraphs.
        position = null
        const cells = row!.children.flatMap((cell) => this.#ofSentences(cell))
        const isFirst = index === 0 && heading !== '' && cells.length > 0
        return isFirst ? [this.#piece(heading, header, []), ...cells] : cells
      }
      const texts = group.map((one) => plainTextOfNode(one)).filter(Boolean)
      position ??= this.#nextPosition++
      const blocks = quotableBlocksOf({...table, children: [header, ...group]}, this.#source)
      return [
        pieceOf(
          (index === 0 && heading !== '' ? [heading, ...texts] : texts).join('\n'),
          {
            startLine: this.#source.startLineOf(index === 0 ? table : row!),
            endLine: this.#source.endLineOf(group.at(-1)!),
          },
          blocks.map((block) => ({...block, position: position!})),
        ),
      ]
    })
  }

  #ofSentences(paragraph: Paragraph | TableCell): Piece[] {
    const position = this.#nextPosition++
    const sentences = sentenceUnits(inlinePieces(paragraph.children, this.#source))
    return grouped(sentences, ({text}) => countWords(text)).map((group) =>
      pieceOf(
        joinedSentences(group, 'text'),
        {startLine: group[0]!.startLine, endLine: group.at(-1)!.endLine},
        paragraphOf(group).map((block) => ({...block, position})),
      ),
    )
  }

  /** A whole node as a piece. Its blocks get new positions, or the given one. */
  #piece(text: string, node: Nodes, blocks: readonly UnplacedBlock[], position?: number): Piece {
    return pieceOf(
      text,
      {startLine: this.#source.startLineOf(node), endLine: this.#source.endLineOf(node)},
      blocks.map((block) => ({...block, position: position ?? this.#nextPosition++})),
    )
  }
}

function pieceOf(
  text: string,
  {startLine, endLine}: Pick<QuotableUnit, 'startLine' | 'endLine'>,
  blocks: readonly QuotableBlock[],
): Piece {
  const isLeadIn = /[:：]\s*$/.test(text)
  return {text, words: countWords(text), startLine, endLine, isLeadIn, isLabel: false, blocks}
}

/** The most words of a label. */
const maxLabel = 12

/** A few words that are no sentence. */
function isLabel({text, words}: Piece): boolean {
  return words <= maxLabel && /[^.!?;…。！？]["'”’»)\]]*\s*$/u.test(text)
}

/** A line that alone exceeds the budget is split between words, and where it has no spaces, as minified JSON, within. */
function splitLine(line: string): string[] {
  if (countWords(line) <= passageBudget.max) return [line]
  return grouped(line.match(/\S{1,400}\s*|\s+/g) ?? [line], countWords).map((words) =>
    words.join('').trimEnd(),
  )
}

/** Groups consecutive items up to the target; each group has at least one. */
function grouped<T>(items: readonly T[], wordsOf: (item: T) => number): T[][] {
  const groups: T[][] = []
  let words = Number.POSITIVE_INFINITY
  for (const item of items) {
    const count = wordsOf(item)
    if (words + count > passageBudget.target + 10) {
      groups.push([item])
      words = count
    } else {
      groups.at(-1)!.push(item)
      words += count
    }
  }
  return groups
}
