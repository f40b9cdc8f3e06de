/** The beginning of a component that a page defines, up to its parameters. */
const component =
  /^export\s+(?:default\s+)?(?:function\s+[A-Z]\w*\s*|(?:const|let)\s+[A-Z]\w*\s*(:[^=\n]{1,200})?=\s*(?:function\s*)?)\(/
const closers: Readonly<Record<string, string>> = {'(': ')', '[': ']', '{': '}'}
const maxLength = 5000

/**
 * The code with the types of a component's parameters blanked out, all offsets unchanged; null if it has none. MDX has no
 * TypeScript, but some generators compile it.
 */
export function withoutParameterTypes(code: string): string | null {
  const head = component.exec(code)
  if (!head) return null
  const types: [start: number, end: number][] = []
  if (head[1] !== undefined) {
    const start = head[0].indexOf(head[1])
    types.push([start, start + head[1].length])
  }
  let at = head[0].length
  const limit = Math.min(code.length, at + maxLength)
  const open = [')']
  while (at < limit && open.length > 0) {
    const char = code[at]!
    if (char === ':' && open.length === 1) {
      const end = typeEnd(code, at + 1, limit)
      types.push([code[at - 1] === '?' ? at - 1 : at, end])
      at = end
      continue
    }
    at = step(code, at, open)
  }
  const result = /^\s*:[^={]*(?==>|\{)/.exec(code.slice(at, at + 200))
  if (result) types.push([at, at + result[0].length])
  if (types.length === 0) return null
  let untyped = code
  for (const [start, end] of types)
    untyped = untyped.slice(0, start) + untyped.slice(start, end).replace(/[^\n]/g, ' ') + untyped.slice(end)
  return untyped
}

/** Offset of what follows a type: a comma, a default value or the end of the parameters. */
function typeEnd(code: string, from: number, limit: number): number {
  const open: string[] = []
  let at = from
  while (at < limit) {
    const char = code[at]!
    if (open.length === 0 && (char === ',' || char === ')' || (char === '=' && code[at + 1] !== '>'))) break
    if (char === '<') open.push('>')
    at = char === '=' && code[at + 1] === '>' ? at + 2 : step(code, at, open)
  }
  return at
}

/** Moves over a string or a character, and opens and closes brackets. */
function step(code: string, at: number, open: string[]): number {
  const char = code[at]!
  if (char === '"' || char === "'" || char === '`') {
    const end = code.indexOf(char, at + 1)
    return end < 0 ? code.length : end + 1
  }
  if (char in closers) open.push(closers[char]!)
  else if (char === open.at(-1)) open.pop()
  return at + 1
}
