/** Languages in which marks are most often shown, as the syntax that a page explains. */
const markup = /^(?:md|mdx|markdown|vue-md|text|txt)$/i

const opener = String.raw`(?:\/\/|\/\*|\{\/\*|<!--|--|[#;%])`
const closer = String.raw`(?:\*\/\}?|-->)?`
const mark = String.raw`\[!(?:code|region|endregion)\b[^\]]*\]`
const comment = new RegExp(String.raw`\s*${opener}\s*(?:${mark}\s*)+${closer}\s*$`)
const enclosed = new RegExp(String.raw`(?:\{?\/\*|<!--)\s*(?:${mark}\s*)+(?:\*\/\}?|-->)`, 'g')
const beforeText = new RegExp(String.raw`(${opener}\s*)(?:${mark}\s*)+`)

/** A line of code without marks of a highlighter such as `// [!code focus]`; null where it has nothing else. */
export function withoutMark(line: string, language: string): string | null {
  if (!line.includes('[!') || markup.test(language)) return line
  const text = line
    .replace(comment, '')
    .replace(enclosed, '')
    .replace(beforeText, '$1')
    .replaceAll('[!!code', '[!code')
  return text.trim() === '' ? null : text
}

const wholeLine = new RegExp(String.raw`^\s*(?:${opener}|REM)\s*(\w[^*]*?)\s*${closer}\s*$`)

/** Whether a line of code has nothing but one of a highlighter's comments, such as `// highlight-next-line`. Markup shows those of other languages. */
export function isMagicComment(line: string, language: string, names: readonly string[]): boolean {
  if (!names.some((name) => line.includes(name))) return false
  if (markup.test(language) && !/^\s*(?:<!--|\{\/\*)/.test(line)) return false
  return names.includes(wholeLine.exec(line)?.[1] ?? '')
}

/** The file in `// [!include ~/snippets/client.ts:setup]`; null in other lines. */
export function markedInclude(line: string): string | null {
  return (
    new RegExp(String.raw`^\s*${opener}\s*\[!include\s+([^\]\s]+)\]\s*${closer}\s*$`).exec(line)?.[1] ?? null
  )
}

/**
 * Indexes of lines that twoslash compiles and does not show: its options, as `// @noErrors`, what precedes `// ---cut---`, and
 * other cuts. Empty for code whose info string does not name it.
 */
export function hiddenByTwoslash(info: string, lines: readonly string[]): ReadonlySet<number> {
  const hidden = new Set<number>()
  if (!/\btwoslash\b/.test(info)) return hidden
  const hide = (from: number, to: number): void => {
    for (let n = from; n < to; n++) hidden.add(n)
  }
  let cutFrom = -1
  for (const [n, line] of lines.entries()) {
    const cut = /^\s*\/\/\s*---cut(?:-(before|after|start|end))?---?\s*$/.exec(line)
    if (cut) hide(n, n + 1)
    else if (/^\s*\/\/\s*(?:@(?!log|warn|error\b|annotate|filename)[\w-]+(?:\s*:.*)?|\^[?|]\s*)$/.test(line))
      hide(n, n + 1)
    if (!cut) continue
    if (cut[1] === undefined || cut[1] === 'before') hide(0, n)
    else if (cut[1] === 'after') hide(n, lines.length)
    else if (cut[1] === 'start') cutFrom = n
    else if (cutFrom >= 0) hide(cutFrom, n)
  }
  return hidden
}
