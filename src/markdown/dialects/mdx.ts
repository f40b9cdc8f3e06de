import type {Dialect, Line} from '../flattening/dialect.ts'

import type {Pass} from '../flattening/pass.ts'

import {expression} from './expressions.ts'

/** MDX: imports, exports, comments and expressions in braces. Its components are read with tags. */
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
  const {text, p} = pass
  if (!text.startsWith('{/*', p)) return false
  const end = text.indexOf('*/', p + 3)
  const close = end < 0 ? -1 : text.indexOf('}', end)
  if (close < 0 || text.slice(end + 2, close).trim() !== '') return false
  pass.note('comment', 'dropped')
  pass.advance(close + 1)
  return true
}

/** `import` and `export` of MDX, up to the blank line or the brace that ends them. */
function readModuleCode(pass: Pass, {text: trimmed, start, end}: Line): boolean {
  if (!pass.context.mdx) return false
  const isImport =
    /^import\s+(?:type\s+)?(?:[\w*{$][^'"]*(?:from\s*)?)?(?:['"]|$)/.test(trimmed) &&
    !/^import\s+\w+\s+\w+/.test(trimmed.replace(/^import\s+(?:type\s+\w+|\w+\s+from)/, 'import'))
  const isExport = /^export\s+(?:const|let|var|default|function|class|async|type|interface|\{|\*)/.test(
    trimmed,
  )
  if (!isImport && !isExport) return false
  let stop = end
  for (let n = 0; n < 1000; n++) {
    const code = pass.text.slice(start, stop)
    if (bracketsBalance(code) && (isExport || /['"]/.test(code))) {
      if (isImport || pass.lineAfter(stop).trim() === '' || !/^[\s)\]}.?:&|<]/.test(pass.lineAfter(stop)))
        break
    }
    if (stop >= pass.text.length) break
    stop = pass.lineEnd(stop + 1)
  }
  const code = pass.text.slice(start, stop)
  const file = /^import\s+(\w+)\s+from\s+['"]([^'"]+\.mdx?)['"]/.exec(code)
  if (file) pass.context.imports.set(file[1]!, file[2]!)
  if (isExport && /<[A-Za-z]/.test(code))
    pass.note('mdx:export', 'not-understood', 'a component is defined here')
  else pass.note(isImport ? 'mdx:import' : 'mdx:export', 'dropped')
  pass.push('')
  pass.current = ''
  pass.hasContent = false
  pass.nextLine(stop)
  return true
}

/** Brackets outside strings and comments, counted without regard to their kinds. */
function bracketsBalance(code: string): boolean {
  let depth = 0
  const bare = code.replace(
    /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\[\s\S])*`|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g,
    '',
  )
  for (const char of bare) {
    if (char === '{' || char === '(' || char === '[') depth++
    else if (char === '}' || char === ')' || char === ']') depth--
  }
  return depth <= 0
}
