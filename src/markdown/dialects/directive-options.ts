/** Parses the option lines at the beginning of a directive: `:key: value`, or YAML between `---`. */
export function directiveOptions(lines: readonly string[]): {
  readonly lines: number
  readonly values: Readonly<Record<string, string>>
} {
  const values: Record<string, string> = {}
  let n = 0
  if (lines[0] === '---') {
    const end = lines.indexOf('---', 1)
    if (end > 0) {
      for (const line of lines.slice(1, end)) {
        const pair = /^([\w-]+):\s*(.*)$/.exec(line)
        if (pair) values[pair[1]!] = pair[2]!.replace(/^(["'])(.*)\1$/, '$2')
      }
      return {lines: end + 1, values}
    }
  }
  while (n < lines.length) {
    const pair = /^:([\w-]+):(?:\s+(.*))?$/.exec(lines[n]!)
    if (!pair) break
    values[pair[1]!] = (pair[2] ?? '').trim().replace(/^(["'])((?:(?!\1).)*)\1$/, '$2')
    n++
  }
  return {lines: n, values}
}
