/** Endings of files in which documentation is written and that are not read here; templates of Markdown among them. */
const endings =
  /\.(?:rst|adoc|asciidoc|ipynb|mdoc|mdc|rmd|qmd|org|textile|typ|mdx?\.(?:txt|tmpl|tpl|template|erb|ejs|hbs|in|j2|jinja2?|liquid))$/i

/** The ending of a file that looks like documentation but is not Markdown, as `.rst`; null for any other. */
export function otherFormatOf(path: string): string | null {
  return endings.exec(path)?.[0].toLowerCase() ?? null
}

/** `214 files: 200 .rst, 14 .ipynb`, the most frequent first; null for none. */
export function otherFormatsLine(counts: Readonly<Record<string, number>>): string | null {
  const formats = Object.entries(counts).sort(
    ([one, ones], [other, others]) => others - ones || (one < other ? -1 : 1),
  )
  if (formats.length === 0) return null
  const total = formats.reduce((sum, [, count]) => sum + count, 0)
  const number = (value: number): string => value.toLocaleString('en-US')
  const each = formats.map(([ending, count]) => `${number(count)} ${ending}`).join(', ')
  return `${number(total)} ${total === 1 ? 'file' : 'files'} in other formats than Markdown: ${each}`
}
