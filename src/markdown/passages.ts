import type {
  Blockquote,
  Code,
  FootnoteDefinition,
  List,
  ListItem,
  Nodes,
  Paragraph,
  RootContent,
  Table,
  TableCell,
} from 'mdast'
import type {Passage} from '../domain/index.ts'
import {countWords} from '../text/words.ts'
import {type FlatSource, outdented} from './flat-source.ts'
import {codeTitleOf, plainTextOfNode} from './plain-text.ts'

/** Words a passage aims at, and the most that whole blocks may fill. */
export const passageBudget = {target: 110, max: 200} as const

/** A piece that is not cut further. */
interface Unit {
  readonly markdown: string
  readonly text: string
  readonly words: number
  readonly startLine: number
  readonly endLine: number
  /** What stands between it and the unit before: one line break inside a tight list, else a blank line. */
  readonly glue: '\n' | '\n\n'
  /** It announces what follows ("…:"), so it should not end a passage. */
  readonly leads: boolean
}

/**
 * Windows of a section's blocks, in order: cut between blocks; items, rows, lines and sentences are parted only where a
 * block alone is over the budget, and then a fence or a table's header is repeated in the Markdown. The texts, joined
 * by line breaks, are the section's text, each part once.
 */
export function passagesOf(blocks: readonly RootContent[], source: FlatSource): Passage[] {
  const passages: Passage[] = []
  let open: Unit[] = []
  let words = 0
  const close = (): void => {
    if (open.length > 0) passages.push(joined(open))
    open = []
    words = 0
  }
  for (const unit of blocks.flatMap((block) => unitsOf(block, source))) {
    const fits =
      words + unit.words <= passageBudget.target + 20 ||
      (words + unit.words <= passageBudget.max && (words < 40 || unit.words < 15 || open.at(-1)?.leads))
    if (open.length > 0 && !fits) {
      // A lead-in goes with what it announces.
      const lead = open.length > 1 && open.at(-1)!.leads ? open.pop()! : null
      close()
      if (lead) {
        open.push(lead)
        words = lead.words
      }
    }
    open.push(unit)
    words += unit.words
  }
  close()
  return passages
}

function joined(units: readonly Unit[]): Passage {
  return {
    markdown: units.map((unit, index) => (index === 0 ? '' : unit.glue) + unit.markdown).join(''),
    text: units.map((unit) => unit.text).join('\n'),
    startLine: units[0]!.startLine,
    endLine: units.at(-1)!.endLine,
  }
}

function unitsOf(node: Nodes, source: FlatSource): Unit[] {
  if (node.type === 'footnoteDefinition') return footnoteUnits(node, source)
  const text = plainTextOfNode(node)
  if (text.trim() === '') return []
  const words = countWords(text)
  if (words > passageBudget.max) {
    if (node.type === 'list') return listUnits(node, source)
    if (node.type === 'blockquote') return quoteUnits(node, source)
    if (node.type === 'table') return tableUnits(node, source)
    if (node.type === 'code') return codeUnits(node, source)
    if (node.type === 'paragraph') return sentenceUnits(node, source)
  }
  return [unit(source.blockOf(node), text, source.startLineOf(node), source.endLineOf(node))]
}

function unit(
  markdown: string,
  text: string,
  startLine: number,
  endLine: number,
  glue: Unit['glue'] = '\n\n',
): Unit {
  return {markdown, text, words: countWords(text), startLine, endLine, glue, leads: /[:：]\s*$/.test(text)}
}

function footnoteUnits(node: FootnoteDefinition, source: FlatSource): Unit[] {
  return node.children.flatMap((child) =>
    unitsOf(child, source).map((part) => ({...part, markdown: outdented(part.markdown, 4)})),
  )
}

function listUnits(list: List, source: FlatSource): Unit[] {
  const glue = list.spread ? '\n\n' : '\n'
  return list.children.flatMap((item, index) => {
    const text = plainTextOfNode(item)
    if (text.trim() === '') return []
    const units =
      countWords(text) <= passageBudget.max
        ? [unit(source.blockOf(item), text, source.startLineOf(item), source.endLineOf(item))]
        : itemUnits(item, source)
    return units.map((part, n) => (index > 0 && n === 0 ? {...part, glue: glue as Unit['glue']} : part))
  })
}

