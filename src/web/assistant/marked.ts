import {html, type TemplateResult} from 'lit'
import type {Highlight} from '../../domain/index.ts'

/** A text with its highlights, in order, marked; those beyond its end are left out. */
export function marked(text: string, highlights: readonly Highlight[] = []): (string | TemplateResult)[] {
  const parts: (string | TemplateResult)[] = []
  let at = 0
  for (const [start, end] of highlights) {
    if (start < at || end > text.length || end <= start) continue
    parts.push(text.slice(at, start), html`<mark>${text.slice(start, end)}</mark>`)
    at = end
  }
  parts.push(text.slice(at))
  return parts
}
