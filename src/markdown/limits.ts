import type {Diagnostic} from '../domain/index.ts'

/** Limits of a page. Pages beyond them are set aside or simplified, and a diagnostic says so. */
export const pageLimits = {
  /** UTF-16 units of a whole page. */
  length: 4 * 1024 * 1024,
  /** Maximum columns of indentation and levels of quotes. */
  indent: 64,
  quotes: 16,
  /** Maximum emphasis and link marks in one block; remark's time grows with their square. */
  marks: 1200,
} as const

/** Why a source is not parsed at all; null if it is. */
export function refusalOf(source: string): {readonly rule: string; readonly reason: string} | null {
  return source.length > pageLimits.length
    ? {rule: 'too-large', reason: `the page has more than ${pageLimits.length} characters`}
    : null
}

/**
 * Simplifies flattened text that would take long to parse: indentation and quotes are cut to a depth that no document
 * needs, and the marks in a block with far too many become plain characters.
 */
export function tamed(
  text: string,
  lines: readonly number[],
  report: (rule: string, severity: Diagnostic['severity'], line: number, reason: string) => void,
): string {
  const all = text.split('\n')
  let start = 0
  let marks = 0
  let changed = false
  let fence: string | null = null
  /** Greatest indentation of a marker that begins an item and is not text of the line above. */
  let deepestItem = 3
  const endBlock = (end: number): void => {
    if (marks > pageLimits.marks) {
      report(
        'too-complex',
        'warning',
        lines[start] ?? 1,
        'the block has too many marks; they are read as plain characters',
      )
      for (let n = start; n < end; n++)
        all[n] = all[n]!.replace(/(\\.)|([*_[\]~`<])/g, (_, kept, mark) => kept ?? `\\${mark}`)
      changed = true
    }
    marks = 0
  }
  for (let n = 0; n < all.length; n++) {
    const line = all[n]!
    const mark = fenceMark.exec(line)?.[1]
    if (fence !== null) {
      if (mark && mark[0] === fence[0] && mark.length >= fence.length) fence = null
      start = n + 1
      continue
    }
    if (mark) {
      endBlock(n)
      fence = mark
      continue
    }
    if (line === '' || line.trim() === '') {
      endBlock(n)
      start = n + 1
      deepestItem = 3
      continue
    }
    // So is each item of a list, whose marker can end a paragraph.
    const marker = /^([ \t]*)[-*+][ \t]+\S/.exec(line)
    if (marker && marker[1]!.length <= deepestItem) {
      endBlock(n)
      start = n
      deepestItem = marker[1]!.length + 5
    }
    // In a table, each cell is a block.
    if (!line.startsWith('|'))
      for (const char of line)
        if (char === '*' || char === '_' || char === '[' || char === '`' || char === '~') marks++
    if (line.length > pageLimits.indent || line.startsWith('>')) {
      const lead = /^[ \t]*/.exec(line)![0]
      if (lead.length > pageLimits.indent) {
        all[n] = ' '.repeat(pageLimits.indent) + line.slice(lead.length)
        changed = true
      }
      const quotes = /^(?:[ \t]*>)+/.exec(all[n]!)?.[0]
      if (quotes && quotes.split('>').length - 1 > pageLimits.quotes) {
        report('too-deep', 'warning', lines[n] ?? 1, 'the quotes are nested too deeply')
        all[n] = '> '.repeat(pageLimits.quotes) + all[n]!.slice(quotes.length)
        changed = true
      }
    }
    const markers = /^[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+){12,}/.exec(all[n]!)
    if (markers) {
      report('too-deep', 'warning', lines[n] ?? 1, 'the lists are nested too deeply')
      all[n] = `- ${all[n]!.slice(markers[0].length)}`
      changed = true
    }
  }
  endBlock(all.length)
  return changed ? all.join('\n') : text
}

const fenceMark = /^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(`{3,}|~{3,})/