function itemUnits(item: ListItem, source: FlatSource): Unit[] {
  const units = item.children.flatMap((child) => unitsOf(child, source))
  const first = units[0]
  const start = item.children[0]?.position?.start
  if (!first || !start) return units
  // The marker stays with the item's first block.
  const marker = source.text.slice(item.position!.start.offset, start.offset).trim()
  const indent = ' '.repeat(marker.length + 1)
  const lines = first.markdown.split('\n')
  const markdown = lines
    .map((line, n) => (n === 0 ? `${marker} ${line}` : line === '' ? '' : indent + line))
    .join('\n')
  return [{...first, markdown}, ...units.slice(1)]
}

function quoteUnits(quote: Blockquote, source: FlatSource): Unit[] {
  return quote.children
    .flatMap((child) => unitsOf(child, source))
    .map((part) => ({...part, markdown: part.markdown.replace(/^/gm, '> ')}))
}

function codeUnits(code: Code, source: FlatSource): Unit[] {
  const longest = Math.max(2, ...[...code.value.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  const info = [code.lang, code.meta].filter(Boolean).join(' ')
  const title = codeTitleOf(code.meta)
  const firstLine = source.startLineOf(code)
  const fenced = /^\s*(?:`{3}|~{3})/.test(
    source.text.slice(code.position!.start.offset, code.position!.end.offset),
  )
  const lines = code.value.split('\n').flatMap((line, n) => splitLine(line).map((part) => ({part, n})))
  return grouped(lines, ({part}) => countWords(part)).map((group, index) => {
    const body = group.map(({part}) => part).join('\n')
    const text = index === 0 && title !== null ? `${title}\n${body}` : body
    const offset = fenced ? 1 : 0
    return unit(
      `${fence}${info}\n${body}\n${fence}`,
      text,
      Math.min(firstLine + group[0]!.n + offset, source.endLineOf(code)),
      Math.min(firstLine + group.at(-1)!.n + offset, source.endLineOf(code)),
    )
  })
}

/** A line that alone is over the budget is cut between words. */
function splitLine(line: string): string[] {
  if (countWords(line) <= passageBudget.max) return [line]
  return grouped(line.match(/\S+\s*|\s+/g) ?? [line], countWords).map((words) => words.join('').trimEnd())
}

function tableUnits(table: Table, source: FlatSource): Unit[] {
  const [header, ...rows] = table.children
  if (!header || rows.length === 0) {
    return [
      unit(source.blockOf(table), plainTextOfNode(table), source.startLineOf(table), source.endLineOf(table)),
    ]
  }
  const start = table.position!.start
  const rowOf = (row: Nodes): string => source.slice(row.position!.start.offset!, row.position!.end.offset!)
  const between = source.slice(header.position!.end.offset!, rows[0]!.position!.start.offset!)
  const delimiter = outdented(between, start.column - 1).trim()
  const head = `${rowOf(header)}\n${delimiter}`
  const heading = plainTextOfNode(header)
  return grouped(rows, (row) => countWords(plainTextOfNode(row))).flatMap((group, index) => {
    if (group.length === 1 && countWords(plainTextOfNode(group[0]!)) > passageBudget.max) {
      // A row that alone is over the budget: its cells become paragraphs.
      const cells = group[0]!.children.flatMap((cell) =>
        plainTextOfNode(cell).trim() === '' ? [] : sentenceUnits(cell, source),
      )
      const first = cells[0]
      if (index > 0 || heading === '' || !first) return cells
      return [unit(rowOf(header), heading, source.startLineOf(table), source.startLineOf(table)), ...cells]
    }
    const texts = group.map((row) => plainTextOfNode(row)).filter(Boolean)
    return unit(
      [head, ...group.map(rowOf)].join('\n'),
      (index === 0 && heading !== '' ? [heading, ...texts] : texts).join('\n'),
      index === 0 ? source.startLineOf(table) : source.startLineOf(group[0]!),
      source.endLineOf(group.at(-1)!),
    )
  })
}

function sentenceUnits(paragraph: Paragraph | TableCell, source: FlatSource): Unit[] {
  const from = paragraph.position!.start.offset!
  const to = paragraph.position!.end.offset!
  const cuts: number[] = []
  const softCuts: number[] = []
  for (const child of paragraph.children) {
    if (child.type === 'break') cuts.push(child.position!.end.offset!)
    if (child.type !== 'text') continue
    const start = child.position!.start.offset!
    const raw = source.text.slice(start, child.position!.end.offset!)
    for (const match of raw.matchAll(sentenceEnd)) cuts.push(start + match.index + match[0].length)
    for (const match of raw.matchAll(/\s+/g)) softCuts.push(start + match.index + match[0].length)
  }
  const pieces = cutAt(from, to, cuts).flatMap(([start, end]) =>
    countWords(source.text.slice(start, end)) <= passageBudget.max
      ? [[start, end] as const]
      : grouped(cutAt(start, end, softCuts), ([a, b]) => countWords(source.text.slice(a, b))).map(
          (group) => [group[0]![0], group.at(-1)![1]] as const,
        ),
  )
  const groups = grouped(pieces, ([a, b]) => countWords(source.text.slice(a, b)))
  const column = paragraph.position!.start.column - 1
  const firstFlatLine = paragraph.position!.start.line
  const lineAt = (offset: number): number => {
    let line = firstFlatLine
    for (
      let at = source.text.indexOf('\n', from);
      at >= 0 && at < offset;
      at = source.text.indexOf('\n', at + 1)
    )
      line++
    return source.sourceLine(line)
  }
  return groups
    .map((group) => {
      const start = group[0]![0]
      const end = group.at(-1)![1]
      const markdown = outdented(source.slice(start, end), column).trim()
      return unit(markdown, textBetween(paragraph, start, end, source), lineAt(start), lineAt(end - 1))
    })
    .filter((part) => part.text !== '')
}

/** The visible words of a paragraph's part; cuts lie only inside text nodes. */
function textBetween(
  paragraph: Paragraph | TableCell,
  start: number,
  end: number,
  source: FlatSource,
): string {
  let text = ''
  for (const child of paragraph.children) {
    const from = child.position!.start.offset!
    const to = child.position!.end.offset!
    if (to <= start || from >= end) continue
    if (child.type !== 'text' || (from >= start && to <= end)) {
      text += child.type === 'text' ? child.value : plainTextOfNode(child)
      continue
    }
    // Escapes and entities make the value shorter than its source, so the place is found by what comes before.
    const raw = source.text.slice(from, to)
    const a = decodedLength(raw.slice(0, Math.max(0, start - from)), child.value, raw)
    const b = to <= end ? child.value.length : decodedLength(raw.slice(0, end - from), child.value, raw)
    text += child.value.slice(a, b)
  }
  return text.replace(/\s+/g, ' ').trim()
}

function decodedLength(rawPrefix: string, value: string, raw: string): number {
  if (raw.length === value.length) return rawPrefix.length
  const decoded = rawPrefix
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
    .replace(/&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z]\w*);/gi, '·')
    .replace(/[ \t]*\n[ \t>]*/g, '\n')
  // To the next break between words: the cut was made at one.
  const near = Math.min(decoded.length, value.length)
  if (near === value.length || /\s/.test(value[near - 1] ?? ' ')) return near
  const space = value.slice(near).search(/\s/)
  return space < 0 ? value.length : near + space + 1
}

const sentenceEnd = /[.!?…]["'”’)\]]*\s+(?=["'“‘([]?[\p{Lu}\p{Lo}\p{N}`])|[。！？]["'”’）」』]*/gu

function cutAt(from: number, to: number, cuts: readonly number[]): (readonly [number, number])[] {
  const points = [from, ...cuts.filter((cut) => cut > from && cut < to).sort((a, b) => a - b), to]
  return points.slice(1).map((point, n) => [points[n]!, point] as const)
}

/** Neighbours gathered up to the target; each group has at least one. */
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
