import {type Part, rangesIn, withoutIndent} from '../includes.ts'

type Options = Readonly<Record<string, string>>

/** The part of code that the options of Sphinx's `literalinclude` select; null for none. They apply in Sphinx's order. */
export function partOfCode(options: Options): Part | null {
  const {pyobject, lines: ranges, dedent} = options
  const start = options['start-at'] ?? options['start-after']
  const end = options['end-at'] ?? options['end-before']
  if ([pyobject, ranges, dedent, start, end].every((option) => option === undefined)) return null
  return (text) => {
    let lines = text.replace(/\n$/, '').split('\n')
    if (pyobject) lines = pythonObject(lines, pyobject)
    if (start) lines = linesFrom(lines, start, options['start-at'] !== undefined)
    if (end) lines = linesTo(lines, end, options['end-at'] !== undefined)
    if (ranges) lines = rangesIn(lines, ranges)
    if (dedent !== undefined) lines = withoutIndent(lines, dedent === '' ? null : Number(dedent))
    return lines.join('\n')
  }
}

/** The part of a text that the options of `include` select, as docutils reads them; null for none. */
export function partOfText(options: Options): Part | null {
  const {
    'start-line': first,
    'end-line': last,
    'start-after': after,
    'end-before': before,
    ...others
  } = options
  const byLine = partOfCode(others)
  if ([first, last, after, before].every((option) => option === undefined)) return byLine
  return (text) => {
    const lines = text.replace(/\n$/, '').split('\n')
    let part = lines.slice(numberOf(first) ?? 0, numberOf(last)).join('\n')
    if (byLine) part = byLine(part) ?? ''
    if (after) part = part.includes(after) ? part.slice(part.indexOf(after) + after.length) : ''
    return before && part.includes(before) ? part.slice(0, part.indexOf(before)) : part
  }
}

function numberOf(value: string | undefined): number | undefined {
  return value !== undefined && /^-?\d+$/.test(value.trim()) ? Number(value) : undefined
}

function linesFrom(lines: readonly string[], mark: string, isIncluded: boolean): string[] {
  const at = lines.findIndex((line) => line.includes(mark))
  return at < 0 ? [] : lines.slice(isIncluded ? at : at + 1)
}

/** To the end if no line has the mark; the first line cannot be the one before which it ends. */
function linesTo(lines: readonly string[], mark: string, isIncluded: boolean): string[] {
  const at = lines.findIndex((line, n) => (isIncluded || n > 0) && line.includes(mark))
  return lines.slice(0, at < 0 ? undefined : isIncluded ? at + 1 : at)
}

/** The class or function with its decorators: `Class.method` is a method in a class. */
function pythonObject(source: readonly string[], path: string): string[] {
  let lines = [...source]
  for (const name of path.trim().split('.')) {
    const opening = new RegExp(`^\\s*(?:async\\s+)?(?:class|def)\\s+${name.replace(/\W/g, '')}\\b`)
    const at = lines.findIndex((line) => opening.test(line))
    if (at < 0) return []
    const indent = lines[at]!.search(/\S/)
    let start = at
    while (start > 0 && /^\s*@/.test(lines[start - 1]!) && lines[start - 1]!.search(/\S/) === indent) start--
    let end = at + 1
    // Parameters may stand on lines of their own.
    for (let open = openedIn(lines[at]!); open > 0 && end < lines.length; end++) open += openedIn(lines[end]!)
    while (end < lines.length && (lines[end]!.trim() === '' || lines[end]!.search(/\S/) > indent)) end++
    while (lines[end - 1]!.trim() === '') end--
    lines = lines.slice(start, end)
  }
  return lines
}

/** How many brackets a line opens and does not close. */
function openedIn(line: string): number {
  const code = line.replace(/#.*$/, '')
  return (code.match(/[([{]/g)?.length ?? 0) - (code.match(/[)\]}]/g)?.length ?? 0)
}
