/** Characters that could be read as Markdown where they stand; those inside a word are left as they are. */
const markup =
  /[\\`*]|\](?=[([])|(?<=!)\[|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|~(?=~)|(?<=~)~|<(?=[a-z/!?])|&(?=[a-z#])/giu

/** Markdown that shows these words as they are, on one line whose beginning is something else. */
export function literal(words: string): string {
  return words.replace(markup, '\\$&')
}

/** Inline Markdown escaped at its beginning where it would start a list, a heading or a quote as the first on a line. */
export function asParagraph(inline: string): string {
  return inline.replace(/^(?=[#>+-](?:\s|$)|#{2,6}\s)/, '\\').replace(/^(\d+)(?=[.)]\s)/, '$1\\')
}

/** A code block. Its fence is longer than any run of backticks inside; of `info` only the language is kept. */
export function fencedCode(code: string, info: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(code) + 1))
  const language = /^[\w+#.-]+/.exec(info)?.[0] ?? ''
  return `${fence}${language}\n${code}\n${fence}`
}

/** Code in a line of text; line breaks in it become blanks. */
export function codeSpan(code: string): string {
  const ticks = '`'.repeat(longestRun(code) + 1)
  const text = code.replaceAll('\n', ' ')
  // One blank on each side is taken off by readers of Markdown, where there is more than blanks between.
  const isPadded = /^`|`$/.test(text) || (/^ .* $/.test(text) && text.trim() !== '')
  return isPadded ? `${ticks} ${text} ${ticks}` : ticks + text + ticks
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
}
