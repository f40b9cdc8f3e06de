import type {QuotedUnit} from '../quoted-units.ts'

/** What a row, an item or a sentence is about, by its form: its first cell, or what it begins with in bold or as code. */
export function nameOf({kind, markdown}: QuotedUnit): string {
  if (kind === 'row') return /^\| ((?:\\\||[^|])*) \|/.exec(markdown)?.[1] ?? ''
  if (kind === 'code' || kind === 'steps') return ''
  return (
    /^(?:- |\d+[.)] )?(?:\*\*([^*]+)\*\*|__([^_]+)__|`+([^`]+)`+)/.exec(markdown)?.slice(1).find(Boolean) ??
    ''
  )
}

/** Code that is data or output, not something to type. */
export function isOutput({kind, markdown, text}: QuotedUnit): boolean {
  if (kind !== 'code') return false
  return (
    /^`{3,}(?:none|text|txt|output|plaintext|json|console-output|log)\n/i.test(markdown) ||
    /^\s*[{[]/.test(text)
  )
}
