import type {Dialect} from '../flattening/dialect.ts'
import type {Reading} from '../flattening/reading.ts'
import {liquidInCode} from './liquid-code.ts'
import {paragraphEnd} from './reach.ts'
import {shortcodesInCode} from './shortcode-values.ts'

/** Inline code stays as it is, except for the shortcodes that Hugo runs even there. */
export const codeSpans: Dialect = {
  name: 'code-spans',
  text: [{starts: '`', read: codeSpan}],
}

function codeSpan(reading: Reading): true {
  const {at, write} = reading
  const {text, p} = at
  const run = /^`+/.exec(text.slice(p, p + 200))![0]
  const end = write.isRaw ? -1 : closingRun(reading, run)
  if (end < 0) {
    write.put(write.isRaw ? run.replace(/`/g, '\\`') : run)
    at.skip(run.length)
    return true
  }
  let code = text.slice(p + run.length, end)
  if (code.includes('\n')) code = code.replace(/[ \t]*\n[ \t>]*/g, ' ')
  if (code.includes('{{<') || code.includes('{{%')) code = shortcodesInCode(reading, code)
  if (code.includes('{%')) code = liquidInCode(reading, [code])[0] ?? ''
  // A table's row cannot be meant to end inside code.
  if (write.isOneLine && !reading.isInline && !/^\s*\||\|\s*$/.test(code))
    code = code.replace(/(?<!\\)\|/g, '\\|')
  write.put(code.trim() === '' ? '' : run + code + run)
  at.advance(end + run.length)
  return true
}

/** Offset of the run of as many backticks that closes a span; −1 if there is none in the paragraph. */
function closingRun(reading: Reading, run: string): number {
  const {text, p} = reading.at
  const limit = paragraphEnd(reading)
  let end = text.indexOf(run, p + run.length)
  while (end >= 0 && end < limit && (text[end + run.length] === '`' || text[end - 1] === '`')) {
    const next = /`+/y
    next.lastIndex = end
    next.exec(text)
    end = text.indexOf(run, Math.max(next.lastIndex, end + 1))
  }
  return end < limit ? end : -1
}
