import {hasId, underHeading} from './under-heading.ts'

/**
 * The paths below the content root that an include may refer to, most likely first. Empty if all of them would leave the
 * root. `from` is the page's own path.
 */
export function includeCandidates(spec: string, from: string, folders: readonly string[] = []): string[] {
  const target = spec
    .trim()
    .replace(/\\/g, '/')
    .replace(/^(?:@site|@|~)\//, '/')
  if (target === '' || /^[a-z][a-z0-9+.-]*:/i.test(target) || target.includes('\u0000')) return []
  const home = from.includes('/') ? from.slice(0, from.lastIndexOf('/')) : ''
  const bases = target.startsWith('/') ? ['', ...folders] : [home, '', ...folders]
  // The root of the site is some folder above the page.
  if (spec.trim().startsWith('~/')) bases.push(...foldersAbove(home))
  // A name of the project's own for one of its folders, most often the folder's name.
  const alias = /^@(?=[\w-]+\/)/.test(target)
    ? ['', ...folders].map((base) => below(base, target.slice(1)))
    : []
  const paths = [...bases.map((base) => below(base, target)), ...alias].filter(
    (path): path is string => path !== null,
  )

  return [...new Set(paths)]
}

/** A folder and those above it, the nearest first. */
export function foldersAbove(folder: string): string[] {
  const parts = folder === '' ? [] : folder.split('/')
  return parts.map((_, n) => parts.slice(0, parts.length - n).join('/'))
}

/** The joined and normalised path; null if it leaves the root. */
function below(base: string, path: string): string | null {
  const parts: string[] = []
  for (const part of `${base}/${path}`.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..') {
      if (parts.length === 0) return null
      parts.pop()
    } else parts.push(part)
  }
  return parts.length === 0 ? null : parts.join('/')
}

/** Selects a part of a file's text; null if the file has no such part. */
export type Part = (text: string) => string | null

/**
 * The part of a file that an include selects: a named region (`ANCHOR:`, `#region`, `--8<-- [start:`), a `<section>` or what is
 * under a heading by its id, or lines `2:10`. Null if the file has no such part.
 */
export function includedPart(text: string, selector: string | null): string | null {
  const lines = text.replace(/\n$/, '').split('\n')
  if (!selector) return lines.filter((line) => !regionMark.test(line)).join('\n')
  const range = /^(\d*)(?::(\d*))?$/.exec(selector)
  if (range) {
    const from = range[1] ? Number(range[1]) : 1
    const to = range[2] === undefined ? from : range[2] === '' ? lines.length : Number(range[2])
    return lines.slice(from - 1, to).join('\n')
  }
  const name = selector.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const opens = new RegExp(
    `ANCHOR:\\s*${name}\\s*(?:$|\\W)|#?region\\s+${name}\\b|--8<--\\s*\\[start:\\s*${name}\\]|<!--\\s*#region\\s+${name}|(?:///|###)\\s*\\[${name}\\]`,
  )
  const closes = new RegExp(
    `ANCHOR_END:\\s*${name}\\s*(?:$|\\W)|#?endregion(?:\\s+${name}\\b|\\s*(?:-->|\\*/)?\\s*$)|--8<--\\s*\\[end:\\s*${name}\\]|(?:///|###)\\s*\\[${name}\\]`,
  )
  const start = lines.findIndex((line) => opens.test(line))
  if (start < 0) return sectionIn(text, name) ?? underHeading(text, (heading) => hasId(heading, selector))
  const length = lines.slice(start + 1).findIndex((line) => closes.test(line))
  const part = lines
    .slice(start + 1, length < 0 ? undefined : start + 1 + length)
    .filter((line) => !regionMark.test(line))
  return withoutIndent(part, null).join('\n')
}

/** The lines in ranges such as `2-4,6,9-` or `L2-L4`, one-based, in the order of the ranges. */
export function rangesIn(lines: readonly string[], ranges: string): string[] {
  return ranges.split(',').flatMap((range) => {
    const [, from = '', dash, to = ''] = /^\s*L?(\d*)\s*(?:(-)\s*L?(\d*))?\s*$/i.exec(range) ?? []
    if (from === '' && to === '') return []
    const first = Math.max(1, Number(from || 1))
    return lines.slice(first - 1, dash === undefined ? first : to === '' ? undefined : Number(to))
  })
}

/** Lines without their first columns; null: without those that all of them leave empty. */
export function withoutIndent(lines: readonly string[], columns: number | null): string[] {
  const common = Math.min(...lines.filter((line) => line.trim() !== '').map((line) => line.search(/\S/)))
  const indent = columns ?? common
  return lines.map((line) => (Number.isFinite(indent) ? line.slice(indent) : line))
}

/** The content of `<section id="…">`. */
function sectionIn(text: string, name: string): string | null {
  const opened = new RegExp(`<section\\s[^>]*\\bid=["']${name}["'][^>]*>`).exec(text)
  if (!opened) return null
  const rest = text.slice(opened.index + opened[0].length)
  const end = rest.search(/<\/section\s*>/)
  return end < 0 ? rest : rest.slice(0, end)
}

const regionMark =
  /^\s*(?:\/\/|#|--|<!--|\/\*|;)?\s*(?:ANCHOR(?:_END)?:\s*\S+|\[!(?:end)?region\b.*\]|#?(?:end)?region\b.*|--8<--\s*\[(?:start|end):.*\])\s*(?:-->|\*\/)?\s*$/
