import type {Reading} from '../flattening/reading.ts'
import {codeBlock} from './code-block.ts'
import type {LiquidTag} from './liquid.ts'

/**
 * `{% set x %}…{% endset %}` and `{% capture x %}…{% endcapture %}` with code in them, which a filter or a file elsewhere
 * shows: a code block. Other captured text is read as text of the page. Returns whether it has been read.
 */
export function readCapture(reading: Reading, {name, positional, named, end}: LiquidTag): boolean {
  const {at, write} = reading
  const [variable] = positional
  if (variable === undefined || positional.length > 1 || Object.keys(named).length > 0) return false
  if (write.hasContent || write.isOneLine) return false
  const close = new RegExp(`\\{%-?\\s*end${name}\\s*-?%\\}`).exec(at.text.slice(end, end + maxLength))
  if (!close) return false
  const stop = end + close.index + close[0].length
  const inner = at.text.slice(end, end + close.index).replace(/\{%-?\s*(?:end)?raw\s*-?%\}/g, '')
  const lines = inner
    .replace(/^\s*\n/, '')
    .trimEnd()
    .split('\n')
  const language = highlightOf(at.text.slice(stop, stop + 3000), variable)
  if (language === null && !readsAsCode(lines)) return false
  reading.note(`liquid:${name}`, 'flattened')
  write.break()
  codeBlock(reading, {info: language ?? '', lines})
  at.advance(stop)
  return true
}

/** Characters of a captured text. */
const maxLength = 20_000

/** The language of `{{ x | highlight("js") }}`, other filters before it or not; null without such a filter. */
function highlightOf(text: string, variable: string): string | null {
  for (const [, name, language] of text.matchAll(highlight)) if (name === variable) return language!
  return null
}

const highlight = /\{\{-?\s*([\w.]+)\s*\|(?:[^{}|]{0,200}\|)?\s*highlight(?:\(\s*|:\s*)["']([\w-]+)["']/g

/** Whether most lines look like code, or the whole like front matter. */
function readsAsCode(lines: readonly string[]): boolean {
  const filled = lines.map((line) => line.trim()).filter((line) => line !== '')
  if (filled.some((line) => /^(?:```|~~~)/.test(line))) return false
  if (filled.length > 1 && filled[0] === '---' && filled.indexOf('---', 1) > 0) return true
  return filled.filter((line) => codeLine.test(line)).length * 2 > filled.length
}

const codeLine = /^(?:import|export|const|let|var|return)\b.*[;{('"]$|^\/\/|[;{}(,]$|^[}\])]/
