import {headOf, headWordsOf} from '../lib/cut.ts'
import {asParagraph, fencedCode, literal} from '../text/literal-markdown.ts'
import type {QuotedUnit} from './quoted-units.ts'

/**
 * The unit itself or, where its Markdown is longer than `maxLength` UTF-16 units, its beginning with an ellipsis: a page
 * may have a word, a line of data or a list that would take minutes to read.
 */
export function boundedUnit(unit: QuotedUnit, maxLength: number): QuotedUnit {
  if (unit.markdown.length <= maxLength) return unit
  if (unit.kind === 'code') return boundedCode(unit, maxLength)
  if (unit.kind === 'steps') return boundedSteps(unit, maxLength)
  const text = headWordsOf(unit.text.replace(/\s+/g, ' '), maxLength)
  const markdown = `${literal(text)}…`
  if (unit.kind === 'step')
    return {...unit, text, markdown: `${/^\d+[.)] /.exec(unit.markdown)?.[0] ?? '1. '}${markdown}`}
  if (unit.kind === 'item') return {...unit, text, markdown: `- ${markdown}`}
  if (unit.kind === 'row') return {...unit, text, markdown: `| ${markdown.replaceAll('|', '\\|')} |`}
  return {...unit, text, markdown: asParagraph(markdown), isLeadIn: false}
}

/** Whole lines, unless the first is too long by itself. */
function boundedCode(unit: QuotedUnit, maxLength: number): QuotedUnit {
  const head = headOf(unit.text, maxLength)
  const lines = head.slice(0, head.lastIndexOf('\n'))
  const text = lines.includes('\n') ? lines : head
  const language = /^`+(.*)/.exec(unit.markdown)?.[1] ?? ''
  return {...unit, text, markdown: fencedCode(`${text}\n…`, language)}
}

/** Whole steps, unless the first is too long by itself. */
function boundedSteps(unit: QuotedUnit, maxLength: number): QuotedUnit {
  let markdown = ''
  for (const step of unit.markdown.split(/\n(?=\d+\. )/)) {
    if (markdown.length + step.length > maxLength) break
    markdown += markdown === '' ? step : `\n${step}`
  }
  const text = headWordsOf(unit.text, markdown.length || maxLength)
  return {...unit, text, markdown: markdown === '' ? `1. ${literal(text)}…` : `${markdown}\n\n…`}
}
