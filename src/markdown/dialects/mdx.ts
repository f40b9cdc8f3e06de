import type {Dialect, Line} from '../flattening/dialect.ts'
import {define} from '../flattening/exported-text.ts'
import type {Reading} from '../flattening/reading.ts'
import {moduleCodeAt} from '../module-code.ts'
import {exportsOf} from '../module-exports.ts'
import {expression} from './expressions.ts'
import {reach} from './reach.ts'

/** MDX: imports, exports, comments and expressions in braces. Components are read by `markup`. */
export const mdx: Dialect = {
  name: 'mdx',
  lines: [{starts: 'ie', read: readModuleCode}],
  text: [
    {starts: '{', read: readComment},
    {starts: '{', read: readExpression},
  ],
}

function readExpression(reading: Reading): boolean {
  const {at, context} = reading
  const isOther = /[{%]/.test(at.text[at.p + 1] ?? '') || at.text.startsWith('{/*', at.p)
  return context.mdx !== false && !isOther && expression(reading)
}

function readComment(reading: Reading): boolean {
  const {at} = reading
  const {text, p, ahead} = at
  if (!text.startsWith('{/*', p)) return false
  const end = ahead.next('*/', p + 3)
  const close = end < 0 ? -1 : ahead.next('}', end)
  if (close < 0 || close >= reach(reading) || text.slice(end + 2, close).trim() !== '') return false
  reading.note('comment', 'dropped')
  at.advance(close + 1)
  return true
}

/** `import` and `export` of MDX: at the beginning of a line and of a block, not inside another construct. */
function readModuleCode(reading: Reading, {lead, start}: Line): boolean {
  const {at, write, context} = reading
  const {text} = at
  if (!context.mdx || lead !== '' || start !== at.p) return false
  if (!/^(?:im|ex)port /.test(text.slice(start, start + 7))) return false
  if (context.scans.isSpent || !isBlockOver(reading)) return false
  const {code, cost} = moduleCodeAt(text, start)
  context.scans.spend(cost)
  if (!code) return false
  const module = exportsOf(code.program, text.slice(start, code.end))
  define(context, module)
  const construct = text.startsWith('import', start) ? 'mdx:import' : 'mdx:export'
  if (module.layoutText === '') reading.note(construct, 'dropped')
  else
    reading.note(
      construct,
      'not-understood',
      'what the default export shows around the page',
      module.layoutText,
    )
  write.endTable()
  return at.nextLine(code.end)
}

/** An empty line, a quote's blank line, a heading, a thematic break, the end of a fence. */
const blockEnd =
  /^(?:[>\s]*|[>\s]*#{1,6}(?:\s.*)?|[>\s]*(?:`{3,}|~{3,})\s*|[>\s]*([-*_])(?:[ \t]*\1){2,}\s*)$/
const underline = /^\s*(?:=+|-+)\s*$/

/** Whether the output ends with a complete block, so that another begins. */
function isBlockOver({write}: Reading): boolean {
  return write.isInTable || blockEnd.test(write.lastLine) || underline.test(write.lastLine)
}
