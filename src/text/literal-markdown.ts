/** Characters that could be read as Markdown at their position; those inside a word stay. */
const markup =
  /[\\`*]|\](?=[([])|(?<=!)\[|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|~(?=~)|(?<=~)~|<(?=[a-z/!?])|&(?=[a-z#])/giu

/** Markdown that shows this text literally, on one line and not at its beginning. */
export function literal(text: string): string {
  return text.replace(markup, '\\$&')
}

/** Inline Markdown, escaped where at the beginning of a line it would start a list, a heading or a quote. */
export function asParagraph(inline: string): string {
  return inline.replace(/^(?=[#>+-](?:\s|$)|#{2,6}\s)/, '\\').replace(/^(\d+)(?=[.)]\s)/, '$1\\')
}

/** A code block. Its fence is longer than any run of backticks inside; of `info` only the language is kept. */
export function fencedCode(code: string, info: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(code) + 1))
  const language = /^[\w+#.-]+/.exec(info)?.[0] ?? ''
  return `${fence}${language}\n${code}\n${fence}`
}

/** Inline code; line breaks in it become spaces. */
export function codeSpan(code: string): string {
  const ticks = '`'.repeat(longestRun(code) + 1)
  const text = code.replaceAll('\n', ' ')
  // Markdown removes one space on each side, unless there are only spaces.
  const isPadded = /^`|`$/.test(text) || (/^ .* $/.test(text) && text.trim() !== '')
  return isPadded ? `${ticks} ${text} ${ticks}` : ticks + text + ticks
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
}
