/** Longer patterns, and such with more wildcards, match nothing: their time would not be bounded. */
const maxLength = 300
const maxWildcards = 12

/**
 * Whether a path matches one of the glob patterns of a configuration, with the syntax that generators share: `*`, `**`, `?`,
 * `{a,b}`. Matches nothing for values that are no lists of patterns.
 */
export function pathMatcher(patterns: unknown): (path: string) => boolean {
  const list = Array.isArray(patterns) ? patterns : [patterns]
  const expressions = list.flatMap((pattern) => (typeof pattern === 'string' ? expressionOf(pattern) : []))
  return (path) => expressions.some((expression) => expression.test(path))
}

function expressionOf(pattern: string): RegExp[] {
  const wildcards = pattern.match(/\*+|\?/g)?.length ?? 0
  if (pattern === '' || pattern.length > maxLength || wildcards > maxWildcards) return []
  const parts = pattern.replace(/^\.?\//, '').match(/\*\*\/|\*\*|\*|\?|[{},]|[^*?{},]+/g) ?? []
  let depth = 0
  const source = parts.map((part) => {
    if (part === '**/') return '(?:[^/]*/)*'
    if (part === '**') return '.*'
    if (part === '*') return '[^/]*'
    if (part === '?') return '[^/]'
    if (part === '{') {
      depth++
      return '(?:'
    }
    if (part === '}' && depth > 0) {
      depth--
      return ')'
    }
    if (part === ',' && depth > 0) return '|'
    return part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
  })
  return depth === 0 ? [new RegExp(`^${source.join('')}$`)] : []
}
