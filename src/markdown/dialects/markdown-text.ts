/** A destination as Markdown can hold it without angle brackets. */
export function destinationOf(url: string): string {
  return url.replace(/[\s()<>]/g, encodeURIComponent)
}

/** A picture whose alternative text is plain. */
export function imageOf(alt: string, source: string): string {
  return `![${alt.replace(/[[\]\\]/g, '\\$&')}](${destinationOf(source)})`
}

/** A code span for any code. */
export function codeSpanOf(code: string): string {
  if (code === '') return ''
  const longest = Math.max(0, ...[...code.matchAll(/`+/g)].map(([run]) => run.length))
  const mark = '`'.repeat(longest + 1)
  const pad = code.startsWith('`') || code.endsWith('`') ? ' ' : ''
  return `${mark}${pad}${code}${pad}${mark}`
}

/** Plain text that Markdown does not read as anything else. */
export function escapedText(text: string): string {
  return text.replace(/[*_[\]<`~\\]/g, '\\$&')
}

/** In bold, unless it has marks of its own. */
export function boldOf(text: string): string {
  return /[*\\]/.test(text) ? text : `**${text}**`
}

/** `auth-flow` → `Auth flow`. */
export function capital(text: string): string {
  return text === '' ? '' : text.charAt(0).toUpperCase() + text.slice(1).replace(/[-_]/g, ' ')
}
