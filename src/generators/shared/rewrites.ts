import {isRecord} from './config-values.ts'

const maxLength = 300
const maxParameters = 8

/**
 * The paths that VitePress makes of the paths of files: patterns of `path-to-regexp` with a path for each, such as
 * `packages/:name/docs/:rest*`. The first that matches decides; other paths stay.
 */
export function rewriterOf(rewrites: unknown): (path: string) => string {
  const rules = isRecord(rewrites) ? Object.entries(rewrites).flatMap(([from, to]) => ruleOf(from, to)) : []
  return (path) => {
    for (const {pattern, to} of rules) {
      const values = pattern.exec(path)?.groups
      if (values) return to.replace(parameters, (_, name = '') => values[name] ?? '')
      if (values === undefined && pattern.test(path)) return to
    }
    return path
  }
}

/** `:name`, `:name*`, `:name(…)`. */
const parameters = /:(\w+)(?:\([^()]*\))?[*+?]?/g

function ruleOf(from: string, to: unknown): {readonly pattern: RegExp; readonly to: string}[] {
  const count = from.match(parameters)?.length ?? 0
  if (typeof to !== 'string' || from.length > maxLength || count > maxParameters) return []
  let source = ''
  let end = 0
  for (const match of from.matchAll(parameters)) {
    const isLong = /[*+]$|\(\.[*+]\)/.test(match[0])
    source += `${escaped(from.slice(end, match.index))}(?<${match[1]}>${isLong ? '.*' : '[^/]+?'})`
    end = match.index + match[0].length
  }
  try {
    return [
      {pattern: new RegExp(`^${source}${escaped(from.slice(end))}(?:\\.md)?$`), to: to.replace(/^\//, '')},
    ]
  } catch {
    // A parameter that stands twice, or whose name begins with a digit.
    return []
  }
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
