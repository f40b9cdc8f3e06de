import type {Reading} from '../flattening/reading.ts'
import {headingStrings, type Shortcode, shortcodeAt} from '../shortcodes.ts'

/** The value that a shortcode prints in its place; null if it is not known to print one. */
export function shortcodeValue({context}: Reading, {name, named, positional}: Shortcode): string | null {
  const {params} = context.site
  switch (name) {
    case 'param':
      return params[positional[0] ?? ''] ?? ''
    case 'skew':
      return (
        params[positional[0] ?? ''] ??
        (positional[0] === 'currentVersion' ? (params['version'] ?? '').replace(/^v/, '') : '')
      )
    case 'latest-version':
    case 'latest-semver':
    case 'release-branch':
      return params[name] ?? ''
    case 'ref':
    case 'relref':
      return positional[0] ?? named['path'] ?? ''
    case 'heading':
      return (
        headingStrings[(positional[0] ?? '').toLowerCase()] ?? (positional[0] ?? '').replace(/[-_]/g, ' ')
      )
    case 'glossary_tooltip':
    case 'glossary-term':
      return named['text'] ?? positional.join(' ') ?? (named['term_id'] ?? '').replace(/-/g, ' ')
    default:
      return null
  }
}

/** A link destination with its shortcodes and templates resolved. */
export function resolvedDestination(reading: Reading, written: string): string {
  if (!/\{[{%]/.test(written)) return written
  const target = withoutLiquid(written, reading.context.site.params)
  let out = ''
  let p = 0
  for (let at = target.indexOf('{{'); at >= 0; at = target.indexOf('{{', p)) {
    const found = shortcodeAt(target, at)
    if (!found) break
    out += target.slice(p, at) + ('escaped' in found ? found.escaped : (shortcodeValue(reading, found) ?? ''))
    p = found.end
  }
  return out + target.slice(p)
}

/** `{{ '/guide/' | relative_url }}` → `/guide/`, `{% link guide.md %}` → `/guide.md`; a variable is most often the site's base, and nothing. */
function withoutLiquid(target: string, values: Readonly<Record<string, string>>): string {
  return target
    .replace(/\{\{-?\s*(?:"([^"{}]*)"|'([^'{}]*)')[^{}]*\}\}/g, (_, double, single) => double ?? single)
    .replace(/\{%-?\s*link\s+([^\s%{}]+)\s*-?%\}/g, '/$1')
    .replace(/\{%-?\s*data\s+([\w.-]+)\s*-?%\}/g, (_, name: string) => values[name] ?? '')
    .replace(/\{\{[^<%#{}][^{}]*\}\}|\{%[^{}]*%\}/g, '')
}

/** Code with its shortcodes resolved, because Hugo runs them even there. */
export function shortcodesInCode(reading: Reading, line: string): string {
  const {context} = reading
  let out = ''
  let p = 0
  for (let at = line.indexOf('{{'); at >= 0; at = line.indexOf('{{', p)) {
    const found = shortcodeAt(line, at)
    if (!found) {
      out += line.slice(p, at + 2)
      p = at + 2
      continue
    }
    out += line.slice(p, at)
    if ('escaped' in found) out += found.escaped
    else
      out +=
        shortcodeValue(reading, found) ?? (context.syntax.shortcodesInCode ? '' : line.slice(at, found.end))
    p = found.end
  }
  return out + line.slice(p)
}
