import type {Dialect, Line} from '../flattening/dialect.ts'
import type {Pass} from '../flattening/pass.ts'
import {moduleStatementEnd} from '../module-code.ts'
import {expression} from './expressions.ts'
import {reach} from './reach.ts'

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
  const {text, p, ahead} = pass
  if (!text.startsWith('{/*', p)) return false
  const end = ahead.next('*/', p + 3)
  const close = end < 0 ? -1 : ahead.next('}', end)
  if (close < 0 || close >= reach(pass) || text.slice(end + 2, close).trim() !== '') return false
  pass.note('comment', 'dropped')
  pass.advance(close + 1)
  return true
}

/** `import` and `export` of MDX: at the beginning of a line, where a block begins, in nothing else. */
function readModuleCode(pass: Pass, {lead, start}: Line): boolean {
  const {text, context} = pass
  if (
    !context.mdx ||
    lead !== '' ||
    start !== pass.p ||
    !/^(?:im|ex)port /.test(text.slice(start, start + 7))
  )
    return false
  if (!/^(?:[>\s]*|#{1,6}\s.*)$/.test(pass.out.at(-1) ?? '') || context.scansLeft <= 0) return false
  const {end: stop, reached} = moduleStatementEnd(text, start)
  context.scansLeft -= reached - start
  if (stop < 0) return false
  const isImport = text.startsWith('import', start)
  const code = text.slice(start, stop)
  const file = /^import\s+(\w+)\s+from\s+['"]([^'"]+\.mdx?)['"]/.exec(code)
  if (file) context.imports.set(file[1]!, file[2]!)
  const component = isImport ? null : componentOf(code)
  if (component === null) pass.note(isImport ? 'mdx:import' : 'mdx:export', 'dropped')
  else if (component.markup !== null) {
    pass.note('mdx:export', 'flattened', `${component.name} is defined here`)
    context.components.set(component.name, component.markup)
  } else {
    const isUsed = new RegExp(`<${component.name}[\\s/>]`).test(text.slice(stop))
    pass.note(
      'mdx:export',
      'not-understood',
      `${component.name} is defined here`,
      isUsed ? component.text : '',
    )
  }
  pass.push('')
  pass.current = ''
  pass.hasContent = false
  pass.nextLine(stop)
  return true
}

interface ComponentDefinition {
  readonly name: string
  /** The one piece of markup that it returns; null where it has several or computes. */
  readonly markup: string | null
  /** The text between its tags. */
  readonly text: string
}

/** What a piece of code defines, when it is a component. */
function componentOf(code: string): ComponentDefinition | null {
  const name = /^export\s+(?:default\s+)?(?:async\s+)?(?:const|let|var|function)\s+([A-Z]\w*)/.exec(code)?.[1]
  if (name === undefined || !/<[A-Za-z>]/.test(code)) return null
  const starts = [...code.matchAll(/(?:=>|\breturn\b|=)\s*\(?\s*(?=<[A-Za-z>])/g)]
  const from = starts[0] ? starts[0].index + starts[0][0].length : -1
  const to = code.lastIndexOf('>') + 1
  const markup = from < 0 ? '' : code.slice(from, to)
  const isSimple =
    starts.filter(({index}) => !/\w$/.test(code.slice(0, index))).length === 1 &&
    /^[\s)};]*$/.test(code.slice(to)) &&
    /^\s*(?:=|\([^()]*\))/.test(code.slice(code.indexOf(name) + name.length)) &&
    !/\bchildren\b|\?|&&|\.map\(/.test(markup)
  const text = [...code.matchAll(/>([^<>{}]+)</g)]
    .map((match) => match[1]!.trim())
    .filter((part) => /\p{L}/u.test(part) && !/[;=()]|\breturn\b/.test(part))
  return {name, markup: isSimple ? markup : null, text: text.join(' ')}
}
