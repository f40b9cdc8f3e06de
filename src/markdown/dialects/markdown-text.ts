/** A link destination that needs no angle brackets in Markdown. */
export function destinationOf(url: string): string {
  return url.replace(/[\s()<>]/g, encodeURIComponent)
}

/** An image with plain alternative text. */
export function imageOf(alt: string, source: string): string {
  return `![${alt.replace(/[[\]\\]/g, '\\$&')}](${destinationOf(source)})`
}

/** A code span that can contain any code. */
export function codeSpanOf(code: string): string {
  if (code === '') return ''
  const longest = Math.max(0, ...[...code.matchAll(/`+/g)].map(([run]) => run.length))
  const mark = '`'.repeat(longest + 1)
  const pad = code.startsWith('`') || code.endsWith('`') ? ' ' : ''
  return `${mark}${pad}${code}${pad}${mark}`
}

/** Plain text with Markdown's marks escaped. */
export function escapedText(text: string): string {
  return text.replace(/[*_[\]<`~\\]/g, '\\$&')
}

/** The text in bold, unless it has marks already. */
export function boldOf(text: string): string {
  return /[*\\]/.test(text) ? text : `**${text}**`
}

/** Elements without the indentation of their lines, which means nothing in JSX but would be code in Markdown. */
export function unindented(markup: string): string {
  return /`|<pre\b/.test(markup) ? markup : markup.replace(/\n[ \t]+/g, '\n')
}

/** `auth-flow` → `Auth flow`. */
export function capital(text: string): string {
  return text === '' ? '' : text.charAt(0).toUpperCase() + text.slice(1).replace(/[-_]/g, ' ')
}
