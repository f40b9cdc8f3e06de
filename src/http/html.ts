import {type AssetName, assetAddress} from './assets.ts'

/** Markup that is safe to send unescaped. */
export interface Html {
  readonly html: string
}

/** The value of a placeholder in `html`: text is escaped, markup is kept, lists are joined, null is empty. */
export type HtmlValue = string | number | Html | null | readonly HtmlValue[]

/** A fragment of a page. Placeholders are escaped, for text and for quoted attributes. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return {html: parts.reduce((text, part, index) => text + markupOf(values[index - 1] ?? null) + part)}
}

/** Marks markup as safe. Only for the output of a sanitiser. */
export function trusted(markup: string): Html {
  return {html: markup}
}

function markupOf(value: HtmlValue): string {
  if (value === null) return ''
  if (typeof value === 'string') return escaped(value)
  if (typeof value === 'number') return String(value)
  if ('html' in value) return value.html
  return value.map(markupOf).join('')
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]!)
}

/** A whole page with the server's style sheets: `plain.css`, and `style` for its kind. */
export function pageOf(options: {
  readonly title: string
  readonly style: AssetName
  readonly lang?: string | null
  readonly dir?: 'ltr' | 'rtl'
  readonly head?: Html | null
  readonly body: Html
}): string {
  const {title, style, lang, dir = 'ltr', head = null, body} = options
  return html`<!doctype html>
<html lang="${lang ?? 'en'}"${dir === 'rtl' ? html` dir="rtl"` : null}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${assetAddress('plain.css')}">
<link rel="stylesheet" href="${assetAddress(style)}">
${head}
</head>
<body>
${body}
</body>
</html>
`.html
}
