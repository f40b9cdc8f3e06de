import type {Dialect, Line} from '../flattening/dialect.ts'
import {define} from '../flattening/exported-text.ts'
import type {Pass} from '../flattening/pass.ts'
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
    {
      starts: '{',
      read: (pass) =>
        pass.context.mdx !== false &&
        !/[{%]/.test(pass.text[pass.p + 1] ?? '') &&
        !pass.text.startsWith('{/*', pass.p) &&
        expression(pass),
    },
  ],
}

function readComment(pass: Pass): boolean {
  const {text, p, ahead} = pass
  if (!text.startsWith('{/*', p)) return false
  const end = ahead.next('*/', p + 3)
  const close = end < 0 ? -1 : ahead.next('}', end)
  if (close < 0 || close >= reach(pass) || text.slice(end + 2, close).trim() !== '') return false
  pass.note('comment', 'dropped')
  pass.advance(close + 1)
  return true
}

/** `import` and `export` of MDX: at the beginning of a line and of a block, not inside another construct. */
function readModuleCode(pass: Pass, {lead, start}: Line): boolean {
  const {text, context} = pass
  if (!context.mdx || lead !== '' || start !== pass.p) return false
  if (!/^(?:im|ex)port /.test(text.slice(start, start + 7))) return false
  if (context.scansLeft <= 0 || !isBlockOver(pass)) return false
  const {code, cost} = moduleCodeAt(text, start)
  context.scansLeft -= cost
  if (!code) return false
  const module = exportsOf(code.program, text.slice(start, code.end))
  define(context, module)
  const construct = text.startsWith('import', start) ? 'mdx:import' : 'mdx:export'
  if (module.layoutText === '') pass.note(construct, 'dropped')
  else
    pass.note(construct, 'not-understood', 'what the default export shows around the page', module.layoutText)
  pass.inTable = false
  pass.push('')
  pass.current = ''
  pass.hasContent = false
  pass.nextLine(code.end)
  return true
}

/** An empty line, a quote's blank line, a heading, a thematic break, the end of a fence. */
const blockEnd =
  /^(?:[>\s]*|[>\s]*#{1,6}(?:\s.*)?|[>\s]*(?:`{3,}|~{3,})\s*|[>\s]*([-*_])(?:[ \t]*\1){2,}\s*)$/
const underline = /^\s*(?:=+|-+)\s*$/

/** Whether the output ends with a complete block, so that another begins. */
function isBlockOver({out, inTable}: Pass): boolean {
  const last = out.at(-1) ?? ''
  return inTable || blockEnd.test(last) || underline.test(last)
}
