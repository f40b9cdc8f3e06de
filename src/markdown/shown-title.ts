import {type FlattenOptions, flatten} from './flatten.ts'
import {plainTextOf} from './render-page.ts'

/**
 * A title from the front matter as readers see it: what stands in the syntax of templates is resolved as in the page's
 * text, or left out. Null if nothing is left, or an expression alone.
 */
export function shownTitle(title: string | null, options: FlattenOptions): string | null {
  if (title === null || !/\{[%{]/.test(title)) return title
  const text = plainTextOf(flatten(title, options).text).replace(/\s+/g, ' ').trim()
  return text === '' || /^\{\{[^{}]*\}\}$/.test(text) ? null : text
}
