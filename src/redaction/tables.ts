import {looksRandom} from './secret-values.ts'
import type {Span} from './spans.ts'

/** The line below the head of a table in Markdown. */
const rule = /^[ \t>]{0,8}\|?[ \t]{0,8}:?--[ \t:|-]*$/
const maxColumns = 50
/** A longer cell is no value, in UTF-16 units. */
const maxCellLength = 600

/** Values below a heading in a table of Markdown, where they look random. @param isHeading whether a cell names them. */
export function findInColumns(text: string, isHeading: (cell: string) => boolean): Span[] {
  const spans: Span[] = []
  let columns: readonly number[] = []
  let before = ''
  let at = 0
  for (const line of text.split('\n')) {
    if (!line.includes('|')) columns = []
    else if (rule.test(line)) columns = columnsOf(before, isHeading)
    else if (columns.length > 0) spans.push(...valuesIn(line, at, columns))
    before = line
    at += line.length + 1
  }
  return spans
}

function columnsOf(head: string, isHeading: (cell: string) => boolean): number[] {
  const cells = head.split('|').slice(0, maxColumns)
  return cells.flatMap((cell, index) => (isHeading(cell.replace(/[*_`\s]+/g, ' ').trim()) ? [index] : []))
}

function valuesIn(line: string, at: number, columns: readonly number[]): Span[] {
  const spans: Span[] = []
  let start = at
  for (const [index, cell] of line.split('|').slice(0, maxColumns).entries()) {
    if (columns.includes(index) && cell.length <= maxCellLength) {
      const value = cell.replace(/[*_`\s]+$/, '')
      const own = value.replace(/^[*_`\s]+/, '')
      const end = start + value.length
      if (looksRandom(own, 6)) spans.push({start: end - own.length, end})
    }
    start += cell.length + 1
  }
  return spans
}
