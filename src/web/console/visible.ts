import {html, type TemplateResult} from 'lit'

const control = /([\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069])/

/** Text of visitors, models and pages: control characters, which could reverse or hide what follows, as code points. */
export function visible(text: string): readonly (string | TemplateResult)[] {
  // `split` puts the captured characters at odd indexes.
  return text.split(control).map((piece, index) => {
    if (index % 2 === 0) return piece
    const code = piece.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')
    return html`<span class="control">U+${code}</span>`
  })
}

/** The same within a line of our own: its writing direction is isolated. */
export function isolated(text: string): TemplateResult {
  return html`<bdi>${visible(text)}</bdi>`
}
