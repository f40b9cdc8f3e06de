import type {Dialect} from '../flattening/dialect.ts'
import type {Pass} from '../flattening/pass.ts'
import {shortcodesInCode} from './hugo-values.ts'
import {paragraphEnd} from './reach.ts'

/** Inline code stays as it is, except for the shortcodes that Hugo runs even there. */
export const codeSpans: Dialect = {
  name: 'code-spans',
  text: [{starts: '`', read: codeSpan}],
}

function codeSpan(pass: Pass): true {
  const text = pass.text
  const run = /^`+/.exec(text.slice(pass.p, pass.p + 200))![0]
  if (pass.raw) {
    pass.put(run.replace(/`/g, '\\`'))
    pass.p += run.length
    return true
  }
  const limit = paragraphEnd(pass)
  let at = text.indexOf(run, pass.p + run.length)
  while (at >= 0 && at < limit && (text[at + run.length] === '`' || text[at - 1] === '`')) {
    const next = /`+/y
    next.lastIndex = at
    next.exec(text)
    at = text.indexOf(run, Math.max(next.lastIndex, at + 1))
  }
  if (at < 0 || at >= limit) {
    pass.put(run)
    pass.p += run.length
    return true
  }
  let code = text.slice(pass.p + run.length, at)
  if (code.includes('\n')) code = code.replace(/[ \t]*\n[ \t>]*/g, ' ')
  if (code.includes('{{<') || code.includes('{{%')) code = shortcodesInCode(pass, code)
  pass.put(code.trim() === '' ? '' : run + code + run)
  pass.advance(at + run.length)
  return true
}
