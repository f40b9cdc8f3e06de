/** A Hugo shortcode or a Liquid tag as written. */
export interface Shortcode {
  readonly name: string
  readonly kind: 'open' | 'close' | 'self-closing'
  readonly named: Readonly<Record<string, string>>
  readonly positional: readonly string[]
  /** Offset after it. */
  readonly end: number
}

const open = /\{\{([<%])\s*(\/\*)?/y

/**
 * Parses the shortcode at `at`; null if there is none. A comment between its braces makes a shortcode show itself instead
 * of running: then the result is its text as `escaped`.
 */
export function shortcodeAt(
  text: string,
  at: number,
): Shortcode | {readonly escaped: string; readonly end: number} | null {
  open.lastIndex = at
  const head = open.exec(text)
  if (!head) return null
  const closer = head[1] === '<' ? '>}}' : '%}}'
  const end = closerAt(text, open.lastIndex, closer)
  if (end < 0) return null
  const inside = text.slice(open.lastIndex, end)
  if (head[2]) {
    return {escaped: `{{${head[1]}${inside.replace(/\*\/\s*$/, '')}${closer}`, end: end + closer.length}
  }
  return {...callOf(inside), end: end + closer.length}
}

/** Finds the closing braces; those inside quotes do not count. */
function closerAt(text: string, from: number, closer: string): number {
  const plain = text.indexOf(closer, from)
  if (plain < 0 || plain - from > 5000) return -1
  const before = text.slice(from, plain)
  if ((before.match(/"/g)?.length ?? 0) % 2 === 0) return plain
  const quoteEnd = text.indexOf('"', plain)
  const later = quoteEnd < 0 ? -1 : text.indexOf(closer, quoteEnd)
  return later >= 0 && later - from < 5000 && !text.slice(plain, later).includes('\n\n') ? later : plain
}

/** Parses a call of Hugo or Liquid, such as `name a b="c" 'd'`. */
export function callOf(inside: string): Omit<Shortcode, 'end'> {
  let rest = inside.trim()
  let kind: Shortcode['kind'] = 'open'
  if (rest.startsWith('/')) {
    kind = 'close'
    rest = rest.slice(1).trim()
  } else if (rest.endsWith('/')) {
    kind = 'self-closing'
    rest = rest.slice(0, -1).trim()
  }
  const name = /^[^\s"'=]*/.exec(rest)![0]
  const named: Record<string, string> = {}
  const positional: string[] = []
  const pattern = /(?:([\w:-]+)\s*=\s*)?(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|`([^`]*)`|([^\s"'`]+))/g
  for (const match of rest.slice(name.length).matchAll(pattern)) {
    const value = (match[2]?.replace(/\\(["\\])/g, '$1') ?? match[3] ?? match[4] ?? match[5] ?? '').trim()
    if (match[1] && match[1] !== '__proto__') named[match[1]] = value
    else positional.push(value)
  }
  return {name, kind, named, positional}
}

/** Headings that Hugo sites write as `{{% heading "whatsnext" %}}`, with the English strings of the Kubernetes theme. */
export const headingStrings: Readonly<Record<string, string>> = {
  whatsnext: "What's next",
  prerequisites: 'Before you begin',
  objectives: 'Objectives',
  cleanup: 'Cleaning up',
  synopsis: 'Synopsis',
  options: 'Options',
  parentoptions: 'Options inherited from parent commands',
  seealso: 'See Also',
  examples: 'Examples',
  envvars: 'Environment variables',
  installation: 'Installation',
  concepts: 'Concepts',
  tutorials: 'Tutorials',
  tasks: 'Tasks',
  reference: 'Reference',
}
