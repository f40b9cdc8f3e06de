import {accounted} from './accounted.ts'
import type {DialectTables, Starts, TextConstruct} from './dialect.ts'
import type {Pass} from './pass.ts'

/** Reads text up to the end of its line, or beyond it if a construct does. */
export function readText(pass: Pass, tables: DialectTables): void {
  const {text} = pass
  while (pass.p < text.length) {
    plainRun.lastIndex = pass.p
    const run = plainRun.exec(text)
    if (run) {
      pass.put(pass.raw ? escaped(pass, run[0]) : run[0])
      pass.p = plainRun.lastIndex
      continue
    }
    const char = text[pass.p]!
    if (char === '\n') {
      if (!pass.options.inline) {
        pass.endLine()
        pass.nextLine(pass.p)
        return
      }
      pass.put(' ')
      pass.advance(pass.p + 1)
    } else if (char === '\\') {
      if (pass.raw) pass.put('\\\\')
      else if (text[pass.p + 1] === '\n' || pass.p + 1 >= text.length) pass.put(pass.isOneLine() ? ' ' : '\\')
      else {
        pass.put(text.slice(pass.p, pass.p + 2))
        pass.p++
      }
      pass.p++
    } else if (!isConstruct(pass, tables.text, char)) {
      pass.put(literal(pass, char))
      pass.p++
    }
    // After a construct that spans lines, the next line must be read as a whole.
    if (pass.atLineStart) return
  }
}

const plainRun = /[^\\`<{[\]:\n]+/y

function isConstruct(pass: Pass, table: Starts<TextConstruct>, char: string): boolean {
  for (const construct of table.get(char) ?? []) if (accounted(pass, () => construct.read(pass))) return true
  return false
}

/** A character that begins no construct, escaped so that Markdown reads it literally. */
function literal(pass: Pass, char: string): string {
  if (char === '<') return /[A-Za-z/!?]/.test(pass.text[pass.p + 1] ?? '') ? '\\<' : '<'
  return pass.raw && (char === '[' || char === ']') ? `\\${char}` : char
}

/** Text of an HTML block, with Markdown's marks escaped. */
function escaped(pass: Pass, run: string): string {
  let out = run.replace(/[*_~]/g, '\\$&')
  if (!pass.hasContent)
    out = out.replace(
      /^(\s*)([#>+=-]|\d+[.)](?=\s))/,
      (_, space, mark: string) => `${space}${mark.length > 1 ? mark.replace(/[.)]/, '\\$&') : `\\${mark}`}`,
    )
  return pass.hasContent ? out : out.trimStart()
}
