import type {Reading} from '../flattening/reading.ts'
import {resolvedLine} from './github-versions.ts'

/**
 * Lines of code on a site whose templates run before its Markdown is read: marks of `{% raw %}` are left out, and known
 * values are filled in outside of them. A line that has nothing but tags is left out: null.
 */
export function liquidInCode(reading: Reading, lines: readonly string[]): (string | null)[] {
  const {context} = reading
  if (!context.syntax.liquidInCode) return [...lines]
  let isRaw = false
  return lines.map((line) => {
    if (!line.includes('{%')) return line
    const parts = line.split(/(\{%-?\s*(?:end)?raw\s*-?%\})/)
    const shown = parts.map((part) => {
      const mark = /^\{%-?\s*(end)?raw\s*-?%\}$/.exec(part)
      if (mark) isRaw = mark[1] === undefined
      return mark ? '' : isRaw ? part : filled(reading, part)
    })
    const text = shown.join('')
    return text.trim() === '' ? null : text
  })
}

/** Values and conditionals in a line; the marks of those that go over several lines are left out, and their branches stay. */
function filled({context}: Reading, text: string): string {
  const {params} = context.site
  const withValues = text.replace(/\{%-?\s*data\s+([\w.-]+)\s*-?%\}/g, (whole, name: string) =>
    Object.hasOwn(params, name) ? params[name]! : whole,
  )
  const line = resolvedLine(withValues, params)
  return /^(?:\s|\{%-?\s*(?:if|ifversion|elsif|else|endif)\b[^{}%]*%\})*$/.test(line) ? '' : line
}
