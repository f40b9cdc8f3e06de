/** Values that a Python file such as `conf.py` assigns to top-level names, as far as they are literals. The code is never run. */
export interface PythonValues {
  /** A string; null for anything else. */
  text(name: string): string | null
  /** The strings of a list, a tuple or a set; null for anything else. */
  list(name: string): string[] | null
  /** The strings of a dictionary; null for anything else. */
  table(name: string): Record<string, string> | null
}

const maxLength = 20_000

export function pythonValues(text: string): PythonValues {
  const assigned = (name: string): string | null => {
    const at = new RegExp(`^${name}[ \\t]*(?::[^=\\n]+)?=[ \\t]*`, 'm').exec(text)
    return at && text.slice(at.index + at[0].length, at.index + at[0].length + maxLength)
  }
  return {
    text(name) {
      const value = assigned(name)
      const found = value === null ? null : stringAt(value, 0)
      return found?.value ?? null
    },
    list(name) {
      const inside = bracketed(assigned(name), '[({')
      return inside === null ? null : stringsIn(inside).map(({value}) => value)
    },
    table(name) {
      const inside = bracketed(assigned(name), '{')
      if (inside === null) return null
      const strings = stringsIn(inside)
      const pairs = strings.flatMap((key, n): [string, string][] => {
        const value = strings[n + 1]
        const isPair = value && /^\s*:\s*$/.test(inside.slice(key.end, value.start))
        return isPair ? [[key.value, value.value]] : []
      })
      return Object.fromEntries(pairs)
    },
  }
}

interface Found {
  readonly value: string
  readonly start: number
  readonly end: number
}

const string = /[rRuUbB]?(?:"""([\s\S]*?)"""|'''([\s\S]*?)'''|"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)')/y

/** A string literal at an offset; formatted strings (`f"…"`) have no value that is known. */
function stringAt(text: string, start: number): Found | null {
  string.lastIndex = start
  const match = string.exec(text)
  if (!match) return null
  const value = (match[1] ?? match[2] ?? match[3] ?? match[4] ?? '').replace(
    /\\(\r?\n|.)/g,
    (_, char: string) => (char === 'n' ? '\n' : char === 't' ? '\t' : char.trim()),
  )
  return {value, start, end: string.lastIndex}
}

/** What is between the bracket at the beginning and the one that closes it. */
function bracketed(text: string | null, open: string): string | null {
  if (text === null || !open.includes(text[0] ?? ' ')) return null
  let depth = 0
  for (let p = 0; p < text.length; p++) {
    const char = text[p]!
    const found = /["'rRuUbB]/.test(char) ? stringAt(text, p) : null
    if (found) p = found.end - 1
    else if (char === '#') p = lineEnd(text, p)
    else if ('[({'.includes(char)) depth++
    else if ('])}'.includes(char) && --depth === 0) return text.slice(1, p)
  }
  return null
}

/** The strings outside comments; those in nested brackets count too. */
function stringsIn(text: string): Found[] {
  const found: Found[] = []
  for (let p = 0; p < text.length; p++) {
    const at = /["'rRuUbB]/.test(text[p]!) ? stringAt(text, p) : null
    if (at) {
      found.push(at)
      p = at.end - 1
    } else if (text[p] === '#') p = lineEnd(text, p)
  }
  return found
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end < 0 ? text.length : end
}
