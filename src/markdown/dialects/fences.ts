import {fenceInfoOf} from '../fence-info.ts'
import {columnsOf} from '../flattening/container.ts'
import type {Dialect, Line} from '../flattening/dialect.ts'
import type {Reading} from '../flattening/reading.ts'
import {codeBlock} from './code-block.ts'
import {codeDirectives, mystDirective} from './myst-directives.ts'
import {addTarget} from './myst-targets.ts'

/** Code fences, directives written as fences, and display mathematics. */
export const fences: Dialect = {
  name: 'fences',
  fences: [{starts: '`~-*+0123456789', read: readFence}],
  lines: [
    {
      starts: '$',
      read: (reading, {text, lead, end}) =>
        /^\$\$[ \t]*$/.test(text) && math(reading, lead, end, /^[ \t>]*\$\$[ \t]*(?:\(([\w:.-]+)\)[ \t]*)?$/),
    },
    {
      starts: '\\',
      read: (reading, {text, lead, end}) =>
        /^\\\[[ \t]*$/.test(text) && math(reading, lead, end, /^[ \t>]*\\\][ \t]*$/),
    },
  ],
}

/** A code fence, or a directive written as one. */
function readFence(reading: Reading, {quote, body, end, listOffset: offset}: Line): boolean {
  const {at, write, containers, context} = reading
  const match = /^([ \t]*)((?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*)(`{3,}|~{3,})([^\n]*)$/.exec(body)
  if (!match) return false
  const [, lead, markers, fence, info] = match
  if (fence![0] === '`' && info!.includes('`')) return false
  const indent = columnsOf(lead!)
  if (
    markers === '' &&
    indent >= offset + 4 &&
    write.lastLine.trim() === '' &&
    context.mdx !== true &&
    !containers.isInComponent
  ) {
    return false
  }
  // Docusaurus: what GitHub shows as code is MDX on the site.
  if (info!.trim() === 'mdx-code-block') {
    containers.open({kind: 'fence', name: fence!, indent, size: fence!.length, strip: 0})
    return at.nextLine(end)
  }
  const read = fenceInfoOf(info!)
  if (read.directive !== null) {
    if (!codeDirectives.has(read.directive)) {
      at.nextLine(end)
      mystDirective(reading, read.directive, read.argument, {
        kind: 'fence',
        name: fence!,
        indent,
        size: fence!.length,
      })
      return true
    }
  }
  const inner = offset > 0 && indent >= offset ? offset : 0
  const closing = new RegExp(
    `^[ \\t]{0,${indent + markers!.length + 3}}\\${fence![0]}{${fence!.length},}[ \\t]*$`,
  )
  const lines: string[] = []
  let p = Math.min(end + 1, at.text.length)
  let closed = false
  const from = at.line
  let consumed = end
  while (p < at.text.length) {
    const line = at.measure(p)
    let rest = line.rest
    if (quote !== '') {
      const inQuote = /^[ \t]*(?:>[ \t]?)+/.exec(rest)
      if (!inQuote) break
      rest = rest.slice(inQuote[0].length)
    } else if (inner > 0 && rest.trim() !== '' && line.indent < inner && !closing.test(rest)) break
    consumed = line.end
    p = line.end + 1
    if (closing.test(rest)) {
      closed = true
      break
    }
    lines.push(rest)
  }
  if (!closed && quote === '') {
    context.report(
      'unclosed-fence',
      'warning',
      from,
      'the code block that begins here is never closed',
      'Add a closing fence.',
    )
  }
  codeBlock(reading, {info: info!, lines, fence: fence!, lead: quote + lead! + markers!})
  return at.nextLine(consumed)
}

function math(reading: Reading, lead: string, end: number, closing: RegExp): boolean {
  const {at} = reading
  const lines: string[] = []
  let p = end + 1
  while (p < at.text.length) {
    const {rest, end: stop} = at.measure(p)
    p = stop + 1
    const closed = closing.exec(rest)
    if (closed) {
      if (closed[1] !== undefined) addTarget(reading, closed[1])
      codeBlock(reading, {info: 'math', lines, lead})
      return at.nextLine(stop)
    }
    if (rest.trim() === '' && lines.length > 100) return false
    lines.push(rest)
  }
  return false
}
