import {headOf, headWordsOf} from '../lib/cut.ts'
import {literal} from './literal-markdown.ts'
import {fenced, guarded, type Unit} from './quotable-blocks.ts'

/**
 * The unit itself or, where its Markdown is longer than `longest` UTF-16 units, its beginning with an ellipsis: as a
 * page has one word, one line of data or one list that would take minutes to read.
 */
export function boundedUnit(unit: Unit, longest: number): Unit {
  if (unit.markdown.length <= longest) return unit
  if (unit.kind === 'code') return boundedCode(unit, longest)
  if (unit.kind === 'steps') return boundedSteps(unit, longest)
  const plain = headWordsOf(unit.plain.replace(/\s+/g, ' '), longest)
  const text = `${literal(plain)}…`
  if (unit.kind === 'item') return {...unit, plain, markdown: `- ${text}`}
  if (unit.kind === 'row') return {...unit, plain, markdown: `| ${text.replaceAll('|', '\\|')} |`}
  return {...unit, plain, markdown: guarded(text), leadsOn: false}
}

/** Whole lines, unless the first is too long by itself. */
function boundedCode(unit: Unit, longest: number): Unit {
  const head = headOf(unit.plain, longest)
  const lines = head.slice(0, head.lastIndexOf('\n'))
  const plain = lines.includes('\n') ? lines : head
  const language = /^`+(.*)/.exec(unit.markdown)?.[1] ?? ''
  return {...unit, plain, markdown: fenced(`${plain}\n…`, language)}
}

/** Whole steps, unless the first is too long by itself. */
function boundedSteps(unit: Unit, longest: number): Unit {
  let markdown = ''
  for (const step of unit.markdown.split(/\n(?=\d+\. )/)) {
    if (markdown.length + step.length > longest) break
    markdown += markdown === '' ? step : `\n${step}`
  }
  const plain = headWordsOf(unit.plain, markdown.length || longest)
  return {...unit, plain, markdown: markdown === '' ? `1. ${literal(plain)}…` : `${markdown}\n\n…`}
}
