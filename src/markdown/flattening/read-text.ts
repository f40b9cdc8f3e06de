import type {DialectTables, Starts, TextConstruct} from './dialect.ts'
import type {Pass} from './pass.ts'

/** Reads text up to the end of its line, or beyond it if a construct does. */
export function readText(pass: Pass, tables: DialectTables): void {
  const {at, write} = pass
  const {text} = at
  while (!at.isAtEnd) {
    tables.plainRun.lastIndex = at.p
    const run = tables.plainRun.exec(text)?.[0]
    if (run !== undefined) {
      write.put(write.isRaw ? escaped(pass, run) : run)
      at.skip(run.length)
      continue
    }
    const char = text[at.p]!
    if (char === '\n') {
      if (!pass.isInline) {
        write.endLine()
        at.nextLine(at.p)
        return
      }
      write.put(' ')
      at.advance(at.p + 1)
    } else if (char === '\\') readBackslash(pass)
    else if (!isConstruct(pass, tables.text, char)) {
      write.put(literal(pass, char))
      at.skip(1)
    }
    // After a construct that spans lines, the next line must be read as a whole.
    if (at.isAtLineStart) return
  }
}

/** Whether no construct begins anywhere in a text, and it is one line. */
export function isPlain(text: string, {plainRun}: DialectTables): boolean {
  plainRun.lastIndex = 0
  return text === '' || plainRun.exec(text)?.[0].length === text.length
}

function readBackslash({at, write}: Pass): void {
  const next = at.text[at.p + 1] ?? '\n'
  if (write.isRaw) write.put('\\\\')
  else if (next === '\n') write.put(write.isOneLine ? ' ' : '\\')
  else write.put(`\\${next}`)
  at.skip(write.isRaw || next === '\n' ? 1 : 2)
}

function isConstruct(pass: Pass, table: Starts<TextConstruct>, char: string): boolean {
  for (const construct of table.get(char) ?? []) if (pass.accounted(() => construct.read(pass))) return true
  return false
}

/** A character that begins no construct, escaped so that Markdown reads it literally. */
function literal({at, write}: Pass, char: string): string {
  if (char === '<') return /[A-Za-z/!?]/.test(at.text[at.p + 1] ?? '') ? '\\<' : '<'
  if (!write.isRaw || /[\\`{:]/.test(char)) return char
  return char === '[' || char === ']' ? `\\${char}` : escaped({write}, char)
}

/** Text of an HTML block, with Markdown's marks escaped. */
function escaped({write}: Pick<Pass, 'write'>, run: string): string {
  let out = run.replace(/[*_~]/g, '\\$&')
  if (!write.hasContent)
    out = out.replace(
      /^(\s*)([#>+=-]|\d+[.)](?=\s))/,
      (_, space, mark: string) => `${space}${mark.length > 1 ? mark.replace(/[.)]/, '\\$&') : `\\${mark}`}`,
    )
  return write.hasContent ? out : out.trimStart()
}
